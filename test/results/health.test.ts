import type { Application, Clock, DeliveryResult } from '../../push/model';
import { createChannelHealth, createUpkeep, readMetrics, sourceOf, writeRetention } from '../../push/results';
import { systemRandom } from '../../push/model';
import type { Position } from '../../push/results/subscriptions/source';
import type { Store, StoredChannel } from '../../push/store';
import { FakeClock } from '../sending/fakeClock';
import { sqlitePlace } from '../store/stores';
import { DEAD, result } from './samples';

const APP = 'a'.repeat(32);
const DAY = 86_400_000;
const MINUTE = 60_000;

const SHOP: Application = {
	id: APP,
	name: 'Shop',
	tags: {},
	settings: {},
	createdAt: 1,
	updatedAt: 1,
	version: 1,
};

/** A channel of the shop whose certificate ends then. */
const certificate = (expiresAt: number): StoredChannel => ({
	applicationId: APP,
	channelType: 'APNS',
	enabled: true,
	facts: { hasTokenKey: false, hasCredential: true, hasFcmServiceCredentials: false, expiresAt },
	sealed: null,
	keyId: null,
	version: 1,
	createdAt: 1,
	updatedAt: 1,
	lastModifiedBy: 'test',
	archived: false,
});

/** A store that cannot write its first event. */
function failingOnce(store: Store): Store {
	let failed = false;
	const events: Store['events'] = {
		...store.events,
		async append(all) {
			if (failed) return await store.events.append(all);
			failed = true;
			throw new Error('The disk is full.');
		},
	};
	return { ...store, events };
}

const where = sqlitePlace();
let store: Store;

beforeAll(async () => {
	store = await where.open();
	await store.applications.insert(SHOP);
});

afterAll(async () => {
	await store.close();
	await where.remove();
});

const refused: Partial<DeliveryResult> = {
	deliveryStatus: 'PERMANENT_FAILURE',
	statusCode: 403,
	statusMessage: 'APNs refused the key.',
	providerReason: 'InvalidProviderToken',
};

const batch = (at: number, results: DeliveryResult[], applicationId = APP) => ({
	at,
	applicationId,
	origin: {},
	results,
});

describe('the health of channels', () => {
	const types = ['channel.credentialRefused', 'channel.credentialExpiring'] as const;

	test('a certificate is told of 30, 7 and 1 days before its end, each once', async () => {
		const clock = new FakeClock();
		const expiresAt = clock.now() + 40 * DAY;
		await store.channels.put(certificate(expiresAt), 0);
		for (let day = 0; day < 41; day++) {
			// A process that was started anew in between tells nothing twice.
			const health = createChannelHealth(store, clock);
			await health.look();
			clock.advance(DAY);
		}
		const { events } = await store.events.after(0, 100, types);
		expect(events.map(({ details }) => details.daysLeft)).toEqual([30, 7, 1]);
		expect(events[0]).toMatchObject({ channelType: 'APNS', details: { applicationName: 'Shop' } });
	});

	test('a refused credential is told of once an hour', async () => {
		const clock = new FakeClock();
		const health = createChannelHealth(store, clock);
		const before = await store.events.lastBefore(Number.MAX_SAFE_INTEGER);
		await health.watch([batch(1, [result(), result(DEAD)])]);
		for (let n = 0; n < 3; n++) await health.watch([batch(clock.now(), [result(), result(refused)])]);
		clock.advance(61 * MINUTE);
		await health.watch([batch(clock.now(), [result(refused)])]);
		const { events } = await store.events.after(before, 100, types);
		expect(events).toMatchObject(
			Array.from({ length: 2 }, () => ({
				type: 'channel.credentialRefused',
				channelType: 'APNS',
				details: { reason: 'InvalidProviderToken', statusCode: 403 },
			})),
		);
	});

	const refusedOf = async (applicationId: string) => {
		const { events } = await store.events.after(0, 100, ['channel.credentialRefused']);
		return events.filter((event) => event.applicationId === applicationId).map(({ channelType }) => channelType);
	};

	test('of two channels refused in one batch both are told of', async () => {
		const clock = new FakeClock();
		const results = [result(refused), result({ ...refused, channelType: 'GCM' }), result(refused)];
		await createChannelHealth(store, clock).watch([batch(clock.now(), results, 'two channels')]);
		expect(await refusedOf('two channels')).toEqual(['APNS', 'GCM']);
	});

	test('several processes tell of a refused credential once an hour together', async () => {
		const clock = new FakeClock();
		for (let n = 0; n < 4; n++) {
			// A process that knows nothing of the others.
			await createChannelHealth(store, clock).watch([batch(clock.now(), [result(refused)], 'processes')]);
			clock.advance(25 * MINUTE);
		}
		expect(await refusedOf('processes')).toEqual(['APNS', 'APNS']);
	});

	test('a refusal that cannot be written is told of with the next one', async () => {
		const clock = new FakeClock();
		const health = createChannelHealth(failingOnce(store), clock);
		const results = [batch(clock.now(), [result(refused)], 'unwritten')];
		await expect(health.watch(results)).rejects.toThrow('The disk is full.');
		await health.watch(results);
		expect(await refusedOf('unwritten')).toEqual(['APNS']);
	});

	test('an end that cannot be written is told of at the next look', async () => {
		const place = sqlitePlace();
		const own = await place.open();
		const clock = new FakeClock();
		await own.applications.insert(SHOP);
		await own.channels.put(certificate(clock.now() + 20 * DAY), 0);
		const health = createChannelHealth(failingOnce(own), clock);
		await expect(health.look()).rejects.toThrow('The disk is full.');
		for (let hour = 0; hour < 2; hour++) {
			clock.advance(61 * MINUTE);
			await health.look();
		}
		expect((await own.events.after(0, 10, types)).events).toMatchObject([{ type: 'channel.credentialExpiring' }]);
		await own.close();
		await place.remove();
	});
});

