import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { SecretsInput } from '../../../push';
import type { ChannelCredential, ChannelType, ProviderId } from '../../../push/model';
import { applicationLocator, NO_APPLICATION, readApplication } from '../../shared/applicationLocator';
import { type ChannelCredentialName, PROVIDER_CREDENTIALS, toChannelCredential } from '../../shared/credentials';
import type { EngineModule } from '../../shared/engine';
import { WorkflowMistake } from '../../shared/errors';
import type { OperationContext } from '../../shared/operation';
import { isRecord, textOf, textsOf, type Values } from '../../shared/parameters';

export const APPLE = ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX'];

/** Every operation works on one application. */
export const applicationField = applicationLocator(undefined);

/** @throws {WorkflowMistake} when none is chosen */
export function chosenApplication({ functions }: OperationContext, itemIndex: number) {
	return readApplication(functions, itemIndex, `Choose one. ${NO_APPLICATION.channels}.`);
}

export const channelsField: INodeProperties = {
	displayName: 'Channels',
	name: 'channels',
	type: 'multiOptions',
	options: [
		{ name: 'Amazon Device Messaging', value: 'ADM' },
		{ name: 'Apple (Production)', value: 'APNS' },
		{ name: 'Apple (Sandbox)', value: 'APNS_SANDBOX' },
		{ name: 'Apple VoIP (Production)', value: 'APNS_VOIP' },
		{ name: 'Apple VoIP (Sandbox)', value: 'APNS_VOIP_SANDBOX' },
		{ name: 'Baidu Cloud Push', value: 'BAIDU' },
		{ name: 'Google (FCM)', value: 'GCM' },
	],
	default: [],
	description: 'One or several; one item comes out for each. An expression may give words such as APNS, FCM.',
	displayOptions: { hide: { operation: ['getMany'] } },
};

/**
 * The channels chosen for an item, each once.
 * @throws {PushError} `UnknownChannel`
 */
export function channelsOf({ engine, functions }: OperationContext, itemIndex: number): ChannelType[] {
	const words = textsOf({ channels: functions.getNodeParameter('channels', itemIndex, []) }, 'channels') ?? [];
	return [...new Set(words.map((word) => engine.parseChannelType(word)))];
}

/** @throws {WorkflowMistake} when none is chosen */
export function chosenChannels(context: OperationContext, itemIndex: number): ChannelType[] {
	const channels = channelsOf(context, itemIndex);
	if (channels.length > 0) return channels;
	throw new WorkflowMistake('No channel is chosen.', 'Choose one or several under Channels.');
}

/** The channels of each provider: they share its credentials. */
export function byProvider(engine: EngineModule, channels: readonly ChannelType[]): Map<ProviderId, ChannelType[]> {
	const groups = new Map<ProviderId, ChannelType[]>();
	for (const channel of channels) {
		const { provider } = engine.CHANNELS[channel];
		groups.set(provider, [...(groups.get(provider) ?? []), channel]);
	}
	return groups;
}

/** Every credential for the provider that is selected on the node. */
export async function attachedCredentials(
	functions: IExecuteFunctions,
	provider: ProviderId,
): Promise<ChannelCredential[]> {
	const selected = functions.getNode().credentials ?? {};
	const names = PROVIDER_CREDENTIALS[provider].filter((name: ChannelCredentialName) => selected[name] !== undefined);
	const read: ChannelCredential[] = [];
	for (const name of names) read.push(toChannelCredential(name, await functions.getCredentials(name, 0)));
	return read;
}

/** The fields of the collection Options for one item. */
export function optionsOf({ functions }: OperationContext, itemIndex: number): Values {
	const options: unknown = functions.getNodeParameter('options', itemIndex, {});
	return isRecord(options) ? options : {};
}

/** What Enable stores for a provider: credentials attached, the legacy key typed in, the method chosen. */
export async function secretsFor(
	context: OperationContext,
	provider: ProviderId,
	itemIndex: number,
): Promise<SecretsInput> {
	const credentials = await attachedCredentials(context.functions, provider);
	const options = optionsOf(context, itemIndex);
	if (provider === 'fcm') {
		const legacyFcmKey = textOf(options, 'legacyServerKey')?.trim() ?? '';
		return { credentials, ...(legacyFcmKey === '' ? {} : { legacyFcmKey }) };
	}
	const method = textOf(options, 'defaultMethod')?.trim();
	const chosen = provider === 'apns' && (method === 'KEY' || method === 'CERTIFICATE');
	return { credentials, ...(chosen ? { authenticationMethod: method } : {}) };
}
