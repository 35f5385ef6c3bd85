import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { NO_APPLICATION, searchApplications } from '../shared/applicationLocator';
import { optionFields } from './description/options';
import { CREDENTIALS_WHEN, sourceFields } from './description/source';
import { credentialTest } from '../shared/methods/credentialTest';
import { searchTemplates } from '../shared/templateLocator';
import { sendMessageRequest, sendMessageRequestFields } from './operations/sendMessageRequest.operation';
import { sendToDevices, sendToDevicesFields } from './operations/sendToDevices.operation';

export class SendPush implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Send Push',
		name: 'sendPush',
		icon: { light: 'file:../../icons/sendPush.svg', dark: 'file:../../icons/sendPush.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle:
			'={{ $parameter["operation"] === "sendMessageRequest" ? "Send message request" : "Send to devices: " + ($parameter["channel"] === "fromField" ? "any channel" : $parameter["channel"]) }}',
		description: 'Send push notifications to phones and tablets through Apple, Google, Baidu and Amazon',
		defaults: { name: 'Send Push' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Sent', 'Failed'],
		// A channel that is not chosen hides its credential; with several channels in play, none of them is a must.
		credentials: [
			{
				name: 'apnsKeyApi',
				testedBy: 'apnsKeyTest',
				displayOptions: {
					show: CREDENTIALS_WHEN.direct,
					hide: { channel: ['GCM', 'FCM', 'BAIDU', 'ADM'], authentication: ['certificate'] },
				},
			},
			{
				name: 'apnsCertificateApi',
				testedBy: 'apnsCertificateTest',
				displayOptions: {
					show: CREDENTIALS_WHEN.direct,
					hide: { channel: ['GCM', 'FCM', 'BAIDU', 'ADM'], authentication: ['key'] },
				},
			},
			{
				name: 'fcmServiceAccountApi',
				testedBy: 'fcmServiceAccountTest',
				displayOptions: {
					show: CREDENTIALS_WHEN.direct,
					hide: { channel: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'BAIDU', 'ADM'] },
				},
			},
			{
				name: 'baiduPushApi',
				testedBy: 'baiduPushTest',
				displayOptions: {
					show: CREDENTIALS_WHEN.direct,
					hide: { channel: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'FCM', 'ADM'] },
				},
			},
			{
				name: 'amazonDeviceMessagingApi',
				testedBy: 'amazonDeviceMessagingTest',
				displayOptions: {
					show: CREDENTIALS_WHEN.direct,
					hide: { channel: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'FCM', 'BAIDU'] },
				},
			},
			{
				name: 'pushStoreApi',
				displayName: 'Push Store (Optional)',
				required: false,
				testedBy: 'pushStoreTest',
				displayOptions: { show: CREDENTIALS_WHEN.application },
			},
		],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Send to Devices',
						value: 'sendToDevices',
						description: 'Write one message and send it to the devices of the items',
						action: 'Send to devices',
					},
					{
						name: 'Send Message Request',
						value: 'sendMessageRequest',
						description:
							'Send a MessageRequest of Amazon Pinpoint, several channels at once, and get its MessageResponse',
						action: 'Send a message request',
					},
				],
				default: 'sendToDevices',
			},
			...sourceFields,
			...sendToDevicesFields,
			...sendMessageRequestFields,
			optionFields,
		],
	};

	methods = {
		credentialTest,
		listSearch: { searchApplications: searchApplications(NO_APPLICATION.send), searchTemplates },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation: unknown = this.getNodeParameter('operation', 0);
		return operation === 'sendMessageRequest' ? await sendMessageRequest.call(this) : await sendToDevices.call(this);
	}
}
