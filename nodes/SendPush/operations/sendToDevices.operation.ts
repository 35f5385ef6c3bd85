import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { DirectCredentials } from '../../../push';
import type { ChannelType } from '../../../push/model';
import { type EngineModule, loadEngine } from '../../shared/engine';
import { toNodeError, toSentence, WorkflowMistake } from '../../shared/errors';
import { ItemParameters } from '../../shared/parameters';
import { Summary } from '../../shared/summary';
import { WorkflowTimes } from '../../shared/times';
import { MessageSource } from '../content/messageSource';
import { MESSAGE_PARAMETERS } from '../content/notification';
import { shelfFor } from '../content/templates';
import { messageForm } from '../description/form';
import { Collector } from '../sending/collector';
import { credentialFor, someCredentials } from '../sending/credentials';
import { DeviceGroup } from '../sending/deviceGroup';
import { forEachGroup } from '../sending/once';
import { readSettings, type SendSettings } from '../sending/options';
import { addressKindOf, channelSource, recipientSource } from '../sending/recipients';
import { applicationGroups, directTarget, isDirect, type OnMistake } from '../sending/target';
import type { SendPushOperation } from './operation';

/** n8n drains error outputs in quadratic time: 200,000 items block the process for 12 s, a million for minutes. */
const MAX_ITEMS_WITH_ERROR_OUTPUT = 50_000;

/** One result item per recipient on Sent or Failed, as the option Results says. */
async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = this.getInputData();
	const summary = new Summary(performance.now());
	const attempt = await attemptSend(this, items, summary);
	if ('collector' in attempt) {
		this.addExecutionHints(...summary.hints());
		return attempt.collector.outputs(performance.now(), this.isToolExecution());
	}
	if (!this.continueOnFail()) throw toNodeError(this.getNode(), attempt.mistake, 0);
	const sentence = toSentence(attempt.mistake);
	const collector = new Collector(EVERY_RESULT, new Summary(performance.now()));
	for (let itemIndex = 0; itemIndex < items.length; itemIndex++) collector.addMistake(itemIndex, sentence);
	return collector.outputs(performance.now(), this.isToolExecution());
}

export const sendToDevices: SendPushOperation = {
	option: {
		name: 'Send to Devices',
		value: 'sendToDevices',
		description: 'Write one message and send it to the devices of the items',
		action: 'Send a push notification',
	},
	fields: messageForm,
	outputs: 'sentAndFailed',
	execute,
};

const EVERY_RESULT = { results: 'all', addressesInOutput: 'full', maxFailures: Infinity } as const;

/** A mistake concerns the whole node: nothing was sent. */
async function attemptSend(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	summary: Summary,
): Promise<{ collector: Collector } | { mistake: unknown }> {
	try {
		const settings = readSettings(context);
		const collector = new Collector({ ...settings, maxFailures: maxFailures(context) }, summary);
		await send(context, items, settings, collector, summary);
		return { collector };
	} catch (mistake) {
		return { mistake };
	}
}

async function send(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	settings: SendSettings,
	collector: Collector,
	summary: Summary,
): Promise<void> {
	const engine = await loadEngine();
	const channels = channelSource(context, engine, items);
	const onMistake: OnMistake = (error, itemIndex) => {
		if (!context.continueOnFail()) throw toNodeError(context.getNode(), error, itemIndex);
		collector.addMistake(itemIndex, toSentence(error));
	};
	const groups = isDirect(context)
		? [{ target: await directTarget(context, engine, await credentialsOfNode(context, engine, channels.fixed)) }]
		: await applicationGroups(context, onMistake);
	const parameters = new ItemParameters(context, MESSAGE_PARAMETERS);
	const messages = new MessageSource(
		engine,
		parameters,
		{ ...settings.rendering, style: settings.style ?? 'native' },
		await shelfFor(context),
		new WorkflowTimes(engine, context),
	);
	const recipients = recipientSource(context, items);
	const addressKind = addressKindOf(context);
	const prepared = groups.map((group) => {
		const parts = { items, messages, recipients, addressKind, channelOf: channels.of, indexes: group.items };
		return new DeviceGroup(group, parts, onMistake);
	});
	refuseTooManyItems(context, settings, prepared);
	await forEachGroup(prepared, async (group) => {
		await group.send({ context, options: settings.send, summary, collector, onMistake });
	});
	for (const warning of messages.warnings()) summary.warn(warning);
}

async function credentialsOfNode(
	context: IExecuteFunctions,
	engine: EngineModule,
	channel: ChannelType | undefined,
): Promise<DirectCredentials> {
	return channel ? await credentialFor(context, engine, channel) : await someCredentials(context);
}

function hasErrorOutput(context: IExecuteFunctions): boolean {
	return context.getNode().onError === 'continueErrorOutput';
}

function maxFailures(context: IExecuteFunctions): number {
	return hasErrorOutput(context) ? MAX_ITEMS_WITH_ERROR_OUTPUT : Infinity;
}

/** @throws {WorkflowMistake} before anything is sent */
function refuseTooManyItems(context: IExecuteFunctions, settings: SendSettings, groups: readonly DeviceGroup[]): void {
	if (!hasErrorOutput(context) || settings.results !== 'all') return;
	const count = groups.reduce((sum, group) => sum + group.count(), 0);
	if (count <= MAX_ITEMS_WITH_ERROR_OUTPUT) return;
	throw new WorkflowMistake(
		`With the error output switched on, n8n cannot take ${count.toLocaleString('en')} result items: it would stand still for minutes. Nothing was sent.`,
		'Set the option Results to "Failures and Summary" or "Summary Only", or set On Error (under Settings) to "Stop Workflow" or "Continue". Failed recipients have their own output in any case.',
	);
}
