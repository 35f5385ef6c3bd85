import {
	actionOf,
	type ApplicationLocator,
	type ApplicationSend,
	type Caller,
	type Context,
	findApplication,
	perform,
	principalName,
	resource,
} from '../applications';
import {
	type Application,
	type BadRow,
	type Campaign,
	CAMPAIGN_ENDS,
	CAMPAIGN_MOVES,
	type CampaignState,
	type DeliveryResult,
	PushError,
} from '../model';
import { isAllowed } from '../security/accessPolicy';
import type { CampaignMove, Page, PageRequest } from '../store';
import { type CampaignDefinition, readDefinition } from './definition';
import type { CampaignPorts, Reading } from './ports';
import type { PreflightReport } from './preflight';
import type { RecipientSource } from './rows/sources';
import { type QuietHours, quietHoursOf } from './settings';
import { startCampaign } from './start';
import { type CampaignView, viewOf } from './view';
import { workOn } from './work';

export type CampaignLocator =
	| { readonly id: string }
	| { readonly application: ApplicationLocator; readonly key: string };

/** What Start is told, without what the source itself says. */
export type CampaignPlan = Omit<CampaignDefinition, 'source' | 'rows'> & {
	readonly mapping: CampaignDefinition['rows']['mapping'];
};

export interface RunSettings {
	/** Ends this execution's part within a second. */
	readonly signal?: AbortSignal;
	/** Whether the signal came from a person, which pauses the campaign for everybody, or only ends this part of it. */
	isStop?(): boolean;
	/** Told of every result that is final; of this process only. */
	onResult?(result: DeliveryResult): void;
	/** Told every two seconds. */
	onProgress?(view: CampaignView): void;
	/** Opens a file n8n still has, to go on reading it; undefined when it is gone. */
	reopen?(binaryId: string): Promise<AsyncIterable<unknown> | undefined>;
}

export interface StartInput extends RunSettings {
	readonly application: ApplicationLocator;
	readonly key: string;
	readonly plan: CampaignPlan;
	readonly source: RecipientSource;
	/** Checks everything, stores and sends nothing. */
	readonly validateOnly?: boolean;
}

export interface Started {
	/** Absent with `validateOnly`. */
	readonly campaign?: CampaignView;
	/** Absent when the campaign was there already. */
	readonly preflight?: PreflightReport;
	/** The same key, message and source were started before. */
	readonly resumed: boolean;
}

export interface CampaignDetails extends CampaignView {
	readonly badRowsSample: readonly BadRow[];
	/** Absent where it sends at any hour. */
	readonly quietHours?: QuietHours;
}

export interface DueCampaigns {
	readonly worked: readonly CampaignView[];
	readonly failed: ReadonlyArray<{ readonly id: string; readonly key: string; readonly error: unknown }>;
	/** Due campaigns of applications this caller may not send for: another runner's. */
	readonly notPermitted: number;
	/** When the next one is due, epoch ms; absent when none waits. */
	readonly nextRunAt?: number;
}

/** Bulk sends that survive a crash. */
export interface Campaigns {
	/**
	 * Creates a campaign and works on it until it ends, waits or is stopped. The same key again is the same campaign.
	 * @throws {PushError} `Conflict` when the key stands for other content, `InvalidRequest`, `AccessDenied`
	 */
	start(caller: Caller, input: StartInput): Promise<Started>;
	/** Takes part in a campaign, if it is its time. */
	run(caller: Caller, locator: CampaignLocator, settings?: RunSettings): Promise<CampaignView>;
	/**
	 * Takes part in all campaigns whose time it is, one after the other; one that fails is no reason to leave the others.
	 * @throws {PushError} `AccessDenied` for an access secret the store does not know
	 */
	runDue(caller: Caller, settings?: RunSettings): Promise<DueCampaigns>;
	get(caller: Caller, locator: CampaignLocator): Promise<CampaignDetails>;
	list(
		caller: Caller,
		page: PageRequest & { readonly application?: ApplicationLocator; readonly state?: CampaignState },
	): Promise<Page<CampaignView>>;
	/** Takes effect within a second. @throws {PushError} `Conflict` when its state does not allow it */
	pause(caller: Caller, locator: CampaignLocator): Promise<CampaignView>;
	/** Lets it go on: somebody has to Run it. */
	resume(caller: Caller, locator: CampaignLocator): Promise<CampaignView>;
	cancel(caller: Caller, locator: CampaignLocator): Promise<CampaignView>;
	/** @throws {PushError} `Conflict` while it may still send */
	delete(caller: Caller, locator: CampaignLocator): Promise<{ readonly id: string; readonly key: string }>;
}

/** Due campaigns read at once. */
const PAGE = 50;

/** States from which Run goes on. */
const DUE: ReadonlySet<CampaignState> = new Set(['PENDING', 'RUNNING', 'WAITING']);

/** Whoever works on a campaign that is over leaves it within this time, or is dead, ms; how often it is looked. */
const WIND_UP_MS = 10_000;
const LOOK_MS = 100;

