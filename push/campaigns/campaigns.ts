import {
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

/** Bulk sends that survive a crash. */
export interface Campaigns {
	/**
	 * Creates a campaign and works on it until it ends, waits or is stopped. The same key again is the same campaign.
	 * @throws {PushError} `Conflict` when the key stands for other content, `InvalidRequest`, `AccessDenied`
	 */
	start(caller: Caller, input: StartInput): Promise<Started>;
	/** Takes part in a campaign, if it is its time. */
	run(caller: Caller, locator: CampaignLocator, settings?: RunSettings): Promise<CampaignView>;
	/** Takes part in all campaigns whose time it is, one after the other. @throws what the first of them threw that failed */
	runDue(
		caller: Caller,
		settings?: RunSettings,
	): Promise<{ readonly worked: readonly CampaignView[]; readonly nextRunAt?: number }>;
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

/** Campaigns one Run takes part in at most; the next Run takes the others. */
const DUE_AT_ONCE = 50;

export function createCampaigns(context: Context, ports: CampaignPorts): Campaigns {
	const { store, clock } = context;

	/** How many executions of this process work on a campaign: the minutely runner does not join them. */
	const inHand = new Map<string, number>();

	/** @returns how to let go of it */
	function hold({ id }: Campaign): () => void {
		inHand.set(id, (inHand.get(id) ?? 0) + 1);
		return () => {
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
		to: CampaignMove,
	): Promise<CampaignView> {
		const { campaign, application } = await locate(caller, locator);
		return await perform(
			context,
			caller,
			operationOn(application, campaign, 'UpdateCampaign', { state: to.state }),
			async () => {
				const moved = await move(campaign.id, (current) => {
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
	) => {
		const release = hold(campaign);
		try {
			const parts = { context, ports, caller, campaign, application: send, settings, move };
			return await workOn(source ? { ...parts, source } : parts);
		} finally {
			release();
		}
	};

	async function run(caller: Caller, campaign: Campaign, settings: RunSettings): Promise<CampaignView> {
		const send = await ports.openSend(caller, { by: 'id', id: campaign.applicationId });
		return await viewOf(store, await work(caller, campaign, send, settings), clock.now());
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
			const failures: unknown[] = [];
			for (const campaign of await store.campaigns.due(clock.now(), DUE_AT_ONCE)) {
				if (settings.signal?.aborted) break;
				if (inHand.has(campaign.id)) continue;
				const release = hold(campaign);
				try {
					const application = await store.applications.get(campaign.applicationId);
					worked.push(application ? await run(caller, campaign, settings) : await abandon(campaign));
				} catch (error) {
					// What is wrong with one of them is no reason to leave the others.
					failures.push(error);
				} finally {
					release();
				}
			}
			if (failures.length > 0) throw failures[0];
			const nextRunAt = await store.campaigns.nextDue();
			return { worked, ...(nextRunAt === undefined ? {} : { nextRunAt }) };
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
			await change(caller, locator, 'paused', {
				state: 'PAUSED',
				stateReason: `Paused by ${principalName(caller.principal)}.`,
			}),

		resume: async (caller, locator) =>
			await change(caller, locator, 'resumed', { state: 'RUNNING', nextRunAt: clock.now() }),

		cancel: async (caller, locator) =>
			await change(caller, locator, 'cancelled', {
				state: 'CANCELLED',
				stateReason: `Cancelled by ${principalName(caller.principal)}.`,
				finishedAt: clock.now(),
			}),

		async delete(caller, locator) {
			const { campaign, application } = await locate(caller, locator);
			return await perform(context, caller, operationOn(application, campaign, 'DeleteCampaign'), async () => {
				if (!CAMPAIGN_ENDS.has(campaign.state)) {
					throw new PushError('Conflict', `The campaign "${campaign.key}" is ${campaign.state}.`, {
						hint: 'Cancel it first.',
					});
				}
				await store.campaigns.remove(campaign);
				return { id: campaign.id, key: campaign.key };
			});
		},
	};
}

function missing(message: string): PushError {
	return new PushError('NotFound', message, { hint: 'Get Many lists the campaigns there are.' });
}
