import type { Clock, DeliveryBatch } from '../model';
import type { PushEvent, Store } from '../store';

/** Days before the end of a certificate at which people are told, each once. */
const WARN_DAYS = [30, 7, 1];

const DAY_MS = 86_400_000;

/** Certificates are looked at this often. */
const LOOK_EVERY_MS = 3_600_000;

/** A refused credential is told of again after this time at the earliest. */
const REFUSED_AGAIN_MS = 3_600_000;

/** Refusals of an hour that are looked at: more channels than anybody has. */
const TOLD_AT_MOST = 1_000;

const TOLD = 'channelHealth.told';

type HealthStore = Pick<Store, 'applications' | 'channels' | 'events' | 'documents'>;

/** Events about the credentials of channels: soon over, refused by the provider. */
export function createChannelHealth(store: HealthStore, clock: Pick<Clock, 'now' | 'monotonic'>) {
	const refusedAt = new Map<string, number>();
	let nextLook = -Infinity;

	return {
		/** Looks for credentials that end soon; at most once an hour. */
		async look(): Promise<void> {
			if (clock.monotonic() < nextLook) return;
			nextLook = clock.monotonic() + LOOK_EVERY_MS;
			await tellOfExpiry(store, clock.now());
		},

		/** Looks for results that blame the credential. */
		async watch(batches: readonly DeliveryBatch[]): Promise<void> {
			const events = batches.flatMap((batch) => refusalsIn(batch, refusedAt, clock.now()));
			if (events.length === 0) return;
			try {
				const told = await toldSince(store, clock.now() - REFUSED_AGAIN_MS);
				await store.events.append(events.filter((event) => !told.has(channelKey(event))));
			} catch (error) {
				// Nobody has heard of it: the next refusal is told of.
				for (const event of events) refusedAt.delete(channelKey(event));
				throw error;
			}
		},
	};
}

type NewEvent = Omit<PushEvent, 'sequence'>;

/**
 * One event for each channel whose credential is refused, unless this process has told of it within the hour.
 * @param refusedAt epoch ms by channel; written to
 */
function refusalsIn(
	{ applicationId, results, at }: DeliveryBatch,
	refusedAt: Map<string, number>,
	now: number,
): NewEvent[] {
	const events: NewEvent[] = [];
	for (const { channelType, deliveryStatus, tokenAction, statusCode, statusMessage, providerReason } of results) {
		if (deliveryStatus !== 'PERMANENT_FAILURE' || tokenAction !== 'keep') continue;
		if (statusCode !== 401 && statusCode !== 403) continue;
		const key = channelKey({ applicationId, channelType });
		if (now - (refusedAt.get(key) ?? -Infinity) < REFUSED_AGAIN_MS) continue;
		refusedAt.set(key, now);
		const details = { statusCode, message: statusMessage, ...(providerReason ? { reason: providerReason } : {}) };
		events.push({ at, type: 'channel.credentialRefused', applicationId, channelType, details });
	}
	return events;
}

/** The channels some process has told of since then (epoch ms). */
async function toldSince(store: HealthStore, since: number): Promise<Set<string>> {
	const start = await store.events.lastBefore(since);
	const { events } = await store.events.after(start, TOLD_AT_MOST, ['channel.credentialRefused']);
	return new Set(events.filter(({ at }) => at > since).map(channelKey));
}

function channelKey({ applicationId, channelType }: Pick<PushEvent, 'applicationId' | 'channelType'>): string {
	return `${applicationId} ${channelType}`;
}

async function tellOfExpiry(store: HealthStore, now: number): Promise<void> {
	const document = await store.documents.get(TOLD);
	const told = new Set<string>(readTold(document?.value));
	const events: NewEvent[] = [];
	let after: string | undefined;
	do {
		const page = await store.applications.list({ limit: 200, ...(after ? { after } : {}) });
		for (const { id, name } of page.items) {
			for (const { channelType, facts, enabled, archived } of await store.channels.list(id)) {
				if (!enabled || archived || facts.expiresAt === undefined) continue;
				const days = Math.max(0, Math.ceil((facts.expiresAt - now) / DAY_MS));
				const due = WARN_DAYS.filter((warn) => days <= warn).at(-1);
				const key = `${id} ${channelType} ${facts.expiresAt} ${due}`;
				if (due === undefined || told.has(key)) continue;
				told.add(key);
				const details = { daysLeft: days, expiresAt: new Date(facts.expiresAt).toISOString(), applicationName: name };
				events.push({ at: now, type: 'channel.credentialExpiring', applicationId: id, channelType, details });
			}
		}
		after = page.next;
	} while (after);
	if (events.length === 0) return;
	// In this order: what could not be written now is told of next time.
	await store.events.append(events);
	await store.documents.put(TOLD, JSON.stringify([...told]), document?.version ?? 0);
}

function readTold(value: string | undefined): string[] {
	const told: unknown = value === undefined ? [] : JSON.parse(value);
	return Array.isArray(told) ? told.filter((key) => typeof key === 'string') : [];
}
