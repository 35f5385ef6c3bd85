import { type ApplicationSend, type Caller, type Context, perform, principalName, resource } from '../applications';
import { type Campaign, PushError } from '../model';
import { seal } from '../security/secretBox';
import type { NewBatch, NewCampaignRows } from '../store';
import type { CampaignPlan, RunSettings, StartInput, Started } from './campaigns';
import { type CampaignDefinition, checkDefinition, differences, readDefinition } from './definition';
import { compareRows } from './intake';
import { CampaignMessages } from './messages';
import type { CampaignPorts, Reading } from './ports';
import { preflight } from './preflight';
import type { RecipientSource } from './rows/sources';
import { viewOf } from './view';

export interface StartParts {
	readonly context: Context;
	readonly ports: CampaignPorts;
	/** One execution's part in a campaign. */
	work(
		caller: Caller,
		campaign: Campaign,
		application: ApplicationSend,
		settings: RunSettings,
		source?: Reading,
	): Promise<Campaign>;
}

const KEY_LIMIT = 256;

/** Batches that pre-flight looks at, at most. */
const FIRST_BATCHES = 20;

/** See `Campaigns.start`. */
export async function startCampaign(parts: StartParts, caller: Caller, input: StartInput): Promise<Started> {
	const { context, ports, work } = parts;
	const { store, clock, random } = context;
	const { plan, source, validateOnly = false } = input;
	const key = checkKey(input.key);
	const send = await ports.openSend(caller, input.application);
	const { application } = send;
	const definition = definitionOf(plan, source);
	const id = random.uuid().replaceAll('-', '');
	const reading = new AbortController();
	const stops = [reading.signal, ports.shutdown, ...(input.signal ? [input.signal] : [])];
	const batches = source.batches(definition.limit ?? Infinity, AbortSignal.any(stops));
	const stop = () => reading.abort();
	const known = validateOnly ? undefined : await store.campaigns.findByKey(application.id, key);
	if (known) {
		refuseOther(known, definition);
		// The rows of a query come in no fixed order.
		if (known.intake === 'DONE' && source.kind !== 'postgres') await compareRows(batches, store.campaigns, known);
		const sealedSource = sealed(context, known, source);
		if (sealedSource !== undefined) await store.campaigns.putSealedSource(known.number, sealedSource);
		const ended = await work(caller, known, send, input, { batches, stop });
		return { resumed: true, campaign: await viewOf(store, ended, clock.now()) };
	}
	const first = await beginning(batches);
	const report = await preflight({
		definition,
		messages: await CampaignMessages.compile(id, definition, clock),
		application: send,
		first,
		source,
		rows: source.count === undefined ? undefined : Math.min(source.count, definition.limit ?? Infinity),
		check: context.check,
	});
	if (validateOnly) {
		await batches.return(undefined);
		return { resumed: false, preflight: report };
	}
	const wanted = newCampaign(id, key, application.id, definition, caller, clock.now());
	const all = again(first, batches);
	const created = await create(parts, caller, send, wanted, source, all);
	const campaign = created ?? (await store.campaigns.findByKey(application.id, key));
	if (!campaign) {
		throw new PushError('NotFound', 'The campaign was deleted while it was started.', { hint: 'Start it again.' });
	}
	// Somebody started it at the same moment.
	if (!created) refuseOther(campaign, definition);
	const ended = await work(caller, campaign, send, input, source.whole ? undefined : { batches: all, stop });
	return { resumed: !created, preflight: report, campaign: await viewOf(store, ended, clock.now()) };
}

/**
 * Stores the campaign, with what must be stored together with it; lets go of the rows before anything is sent.
 * @returns undefined when the key is taken
 */
async function create(
	{ context, ports }: StartParts,
	caller: Caller,
	{ application }: ApplicationSend,
	wanted: Campaign,
	source: RecipientSource,
	batches: AsyncIterable<NewBatch>,
): Promise<Campaign | undefined> {
	const along: NewCampaignRows = source.whole
		? { batches: await allOf(batches, ports) }
		: sourceAlong(sealed(context, wanted, source));
	const operation = {
		action: 'CreateCampaign',
		resource: resource.campaigns(application.id),
		application,
		details: { key: wanted.key, source: source.name },
		changes: true,
	} as const;
	return await perform(
		context,
		caller,
		operation,
		async () => await context.store.campaigns.insert(withRows(wanted, along), along),
	);
}

