import type { ApplicationSend, Caller, Context } from '../applications';
import type { Campaign, SendOrigin } from '../model';
import type { CampaignMove, NewBatch } from '../store';
import type { CampaignPorts, RunSettings } from './campaigns';
import { Admission } from './admission';
import { type CampaignDefinition, readDefinition } from './definition';
import { type IntakeEnd, takeIn } from './intake';
import { CampaignMessages } from './messages';
import { Preparer } from './prepare';
import { openFile } from './rows/sources';
import { CampaignRun, type RunEnd } from './run';
import { viewOf } from './view';

export interface WorkParts {
	readonly context: Context;
	readonly ports: CampaignPorts;
	readonly caller: Caller;
	readonly campaign: Campaign;
	readonly application: ApplicationSend;
	readonly settings: RunSettings;
	/** The rows, where the caller has them. */
	readonly source?: AsyncIterable<NewBatch>;
	move(id: string, to: (campaign: Campaign) => CampaignMove | undefined): Promise<Campaign>;
}

/** States in which somebody may take part. */
const WORKS = {
	PENDING: true,
	RUNNING: true,
	WAITING: true,
	PAUSED: false,
	STOPPED: false,
	COMPLETED: false,
	CANCELLED: false,
	FAILED: false,
} as const;

const UNREAD =
	'Not all recipients were read: whoever read them ended early. Start the campaign again with the same key and recipients to go on.';

/** One execution's part in a campaign: reads rows where it can, sends what is due, and says how it ended. */
export async function workOn(parts: WorkParts): Promise<Campaign> {
	const { context, ports, campaign, settings, application } = parts;
	const { store, clock, random } = context;
	const definition = readDefinition(campaign);
	const owner = random.uuid();
	const stop = anySignal(settings.signal, ports.shutdown);
	const intake = new Intake(parts, definition, owner, stop);
	intake.begin();
	try {
		// Paused because rows were missing, which come now.
		const again = parts.source !== undefined && campaign.state === 'PAUSED' && campaign.intake === 'INTERRUPTED';
		if ((!WORKS[campaign.state] && !again) || (definition.startAt ?? 0) > clock.now()) {
			await intake.ended();
			return (await store.campaigns.get(campaign.id)) ?? campaign;
		}
		const started = await parts.move(campaign.id, (current) =>
			current.state === 'PENDING' || current.state === 'WAITING' || (again && current.state === 'PAUSED')
				? { state: 'RUNNING', startedAt: current.startedAt ?? clock.now() }
				: undefined,
		);
		if (started.state !== 'RUNNING') return started;
		const messages = await CampaignMessages.compile(campaign.id, definition, clock);
		const run = new CampaignRun({
			store,
			clock,
			campaign: started,
			definition: underRateOf(application, definition),
			preparer: new Preparer({
				campaign,
				definition,
				messages,
				batches: store.campaignBatches,
				admission: new Admission(store.campaignBatches, campaign.number),
				room: ports.room,
			}),
			room: ports.room,
			log: context.deliveryLog,
			origin: originOf(parts.caller, campaign),
			owner,
			send: (source, options) => ports.send(application, source, options),
			signal: stop,
			intakeRuns: () => intake.isRunning,
			...(settings.onResult ? { onResult: settings.onResult } : {}),
			onProgress: () => void tell(parts, campaign.id),
		});
		const end = await run.run();
		await intake.ended();
		return await conclude(parts, end, owner);
	} finally {
		await intake.leave();
	}
}

