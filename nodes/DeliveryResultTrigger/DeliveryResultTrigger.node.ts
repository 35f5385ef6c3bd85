import {
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { NO_APPLICATION, searchApplications } from '../shared/applicationLocator';
import { documented } from '../shared/documentation';
import { toNodeError } from '../shared/errors';
import { pushStoreTest } from '../shared/methods/credentialTest';
import { fields } from './description';
import { runTrigger } from './run';

export class DeliveryResultTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Push Delivery Result Trigger',
		name: 'deliveryResultTrigger',
		icon: {
			light: 'file:../../icons/deliveryResultTrigger.svg',
			dark: 'file:../../icons/deliveryResultTrigger.dark.svg',
		},
		group: ['trigger'],
		version: [1],
		subtitle:
			'={{ { result: "Delivery results", invalidToken: "Invalid tokens", campaign: "Campaign events", channelHealth: "Channel health", alarm: "Alarm" }[$parameter["event"]] }}',
		description: 'Starts a workflow with what became of push notifications',
		eventTriggerDescription: 'Waiting for push notifications to be sent',
		activationMessage: 'From now on, what becomes of push notifications starts this workflow.',
		defaults: { name: 'Push Delivery Result Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'pushStoreApi', displayName: 'Push Store (Optional)', required: false, testedBy: 'pushStoreTest' },
		],
		triggerPanel: {
			header: 'Waiting for results',
			executionsHelp: {
				inactive:
					'<b>While building your workflow</b>, press "Listen" and send a push notification with another workflow. After ten seconds without one, a sample is shown.<br><br><b>Once you are happy with your workflow</b>, publish it. Then each batch of results starts an execution, which you find in the list of executions.',
				active:
					'<b>While building your workflow</b>, press "Listen" and send a push notification with another workflow. After ten seconds without one, a sample is shown.<br><br><b>Your workflow is published</b>: each batch of results starts an execution, which you find in the list of executions.',
			},
			activationHint:
				'Once you are happy with your workflow, publish it: then each batch of results starts an execution.',
		},
		properties: fields,
	};

	constructor() {
		this.description.properties = documented(this.description.properties, () => 'delivery-result-trigger.md');
	}

	methods = {
		credentialTest: { pushStoreTest },
		listSearch: { searchApplications: searchApplications(NO_APPLICATION.channels) },
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const started = await runTrigger(this).catch((mistake: unknown) => ({ mistake }));
		if ('mistake' in started) throw toNodeError(this.getNode(), started.mistake);
		return started;
	}
}
