import { z } from 'zod/v4';
import type { DirectMessageConfiguration, Notification } from '../messages';
import { ADDRESS_KINDS, type Campaign, CHANNEL_TYPES, PushError, type TemplateContent } from '../model';

/** What a campaign sends: plain fields, or a version of a template as it was at Start. */
export type CampaignMessage =
	| { readonly kind: 'notification'; readonly notification: Notification }
	| {
			readonly kind: 'template';
			readonly name: string;
			readonly version: number;
			/** Frozen: the template may be changed while the campaign runs. */
			readonly content: TemplateContent;
			readonly configuration: DirectMessageConfiguration;
	  };

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const message = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('notification'), notification: z.custom<Notification>(isObject) }),
	z.strictObject({
		kind: z.literal('template'),
		name: z.string(),
		version: z.int(),
		content: z.custom<TemplateContent>(isObject),
		configuration: z.custom<DirectMessageConfiguration>(isObject),
	}),
]);

const column = z.string().min(1).max(1_000);

/** Which column (CSV) or field (NDJSON, items, query) is what. Dots lead into nested fields. */
export const mappingSchema = z.strictObject({
	address: column,
	/** The channel of every recipient, or the column that names it. */
	channel: z.union([z.strictObject({ type: z.enum(CHANNEL_TYPES) }), z.strictObject({ column })]),
	addressKind: z.enum(ADDRESS_KINDS).optional(),
	userId: column.optional(),
	timeZone: column.optional(),
	/** `{{name}}` by column; a name that is not here is looked for under its own name. */
	substitutions: z.record(z.string(), column).optional(),
});

export type RowMapping = z.infer<typeof mappingSchema>;

export const MAX_TREATMENTS = 5;

const epoch = z.int().min(0);

/** Everything a campaign is, fixed at Start and kept in the store: whoever wakes it up needs nothing else. */
export const definitionSchema = z.strictObject({
	message,
	/** A/B: instead of `message`, each recipient gets one of these. Weights are shares of their sum. */
	treatments: z
		.array(z.strictObject({ name: z.string().min(1).max(64), weight: z.number().positive(), message }))
		.max(MAX_TREATMENTS)
		.refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'Treatments need different names.')
		.optional(),
	/** Percent of the recipients that get nothing, for comparison. */
	holdOutPercent: z.number().min(0).max(99).optional(),
	rendering: z.strictObject({
		onMissing: z.enum(['fail', 'empty', 'keep']),
		shortenToFit: z.boolean(),
	}),
	rows: z.strictObject({
		format: z.enum(['csv', 'ndjson']),
		delimiter: z.string().length(1),
		/** Names of a CSV's columns. */
		columns: z.array(z.string()).optional(),
		mapping: mappingSchema,
	}),
	source: z.strictObject({
		kind: z.enum(['items', 'file', 'postgres']),
		/** For people: the file's name, "1,200 items", the query. */
		name: z.string(),
		/** Tells whether Start again brings the same recipients. */
		fingerprint: z.string(),
		/** n8n's id of the file, where n8n keeps it beyond the execution: Run can go on reading it. */
		binaryId: z.string().optional(),
	}),
	/** Only the first N rows. */
	limit: z.int().positive().optional(),
	/** Messages per second, all processes together. */
	ratePerSecond: z.number().positive().optional(),
	/** ms */
	rampUpMs: z.number().min(0).optional(),
	/** Epoch ms, both. */
	startAt: epoch.optional(),
	stopAt: epoch.optional(),
	/** Of recipients without one, for quiet hours that the application's settings name. @default UTC */
	timeZone: z.string().optional(),
	/** What becomes of the application's quiet hours, where the campaign has none of its own. @default wait */
	applicationQuietHours: z.enum(['wait', 'skip', 'ignore']).optional(),
	quietHours: z
		.strictObject({
			/** `HH:MM` */
			start: z.string(),
			end: z.string(),
			/** For recipients without a time zone of their own. */
			timeZone: z.string(),
			otherwise: z.enum(['wait', 'skip']),
		})
		.optional(),
	/** Messages per address, over all campaigns of the application that have caps. */
	caps: z.strictObject({ perDay: z.int().positive().optional(), total: z.int().positive().optional() }).optional(),
	/** Stops when more than `percent` of the last `window` failed for the same reason. */
	breaker: z.strictObject({ percent: z.number().min(1).max(100), window: z.int().min(10).max(100_000) }).optional(),
	/** From a recipient's first try: how long THROTTLED and TEMPORARY_FAILURE are tried again, ms. */
	retryHorizonMs: z.number().min(0),
});

export type CampaignDefinition = z.infer<typeof definitionSchema>;

export const DEFAULT_RETRY_HORIZON_MS = 3_600_000;

/** @throws {PushError} `InvalidRequest` naming the first member that is not what it should be */
export function checkDefinition(given: unknown): CampaignDefinition {
	const read = definitionSchema.safeParse(given);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	const where = issue?.path.join('.') ?? '';
	throw new PushError(
		'InvalidRequest',
		`The campaign cannot be read${where === '' ? '' : ` at ${where}`}: ${issue?.message ?? ''}`,
		{
			hint: 'Correct this setting of the campaign.',
		},
	);
}

export function readDefinition({ definition }: Pick<Campaign, 'definition'>): CampaignDefinition {
	return checkDefinition(JSON.parse(definition));
}

/** Values shown of a difference are cut to this many characters. */
const SHOWN = 60;
const DIFFERENCES = 5;

/**
 * What makes no other campaign of it: where n8n keeps the file; and when it is sent, as an execution that is repeated
 * comes to another moment where the schedule is counted from now.
 */
const NOT_COMPARED: ReadonlySet<string> = new Set(['source.binaryId', 'startAt', 'stopAt']);

/** What two definitions say differently, for people: `message.notification.title: "Spring" → "Summer"`. */
export function differences(stored: unknown, given: unknown, path = ''): string[] {
	if (NOT_COMPARED.has(path)) return [];
	if (isRecord(stored) && isRecord(given)) {
		const names = [...new Set([...Object.keys(stored), ...Object.keys(given)])];
		return names
			.flatMap((name) => differences(stored[name], given[name], path === '' ? name : `${path}.${name}`))
			.slice(0, DIFFERENCES);
	}
	const [before, after] = [JSON.stringify(stored), JSON.stringify(given)];
	return before === after ? [] : [`${path}: ${shown(before)} → ${shown(after)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(json: string | undefined): string {
	if (json === undefined) return 'nothing';
	return json.length > SHOWN ? `${json.slice(0, SHOWN)}…` : json;
}
