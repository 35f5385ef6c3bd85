import type { Clock, DeliveryBatch } from '../model';
import type { PushEvent, Store } from '../store';

/** Days before the end of a certificate at which people are told, each once. */
const WARN_DAYS = [30, 7, 1];

const DAY_MS = 86_400_000;

/** Certificates are looked at this often. */
const LOOK_EVERY_MS = 3_600_000;

/** A refused credential is told of again after this time at the earliest. */
const REFUSED_AGAIN_MS = 3_600_000;

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
			const events = batches.flatMap((batch) => refusalIn(batch, refusedAt, clock.now()));
			if (events.length > 0) await store.events.append(events);
		},
	};
}

function refusalIn(
	{ applicationId, results, at }: DeliveryBatch,
	refusedAt: Map<string, number>,
	now: number,
): Array<Omit<PushEvent, 'sequence'>> {
	const refused = results.find(
		({ statusCode, deliveryStatus, tokenAction }) =>
			deliveryStatus === 'PERMANENT_FAILURE' && tokenAction === 'keep' && (statusCode === 401 || statusCode === 403),
	);
	if (!refused) return [];
	const key = `${applicationId} ${refused.channelType}`;
	if (now - (refusedAt.get(key) ?? -Infinity) < REFUSED_AGAIN_MS) return [];
	refusedAt.set(key, now);
	const { channelType, providerReason, statusCode, statusMessage } = refused;
	const details = { statusCode, message: statusMessage, ...(providerReason ? { reason: providerReason } : {}) };
	return [{ at, type: 'channel.credentialRefused', applicationId, channelType, details }];
}

async function tellOfExpiry(store: HealthStore, now: number): Promise<void> {
	const document = await store.documents.get(TOLD);
	const told = new Set<string>(readTold(document?.value));
	const events: Array<Omit<PushEvent, 'sequence'>> = [];
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
	await store.documents.put(TOLD, JSON.stringify([...told]), document?.version ?? 0);
	await store.events.append(events);
}

function readTold(value: string | undefined): string[] {
	const told: unknown = value === undefined ? [] : JSON.parse(value);
	return Array.isArray(told) ? told.filter((key) => typeof key === 'string') : [];
}
