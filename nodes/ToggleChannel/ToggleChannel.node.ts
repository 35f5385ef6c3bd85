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
import { operationOptions, runOperation } from '../shared/operation';
import { APPLICATION_NAME, channelWords, subtitle } from '../shared/subtitle';
import { OPERATIONS } from './operations';
import { APPLE, applicationField, channelsField } from './operations/channels';

/**
 * When a credential of a provider is taken along. As a path from the root of the node: the editor takes a field that alone
 * decides on the credentials for the way to sign in, and does not show it among the parameters.
 */
const takenFor = (channels: string[]) => ({ show: { operation: ['enable', 'check'], '/channels': channels } });

export class ToggleChannel implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Toggle Channel',
		name: 'toggleChannel',
		icon: { light: 'file:../../icons/toggleChannel.svg', dark: 'file:../../icons/toggleChannel.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle: subtitle(
			'$parameter["operation"]',
			`$parameter["operation"] === "getMany" ? "" : ${channelWords('channels')}`,
			APPLICATION_NAME,
		),
		description: 'Switch the push channels of an application on and off, and check their credentials',
		defaults: { name: 'Toggle Channel' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'apnsKeyApi',
				testedBy: 'apnsKeyTest',
				displayOptions: takenFor(APPLE),
			},
			{
				name: 'apnsCertificateApi',
				testedBy: 'apnsCertificateTest',
				displayOptions: takenFor(APPLE),
			},
			{
				name: 'fcmServiceAccountApi',
				testedBy: 'fcmServiceAccountTest',
				displayOptions: takenFor(['GCM']),
			},
			{
				name: 'baiduPushApi',
				testedBy: 'baiduPushTest',
				displayOptions: takenFor(['BAIDU']),
			},
			{
				name: 'amazonDeviceMessagingApi',
				testedBy: 'amazonDeviceMessagingTest',
				displayOptions: takenFor(['ADM']),
			},
			{ name: 'pushStoreApi', displayName: 'Push Store (Optional)', required: false, testedBy: 'pushStoreTest' },
		],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS),
				default: 'enable',
			},
			applicationField,
			channelsField,
			...OPERATIONS.flatMap(({ fields }) => fields),
		],
	};

	constructor() {
		this.description.properties = documented(this.description.properties, () => 'toggle-channel.md');
	}

	methods = {
		credentialTest,
		listSearch: { searchApplications: searchApplications(NO_APPLICATION.channels) },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const chosen: unknown = this.getNodeParameter('operation', 0);
		const operation = OPERATIONS.find(({ option }) => option.value === chosen);
		if (operation) return await runOperation(this, operation);
		throw toNodeError(
			this.getNode(),
			new WorkflowMistake('This operation does not exist.', 'Choose one from the list.'),
		);
	}
}