export function createCampaigns(context: Context, ports: CampaignPorts): Campaigns {
	const { store, clock } = context;

	/** How many executions of this process work on a campaign: the minutely runner does not join them. */
	const inHand = new Map<string, number>();

	/** @returns how to let go of it, once */
	function hold({ id }: Campaign): () => void {
		inHand.set(id, (inHand.get(id) ?? 0) + 1);
		let holds = true;
		return () => {
			if (!holds) return;
			holds = false;
			const left = (inHand.get(id) ?? 1) - 1;
			if (left > 0) inHand.set(id, left);
			else inHand.delete(id);
		};
	}

	const operationOn = (
		application: Application,
		campaign: Campaign,
		action: 'GetCampaign' | 'UpdateCampaign' | 'DeleteCampaign',
		details = {},
	) => ({
		action,
		resource: resource.campaign(application.id, campaign.id),
		application,
		details: { key: campaign.key, ...details },
		changes: action !== 'GetCampaign',
	});

	async function locate(
		caller: Caller,
		locator: CampaignLocator,
	): Promise<{ campaign: Campaign; application: Application }> {
		if ('key' in locator) {
			const application = await findApplication(context, caller, locator.application);
			const campaign = await store.campaigns.findByKey(application.id, locator.key.trim());
			if (campaign) return { campaign, application };
			throw missing(
				`The application "${application.name}" has no campaign with the key "${locator.key.slice(0, 60)}".`,
			);
		}
		const campaign = await store.campaigns.get(locator.id.trim());
		if (!campaign) throw missing(`There is no campaign ${locator.id.slice(0, 40)}.`);
		return { campaign, application: await findApplication(context, caller, { by: 'id', id: campaign.applicationId }) };
	}

	/** Until it is written: somebody else may change the campaign at the same time. */
	async function move(id: string, allowed: (campaign: Campaign) => CampaignMove | undefined): Promise<Campaign> {
		for (;;) {
			const current = await store.campaigns.get(id);
			if (!current) throw missing(`There is no campaign ${id} any more.`);
			const wanted = allowed(current);
			if (!wanted) return current;
			const as = { ...current, state: wanted.state };
			const { rows, successful, failed, skipped, pending, byOutcome } = await viewOf(store, as, clock.now());
			const { CANCELLED: cancelled } = byOutcome;
			const counts: Record<string, number> = { rows, successful, failed, skipped, pending };
			if (cancelled !== undefined) counts.cancelled = cancelled;
			const moved = await store.campaigns.move(current, { ...wanted, counts }, clock.now());
			if (moved) return moved;
		}
	}

	async function change(
		caller: Caller,
		locator: CampaignLocator,
		verb: string,
		wanted: (campaign: Campaign) => CampaignMove,
	): Promise<CampaignView> {
		const { campaign, application } = await locate(caller, locator);
		return await perform(
			context,
			caller,
			operationOn(application, campaign, 'UpdateCampaign', { state: wanted(campaign).state }),
			async () => {
				const moved = await move(campaign.id, (current) => {
					const to = wanted(current);
					if (current.state === to.state) return undefined;
					if (CAMPAIGN_MOVES[current.state].includes(to.state)) return to;
					throw new PushError('Conflict', `The campaign "${current.key}" is ${current.state}: it cannot be ${verb}.`, {
						hint: 'Look at its state with Get.',
					});
				});
				return await viewOf(store, moved, clock.now());
			},
		);
	}

	const work = async (
		caller: Caller,
		campaign: Campaign,
		send: ApplicationSend,
		settings: RunSettings,
		source?: Reading,
		release = hold(campaign),
	) => {
		try {
			const parts = { context, ports, caller, campaign, application: send, settings, move, release };
			return await workOn(source ? { ...parts, source } : parts);
		} finally {
			release();
		}
	};

	/** @param release lets go of a campaign that is held already */
	async function run(
		caller: Caller,
		campaign: Campaign,
		settings: RunSettings,
		release?: () => void,
	): Promise<CampaignView> {
		const send = await ports.openSend(caller, { by: 'id', id: campaign.applicationId });
		return await viewOf(store, await work(caller, campaign, send, settings, undefined, release), clock.now());
	}

	/** Each once, as it is when its turn comes: the ones before it may have taken hours. */
	async function* allDue(signal: AbortSignal | undefined): AsyncGenerator<Campaign> {
		const seen = new Set<string>();
		for (;;) {
			const due = await store.campaigns.due(clock.now(), PAGE + seen.size);
			const others = due.filter(({ id }) => !seen.has(id));
			if (others.length === 0) return;
			for (const { id } of others) {
				seen.add(id);
				const campaign = await store.campaigns.get(id);
				if (signal?.aborted) return;
				if (campaign && DUE.has(campaign.state)) yield campaign;
			}
		}
	}

	/** Until nobody works on it, so that what was under way is recorded. */
	async function woundUp({ number }: Campaign): Promise<void> {
		const until = clock.monotonic() + WIND_UP_MS;
		const since = clock.now() - WIND_UP_MS;
		while (clock.monotonic() < until && (await store.campaigns.runners(number, since)).length > 0) {
			await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
		}
	}

	/** Before its start it is made to wait for that again. */
	function resumed(campaign: Campaign): CampaignMove {
		const now = clock.now();
		const { startAt = 0 } = readDefinition(campaign);
		return campaign.startedAt === undefined && startAt > now
			? { state: 'PENDING', nextRunAt: startAt }
			: { state: 'RUNNING', nextRunAt: now, startedAt: campaign.startedAt ?? now };
	}

	/** A runner that may send for some applications only leaves the others to theirs. */
	async function isOthers(caller: Caller, application: Application): Promise<boolean> {
		const grant = await context.access.grantOf(caller.accessSecret);
		const request = {
			action: actionOf('SendMessages'),
			resource: resource.messages(application.id),
			tags: application.tags,
		};
		return grant !== undefined && !isAllowed(grant.policy, request);
	}

	/** Its application was deleted: nobody can go on with it. */
	async function abandon({ id }: Campaign): Promise<CampaignView> {
		const stateReason = 'Its application was deleted.';
		const ended = await move(id, ({ state }) =>
			CAMPAIGN_ENDS.has(state) ? undefined : { state: 'FAILED', stateReason, finishedAt: clock.now() },
		);
		return await viewOf(store, ended, clock.now());
	}

	return {
		start: async (caller, input) => await startCampaign({ context, ports, work }, caller, input),

		async run(caller, locator, settings = {}) {
			const { campaign } = await locate(caller, locator);
			return await run(caller, campaign, settings);
		},

		async runDue(caller, settings = {}) {
			const worked: CampaignView[] = [];
			const failed: Array<DueCampaigns['failed'][number]> = [];
			let notPermitted = 0;
			for await (const campaign of allDue(settings.signal)) {
				if (inHand.has(campaign.id)) continue;
				const release = hold(campaign);
				try {
					const application = await store.applications.get(campaign.applicationId);
					if (!application) worked.push(await abandon(campaign));
					else if (await isOthers(caller, application)) notPermitted += 1;
					else worked.push(await run(caller, campaign, settings, release));
				} catch (error) {
					failed.push({ id: campaign.id, key: campaign.key, error });
				} finally {
					release();
				}
			}
			const nextRunAt = await store.campaigns.nextDue();
			return { worked, failed, notPermitted, ...(nextRunAt === undefined ? {} : { nextRunAt }) };
		},

		async get(caller, locator) {
			const { campaign, application } = await locate(caller, locator);
			const quietHours = quietHoursOf(application, readDefinition(campaign));
			return await perform(context, caller, operationOn(application, campaign, 'GetCampaign'), async () => ({
				...(await viewOf(store, campaign, clock.now())),
				...(quietHours ? { quietHours } : {}),
				badRowsSample: await store.campaigns.badRows(campaign.number),
			}));
		},

		async list(caller, { application: locator, ...page }) {
			const application = locator && (await findApplication(context, caller, locator));
			const operation = {
				action: 'GetCampaigns',
				resource: application ? resource.campaigns(application.id) : resource.apps(),
				...(application ? { application } : {}),
				changes: false,
			} as const;
			return await perform(context, caller, operation, async () => {
				const found = await store.campaigns.list({
					...page,
					...(application ? { applicationId: application.id } : {}),
				});
				const items: CampaignView[] = [];
				for (const campaign of found.items) items.push(await viewOf(store, campaign, clock.now()));
				return { items, ...(found.next === undefined ? {} : { next: found.next }) };
			});
		},

		pause: async (caller, locator) =>
			await change(caller, locator, 'paused', () => ({
				state: 'PAUSED',
				stateReason: `Paused by ${principalName(caller.principal)}.`,
			})),

		resume: async (caller, locator) => await change(caller, locator, 'resumed', resumed),

		cancel: async (caller, locator) =>
			await change(caller, locator, 'cancelled', () => ({
				state: 'CANCELLED',
				stateReason: `Cancelled by ${principalName(caller.principal)}.`,
				finishedAt: clock.now(),
			})),

		async delete(caller, locator) {
			const { campaign, application } = await locate(caller, locator);
			return await perform(context, caller, operationOn(application, campaign, 'DeleteCampaign'), async () => {
				if (!CAMPAIGN_ENDS.has(campaign.state)) {
					throw new PushError('Conflict', `The campaign "${campaign.key}" is ${campaign.state}.`, {
						hint: 'Cancel it first.',
					});
				}
				await woundUp(campaign);
				await store.campaigns.remove(campaign);
				return { id: campaign.id, key: campaign.key };
			});
		},
	};
}

function missing(message: string): PushError {
	return new PushError('NotFound', message, { hint: 'Get Many lists the campaigns there are.' });
}
