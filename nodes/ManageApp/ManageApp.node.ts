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
import { pushStoreTest } from '../shared/methods/credentialTest';
import { operationOptions, runOperation } from '../shared/operation';
import { APPLICATION_NAME, subtitle } from '../shared/subtitle';
import { searchTemplates } from '../shared/templateLocator';
import { findOperation, OPERATIONS } from './operations';
import { pageOf } from './operations/pages';

export class ManageApp implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Manage App',
		name: 'manageApp',
		icon: { light: 'file:../../icons/manageApp.svg', dark: 'file:../../icons/manageApp.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle: subtitle('$parameter["operation"] + ": " + $parameter["resource"]', APPLICATION_NAME),
		description: 'Set up the applications that Send Push sends for, and see what was done with them',
		defaults: { name: 'Manage App' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'pushStoreApi', displayName: 'Push Store (Optional)', required: false, testedBy: 'pushStoreTest' },
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Application', value: 'application', description: 'What messages are sent for' },
					{ name: 'Audit', value: 'audit', description: 'Who did what' },
					{ name: 'Metric', value: 'metrics', description: 'What was sent, in numbers and pictures' },
					{ name: 'Store', value: 'store', description: 'Who may do what, and the encryption key' },
					{ name: 'Suppression', value: 'suppression', description: 'Addresses that are not sent to' },
					{ name: 'Template', value: 'template', description: 'Named messages with versions' },
				],
				default: 'application',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS.application),
				default: 'create',
				displayOptions: { show: { resource: ['application'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS.audit),
				default: 'getMany',
				displayOptions: { show: { resource: ['audit'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS.metrics),
				default: 'get',
				displayOptions: { show: { resource: ['metrics'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS.store),
				default: 'getAccess',
				displayOptions: { show: { resource: ['store'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS.suppression),
				default: 'add',
				displayOptions: { show: { resource: ['suppression'] } },
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operationOptions(OPERATIONS.template),
				default: 'create',
				displayOptions: { show: { resource: ['template'] } },
			},
			...Object.values(OPERATIONS).flatMap((operations) => operations.flatMap(({ fields }) => fields)),
		],
	};

	constructor() {
		this.description.properties = documented(this.description.properties, pageOf);
	}

	methods = {
		credentialTest: { pushStoreTest },
		listSearch: { searchApplications: searchApplications(NO_APPLICATION.manage), searchTemplates },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = findOperation(this.getNodeParameter('resource', 0), this.getNodeParameter('operation', 0));
		if (operation) return await runOperation(this, operation);
		throw toNodeError(
			this.getNode(),
			new WorkflowMistake('This operation does not exist.', 'Choose one from the list.'),
		);
	}
}
