import { parseChannelType, PushError, systemClock } from '../../model';
import type { ChannelType, Clock, DeliveryResult, Recipient } from '../../model';
import type { CompiledMessage } from '../content';
import { compileMessage } from '../plan';
import type { OnMissing } from '../substitution';
import { badRequest } from './badRequest';
import { readMessageRequest } from './schema';
import { RequestSource } from './source';
import type { CompiledTemplate } from './templateContent';
import type { AddressConfiguration, DirectMessageConfiguration, MessageRequest } from './types';
import type { MessageStyle } from './words';

/** AWS: SendMessages takes up to 100 addresses. */
export const MAX_ADDRESSES = 100;

export interface CompileRequestOptions {
	readonly style: MessageStyle;
	readonly onMissing?: OnMissing;
	readonly clock?: Pick<Clock, 'now'>;
	/** A body that makes the message too long is cut between two characters and ended by an ellipsis. */
	readonly shortenToFit?: boolean;
	/** The one that TemplateConfiguration.PushTemplate names, from the caller's store. */
	readonly template?: CompiledTemplate;
}

/** A MessageRequest, read, checked and ready for the sender. */
export interface CompiledMessageRequest {
	readonly message: CompiledMessage;
	/** `ref` is the place of the address in the request, from 0. */
	readonly recipients: readonly Recipient[];
	/** Results of the addresses that are not sent to: empty ones and doubles. */
	readonly refusals: readonly DeliveryResult[];
	readonly traceId?: string;
	/** Of the request and of the content of every channel in it. */
	readonly warnings: readonly string[];
}

/**
 * An AWS MessageRequest for the sender. What is wrong with one address or one channel is that address's result, as
 * with AWS; only what makes the whole request senseless is thrown.
 * @throws {PushError} `InvalidRequest` where AWS answers 400 to the whole request
 */
export function compileMessageRequest(request: unknown, options: CompileRequestOptions): CompiledMessageRequest {
	const read = readMessageRequest(request);
	checkTargets(read.request, options.template);
	const { recipients, refusals } = sortAddresses(read.request.Addresses ?? {});
	const source = new RequestSource(read.request, options.style, options.template);
	const message = compileMessage(source, {
		onMissing: options.onMissing ?? 'fail',
		clock: options.clock ?? systemClock,
		shortenToFit: options.shortenToFit ?? false,
	});
	// Compiles each channel now, so that its warnings can be told before anything is sent.
	const oneOfEach = new Map(recipients.map((recipient) => [recipient.channelType, recipient]));
	for (const recipient of oneOfEach.values()) message.render(recipient);
	return {
		message,
		recipients,
		refusals,
		...(read.request.TraceId === undefined ? {} : { traceId: read.request.TraceId }),
		warnings: [...read.warnings, ...ignoredMembers(read.request), ...message.warnings],
	};
}

/**
 * The push template a request names, so that the caller can fetch it; undefined when it names none.
 * @throws {PushError} `InvalidRequest`
 */
export function namedTemplate(request: unknown): { readonly name: string; readonly version?: number } | undefined {
	const named = readMessageRequest(request).request.TemplateConfiguration?.PushTemplate;
	if (named === undefined) return undefined;
	const { Name: name = '', Version: version } = named;
	if (name === '') return invalid('PushTemplate has no Name.', 'Give the name of a template.');
	if (version === undefined || version === '') return { name };
	if (/^[1-9]\d{0,8}$/.test(version)) return { name, version: Number(version) };
	return invalid(
		'The Version of PushTemplate is not a number.',
		'Give it like "2", or leave it out for the active one.',
	);
}

export interface CompileTemplateOptions extends CompileRequestOptions {
	readonly template: CompiledTemplate;
	/** What the message says beside the template; wins over it, field by field. */
	readonly configuration?: DirectMessageConfiguration;
}

/** The message a template makes for any recipients. */
export function compileTemplateMessage(options: CompileTemplateOptions): CompiledMessage {
	const request = options.configuration ? { MessageConfiguration: options.configuration } : {};
	return compileMessage(new RequestSource(request, options.style, options.template), {
		onMissing: options.onMissing ?? 'fail',
		clock: options.clock ?? systemClock,
		shortenToFit: options.shortenToFit ?? false,
	});
}

function invalid(message: string, hint: string): never {
	throw badRequest(message, hint);
}

