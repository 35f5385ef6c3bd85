import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { NO_APPLICATION, searchApplications } from '../shared/applicationLocator';
import { documented } from '../shared/documentation';
import { toNodeError, WorkflowMistake } from '../shared/errors';
import { credentialTest } from '../shared/methods/credentialTest';
import { searchTemplates } from '../shared/templateLocator';
import { searchCampaigns } from './campaign/list';
import { postgresSourceTest } from './campaign/postgresSourceTest';
import { OUTPUTS, SUBTITLE } from './description/frame';
import { optionFields } from './description/options';
import { pageOf } from './description/pages';
import { CREDENTIALS_WHEN, sourceFields } from './description/source';
import { ALL_OPERATIONS, findOperation, optionsOf } from './operations';

export class SendPush implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Send Push',
		name: 'sendPush',
		icon: { light: 'file:../../icons/sendPush.svg', dark: 'file:../../icons/sendPush.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle: SUBTITLE,
		description: 'Send push notifications to phones and tablets through Apple, Google, Baidu and Amazon',
		defaults: { name: 'Send Push' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: OUTPUTS,
		// A channel that is not chosen hides its credential; with several channels in play, none of them is a must.
		credentials: [
			{
				name: 'apnsKeyApi',
				testedBy: 'apnsKeyTest',
				displayOptions: {
					...CREDENTIALS_WHEN.direct,
					hide: { channel: ['GCM', 'FCM', 'BAIDU', 'ADM'], authentication: ['certificate'] },
				},
			},
			{
				name: 'apnsCertificateApi',
				testedBy: 'apnsCertificateTest',
				displayOptions: {
					...CREDENTIALS_WHEN.direct,
					hide: { channel: ['GCM', 'FCM', 'BAIDU', 'ADM'], authentication: ['key'] },
				},
			},
			{
				name: 'fcmServiceAccountApi',
				testedBy: 'fcmServiceAccountTest',
				displayOptions: {
					...CREDENTIALS_WHEN.direct,
					hide: { channel: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'BAIDU', 'ADM'] },
				},
			},
			{
				name: 'baiduPushApi',
				testedBy: 'baiduPushTest',
				displayOptions: {
					...CREDENTIALS_WHEN.direct,
					hide: { channel: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'FCM', 'ADM'] },
				},
			},
			{
				name: 'amazonDeviceMessagingApi',
				testedBy: 'amazonDeviceMessagingTest',
				displayOptions: {
					...CREDENTIALS_WHEN.direct,
					hide: { channel: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'FCM', 'BAIDU'] },
				},
			},
			{
				name: 'pushStoreApi',
				displayName: 'Push Store (Optional)',
				required: false,
				testedBy: 'pushStoreTest',
				displayOptions: CREDENTIALS_WHEN.store,
			},
			{
				name: 'postgresSourceApi',
				required: true,
				testedBy: 'postgresSourceTest',
				displayOptions: {
					show: { '/resource': ['campaign'], '/operation': ['start'], '/recipientsFrom': ['postgres'] },
				},
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Campaign', value: 'campaign', description: 'Bulk sends that survive a crash' },
					{ name: 'Message', value: 'message', description: 'Send to devices' },
					{ name: 'Result', value: 'result', description: 'What became of messages' },
				],
				default: 'message',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: optionsOf('message'),
				default: 'sendToDevices',
				displayOptions: { show: { resource: ['message'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: optionsOf('campaign'),
				default: 'start',
				displayOptions: { show: { resource: ['campaign'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: optionsOf('result'),
				default: 'getMany',
				displayOptions: { show: { resource: ['result'] } },
			},
			...sourceFields,
			// What several operations share is shown once.
			...new Set(ALL_OPERATIONS.flatMap(({ fields }) => fields)),
			optionFields,
		],
	};

	constructor() {
		this.description.properties = documented(this.description.properties, pageOf);
	}

	methods = {
		credentialTest: { ...credentialTest, postgresSourceTest },
		listSearch: { searchApplications: searchApplications(NO_APPLICATION.send), searchCampaigns, searchTemplates },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = findOperation(this.getNodeParameter('resource', 0), this.getNodeParameter('operation', 0));
		if (operation) return await operation.execute.call(this);
		throw toNodeError(
			this.getNode(),
			new WorkflowMistake('This operation does not exist.', 'Choose one from the list.'),
		);
	}
}
