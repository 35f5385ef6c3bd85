import type { ApplicationSend, Caller, Context } from '../applications';
import { type Campaign, CAMPAIGN_ENDS, PushError, type PushErrorCode, type SendOrigin } from '../model';
import { open } from '../security/secretBox';
import type { CampaignMove } from '../store';
import type { RunSettings } from './campaigns';
import { Admission } from './admission';
import { type CampaignDefinition, readDefinition } from './definition';
import { type IntakeEnd, takeIn } from './intake';
import { CampaignMessages } from './messages';
import type { CampaignPorts, Reading } from './ports';
import { Preparer } from './prepare';
import { reopenPostgresSource } from './rows/postgresSource';
import { openFile, type RecipientSource } from './rows/sources';
import { CampaignRun, LONGEST_PAUSE_MS, type RunEnd } from './run';
import { underSettingsOf } from './settings';
import { viewOf } from './view';

export interface WorkParts {
	readonly context: Context;
	readonly ports: CampaignPorts;
	readonly caller: Caller;
	readonly campaign: Campaign;
	readonly application: ApplicationSend;
	readonly settings: RunSettings;
	/** The rows, where the caller has them. */
	readonly source?: Reading;
	move(id: string, to: (campaign: Campaign) => CampaignMove | undefined): Promise<Campaign>;
	/** This execution sends nothing more, though it may still read: a runner of the process may take part now. */
	release(): void;
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

/** What opening the source again can come to without any fault of this program. */
const REFUSALS: ReadonlySet<PushErrorCode> = new Set([
	'Conflict',
	'CredentialRefused',
	'InvalidRequest',
	'KeyMissing',
	'StoreUnavailable',
	'Unreachable',
]);

/** What is stored of the source does not serve any more. */
const NEEDS_START: ReadonlySet<PushErrorCode> = new Set(['CredentialRefused', 'KeyMissing', 'StoreUnavailable']);

/** How often it is looked whether rows are still being read, ms. */
const LOOK_MS = 100;

const NOT_ALL = 'Not all recipients are read yet.';

const UNREAD =
	'Not all recipients were read: whoever read them ended early. Start the campaign again with the same key and recipients to go on.';

/** One execution's part in a campaign: reads rows where it can, sends what is due, and says how it ended. */
export async function workOn(parts: WorkParts): Promise<Campaign> {
	const { context, ports, campaign, settings, application } = parts;
	const { store, clock, random } = context;
	const definition = underSettingsOf(application, readDefinition(campaign));
	const owner = random.uuid();
	const stop = anySignal(settings.signal, ports.shutdown);
	const intake = new Intake(parts, definition, owner, stop);
	intake.begin();
	try {
		// Paused because rows were missing, which come now.
		const again = parts.source !== undefined && campaign.state === 'PAUSED' && campaign.intake === 'INTERRUPTED';
		const works = WORKS[campaign.state] || again;
		if (works) await intake.until(definition.startAt ?? 0);
		if (!works || (definition.startAt ?? 0) > clock.now()) {
			parts.release();
			await intake.ended();
			return await asItIs(parts);
		}
		const started = await parts.move(campaign.id, (current) =>
			current.state === 'PENDING' || current.state === 'WAITING' || (again && current.state === 'PAUSED')
				? { state: 'RUNNING', startedAt: current.startedAt ?? clock.now() }
				: undefined,
		);
		if (started.state !== 'RUNNING') return started;
		const messages = await CampaignMessages.compile(campaign.id, definition, clock);
		const admission = new Admission(store.campaignBatches, campaign.number);
		const run = new CampaignRun({
			store,
			clock,
			campaign: started,
			definition,
			preparer: new Preparer({
				campaign,
				definition,
				messages,
				batches: store.campaignBatches,
				admission,
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
			onProgress: () => void tell(parts, campaign.id).catch(() => undefined),
		});
		const end = await run.run().finally(async () => await admission.leave());
		if (end.kind === 'left' && end.forGood) await intake.leave();
		// What stops a campaign does so at once, also while its rows are still being read.
		if (end.kind === 'broken') await conclude(parts, end, owner, undefined);
		if (intake.isRunning) parts.release();
		const refused = await intake.ended();
		return end.kind === 'broken' ? await asItIs(parts) : await conclude(parts, end, owner, refused);
	} finally {
		await intake.leave();
	}
}

/** What the campaign's state becomes when this part of it is over. */
async function conclude(
	parts: WorkParts,
	end: RunEnd,
	owner: string,
	refused: PushError | undefined,
): Promise<Campaign> {
	const { campaign, move } = parts;
	const { store, clock } = parts.context;
	const running = (to: CampaignMove) => async () =>
		await move(campaign.id, ({ state }) => (state === 'RUNNING' || state === 'WAITING' ? to : undefined));
	switch (end.kind) {
		case 'finished':
			return await running({ state: 'COMPLETED', finishedAt: clock.now() })();
		case 'broken': {
			const { unfinished } = await store.campaignBatches.outlook(campaign.number);
			const whole = (await store.campaigns.get(campaign.id))?.intake === 'DONE';
			// The last recipients were among those who failed.
			if (unfinished === 0 && whole) {
				return await running({ state: 'COMPLETED', stateReason: end.reason, finishedAt: clock.now() })();
			}
			return await running({ state: 'STOPPED', stateReason: end.reason })();
		}
		case 'unread': {
			if (refused) return await running(withoutTheRest(refused, clock.now()))();
			// Somebody else may be reading; if nobody is, a person has to bring the rows again.
			const now = clock.now();
			if (await store.campaigns.takeIntake(campaign.number, owner, now, now)) {
				await store.campaigns.endIntake(campaign.number, owner, 'INTERRUPTED', now);
				return await running({ state: 'PAUSED', stateReason: UNREAD })();
			}
			return await running({ state: 'WAITING', nextRunAt: now })();
		}
		case 'idle':
			// Who waits in the store is sent to in time; whoever does that tries the source again.
			return await running({
				state: 'WAITING',
				nextRunAt: end.nextAt,
				...(refused ? { stateReason: `${NOT_ALL} ${refused.message}` } : {}),
			})();
		case 'stopped':
		case 'left':
			return await asItIs(parts);
	}
}

/** As others made it, unless the Stop button was pressed: the runner would go on with it within a minute. */
async function asItIs({ context, ports, caller, campaign, settings, move }: WorkParts): Promise<Campaign> {
	if (settings.signal?.aborted && !ports.shutdown.aborted && settings.isStop?.()) {
		const to = { state: 'PAUSED', stateReason: stoppedBy(caller) } as const;
		return await move(campaign.id, ({ state }) => (WORKS[state] ? to : undefined));
	}
	return (await context.store.campaigns.get(campaign.id)) ?? campaign;
}

/** All that could be read is sent. */
function withoutTheRest({ code, message, hint = '' }: PushError, now: number): CampaignMove {
	const stateReason = `${NOT_ALL} ${message}`;
	if (code === 'Unreachable') return { state: 'WAITING', nextRunAt: now + LONGEST_PAUSE_MS, stateReason };
	const then = NEEDS_START.has(code)
		? 'Then start the campaign again with the same key and recipients.'
		: 'Then Resume: the next Run tries again.';
	return { state: 'PAUSED', stateReason: `${stateReason} ${hint} ${then}` };
}

function stoppedBy({ principal }: Caller): string {
	const { executionId } = principal;
	return `Stopped in n8n${executionId === undefined ? '' : `, execution ${executionId}`}. Resume goes on.`;
}

/** Best effort: what the store cannot tell now it will in two seconds. */
async function tell({ context, settings }: WorkParts, id: string): Promise<void> {
	if (!settings.onProgress) return;
	const current = await context.store.campaigns.get(id);
	if (current) settings.onProgress(await viewOf(context.store, current, context.clock.now()));
}

/** Reads the rows beside the sending, where this execution has them or they can be opened again. */
class Intake {
	isRunning = false;

	#work: Promise<IntakeEnd> | undefined;

	/** Why what was opened again could not be read. */
	#refused: PushError | undefined;

	readonly #stop = new AbortController();

	constructor(
		private readonly parts: WorkParts,
		private readonly definition: CampaignDefinition,
		private readonly owner: string,
		private readonly signal: AbortSignal,
	) {}

	begin(): void {
		const { campaign, source, settings } = this.parts;
		const { kind, binaryId } = this.definition.source;
		if (campaign.intake === 'DONE' || CAMPAIGN_ENDS.has(campaign.state)) return;
		if (!source && kind !== 'postgres' && (binaryId === undefined || !settings.reopen)) return;
		this.isRunning = true;
		this.#work = this.#read()
			.catch((error: unknown) => {
				// Nobody who could be told is here: the campaign says it, once what is in the store is sent.
				if (source || !(error instanceof PushError) || !REFUSALS.has(error.code)) throw error;
				this.#refused = error;
				return 'stopped' as const;
			})
			.finally(() => {
				this.isRunning = false;
			});
		// Shows when it is waited for.
		this.#work.catch(() => undefined);
	}

	/** While rows are read, waits for a moment (epoch ms). */
	async until(at: number): Promise<void> {
		const { clock } = this.parts.context;
		while (this.isRunning && clock.now() < at) {
			await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
		}
	}

	/** @returns why rows are missing, where they were opened again. @throws what the caller's source throws */
	async ended(): Promise<PushError | undefined> {
		await this.#work;
		return this.#refused;
	}

	/** The sending is over, or failed: no use in reading on. */
	async leave(): Promise<void> {
		this.#stop.abort();
		await this.#work?.catch(() => undefined);
	}

	async #read(): Promise<IntakeEnd> {
		const { campaign, context } = this.parts;
		const signal = anySignal(this.signal, this.#stop.signal);
		const source = this.parts.source ?? (await this.#reopened());
		if (!source) return 'elsewhere';
		if (signal.aborted) source.stop();
		signal.addEventListener('abort', source.stop);
		return await takeIn(source.batches, {
			campaigns: context.store.campaigns,
			clock: context.clock,
			number: campaign.number,
			owner: this.owner,
			mayDiffer: this.definition.source.kind === 'postgres',
			limit: this.definition.limit ?? Infinity,
			signal,
		}).finally(() => signal.removeEventListener('abort', source.stop));
	}

	/** A query is opened when it is this process's turn to read. */
	async #reopened(): Promise<Reading | undefined> {
		const { campaign, context, settings } = this.parts;
		const { source, limit = Infinity } = this.definition;
		const stop = new AbortController();
		const reading = (open: () => RecipientSource) => ({
			batches: (async function* () {
				yield* open().batches(limit, stop.signal);
			})(),
			stop: () => stop.abort(),
		});
		if (source.kind === 'postgres') {
			const sealed = await context.store.campaigns.sealedSource(campaign.number);
			if (sealed === undefined) return undefined;
			const { applicationId, id: campaignId } = campaign;
			return reading(() => reopenPostgresSource(open(sealed, context.keyring, { applicationId, campaignId })));
		}
		const { binaryId, name } = source;
		const { format, delimiter } = this.definition.rows;
		const stream = binaryId === undefined ? undefined : await settings.reopen?.(binaryId);
		if (!stream) return undefined;
		const file = await openFile(stream, { name, format, delimiter });
		return reading(() => file);
	}
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