/** What AWS answers with BadRequestException. */
function checkTargets(request: MessageRequest, template: CompiledTemplate | undefined): void {
	const { Addresses, Endpoints, MessageConfiguration, TemplateConfiguration } = request;
	if (Endpoints && Object.keys(Endpoints).length > 0) {
		invalid(
			'The MessageRequest names Endpoints, but there is no device registry yet that could tell their addresses.',
			'Give the device tokens themselves in Addresses.',
		);
	}
	if (TemplateConfiguration?.PushTemplate && !template) {
		invalid(
			'The MessageRequest names a push template, and templates belong to a Push Store, which this send does not use.',
			'Send for an application, or put the texts into MessageConfiguration.',
		);
	}
	const count = Object.keys(Addresses ?? {}).length;
	if (count === 0) invalid('The MessageRequest has no recipients.', 'Put at least one device token into Addresses.');
	if (count > MAX_ADDRESSES) {
		invalid(
			`The MessageRequest has ${count} addresses; at most ${MAX_ADDRESSES} are allowed in one.`,
			'Split it into several requests, or use Send to Devices.',
		);
	}
	if (!MessageConfiguration && !template) {
		invalid(
			'The MessageRequest has no MessageConfiguration. Either a template or a push message must be specified.',
			'Add MessageConfiguration with a message for each channel you send to.',
		);
	}
}

function sortAddresses(addresses: Record<string, AddressConfiguration>): {
	recipients: Recipient[];
	refusals: DeliveryResult[];
} {
	const recipients: Recipient[] = [];
	const refusals: DeliveryResult[] = [];
	const seen = new Set<string>();
	Object.entries(addresses).forEach(([address, configuration], ref) => {
		const channelType = channelOf(configuration, ref);
		const key = `${channelType} ${normalised(address, channelType)}`;
		if (address.trim() === '') refusals.push(emptyAddress(ref, address, channelType));
		else if (seen.has(key)) refusals.push(duplicate(ref, address, channelType));
		else recipients.push(recipientOf(ref, address, channelType, configuration));
		seen.add(key);
	});
	return { recipients, refusals };
}

function channelOf({ ChannelType: word }: AddressConfiguration, ref: number): ChannelType {
	const where = `Address ${ref + 1} of the MessageRequest`;
	if (!word)
		return invalid(
			`${where} has no ChannelType.`,
			'Use one of APNS, APNS_SANDBOX, APNS_VOIP, APNS_VOIP_SANDBOX, GCM, BAIDU, ADM.',
		);
	try {
		return parseChannelType(word);
	} catch (error) {
		if (!(error instanceof PushError)) throw error;
		return invalid(`${where} has an unknown ChannelType: ${error.message}`, error.hint ?? '');
	}
}

/** Apple's tokens are hexadecimal: case, spaces and angle brackets make no other device. */
function normalised(address: string, channelType: ChannelType): string {
	const bare = address.trim();
	return channelType.startsWith('APNS') ? bare.replace(/[\s<>]/g, '').toLowerCase() : bare;
}

function recipientOf(
	ref: number,
	address: string,
	channelType: ChannelType,
	configuration: AddressConfiguration,
): Recipient {
	const { TitleOverride, BodyOverride, RawContent, Substitutions, Context } = configuration;
	return {
		ref,
		address,
		channelType,
		...(TitleOverride ? { titleOverride: TitleOverride } : {}),
		...(BodyOverride ? { bodyOverride: BodyOverride } : {}),
		...(RawContent ? { rawContent: RawContent } : {}),
		...(Substitutions ? { substitutions: Substitutions } : {}),
		...(Context ? { context: Context } : {}),
	};
}

/** A result without any request. */
function unsent(ref: number, address: string, channelType: ChannelType) {
	return {
		ref,
		address,
		channelType,
		tokenAction: 'keep',
		possibleDuplicate: false,
		attempts: 0,
		latencyMs: 0,
	} as const;
}

function duplicate(ref: number, address: string, channelType: ChannelType): DeliveryResult {
	return {
		...unsent(ref, address, channelType),
		deliveryStatus: 'DUPLICATE',
		statusCode: 200,
		statusMessage: 'The same device is in the request already, written differently. It gets the message once.',
		providerReason: 'DuplicateAddress',
	};
}

function emptyAddress(ref: number, address: string, channelType: ChannelType): DeliveryResult {
	return {
		...unsent(ref, address, channelType),
		deliveryStatus: 'PERMANENT_FAILURE',
		statusCode: 400,
		statusMessage: 'The address is empty. Give the device token.',
		providerReason: 'EmptyAddress',
	};
}

function ignoredMembers({ MessageConfiguration: parts = {}, TemplateConfiguration }: MessageRequest): string[] {
	const others = ['EmailMessage', 'SMSMessage', 'VoiceMessage'] as const;
	const authentication = [parts.APNSMessage, parts.GCMMessage].some((part) => part?.PreferredAuthenticationMethod);
	return [
		...others.filter((name) => parts[name]).map((name) => `${name} is ignored: only push messages are sent.`),
		...(authentication ? ['PreferredAuthenticationMethod is ignored: the credential says how to authenticate.'] : []),
		...(TemplateConfiguration &&
		Object.entries(TemplateConfiguration).some(([name, given]) => given && name !== 'PushTemplate')
			? ['Templates for other services than push are ignored.']
			: []),
	];
}
