import type { PageOf } from '../../shared/documentation';

/** Fields that are explained elsewhere than where Send to Devices is. */
const PAGES: Readonly<Record<string, string>> = {
	source: 'concepts.md#application-or-direct',
	application: 'applications.md#set-up-an-application',
	channel: 'concepts.md#channels',
	channelField: 'concepts.md#channels',
	authentication: 'credentials.md',
	addressKind: 'messages.md#googles-other-targets',
	messageFrom: 'messages.md#templates',
	template: 'messages.md#templates',
	templateVersion: 'messages.md#templates',
	title: 'messages.md#filling-in',
	body: 'messages.md#filling-in',
	rawPayload: 'messages.md#raw-payloads',
	apnsPayload: 'messages.md#raw-payloads',
	fcmPayload: 'messages.md#raw-payloads',
	baiduPayload: 'messages.md#raw-payloads',
	admPayload: 'messages.md#raw-payloads',
	apnsOptions: 'messages.md#apples-other-pushes',
	fcmOptions: 'messages.md#googles-other-targets',
	silent: 'concepts.md#silent-pushes',
	messageRequest: 'send-push.md#send-message-request',
	options: 'send-push.md#options',
};

/** By the resource a field belongs to, where it is not a message. */
const PAGES_OF_RESOURCES: Readonly<Record<string, string>> = {
	campaign: 'campaigns.md',
	result: 'results.md#the-delivery-log',
};

export const pageOf: PageOf = ({ name, displayOptions }) =>
	PAGES_OF_RESOURCES[String(displayOptions?.show?.resource?.[0])] ?? PAGES[name] ?? 'send-push.md#send-to-devices';
