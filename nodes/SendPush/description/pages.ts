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

/** The same for fields of campaigns alone. */
const PAGES_OF_CAMPAIGNS: Readonly<Record<string, string>> = {
	application: 'applications.md#set-up-an-application',
	recipientsFrom: 'campaigns.md#recipients',
	binaryPropertyName: 'campaigns.md#recipients',
	query: 'campaigns.md#recipients-from-postgresql',
	queryParameters: 'campaigns.md#recipients-from-postgresql',
	addressColumn: 'campaigns.md#recipients',
	columns: 'campaigns.md#recipients',
	campaignSettings: 'campaigns.md#settings',
	state: 'campaigns.md#states',
};

/** The same for fields of results alone. */
const PAGES_OF_RESULTS: Readonly<Record<string, string>> = {
	include: 'results.md#dead-or-only-suspect',
};

export const pageOf: PageOf = ({ name, displayOptions }) => {
	const [resource] = displayOptions?.show?.resource ?? [];
	if (resource === 'campaign') return PAGES_OF_CAMPAIGNS[name] ?? 'campaigns.md';
	if (resource === 'result') return PAGES_OF_RESULTS[name] ?? 'results.md#the-delivery-log';
	return PAGES[name] ?? 'send-push.md#send-to-devices';
};