function sourceAlong(sealedSource: string | undefined): NewCampaignRows {
	return sealedSource === undefined ? {} : { sealedSource };
}

/** How the source is opened again after a crash, as nobody but the engine can read it. */
function sealed(
	{ keyring }: Context,
	{ id, applicationId }: Pick<Campaign, 'id' | 'applicationId'>,
	{ reopening }: RecipientSource,
): string | undefined {
	return reopening === undefined ? undefined : seal(reopening, keyring.current, { applicationId, campaignId: id });
}

function definitionOf(plan: CampaignPlan, source: RecipientSource): CampaignDefinition {
	const { mapping, ...rest } = plan;
	const { kind, name, fingerprint, binaryId, format, delimiter, columns } = source;
	return checkDefinition({
		...rest,
		rows: { format, delimiter, mapping, ...(columns ? { columns } : {}) },
		source: { kind, name, fingerprint, ...(binaryId === undefined ? {} : { binaryId }) },
	});
}

function newCampaign(
	id: string,
	key: string,
	applicationId: string,
	definition: CampaignDefinition,
	{ principal }: Caller,
	now: number,
): Campaign {
	const later = definition.startAt !== undefined && definition.startAt > now;
	return {
		id,
		number: 0,
		applicationId,
		key,
		definition: JSON.stringify(definition),
		createdBy: principalName(principal),
		state: later ? 'PENDING' : 'RUNNING',
		stateReason: '',
		intake: 'OPEN',
		rows: 0,
		batches: 0,
		badRows: 0,
		nextRunAt: later ? definition.startAt : undefined,
		createdAt: now,
		startedAt: later ? undefined : now,
		finishedAt: undefined,
		updatedAt: now,
		version: 1,
	};
}

/** With the rows that come along, all there are. */
function withRows(campaign: Campaign, { batches }: NewCampaignRows): Campaign {
	if (!batches) return campaign;
	const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
	return { ...campaign, intake: 'DONE', rows, batches: batches.length };
}

/** @throws {PushError} `Conflict` */
function refuseOther(known: Campaign, definition: CampaignDefinition): void {
	const others = differences(readDefinition(known), checkDefinition(JSON.parse(JSON.stringify(definition))));
	if (others.length === 0) return;
	throw new PushError(
		'Conflict',
		`The key "${known.key}" stands for another campaign already, started ${new Date(known.createdAt).toISOString()}. It differs in ${others.join('; ')}.`,
		{
			hint: 'Use another campaign key, or give the same message and recipients again.',
		},
	);
}

function checkKey(given: string): string {
	const key = given.trim();
	if (key !== '' && key.length <= KEY_LIMIT) return key;
	throw new PushError(
		'InvalidRequest',
		key === ''
			? 'The campaign has no key.'
			: `The campaign key has ${key.length} characters; ${KEY_LIMIT} are allowed.`,
		{ hint: 'Give each campaign a key of its own, for example the id of the workflow and the date.' },
	);
}

/** What pre-flight looks at: a row whose quote is never closed is a batch of its own, and says nothing about the others. */
async function beginning(batches: AsyncGenerator<NewBatch>): Promise<NewBatch[]> {
	const first: NewBatch[] = [];
	while (first.length < FIRST_BATCHES && (first.at(-1)?.rows ?? 1) === 1) {
		const { done, value } = await batches.next();
		if (done) break;
		first.push(value);
	}
	return first;
}

async function* again(first: readonly NewBatch[], rest: AsyncGenerator<NewBatch>): AsyncGenerator<NewBatch> {
	yield* first;
	yield* rest;
}

async function allOf(batches: AsyncIterable<NewBatch>, { room }: Pick<CampaignPorts, 'room'>): Promise<NewBatch[]> {
	const all: NewBatch[] = [];
	for await (const batch of batches) {
		all.push(batch);
		await room();
	}
	return all;
}
