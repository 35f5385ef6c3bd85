import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { CompiledTemplate, CompileRequestOptions } from '../../../push/messages';
import { type EngineModule, loadEngine } from '../../shared/engine';
import { toNodeError, toSentence, WorkflowMistake } from '../../shared/errors';
import { LenientJson, withReadableRawContent } from '../../shared/lenientJson';
import { ItemParameters } from '../../shared/parameters';
import { Summary } from '../../shared/summary';
import { TemplateShelf } from '../content/templates';
import { SEND_MESSAGE_REQUEST } from '../description/channels';
import { styleNotice } from '../description/options';
import { DIRECT } from '../description/source';
import { allCredentials } from '../sending/credentials';
import { readSettings } from '../sending/options';
import { type ItemRequest, runRequests } from '../sending/requestRun';
import { applicationGroups, directTarget, isDirect, type OnMistake } from '../sending/target';
import type { SendPushOperation } from './operation';

const SAMPLE = {
	Addresses: { 'put a device token here': { ChannelType: 'GCM' } },
	MessageConfiguration: {
		DefaultPushNotificationMessage: { Action: 'OPEN_APP', Title: 'Hello', Body: 'Sent from n8n' },
	},
};

const fields: INodeProperties[] = [
	{
		displayName:
			'Select a credential for each provider the request sends to. Addresses on a channel without one come back as failed.',
		name: 'messageRequestNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...SEND_MESSAGE_REQUEST, ...DIRECT } },
	},
	styleNotice({ show: SEND_MESSAGE_REQUEST, hide: { '/options.style': ['native'] } }),
	{
		displayName: 'Message Request',
		name: 'messageRequest',
		type: 'json',
		typeOptions: { rows: 12 },
		required: true,
		default: JSON.stringify(SAMPLE, null, 2),
		description:
			'A MessageRequest as Amazon Pinpoint takes it: Addresses and MessageConfiguration. Up to 100 addresses, on any channels.',
		displayOptions: { show: SEND_MESSAGE_REQUEST },
	},
];

/** One MessageResponse per item on Sent, whatever became of its addresses. */
async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const summary = new Summary(performance.now());
	const errors: INodeExecutionData[] = [];
	const attempt = await attemptRequests(this, summary, (error, itemIndex) => {
		if (!this.continueOnFail()) throw toNodeError(this.getNode(), error, itemIndex);
		errors.push({ json: { error: toSentence(error) }, pairedItem: { item: itemIndex } });
	});
	if ('responses' in attempt) {
		this.addExecutionHints(...summary.hints());
		return this.isToolExecution() ? [[...attempt.responses, ...errors], []] : [attempt.responses, errors];
	}
	if (!this.continueOnFail()) throw toNodeError(this.getNode(), attempt.mistake, 0);
	const error = toSentence(attempt.mistake);
	const everyItem = this.getInputData().map((_, item) => ({ json: { error }, pairedItem: { item } }));
	return this.isToolExecution() ? [everyItem, []] : [[], everyItem];
}

export const sendMessageRequest: SendPushOperation = {
	option: {
		name: 'Send Message Request',
		value: 'sendMessageRequest',
		description: 'Send a MessageRequest of Amazon Pinpoint, several channels at once, and get its MessageResponse',
		action: 'Send a message request',
	},
	fields,
	outputs: 'sentAndFailed',
	execute,
};

async function attemptRequests(
	context: IExecuteFunctions,
	summary: Summary,
	onMistake: OnMistake,
): Promise<{ responses: INodeExecutionData[] } | { mistake: unknown }> {
	try {
		return { responses: await sendRequests(context, summary, onMistake) };
	} catch (mistake) {
		return { mistake };
	}
}

async function sendRequests(
	context: IExecuteFunctions,
	summary: Summary,
	onMistake: OnMistake,
): Promise<INodeExecutionData[]> {
	const engine = await loadEngine();
	// AWS's style of message is the default here: apps that were served by Pinpoint read it.
	const { send: options, style = 'aws', rendering } = readSettings(context);
	const json = new LenientJson(engine);
	const requests = await compileRequests({ context, engine, json }, { style, ...rendering }, onMistake);
	for (const note of json.notes) summary.warn(note);
	const groups = isDirect(context)
		? [{ target: await directTarget(context, engine, await allCredentials(context)) }]
		: await applicationGroups(context, onMistake);
	return await runRequests({ context, engine, options, summary, onMistake }, groups, requests);
}

/** All of them before anything is sent: a mistake in the last request must not come out after the first ones left. */
async function compileRequests(
	{ context, engine, json }: { context: IExecuteFunctions; engine: EngineModule; json: LenientJson },
	how: CompileRequestOptions,
	onMistake: OnMistake,
): Promise<ItemRequest[]> {
	const parameters = new ItemParameters(context, ['messageRequest']);
	const shelf = isDirect(context) ? undefined : new TemplateShelf(context);
	const requests: ItemRequest[] = [];
	const count = context.getInputData().length;
	for (let itemIndex = 0; itemIndex < count; itemIndex++) {
		const attempt = await attemptItem(async () => {
			const pasted = json.read(parameters.at(itemIndex), 'messageRequest', 'Message Request');
			const given = withReadableRawContent(pasted, json);
			if (given === undefined) throw new WorkflowMistake('Message Request is empty.', 'Enter a MessageRequest.');
			const template = shelf && (await namedTemplate(engine, shelf, given));
			const compiled = engine.compileMessageRequest(given, { ...how, ...(template ? { template } : {}) });
			const used = template ? { template: template.name, version: template.version } : {};
			return { itemIndex, compiled, given: { given, ...how, ...used } };
		});
		if ('mistake' in attempt) onMistake(attempt.mistake, itemIndex);
		else requests.push(attempt.request);
	}
	return requests;
}

/** The template a request names, read from the store of the application. */
async function namedTemplate(
	engine: EngineModule,
	shelf: TemplateShelf,
	request: unknown,
): Promise<CompiledTemplate | undefined> {
	const wish = engine.namedTemplate(request);
	if (!wish) return undefined;
	await shelf.fetch(wish);
	return shelf.get(wish);
}

async function attemptItem(
	work: () => Promise<ItemRequest>,
): Promise<{ readonly request: ItemRequest } | { readonly mistake: unknown }> {
	try {
		return { request: await work() };
	} catch (mistake) {
		return { mistake };
	}
}