test('an alarm is raised after N of M minutes over its threshold, and is over when all is normal', async () => {
	const start = Date.UTC(2026, 0, 1);
	const rule = { metric: 'failurePercent', comparison: 'above', threshold: 20, minutes: 2, ofMinutes: 3 } as const;
	const bad = [1, 2, 5].map((minute) => start + minute * MINUTE);
	for (let minute = 0; minute < 10; minute++) {
		const at = start + minute * MINUTE + 10;
		const failing = bad.some((time) => at - time < MINUTE && at >= time);
		const results = Array.from({ length: 10 }, (_, n) => result(failing && n < 5 ? DEAD : {}));
		await store.deliveryLog.append([batch(at, results)]);
	}
	let now = start;
	const source = sourceOf(store, { kind: 'alarm', rule, query: {} }, () => now);
	let position: Position = await source.end();
	const changes: Array<[number, string]> = [];
	for (let minute = 1; minute <= 10; minute++) {
		now = start + minute * MINUTE + 5;
		const read = await source.read(position, 1);
		({ position } = read);
		for (const item of read.items) if (item.kind === 'alarm') changes.push([minute, item.change.state]);
	}
	// Raised when minutes 1 and 2 are over; a single bad minute later raises nothing.
	expect(changes).toEqual([
		[3, 'ALARM'],
		[5, 'OK'],
	]);
});

test.each(['latencyP90', 'failurePercent', 'failed'] as const)(
	'an alarm of %s below a number: a minute in which everybody had opted out raises nothing',
	async (metric) => {
		const place = sqlitePlace();
		const own = await place.open();
		const start = Date.UTC(2026, 0, 1);
		await own.deliveryLog.append([batch(start + 5, [result({ deliveryStatus: 'OPT_OUT', attempts: 0 })])]);
		const rule = { metric, comparison: 'below', threshold: 5, minutes: 1, ofMinutes: 1 } as const;
		const source = sourceOf(own, { kind: 'alarm', rule, query: {} }, () => start + MINUTE);
		expect((await source.read(await source.end(), 1)).items).toEqual([]);
		await own.close();
		await place.remove();
	},
);

test('upkeep seals, counts and trims; of two processes one does it', async () => {
	const place = sqlitePlace();
	const own = await place.open();
	const clock: Clock = new FakeClock(Date.UTC(2026, 0, 1));
	const results = Array.from({ length: 1_000 }, (_, n) => result({ address: `device-${n}` }));
	for (let n = 0; n < 51; n++) await own.deliveryLog.append([batch(clock.now() - (n < 50 ? 40 : 0) * DAY, results)]);
	const [one, other] = [createUpkeep(own, clock, systemRandom), createUpkeep(own, clock, systemRandom)];
	await one.run();
	await other.run();
	expect(await own.metrics.cursor()).toBe(51);
	expect(await own.deliveryLog.first()).toBe(51);
	// The old segment went with its index.
	expect(await own.deliveryIndex.find('device-1')).toEqual([]);
	await Promise.all([one.stop(), other.stop()]);
	await own.close();
	await place.remove();
});

test('what comes between counting and trimming is in the figures, however little is kept', async () => {
	const place = sqlitePlace();
	const own = await place.open();
	const clock = new FakeClock();
	await writeRetention(own, { days: 30, results: 1 });
	const upkeep = createUpkeep(own, clock, systemRandom, async () => {
		for (let n = 0; n < 5; n++) await own.deliveryLog.append([batch(clock.now(), [result()])]);
	});
	await upkeep.run();
	await upkeep.stop();
	const query = { since: clock.now(), until: clock.now() + 1, resolution: 60, dimensions: [] } as const;
	expect(await readMetrics(own, query)).toMatchObject([{ tally: { statuses: { SUCCESSFUL: 5 } } }]);
	await own.close();
	await place.remove();
});

test('a trigger that was on for 100 quiet days is not forgotten while it is off for a moment', async () => {
	const place = sqlitePlace();
	const own = await place.open();
	const clock = new FakeClock();
	const acquire = async (results: number) =>
		await own.subscriptions.acquire(
			'wf:quiet',
			{ holder: 'one', now: clock.now(), until: clock.now() + 15_000 },
			{ results, place: 0, events: 0, failures: 0, state: '{}' },
		);
	await acquire(5);
	clock.advance(100 * DAY);
	await acquire(6);
	await own.subscriptions.release('wf:quiet', 'one');
	const upkeep = createUpkeep(own, clock, systemRandom);
	await upkeep.run();
	await upkeep.stop();
	expect(await acquire(7)).toMatchObject({ results: 5 });
	await own.close();
	await place.remove();
});
