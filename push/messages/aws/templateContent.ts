import { z } from 'zod/v4';
import { PushError } from '../../model';
import type { AndroidTemplatePart, ApnsTemplatePart, Substitutions, TemplateContent } from '../../model';
import type { Programs } from '../substitution';
import type { DirectMessageConfiguration } from './types';

/** A template's content ready for sending: helpers compiled, default values read. */
export interface CompiledTemplate {
	readonly name: string;
	readonly version: number;
	readonly content: TemplateContent;
	/** What the private placeholders in `content` stand for. */
	readonly programs: Programs;
	readonly defaults: Substitutions;
	/** Everything the texts ask of a recipient. */
	readonly placeholders: readonly string[];
}

const text = z.string().optional();

const action = z
	.string()
	.transform((word) => word.toUpperCase())
	.pipe(z.enum(['OPEN_APP', 'DEEP_LINK', 'URL']))
	.optional();

const defaultPart = z.strictObject({ Action: action, Body: text, Sound: text, Title: text, Url: text });

const android = defaultPart.extend({ ImageIconUrl: text, ImageUrl: text, RawContent: text, SmallImageIconUrl: text });

const apns = defaultPart.extend({ MediaUrl: text, RawContent: text });

const templateContent = z.strictObject({
	ADM: android.optional(),
	APNS: apns.optional(),
	Baidu: android.optional(),
	Default: defaultPart.optional(),
	GCM: android.optional(),
	DefaultSubstitutions: text,
});

export const TEMPLATE_PARTS = ['Default', 'APNS', 'GCM', 'Baidu', 'ADM'] as const;

export type TemplatePartName = (typeof TEMPLATE_PARTS)[number];

/** AWS: quotas of push templates, in characters per part. */
const PART_LIMIT: Readonly<Record<TemplatePartName, number>> = {
	Default: 4_000,
	APNS: 4_000,
	GCM: 4_000,
	Baidu: 4_000,
	ADM: 6_000,
};

/**
 * Reads the parts of a template; null and empty texts count as absent.
 * @throws {PushError} `InvalidRequest` naming the first member that is not what AWS's model says
 */
export function readTemplateContent(given: unknown): TemplateContent {
	const read = templateContent.safeParse(withoutEmpty(given));
	if (!read.success) throw contentError(read.error);
	const content = read.data;
	const parts = TEMPLATE_PARTS.filter((name) => content[name] !== undefined);
	if (parts.length === 0) refuse('The template is empty.', 'Give it at least a title or a body in the part Default.');
	for (const name of parts) checkPart(name, content[name] ?? {});
	readDefaults(content.DefaultSubstitutions);
	return content;
}

function checkPart(name: TemplatePartName, part: Readonly<Record<string, string | undefined>>): void {
	const characters = Object.values(part).reduce((sum, value) => sum + (value?.length ?? 0), 0);
	const limit = PART_LIMIT[name];
	if (characters > limit) {
		refuse(
			`The part ${name} of the template has ${characters} characters; at most ${limit} are allowed.`,
			'Shorten it.',
		);
	}
	if ((part.Action === 'URL' || part.Action === 'DEEP_LINK') && part.Url === undefined) {
		refuse(`The part ${name} opens a link, but has no Url.`, 'Give the Url, or choose the action OPEN_APP.');
	}
}

/**
 * AWS's DefaultSubstitutions: JSON text of an object of values, lists of values, or nested objects; nested names are
 * joined by dots.
 * @throws {PushError} `InvalidRequest`
 */
export function readDefaults(json: string | undefined): Substitutions {
	if (json === undefined || json.trim() === '') return {};
	const found: Record<string, readonly string[]> = {};
	flatten(parsedDefaults(json), '', found, 0);
	return found;
}

function parsedDefaults(json: string): object {
	try {
		const value: unknown = JSON.parse(json);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
	} catch {
		// Not JSON: the same answer as for a wrong shape.
	}
	return refuse('DefaultSubstitutions is not the JSON text of an object.', 'Write it like {"name": "friend"}.');
}

function flatten(value: object, prefix: string, found: Record<string, readonly string[]>, depth: number): void {
	if (depth > 10) refuse('DefaultSubstitutions is nested too deeply.', 'Ten levels are allowed.');
	const members: Array<[string, unknown]> = Object.entries(value);
	for (const [key, member] of members) {
		const name = `${prefix}${key}`;
		if (member === null) continue;
		if (Array.isArray(member)) found[name] = member.map(asText);
		else if (typeof member === 'object') flatten(member, `${name}.`, found, depth + 1);
		else found[name] = [asText(member)];
	}
}

function asText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The member of a MessageConfiguration that a part goes into. */
const MESSAGE_OF = { APNS: 'APNSMessage', GCM: 'GCMMessage', Baidu: 'BaiduMessage', ADM: 'ADMMessage' } as const;

/**
 * A template's content under a MessageConfiguration: each service's message starts from the template's Default part,
 * then the service's own part; what the request says itself wins, field by field. A text written in the request also
 * takes the place of the template's raw content.
 */
export function withTemplate(
	configuration: DirectMessageConfiguration,
	{ content }: Pick<CompiledTemplate, 'content'>,
): DirectMessageConfiguration {
	const merged: DirectMessageConfiguration = { ...configuration };
	for (const part of ['APNS', 'GCM', 'Baidu', 'ADM'] as const) {
		const key = MESSAGE_OF[part];
		const own = configuration[key];
		const base: ApnsTemplatePart & AndroidTemplatePart = { ...content.Default, ...content[part] };
		if (own?.Title !== undefined || own?.Body !== undefined) delete base.RawContent;
		if (own !== undefined || Object.keys(base).length > 0)
			Object.assign(merged, { [key]: { ...base, ...defined(own ?? {}) } });
	}
	return merged;
}

function defined<Part extends object>(part: Part): Partial<Part> {
	const kept: Partial<Part> = { ...part };
	for (const key of Object.keys(kept)) if (Reflect.get(kept, key) === undefined) Reflect.deleteProperty(kept, key);
	return kept;
}

function withoutEmpty(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	const members: Array<[string, unknown]> = Object.entries(value);
	const kept = members
		.map(([key, member]): [string, unknown] => [key, withoutEmpty(member)])
		.filter(([, member]) => member !== null && member !== undefined && member !== '' && !isEmptyObject(member));
	return Object.fromEntries(kept);
}

function isEmptyObject(value: unknown): boolean {
	return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function contentError(error: z.ZodError): PushError {
	const issue = error.issues[0];
	const where = issue && issue.path.length > 0 ? issue.path.map(String).join('.') : 'The content';
	if (issue?.code === 'unrecognized_keys') {
		return new PushError(
			'InvalidRequest',
			`A template has no ${[...issue.path, issue.keys[0]].map(String).join('.')}.`,
			{
				hint: `The parts are ${TEMPLATE_PARTS.join(', ')}; their fields are those of AWS's push templates.`,
			},
		);
	}
	const wanted =
		issue?.code === 'invalid_value'
			? `one of ${issue.values.map(String).join(', ')}`
			: `${where.includes('.') || where === 'DefaultSubstitutions' ? 'a text' : 'an object'}`;
	return new PushError('InvalidRequest', `The template is not valid: ${where} must be ${wanted}.`, {
		hint: 'Correct it; nothing was stored.',
	});
}

function refuse(message: string, hint: string): never {
	throw new PushError('InvalidRequest', message, { hint });
}
