import { isObject } from '../json';
import type { FcmRefusal } from './reasons';
import type { Kind, Schema } from './schema';

const LONGEST_TTL_SECONDS = 2_419_200;
const DURATION = /^\d+(?:\.\d{1,9})?s$/;
/** Protobuf's JSON takes RFC 3339 only: with seconds, and with an offset. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Google's answer to a field it cannot read. */
export function violation(field: string, description: string): FcmRefusal {
	return { status: 400, word: 'INVALID_ARGUMENT', message: description, violations: [{ field, description }] };
}

export function unknownName(name: string, at: string): FcmRefusal {
	const place = at === '' ? '' : ` at '${at}'`;
	return violation(at, `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`);
}

function wrongValue(field: string, type: string, value: unknown): FcmRefusal {
	return violation(field, `Invalid value at '${field}' (${type}), ${JSON.stringify(value)}`);
}

/** Checks an object against a schema; the first fault found. null counts as absent (protobuf JSON). */
export function schemaFault(value: Record<string, unknown>, schema: Schema, at: string): FcmRefusal | undefined {
	for (const [name, entry] of Object.entries(value)) {
		const field = Object.hasOwn(schema, name) ? name : snakeCase(name);
		const kind = Object.hasOwn(schema, field) ? schema[field] : undefined;
		if (kind === undefined) return unknownName(name, at);
		const fault = entry === null ? undefined : valueFault(entry, kind, `${at}.${field}`);
		if (fault) return fault;
	}
	return undefined;
}

/** Reads a field under either of its names. */
export function fieldOf(value: unknown, name: string): unknown {
	if (!isObject(value)) return undefined;
	return value[name] ?? value[camelCase(name)];
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function snakeCase(name: string): string {
	// `fcm_options` is not a name in camelCase notation: an underscore left over means an unknown name.
	return name.includes('_') ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function valueFault(value: unknown, kind: Kind, at: string): FcmRefusal | undefined {
	if (typeof kind !== 'string') {
		if ('words' in kind) return wordFault(value, kind.words, at);
		return isObject(value) ? schemaFault(value, kind.fields, at) : wrongValue(at, 'message', value);
	}
	switch (kind) {
		case 'boolean':
			return typeof value === 'boolean' ? undefined : wrongValue(at, 'TYPE_BOOL', value);
		case 'integer':
			return Number.isInteger(Number(value)) && value !== '' ? undefined : wrongValue(at, 'TYPE_INT32', value);
		case 'number':
			return typeof value === 'number' ? undefined : wrongValue(at, 'TYPE_FLOAT', value);
		case 'struct':
			return isObject(value) ? undefined : wrongValue(at, 'type.googleapis.com/google.protobuf.Struct', value);
		case 'textMap':
			return textMapFault(value, at);
		case 'texts':
			return listFault(value, at, (entry, place) => valueFault(entry, 'string', place));
		case 'durations':
			return listFault(value, at, (entry, place) => valueFault(entry, 'duration', place));
		default:
			return typeof value === 'string' ? textFault(value, kind, at) : wrongValue(at, 'TYPE_STRING', value);
	}
}

function textFault(text: string, kind: Exclude<Kind, object>, at: string): FcmRefusal | undefined {
	switch (kind) {
		case 'duration':
			return DURATION.test(text) && Number.parseFloat(text) <= LONGEST_TTL_SECONDS
				? undefined
				: wrongValue(at, 'type.googleapis.com/google.protobuf.Duration', text);
		case 'timestamp':
			return TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text))
				? undefined
				: wrongValue(at, 'type.googleapis.com/google.protobuf.Timestamp', text);
		case 'color':
			return /^#[0-9a-f]{6}$/i.test(text) ? undefined : violation(at, 'Color must be in the form #RRGGBB');
		case 'label':
			return /^[\w.~%-]{1,50}$/.test(text) ? undefined : violation(at, 'Invalid analytics label');
		case 'httpsUrl':
			return text.startsWith('https://') ? undefined : violation(at, 'Link must be an HTTPS URL');
		default:
			return undefined;
	}
}

function wordFault(value: unknown, words: readonly string[], at: string): FcmRefusal | undefined {
	const known = typeof value === 'string' && words.includes(value.toUpperCase());
	return known ? undefined : wrongValue(at, 'TYPE_ENUM', value);
}

function textMapFault(value: unknown, at: string): FcmRefusal | undefined {
	if (!isObject(value)) return wrongValue(at, 'map', value);
	for (const [index, entry] of Object.values(value).entries()) {
		if (typeof entry !== 'string') return wrongValue(`${at}[${index}].value`, 'TYPE_STRING', entry);
	}
	return undefined;
}

function listFault(
	value: unknown,
	at: string,
	check: (entry: unknown, place: string) => FcmRefusal | undefined,
): FcmRefusal | undefined {
	if (!Array.isArray(value)) return wrongValue(at, 'list', value);
	for (const [index, entry] of value.entries()) {
		const fault = check(entry, `${at}[${index}]`);
		if (fault) return fault;
	}
	return undefined;
}
