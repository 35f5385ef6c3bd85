import { isTreeObject, Slot } from '../json';
import type { Tree, TreeObject } from '../json';
import type { Warn } from '../native/fields';
import { refuse } from '../refusal';
import { compileText, mayHavePlaceholders } from '../substitution';

type Kind = 'whole' | 'number' | 'flag' | 'yes' | 'text' | 'texts' | 'object';

/** Apple: payload key reference. Devices ignore values of another type, and sometimes the whole push, without a word. */
const KINDS: Readonly<Record<string, Kind>> = {
	badge: 'whole',
	'content-available': 'flag',
	'mutable-content': 'flag',
	'content-changed': 'yes',
	'thread-id': 'text',
	category: 'text',
	'target-content-id': 'text',
	'interruption-level': 'text',
	'relevance-score': 'number',
	'filter-criteria': 'text',
	'url-args': 'texts',
	timestamp: 'whole',
	event: 'text',
	'content-state': 'object',
	'stale-date': 'whole',
	'dismissal-date': 'whole',
	'attributes-type': 'text',
	attributes: 'object',
	'input-push-token': 'flag',
};

/**
 * The `aps` dictionary with the types Apple is strict about.
 * @returns the very same object when nothing had to be changed
 * @throws {Refused} for what cannot be meant as the type asked for
 */
export function strictAps(aps: TreeObject, warn: Warn): TreeObject {
	const changed = new Map<string, Tree>();
	for (const [key, value] of Object.entries(aps)) {
		if (value === undefined) continue;
		const kind = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
		const strict = kind
			? asKind(key, value, kind)
			: key === 'alert' || key === 'sound'
				? textOrObject(key, value)
				: value;
		if (strict === value) continue;
		changed.set(key, strict);
		warn(`aps.${key} of the raw payload was written as ${words(strict)}: Apple devices ignore ${words(value)}.`);
	}
	return changed.size === 0
		? aps
		: Object.fromEntries(Object.entries(aps).map(([key, value]) => [key, changed.get(key) ?? value]));
}

function asKind(key: string, value: Tree, kind: Kind): Tree {
	switch (kind) {
		case 'whole':
		case 'number':
			return asNumber(key, value, kind);
		case 'flag':
			return asFlag(key, value);
		case 'yes':
			return value === true || value === 1 || value === 'true' || value === '1' ? true : wrong(key, 'true');
		case 'text':
			return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : wrong(key, 'a text');
		case 'texts':
			return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
				? value
				: wrong(key, 'a list of texts');
		case 'object':
			return isTreeObject(value) ? value : wrong(key, 'an object');
	}
}

function asNumber(key: string, value: Tree, kind: 'whole' | 'number'): Tree {
	const what = kind === 'whole' ? 'a whole number' : 'a number';
	if (typeof value === 'string' && mayHavePlaceholders(value)) return numberSlot(key, value, what);
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !fits(number, kind)) return wrong(key, what);
	return number;
}

/** `"{{count}}"`: the value goes out as a number, without the quotes JSON asked for around it. */
function numberSlot(key: string, text: string, what: string): Slot {
	const template = compileText(text);
	const kind = what === 'a number' ? 'number' : 'whole';
	return new Slot(
		(filling) => {
			const filled = filling.text(template).trim();
			const number = Number(filled);
			if (filled !== '' && fits(number, kind)) return String(number);
			if (filling.missing.length === 0)
				filling.fail(`aps.${key} is not ${what} for this recipient. Give a value that is.`);
			return '0';
		},
		'recipient',
		'bare',
	);
}

function fits(number: number, kind: 'whole' | 'number'): boolean {
	return kind === 'whole' ? Number.isSafeInteger(number) && number >= 0 : Number.isFinite(number);
}

function asFlag(key: string, value: Tree): Tree {
	if (value === 0 || value === 1) return value;
	if (value === true || value === 'true' || value === '1') return 1;
	if (value === false || value === 'false' || value === '0') return 0;
	return wrong(key, '0 or 1');
}

function textOrObject(key: string, value: Tree): Tree {
	if (typeof value === 'string') return value;
	if (!isTreeObject(value)) return wrong(key, 'a text or an object');
	if (key !== 'sound' || value.critical === undefined || value.critical === 0 || value.critical === 1) return value;
	return { ...value, critical: asFlag('sound.critical', value.critical) };
}

function words(value: Tree): string {
	if (value instanceof Slot) return 'a number';
	return typeof value === 'object' ? 'what it was' : JSON.stringify(value);
}

function wrong(key: string, what: string): never {
	return refuse(
		'InvalidRawContent',
		`aps.${key} of the raw payload is not ${what}: Apple devices ignore anything else. Correct it.`,
	);
}
