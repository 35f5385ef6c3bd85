import { z } from 'zod/v4';
import type { PushError } from '../../model';
import { badRequest } from './badRequest';
import type { MessageRequest } from './types';

const text = z.string().optional();
const seconds = z.int().optional();
const strings = z.record(z.string(), z.string()).optional();
const substitutions = z.record(z.string(), z.array(z.string())).optional();

const ACTIONS = ['OPEN_APP', 'DEEP_LINK', 'URL'] as const;

/** Words are read in any case. */
const action = z
	.string()
	.transform((word) => word.toUpperCase())
	.pipe(z.enum(ACTIONS))
	.optional();

const defaultPush = z.object({
	Action: action,
	Body: text,
	Data: strings,
	SilentPush: z.boolean().optional(),
	Substitutions: substitutions,
	Title: text,
	Url: text,
});

const rawPush = defaultPush.extend({ RawContent: text, Sound: text });

const androidPush = rawPush.extend({
	IconReference: text,
	ImageIconUrl: text,
	ImageUrl: text,
	SmallImageIconUrl: text,
});

const gcm = androidPush.extend({
	CollapseKey: text,
	PreferredAuthenticationMethod: text,
	Priority: text,
	RestrictedPackageName: text,
	TimeToLive: seconds,
});

const baidu = androidPush.extend({ TimeToLive: seconds });

const adm = androidPush.extend({ ConsolidationKey: text, ExpiresAfter: text, MD5: text });

const apns = rawPush.extend({
	APNSPushType: text,
	Badge: z.int().min(0).optional(),
	Category: text,
	CollapseId: text,
	MediaUrl: text,
	PreferredAuthenticationMethod: text,
	Priority: text,
	ThreadId: text,
	TimeToLive: seconds,
});

/** Of the other services AWS's request may speak of. */
const ignored = z.looseObject({}).optional();

const configuration = z.object({
	ADMMessage: adm.optional(),
	APNSMessage: apns.optional(),
	BaiduMessage: baidu.optional(),
	DefaultMessage: z.object({ Body: text, Substitutions: substitutions }).optional(),
	DefaultPushNotificationMessage: defaultPush.optional(),
	GCMMessage: gcm.optional(),
	EmailMessage: ignored,
	SMSMessage: ignored,
	VoiceMessage: ignored,
});

const template = z.object({ Name: text, Version: text }).optional();

const address = z.object({
	BodyOverride: text,
	ChannelType: text,
	Context: strings,
	RawContent: text,
	Substitutions: substitutions,
	TitleOverride: text,
});

const messageRequest = z.object({
	Addresses: z.record(z.string(), address).optional(),
	Context: strings,
	Endpoints: z.record(z.string(), z.looseObject({})).optional(),
	MessageConfiguration: configuration.optional(),
	TemplateConfiguration: z
		.object({
			PushTemplate: template,
			EmailTemplate: template,
			SMSTemplate: template,
			VoiceTemplate: template,
			InAppTemplate: template,
		})
		.optional(),
	TraceId: text,
});

/**
 * Reads a MessageRequest's shape; null counts as absent, as with AWS.
 * @throws {PushError} `InvalidRequest` naming the first member that is not what AWS's model says
 */
export function readMessageRequest(request: unknown): { request: MessageRequest; warnings: readonly string[] } {
	const given = withoutNulls(request);
	if (typeof given !== 'object' || given === null || Array.isArray(given)) {
		throw badRequest(
			'The MessageRequest is not a JSON object.',
			'Give an object with Addresses and MessageConfiguration.',
		);
	}
	const read = messageRequest.safeParse(given);
	if (!read.success) throw schemaError(read.error);
	return { request: read.data, warnings: unknownMembers(given) };
}

function withoutNulls(value: unknown, depth = 0): unknown {
	if (typeof value !== 'object' || value === null || depth > 10) return value;
	if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item, depth + 1));
	const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
	return Object.fromEntries(members.map(([key, member]: [string, unknown]) => [key, withoutNulls(member, depth + 1)]));
}

const EXPECTED: Readonly<Record<string, string>> = {
	string: 'a string (in quotes)',
	int: 'a whole number',
	number: 'a number',
	boolean: 'true or false',
	object: 'an object',
	record: 'an object',
	array: 'a list of strings',
};

function schemaError(error: z.ZodError): PushError {
	const issue = error.issues[0];
	const where = issue && issue.path.length > 0 ? issue.path.map(String).join('.') : 'The request';
	return badRequest(
		`The MessageRequest is not valid: ${where} must be ${expectation(issue)}.`,
		'Correct it; nothing was sent.',
	);
}

function expectation(issue: z.core.$ZodIssue | undefined): string {
	if (issue?.code === 'invalid_type') return EXPECTED[issue.expected] ?? `a value of type ${issue.expected}`;
	if (issue?.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
	if (issue?.code === 'too_small') return 'a number from 0 up';
	return 'what AWS defines for it';
}

/** AWS drops members it does not know, silently; a warning tells the author of a slip like `GcmMessage`. */
function unknownMembers(request: object): string[] {
	const found = unknownIn(request, messageRequest.shape, '');
	const parts: unknown = Reflect.get(request, 'MessageConfiguration');
	if (isObject(parts)) {
		found.push(...unknownIn(parts, configuration.shape, 'MessageConfiguration.'));
		for (const [name, shape] of Object.entries(PARTS)) {
			const part: unknown = Reflect.get(parts, name);
			if (isObject(part)) found.push(...unknownIn(part, shape, `MessageConfiguration.${name}.`));
		}
	}
	const addresses: unknown = Reflect.get(request, 'Addresses');
	for (const given of isObject(addresses) ? Object.values(addresses) : []) {
		if (isObject(given)) found.push(...unknownIn(given, address.shape, 'Addresses.*.'));
	}
	return [...new Set(found)].map((path) => `AWS knows no member ${path}: it is ignored.`);
}

const PARTS: Readonly<Record<string, object>> = {
	ADMMessage: adm.shape,
	APNSMessage: apns.shape,
	BaiduMessage: baidu.shape,
	GCMMessage: gcm.shape,
	DefaultPushNotificationMessage: defaultPush.shape,
};

function unknownIn(given: object, shape: object, path: string): string[] {
	return Object.keys(given)
		.filter((key) => !Object.hasOwn(shape, key))
		.map((key) => `${path}${key}`);
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}
