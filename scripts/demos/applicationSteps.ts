/** Items of a node's outputs, and the application the workflow made. */
export interface Outputs {
	readonly first: readonly Json[];
	/** Failed; only Send Push has it. */
	readonly second: readonly Json[];
	readonly applicationId: string;
	readonly name: string;
}

type Json = Readonly<Record<string, unknown>>;

/** One node of docs/workflows/applications.json and what has to come out of it. */
export interface Step {
	readonly node: string;
	tell(outputs: Outputs): string;
	/** What is not as it should be, in words; undefined when all is well. */
	wrong(outputs: Outputs): string | undefined;
}

const CHANNELS = ['ADM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'BAIDU', 'GCM'];
const WITHOUT_GOOGLE = CHANNELS.filter((channel) => channel !== 'GCM');

const channelsIn = (items: readonly Json[]) => items.map(({ channelType }) => String(channelType)).sort();

/** Undefined when the items are one for each of these channels and each is `good`. */
function onePerChannel(
	items: readonly Json[],
	channels: readonly string[],
	good: (item: Json) => boolean,
): string | undefined {
	const found = channelsIn(items);
	if (found.join() !== channels.join()) return `channels should be ${channels.join(', ')}, are ${found.join(', ')}`;
	const bad = items.filter((item) => !good(item));
	return bad.length === 0 ? undefined : `not so for ${channelsIn(bad).join(', ')}`;
}

const isSent = (item: Json) => item.deliveryStatus === 'SUCCESSFUL' && typeof item.messageId === 'string';

/** AWS's words for a channel that is off. */
const switchedOff = (applicationId: string) => `No channel of type GCM is enabled for the application ${applicationId}`;

function refusedOnly({ second, applicationId }: Outputs): string | undefined {
	return onePerChannel(
		second,
		['GCM'],
		(item) =>
			item.deliveryStatus === 'PERMANENT_FAILURE' &&
			item.statusCode === 400 &&
			item.statusMessage === switchedOff(applicationId),
	);
}

export const STEPS: readonly Step[] = [
	{
		node: 'Create the application',
		tell: ({ name, applicationId }) => `${name}, id ${applicationId}`,
		wrong: ({ first, applicationId }) =>
			first.length === 1 && /^[0-9a-f]{32}$/.test(applicationId) ? undefined : 'there should be one application',
	},
	{
		node: 'Enable all channels',
		tell: ({ first }) => `${first.length} channels, each accepted by its provider`,
		wrong: ({ first }) =>
			onePerChannel(first, CHANNELS, ({ enabled, configured, version }) =>
				Boolean(enabled && configured && version === 1),
			),
	},
	{
		node: 'Send to each channel',
		tell: ({ first, second }) => `${first.length} sent, ${second.length} failed`,
		wrong: ({ first, second }) => (second.length > 0 ? 'nothing should fail' : onePerChannel(first, CHANNELS, isSent)),
	},
	{
		node: 'Disable Google',
		tell: ({ first }) => `enabled: ${String(first[0]?.enabled)}, credential kept: ${String(first[0]?.configured)}`,
		wrong: ({ first }) =>
			onePerChannel(
				first,
				['GCM'],
				({ enabled, configured, version }) => !enabled && configured === true && version === 2,
			),
	},
	{
		node: 'List the channels',
		tell: ({ first }) => `${first.filter(({ enabled }) => enabled).length} of ${first.length} enabled`,
		wrong: ({ first }) =>
			onePerChannel(first, CHANNELS, ({ channelType, enabled }) => enabled === (channelType !== 'GCM')),
	},
	{
		node: 'Send again',
		tell: ({ first, second }) =>
			`${first.length} sent, ${second.length} failed: ${second.map(({ statusCode, statusMessage }) => `${String(statusCode)} ${String(statusMessage)}`).join()}`,
		wrong: (outputs) => onePerChannel(outputs.first, WITHOUT_GOOGLE, isSent) ?? refusedOnly(outputs),
	},
	{
		node: 'Check the credentials',
		tell: ({ first }) => `${first.filter(({ ok }) => ok).length} of ${first.length} accepted by their providers`,
		wrong: ({ first }) => onePerChannel(first, CHANNELS, ({ ok }) => ok === true),
	},
	{
		node: 'Delete without the word',
		tell: ({ first }) => String(first[0]?.error),
		wrong: ({ first }) =>
			/was not deleted.*7 channels/s.test(String(first[0]?.error))
				? undefined
				: 'it should refuse and say what would go',
	},
	{
		node: 'Delete',
		tell: ({ first }) => `deleted: ${String(first[0]?.deleted)}, with ${String(first[0]?.channels)} channels`,
		wrong: ({ first, applicationId }) =>
			first.length === 1 && first[0]?.deleted === true && first[0].id === applicationId && first[0].channels === 7
				? undefined
				: 'the application should be gone, with seven channels',
	},
];

/** Undefined when the outcome is the expected one; else what differs, in words. */
export function difference(step: Step, outputs: Outputs): string | undefined {
	return outputs.first.length === 0 ? 'nothing came out' : step.wrong(outputs);
}
