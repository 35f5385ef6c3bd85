import type { ApplicationSend } from '../../push/applications';
import { createContext, createRegistry } from '../../push/applications';
import { type CampaignPlan, type Campaigns, createCampaigns, itemSource, type RunSettings } from '../../push/campaigns';
import { type Clock, type DeliveryResult, type Recipient, systemClock, systemRandom } from '../../push/model';
import { createDeliveryLog } from '../../push/results';
import type { Keyring } from '../../push/security/masterKey';
import type { ResultStream, SendBatch, SendOptions } from '../../push/sending/types';
import type { Store } from '../../push/store';
import { caller, fcm, KEY } from '../applications/registryFixture';
import { sqlitePlace, type StorePlace } from '../store/stores';

/** Real timers, and a wall clock that tests set. */
export class WallClock implements Clock {
	ahead = 0;

	now(): number {
		return systemClock.now() + this.ahead;
	}

	monotonic(): number {
		return systemClock.monotonic();
	}

	after(ms: number, callback: () => void, background?: 'background'): () => void {
		return systemClock.after(ms, callback, background);
	}

	set(iso: string): void {
		this.ahead = Date.parse(iso) - systemClock.now();
	}
}

/** What a provider would say to a recipient; undefined = it is delivered. */
export type Answer = (recipient: Recipient, text: string) => Partial<DeliveryResult> | undefined;

/** A process with a store: campaigns over a sender that answers as it is told. */
export interface Office {
	readonly campaigns: Campaigns;
	readonly store: Store;
	readonly clock: WallClock;
	readonly applicationId: string;
	readonly registry: ReturnType<typeof createRegistry>;
	/** Everything that was sent, with its text. */
	readonly sent: Array<{ readonly recipient: Recipient; readonly text: string }>;
	readonly options: SendOptions[];
	answer: Answer;
	/** Of those that are in flight when the send is stopped: the rest of the batch under way. */
	lateAnswer: Answer | undefined;
	/** ms per batch */
	delayMs: number;
	shutdown(): void;
	close(): Promise<void>;
}

export async function openOffice(
	place: StorePlace,
	clock = new WallClock(),
	applicationId?: string,
	keyring: Keyring = { current: KEY, others: [] },
): Promise<Office> {
	const store = await place.open();
	const parts = {
		store,
		clock,
		random: systemRandom,
		deliveryLog: createDeliveryLog(store, clock),
		upkeep: { keepAwake: () => () => {} },
		keyring,
		inspect: async () => ({}),
		check: async () => ({ ok: true, message: 'Accepted.', channels: [], warnings: [] }),
	};
	const context = createContext(parts);
	const registry = createRegistry(parts, context);
	const id = applicationId ?? (await registry.applications.create(caller, { name: 'Shop' })).id;
	if (!applicationId) {
		const input = { channelTypes: ['GCM' as const], credentials: [fcm], verify: false };
		await registry.channels.enable(caller, { by: 'id', id }, input);
	}
	const shutdown = new AbortController();
	const office: Office = {
		store,
		clock,
		applicationId: id,
		registry,
		sent: [],
		options: [],
		answer: () => undefined,
		lateAnswer: undefined,
		delayMs: 0,
		shutdown: () => shutdown.abort(),
		campaigns: createCampaigns(context, {
			openSend: registry.openSend,
			send: (application, source, options) => answers(office, application, source, options),
			room: async () => {},
			shutdown: shutdown.signal,
		}),
		close: async () => await store.close(),
	};
	return office;
}

async function* answers(
	office: Office,
	{ application }: ApplicationSend,
	source: AsyncIterable<SendBatch>,
	options: SendOptions,
): ResultStream {
	office.options.push(options);
	for await (const { message, recipients } of source) {
		const stopped = () => options.signal?.aborted ?? false;
		if (office.lateAnswer && office.sent.length >= 200) await stop(options.signal);
		else if (office.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, office.delayMs));
		const results: DeliveryResult[] = [];
		for (const recipient of recipients) {
			const answer = stopped() ? office.lateAnswer : office.answer;
			if (!answer) {
				results.push(resultFor(office, application.id, options, recipient, STOPPED));
				continue;
			}
			const content = message.render(recipient);
			const text = 'message' in content && typeof content.message === 'string' ? content.message : '';
			office.sent.push({ recipient, text });
			results.push(resultFor(office, application.id, options, recipient, answer(recipient, text) ?? {}));
		}
		yield results;
		if (stopped()) return;
	}
}

/** A provider that does not answer before the send is stopped. */
async function stop(signal: AbortSignal | undefined): Promise<void> {
	if (!signal?.aborted) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
}

const STOPPED = {
	deliveryStatus: 'TEMPORARY_FAILURE',
	statusCode: 499,
	statusMessage: 'Not sent: the send was stopped.',
	providerReason: 'Cancelled',
	attempts: 0,
	unsent: true,
} as const;

function resultFor(
	{ clock }: Office,
	applicationId: string,
	{ campaignId }: SendOptions,
	{ ref, address, channelType, messageId, mayHaveArrived }: Recipient,
	answer: Partial<DeliveryResult>,
): DeliveryResult {
	return {
		ref,
		address,
		channelType,
		applicationId,
		...(campaignId === undefined ? {} : { campaignId }),
		deliveryStatus: 'SUCCESSFUL',
		statusCode: 200,
		statusMessage: '',
		...(messageId === undefined ? {} : { messageId }),
		tokenAction: 'keep',
		possibleDuplicate: mayHaveArrived === true,
		attempts: 1,
		latencyMs: 5,
		sentAt: new Date(clock.now()).toISOString(),
		...answer,
	};
}

/** A process with an empty store for each test. */
export function officeForEachTest(use: (office: Office, place: StorePlace) => void): void {
	let place: StorePlace;
	let office: Office;

	beforeEach(async () => {
		place = sqlitePlace();
		office = await openOffice(place);
		use(office, place);
	});

	afterEach(async () => {
		await office.close();
		await place.remove();
	});
}

export async function until(what: () => boolean): Promise<void> {
	while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const PLAN: CampaignPlan = {
	message: { kind: 'notification', notification: { title: 'Hello {{name}}', body: 'Spring is here' } },
	rendering: { onMissing: 'fail', shortenToFit: false },
	mapping: { address: 'device', channel: { type: 'GCM' } },
	retryHorizonMs: 3_600_000,
};

export function people(count: number, from = 0): Array<{ device: string; name: string }> {
	return Array.from({ length: count }, (_, n) => ({ device: `device-${from + n}`, name: `Person ${from + n}` }));
}

/** Starts a campaign of the office's application for these items. */
export async function startIn(
	office: Office,
	items: readonly object[],
	plan: Partial<CampaignPlan> = {},
	key = 'spring',
	settings: RunSettings = {},
) {
	const { campaign, ...rest } = await office.campaigns.start(caller, {
		...settings,
		application: { by: 'id', id: office.applicationId },
		key,
		plan: { ...PLAN, ...plan },
		source: itemSource(items),
	});
	if (!campaign) throw new Error('nothing was started');
	return { ...rest, campaign };
}

/** Every result of a campaign in the delivery log. */
export async function logged(store: Store, campaignId: string) {
	const all = [];
	for (let sequence = 0; ; ) {
		const { batches, scannedTo } = await store.deliveryLog.after({ sequence, limit: 100, filter: { campaignId } });
		all.push(...batches.flatMap(({ results }) => results));
		if (batches.length === 0 && scannedTo <= sequence) return all;
		if (scannedTo === sequence) return all;
		sequence = scannedTo;
	}
}

export { caller, sqlitePlace };