/** What the campaign's state becomes when this part of it is over. */
async function conclude({ context, campaign, move }: WorkParts, end: RunEnd, owner: string): Promise<Campaign> {
	const { store, clock } = context;
	const running = (to: CampaignMove) => async () =>
		await move(campaign.id, ({ state }) => (state === 'RUNNING' || state === 'WAITING' ? to : undefined));
	switch (end.kind) {
		case 'finished':
			return await running({ state: 'COMPLETED', finishedAt: clock.now() })();
		case 'broken':
			return await running({ state: 'STOPPED', stateReason: end.reason })();
		case 'unread': {
			// Somebody else may be reading; if nobody is, a person has to bring the rows again.
			const now = clock.now();
			if (await store.campaigns.takeIntake(campaign.number, owner, now, now)) {
				await store.campaigns.endIntake(campaign.number, owner, 'INTERRUPTED', now);
				return await running({ state: 'PAUSED', stateReason: UNREAD })();
			}
			return await running({ state: 'WAITING', nextRunAt: now })();
		}
		case 'idle':
			return await running({ state: 'WAITING', nextRunAt: end.nextAt })();
		case 'stopped':
		case 'left':
			return (await store.campaigns.get(campaign.id)) ?? campaign;
	}
}

async function tell({ context, settings }: WorkParts, id: string): Promise<void> {
	if (!settings.onProgress) return;
	const current = await context.store.campaigns.get(id).catch(() => undefined);
	if (current) settings.onProgress(await viewOf(context.store, current, context.clock.now()));
}

/** Reads the rows beside the sending, where this execution has them or n8n still has the file. */
class Intake {
	isRunning = false;

	#work: Promise<IntakeEnd> | undefined;

	readonly #stop = new AbortController();

	constructor(
		private readonly parts: WorkParts,
		private readonly definition: CampaignDefinition,
		private readonly owner: string,
		private readonly signal: AbortSignal,
	) {}

	begin(): void {
		const { campaign, source, settings } = this.parts;
		const { binaryId } = this.definition.source;
		if (campaign.intake === 'DONE') return;
		if (!source && (binaryId === undefined || !settings.reopen)) return;
		this.isRunning = true;
		this.#work = this.#read().finally(() => {
			this.isRunning = false;
		});
		// Shows when it is waited for.
		this.#work.catch(() => undefined);
	}

	/** @throws what the source throws */
	async ended(): Promise<void> {
		await this.#work;
	}

	/** The sending is over, or failed: no use in reading on. */
	async leave(): Promise<void> {
		this.#stop.abort();
		await this.#work?.catch(() => undefined);
	}

	async #read(): Promise<IntakeEnd> {
		const { campaign, context, source, settings } = this.parts;
		const { limit = Infinity, source: stored } = this.definition;
		const batches = source ?? (await this.#reopened(settings, limit));
		if (!batches) return 'elsewhere';
		return await takeIn(batches, {
			campaigns: context.store.campaigns,
			clock: context.clock,
			number: campaign.number,
			owner: this.owner,
			mayDiffer: stored.kind === 'postgres',
			signal: anySignal(this.signal, this.#stop.signal),
		});
	}

	async #reopened(settings: RunSettings, limit: number): Promise<AsyncIterable<NewBatch> | undefined> {
		const { binaryId, name } = this.definition.source;
		const { format, delimiter } = this.definition.rows;
		const stream = binaryId === undefined ? undefined : await settings.reopen?.(binaryId);
		return stream && (await openFile(stream, { name, format, delimiter })).batches(limit);
	}
}

/** A campaign never goes faster than its application may, all processes together. */
function underRateOf({ application }: ApplicationSend, definition: CampaignDefinition): CampaignDefinition {
	const { ratePerSecond: limit = Infinity } = application.settings;
	const ratePerSecond = Math.min(limit, definition.ratePerSecond ?? Infinity);
	return ratePerSecond === Infinity ? definition : { ...definition, ratePerSecond };
}

function originOf({ principal }: Caller, campaign: Campaign): SendOrigin {
	const { workflowId, workflowName, executionId } = principal;
	return {
		...(workflowId === undefined ? {} : { workflowId }),
		...(workflowName === undefined ? {} : { workflowName }),
		...(executionId === undefined ? {} : { executionId }),
		tag: campaign.key,
	};
}

function anySignal(...signals: ReadonlyArray<AbortSignal | undefined>): AbortSignal {
	return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
