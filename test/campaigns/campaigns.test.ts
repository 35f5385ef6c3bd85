import { itemSource, rowSource, type RunSettings } from '../../push/campaigns';
import { openFile } from '../../push/campaigns/rows/sources';
import type { StorePlace } from '../store/stores';
import { fcm } from '../applications/registryFixture';
import { caller, logged, type Office, openOffice, people, PLAN, sqlitePlace, WallClock } from './fixture';

let place: StorePlace;
let office: Office;

beforeEach(async () => {
	place = sqlitePlace();
	office = await openOffice(place);
});

afterEach(async () => {
	await office.close();
	await place.remove();
});

const start = async (
	items: readonly object[],
	plan: Partial<typeof PLAN> = {},
	key = 'spring',
	settings: RunSettings = {},
) => {
	const { campaign, ...rest } = await office.campaigns.start(caller, {
		...settings,
		application: { by: 'id', id: office.applicationId },
		key,
		plan: { ...PLAN, ...plan },
		source: itemSource(items),
	});
	if (!campaign) throw new Error('nothing was started');
	return { ...rest, campaign };
};

const run = async (id: string) => await office.campaigns.run(caller, { id });

const addresses = () => office.sent.map(({ recipient }) => recipient.address);

describe('a campaign', () => {
	it('reaches everybody once and records every result', async () => {
		const { campaign } = await start(people(2_500));
		expect(campaign).toMatchObject({ state: 'COMPLETED', intake: 'DONE', rows: 2_500, successful: 2_500, pending: 0 });
		expect(office.sent[7]?.text).toContain('Hello Person 7');
		const results = await logged(office.store, campaign.id);
		expect(new Set(results.map(({ address }) => address)).size).toBe(2_500);
		expect(results).toHaveLength(2_500);
		expect(results[0]?.messageId).toMatch(/^[0-9a-f-]{36}$/);
	});

	it('sends to a device once, however often and however written it is there', async () => {
		const items = [...people(1_500), ...people(1_500), { device: ' device-3 ', name: 'Three' }];
		const { campaign } = await start(items);
		expect(campaign).toMatchObject({ rows: 3_001, successful: 1_500, skipped: 1_501, byOutcome: { DUPLICATE: 1_501 } });
		expect(new Set(addresses()).size).toBe(addresses().length);
	});

	it('keeps everybody who was skipped in the log, with the reason', async () => {
		const { campaign } = await start(people(400), { holdOutPercent: 25 });
		const held = (await logged(office.store, campaign.id)).filter(({ providerReason }) => providerReason === 'HoldOut');
		expect(held.length).toBe(campaign.byOutcome.HOLD_OUT);
		expect(held.length).toBeGreaterThan(60);
		expect(held.length).toBeLessThan(140);
		expect(held.length + office.sent.length).toBe(400);
	});

	it('shares people out among treatments by their weights; all devices of a user get the same', async () => {
		const treatment = (name: string, weight: number) => ({
			name,
			weight,
			message: { kind: 'notification' as const, notification: { title: `This is ${name}` } },
		});
		const items = people(2_000).map((one, n) => ({ ...one, user: `user-${n % 1_000}` }));
		const { campaign } = await start(items, {
			treatments: [treatment('A', 1), treatment('B', 3)],
			mapping: { ...PLAN.mapping, userId: 'user' },
		});
		expect(campaign.byTreatment?.B?.successful).toBeGreaterThan(1_350);
		expect(campaign.byTreatment?.A?.successful).toBeGreaterThan(350);
		const textOf = new Map(
			office.sent.map(({ recipient, text }) => [recipient.address, /This is (.)/.exec(text)?.[1]]),
		);
		for (let n = 0; n < 1_000; n += 1) expect(textOf.get(`device-${n}`)).toBe(textOf.get(`device-${n + 1_000}`));
	});

	it('takes the first rows only, for a trial', async () => {
		const { campaign } = await start(people(50), { limit: 10 });
		expect(campaign).toMatchObject({ rows: 10, successful: 10, state: 'COMPLETED' });
	});

	it('keeps to the caps of an address over all campaigns that have caps', async () => {
		const capped = { caps: { perDay: 1, total: 2 } };
		office.clock.set('2026-06-01T10:00:00Z');
		expect((await start(people(3), capped, 'one')).campaign).toMatchObject({ successful: 3 });
		expect((await start(people(4), capped, 'two')).campaign).toMatchObject({ successful: 1, byOutcome: { CAPPED: 3 } });
		expect((await start(people(4), {}, 'without')).campaign).toMatchObject({ successful: 4 });
		office.clock.set('2026-06-02T10:00:00Z');
		expect((await start(people(4), capped, 'three')).campaign).toMatchObject({ successful: 4 });
		office.clock.set('2026-06-03T10:00:00Z');
		expect((await start(people(4), capped, 'four')).campaign).toMatchObject({
			successful: 0,
			byOutcome: { CAPPED: 4 },
		});
	});

	it('is the same campaign for the same key, and refuses another one with the difference', async () => {
		const first = await start(people(3));
		const again = await start(people(3));
		expect(again).toMatchObject({ resumed: true, campaign: { id: first.campaign.id } });
		expect(office.sent).toHaveLength(3);
		const other = { message: { kind: 'notification' as const, notification: { title: 'Autumn' } } };
		await expect(start(people(3), other)).rejects.toMatchObject({
			code: 'Conflict',
			message: expect.stringContaining('message.notification.title: "Hello {{name}}" → "Autumn"'),
		});
		await expect(start(people(4))).rejects.toMatchObject({
			message: expect.stringContaining('source.name: "3 items" → "4 items"'),
		});
	});
});

describe('the clock of a campaign', () => {
	it('waits for its start without an execution, and begins when Run comes', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const startAt = Date.parse('2026-06-01T09:00:00Z');
		const { campaign } = await start(people(5), { startAt });
		expect(campaign).toMatchObject({ state: 'PENDING', nextRunAt: '2026-06-01T09:00:00.000Z', intake: 'DONE' });
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		office.clock.set('2026-06-01T09:00:01Z');
		expect((await office.campaigns.runDue(caller)).worked).toMatchObject([{ state: 'COMPLETED', successful: 5 }]);
	});

	it('lets whoever was not reached expire at its end', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const { campaign } = await start(people(5), {
			startAt: Date.parse('2026-06-01T09:00:00Z'),
			stopAt: Date.parse('2026-06-01T10:00:00Z'),
		});
		office.clock.set('2026-06-01T10:00:00Z');
		expect(await run(campaign.id)).toMatchObject({ state: 'COMPLETED', successful: 0, byOutcome: { EXPIRED: 5 } });
		expect(office.sent).toEqual([]);
	});

	it('wakes people when their own night is over, across the change to summer time', async () => {
		// 23:30 in Berlin, the night in which the clock goes from 2:00 to 3:00; 18:30 in New York.
		office.clock.set('2026-03-28T22:30:00Z');
		const zones = ['Europe/Berlin', 'America/New_York', ''];
		const items = people(6).map((one, n) => ({ ...one, zone: zones[n % 3] }));
		const { campaign } = await start(items, {
			mapping: { ...PLAN.mapping, timeZone: 'zone' },
			quietHours: { start: '22:00', end: '08:00', timeZone: 'Europe/Berlin', otherwise: 'wait' },
		});
		expect(campaign).toMatchObject({
			state: 'WAITING',
			successful: 2,
			pending: 4,
			nextRunAt: '2026-03-29T06:00:00.000Z',
		});
		expect(addresses()).toEqual(['device-1', 'device-4']);
		office.clock.set('2026-03-29T05:59:00Z');
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		office.clock.set('2026-03-29T06:00:00Z');
		expect(await run(campaign.id)).toMatchObject({ state: 'COMPLETED', successful: 6 });
	});

	it('keeps the quiet hours of its application where it has none of its own', async () => {
		office.clock.set('2026-06-01T20:30:00Z');
		const locator = { by: 'id', id: office.applicationId } as const;
		const quietHours = { start: '22:00', end: '08:00' };
		await office.registry.applications.update(caller, locator, { settings: { quietHours } });
		// 22:30 in Berlin.
		const { campaign, preflight } = await start(people(3), { timeZone: 'Europe/Berlin' });
		const known = { ...quietHours, timeZone: 'Europe/Berlin', otherwise: 'wait', of: 'application' };
		expect(preflight?.quietHours).toEqual(known);
		expect((await office.campaigns.get(caller, { id: campaign.id })).quietHours).toEqual(known);
		expect(campaign).toMatchObject({ state: 'WAITING', successful: 0, nextRunAt: '2026-06-02T06:00:00.000Z' });
		const own = { start: '01:00', end: '02:00', timeZone: 'UTC', otherwise: 'wait' } as const;
		const other = await start(people(3), { quietHours: own }, 'with hours of its own');
		expect(other.preflight?.quietHours).toEqual({ ...own, of: 'campaign' });
		expect(other.campaign).toMatchObject({ state: 'COMPLETED', successful: 3 });
		const loud = await start(people(3), { applicationQuietHours: 'ignore' }, 'at any hour');
		expect(loud).toMatchObject({ campaign: { state: 'COMPLETED', successful: 3 } });
		expect(loud.preflight).not.toHaveProperty('quietHours');
		const skipping = await start(people(3), { applicationQuietHours: 'skip', timeZone: 'Europe/Berlin' }, 'or never');
		expect(skipping.campaign).toMatchObject({ state: 'COMPLETED', byOutcome: { QUIET_HOURS: 3 } });
		office.clock.set('2026-06-02T06:00:00Z');
		expect(await run(campaign.id)).toMatchObject({ state: 'COMPLETED', successful: 3 });
		await office.registry.applications.update(caller, locator, { settings: { quietHours: null } });
		office.clock.set('2026-06-02T20:30:00Z');
		expect((await start(people(3), {}, 'loud')).campaign).toMatchObject({ state: 'COMPLETED', successful: 3 });
	});

	it('skips them instead, where that is wished', async () => {
		office.clock.set('2026-06-01T23:00:00Z');
		const { campaign } = await start(people(3), {
			quietHours: { start: '22:00', end: '08:00', timeZone: 'UTC', otherwise: 'skip' },
		});
		expect(campaign).toMatchObject({ state: 'COMPLETED', successful: 0, byOutcome: { QUIET_HOURS: 3 } });
	});

	it('tries again who was refused for now, until the horizon', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const busy = {
			deliveryStatus: 'THROTTLED',
			statusCode: 429,
			providerReason: 'TooManyRequests',
			retryAfterSeconds: 600,
		} as const;
		office.answer = ({ address }) => (address === 'device-1' ? busy : undefined);
		const { campaign } = await start(people(3));
		expect(campaign).toMatchObject({ state: 'WAITING', successful: 2, pending: 1 });
		const [first] = office.sent.filter(({ recipient }) => recipient.address === 'device-1');
		for (let minute = 10; minute <= 60; minute += 10) {
			office.clock.set(`2026-06-01T0${minute === 60 ? '9:00' : `8:${minute}`}:05Z`);
			await run(campaign.id);
		}
		expect(await office.campaigns.get(caller, { id: campaign.id })).toMatchObject({
			state: 'COMPLETED',
			failed: 1,
			byReason: { TooManyRequests: 1 },
		});
		const tries = office.sent.filter(({ recipient }) => recipient.address === 'device-1');
		expect(tries.length).toBeGreaterThan(4);
		expect(new Set(tries.map(({ recipient }) => recipient.messageId))).toEqual(new Set([first?.recipient.messageId]));
		const results = (await logged(office.store, campaign.id)).filter(({ address }) => address === 'device-1');
		expect(results).toMatchObject([{ deliveryStatus: 'THROTTLED', attempts: tries.length, possibleDuplicate: false }]);
	});
});

describe('stopping a campaign', () => {
	const slow = async (plan: Partial<typeof PLAN> = {}, settings: RunSettings = {}) => {
		office.delayMs = 20;
		const started = start(people(20_000), { ratePerSecond: 10_000, ...plan }, 'spring', settings);
		while (office.sent.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		if (!campaign) throw new Error('nothing runs');
		return { started, id: campaign.id };
	};

	const everybodyOnce = async (id: string) => {
		const results = await logged(office.store, id);
		expect(new Set(results.map(({ address }) => address)).size).toBe(20_000);
		expect(results).toHaveLength(20_000);
		expect(office.sent).toHaveLength(20_000);
	};

	it('by Pause from elsewhere: within a second; Resume goes on, and nobody is doubled', async () => {
		const { started, id } = await slow();
		await office.campaigns.pause(caller, { id });
		const paused = performance.now();
		expect((await started).campaign).toMatchObject({ state: 'PAUSED' });
		expect(performance.now() - paused).toBeLessThan(1_500);
		expect(office.sent.length).toBeLessThan(20_000);
		expect(await run(id)).toMatchObject({ state: 'PAUSED' });
		office.delayMs = 0;
		await office.campaigns.resume(caller, { id });
		expect((await office.campaigns.runDue(caller)).worked).toMatchObject([{ state: 'COMPLETED', successful: 20_000 }]);
		const types = ['campaign.started', 'campaign.paused', 'campaign.finished'] as const;
		const { events } = await office.store.events.after(0, 10, types);
		expect(events.map(({ type }) => type)).toEqual(types);
		expect(events.at(-1)?.details).toMatchObject({ key: 'spring', state: 'COMPLETED', successful: 20_000 });
		await everybodyOnce(id);
	});

	it('by the Stop button: paused, so that no runner goes on with it', async () => {
		const stop = new AbortController();
		const { started, id } = await slow({}, { signal: stop.signal, isStop: () => true });
		stop.abort();
		expect((await started).campaign).toMatchObject({
			state: 'PAUSED',
			stateReason: expect.stringContaining('Resume goes on'),
		});
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		office.delayMs = 0;
		await office.campaigns.resume(caller, { id });
		expect(await run(id)).toMatchObject({ state: 'COMPLETED', successful: 20_000, possibleDuplicates: 0 });
		await everybodyOnce(id);
	});

	it('by the time limit of its execution: the runner goes on with it', async () => {
		const stop = new AbortController();
		const { started, id } = await slow({}, { signal: stop.signal, isStop: () => false });
		stop.abort();
		expect((await started).campaign).toMatchObject({ state: 'RUNNING' });
		office.delayMs = 0;
		expect((await office.campaigns.runDue(caller)).worked).toMatchObject([{ state: 'COMPLETED', successful: 20_000 }]);
		await everybodyOnce(id);
	});

	it('by Cancel: for good; what was on its way has its result, the rest is skipped', async () => {
		office.lateAnswer = () => ({ statusMessage: 'It was on its way.' });
		const { started, id } = await slow();
		await office.campaigns.cancel(caller, { id });
		const { campaign } = await started;
		const reached = office.sent.length;
		expect(campaign).toMatchObject({ state: 'CANCELLED', pending: 0, percent: 100, successful: reached });
		expect(campaign).not.toHaveProperty('estimatedEnd');
		expect(campaign).toMatchObject({ skipped: 20_000 - reached, byOutcome: { CANCELLED: 20_000 - reached } });
		const results = await logged(office.store, id);
		expect(results).toHaveLength(reached);
		expect(results.filter(({ statusMessage }) => statusMessage === 'It was on its way.')).not.toEqual([]);
		const { events } = await office.store.events.after(0, 10, ['campaign.finished']);
		const details = events[0]?.details;
		expect(details).toMatchObject({ state: 'CANCELLED', pending: 0, skipped: details?.cancelled });
		expect(details?.successful).toBe(20_000 - Number(details?.cancelled));
		await expect(office.campaigns.resume(caller, { id })).rejects.toMatchObject({ code: 'Conflict' });
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		await office.campaigns.delete(caller, { id });
		await expect(office.campaigns.get(caller, { id })).rejects.toMatchObject({ code: 'NotFound' });
	});

	it('by Cancel: the last word on those whose answer says nothing, or "later", is that', async () => {
		let late = 0;
		office.lateAnswer = () => {
			late += 1;
			return late % 2 === 0
				? { deliveryStatus: 'UNKNOWN_FAILURE', statusCode: 499, providerReason: 'Cancelled' }
				: { deliveryStatus: 'THROTTLED', statusCode: 429, providerReason: 'TooManyRequests' };
		};
		const { started, id } = await slow();
		await office.campaigns.cancel(caller, { id });
		const { campaign } = await started;
		expect(late).toBeGreaterThan(1);
		expect(campaign.byOutcome).toMatchObject({
			UNKNOWN_FAILURE: Math.floor(late / 2),
			THROTTLED: Math.ceil(late / 2),
			CANCELLED: 20_000 - office.sent.length,
		});
		expect(await logged(office.store, id)).toHaveLength(office.sent.length);
	});

	it('by Pause: those whose answer did not come go again, marked', async () => {
		office.lateAnswer = () => ({ deliveryStatus: 'UNKNOWN_FAILURE', statusCode: 499, providerReason: 'Cancelled' });
		const { started, id } = await slow();
		await office.campaigns.pause(caller, { id });
		await started;
		office.delayMs = 0;
		await office.campaigns.resume(caller, { id });
		const view = await run(id);
		expect(view).toMatchObject({ state: 'COMPLETED', successful: 20_000 });
		expect(view.possibleDuplicates).toBe(office.sent.length - 20_000);
		expect(view.possibleDuplicates).toBeGreaterThan(0);
	});

	it('when the process is asked to end: the next one goes on at once', async () => {
		const { started, id } = await slow();
		office.shutdown();
		expect((await started).campaign).toMatchObject({ state: 'RUNNING' });
		const next = await openOffice(place, office.clock, office.applicationId);
		const view = await next.campaigns.run(caller, { id });
		expect(view).toMatchObject({ state: 'COMPLETED', successful: 20_000, possibleDuplicates: 0 });
		office.sent.push(...next.sent);
		await next.close();
		await everybodyOnce(id);
	});

	it('by its own breaker, which says why; Resume goes on with the rest', async () => {
		office.answer = () => ({ deliveryStatus: 'PERMANENT_FAILURE', statusCode: 400, providerReason: 'BadTopic' });
		const { started, id } = await slow({ breaker: { percent: 50, window: 100 } });
		const { campaign } = await started;
		expect(campaign).toMatchObject({
			state: 'STOPPED',
			stateReason: '100 % of the last 100 recipients failed with BadTopic.',
		});
		expect(campaign.pending).toBeGreaterThan(10_000);
		office.answer = () => undefined;
		office.delayMs = 0;
		await office.campaigns.resume(caller, { id });
		expect(await run(id)).toMatchObject({ state: 'COMPLETED', pending: 0, failed: campaign.failed });
	});

	it('for a fault that would meet everybody: nobody is counted as failed for it', async () => {
		office.answer = () => ({
			deliveryStatus: 'PERMANENT_FAILURE',
			statusCode: 403,
			statusMessage: 'Not sent: the key is refused.',
			providerReason: 'InvalidProviderToken',
			attempts: 0,
			unsent: true,
		});
		const { campaign } = await start(people(50));
		expect(campaign).toMatchObject({
			state: 'STOPPED',
			stateReason: 'Not sent: the key is refused.',
			failed: 0,
			pending: 50,
		});
		office.answer = () => undefined;
		await office.campaigns.resume(caller, { id: campaign.id });
		expect(await run(campaign.id)).toMatchObject({ state: 'COMPLETED', successful: 50, possibleDuplicates: 0 });
	});
});

describe('rows that are read while the process dies', () => {
	const input = () => ({ application: { by: 'id', id: office.applicationId }, key: 'spring', plan: PLAN }) as const;

	const brokenOff = (rows: readonly object[], after: number) =>
		(async function* () {
			yield* rows.slice(0, after);
			throw new Error('the process is gone');
		})();

	it('are all there or none, where they are in memory: a campaign is never begun with a part of them', async () => {
		const items = people(5_000);
		const source = rowSource(brokenOff(items, 2_500), itemSource(items));
		await expect(office.campaigns.start(caller, { ...input(), source })).rejects.toThrow('the process is gone');
		expect((await office.campaigns.list(caller, { limit: 1 })).items).toEqual([]);
		expect(office.sent).toEqual([]);
		const { campaign, resumed } = await start(items);
		expect(resumed).toBe(false);
		expect(campaign).toMatchObject({ state: 'COMPLETED', rows: 5_000, successful: 5_000, skipped: 0 });
	});

	it('are compared when Start brings them again, not sent twice', async () => {
		const items = people(5_000);
		const facts = { kind: 'file', name: 'people.ndjson', fingerprint: 'same', whole: false } as const;
		const first = office.campaigns.start(caller, { ...input(), source: rowSource(brokenOff(items, 2_500), facts) });
		await expect(first).rejects.toThrow('the process is gone');
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		expect(campaign).toMatchObject({ intake: 'INTERRUPTED' });
		const wrong = office.campaigns.start(caller, { ...input(), source: rowSource(people(5_000, 1), facts) });
		await expect(wrong).rejects.toMatchObject({
			message: expect.stringContaining('not the same any more, from row 1 on'),
		});
		const { campaign: ended } = await office.campaigns.start(caller, { ...input(), source: rowSource(items, facts) });
		expect(ended).toMatchObject({ id: campaign?.id, state: 'COMPLETED', rows: 5_000, successful: 5_000, skipped: 0 });
		expect(new Set(addresses()).size).toBe(addresses().length);
	});
});

describe('rows that come slowly', () => {
	/** A thousand, and then none until it is broken off. */
	const endless = rowSource(
		async function* (signal) {
			yield* people(1_000);
			await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('broken off'))));
		},
		{ kind: 'postgres', name: 'a query', fingerprint: 'same', whole: false, reopening: '{"password":"secret"}' },
	);

	const begin = async (signal?: AbortSignal) => {
		const application = { by: 'id', id: office.applicationId } as const;
		const more = signal ? { signal } : {};
		const started = office.campaigns.start(caller, { application, key: 'slow', plan: PLAN, source: endless, ...more });
		while (office.sent.length < 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		return { started, id: campaign?.id ?? '' };
	};

	it('keep neither Cancel nor the Stop button waiting', async () => {
		const { started, id } = await begin();
		await office.campaigns.cancel(caller, { id });
		expect((await started).campaign).toMatchObject({ state: 'CANCELLED', rows: 1_000, successful: 1_000 });
		await office.campaigns.delete(caller, { id });
		office.sent.length = 0;
		const stop = new AbortController();
		const other = await begin(stop.signal);
		stop.abort();
		expect((await other.started).campaign).toMatchObject({ state: 'RUNNING', intake: 'INTERRUPTED', rows: 1_000 });
	});

	it('keep the right of their reader, however long one takes', async () => {
		class Hasty extends WallClock {
			override after(ms: number, callback: () => void): () => void {
				return super.after(ms / 50, callback);
			}
		}
		await office.close();
		const clock = new Hasty();
		const { applicationId } = office;
		office = await openOffice(place, clock, applicationId);
		const stop = new AbortController();
		const { started, id } = await begin(stop.signal);
		const { number = 0 } = (await office.store.campaigns.get(id)) ?? {};
		for (let quarter = 0; quarter < 3; quarter += 1) {
			clock.ahead += 15_000;
			await new Promise((resolve) => setTimeout(resolve, 300));
			expect(await office.store.campaigns.takeIntake(number, 'other', clock.now(), clock.now() + 1_000)).toBe(false);
		}
		stop.abort();
		await started;
		expect(await office.store.campaigns.takeIntake(number, 'other', clock.now(), clock.now() + 1_000)).toBe(true);
	});

	it('are not read for a campaign that is over, nor is their source kept', async () => {
		const { started, id } = await begin();
		await office.campaigns.cancel(caller, { id });
		await started;
		const again = await office.campaigns.start(caller, {
			application: { by: 'id', id: office.applicationId },
			key: 'slow',
			plan: PLAN,
			source: endless,
		});
		expect(again).toMatchObject({ resumed: true, campaign: { id, state: 'CANCELLED', rows: 1_000 } });
		const stored = await office.store.campaigns.get(id);
		expect(await office.store.campaigns.sealedSource(stored?.number ?? 0)).toBeUndefined();
	});
});

describe('a file whose reading broke off', () => {
	const LINES = Array.from({ length: 5_000 }, (_, n) => `device-${n},Person ${n}\n`);
	const FILE = Buffer.from(`device,name\n${LINES.join('')}`);

	async function* upTo(bytes: number) {
		for (let at = 0; at < bytes; at += 10_000) yield FILE.subarray(at, Math.min(bytes, at + 10_000));
		if (bytes < FILE.length) throw new Error('the process is gone');
	}

	const startBroken = async () => {
		const source = await openFile(upTo(90_000), { name: 'people.csv', binaryId: 'filesystem-v2:1' });
		const input = { application: { by: 'id', id: office.applicationId }, key: 'spring', plan: PLAN } as const;
		await expect(office.campaigns.start(caller, { ...input, source })).rejects.toThrow('the process is gone');
	};

	it('is opened again by Run, which reads on where it was: nobody has to start anything', async () => {
		await startBroken();
		const asked: string[] = [];
		const reopen = async (binaryId: string) => {
			asked.push(binaryId);
			return upTo(FILE.length);
		};
		const { worked } = await office.campaigns.runDue(caller, { reopen });
		expect(worked).toMatchObject([{ state: 'COMPLETED', intake: 'DONE', rows: 5_000, successful: 5_000, skipped: 0 }]);
		expect(asked).toEqual(['filesystem-v2:1']);
		expect(new Set(addresses()).size).toBe(5_000);
		expect(addresses()).toHaveLength(5_000);
	});

	it('is missed when n8n has it no more: what is there is sent, and a person is asked for the rest', async () => {
		await startBroken();
		const { worked } = await office.campaigns.runDue(caller, { reopen: async () => undefined });
		const [view] = worked;
		expect(view).toMatchObject({ state: 'PAUSED', stateReason: expect.stringContaining('Start the campaign again') });
		expect(view?.rows).toBeLessThan(5_000);
		expect(view?.successful).toBe(view?.rows);
	});
});

describe('a campaign that nobody can go on with', () => {
	it('does not keep the others from being run', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const later = { startAt: Date.parse('2026-06-01T09:00:00Z') };
		const { id } = await office.registry.applications.create(caller, { name: 'Short-lived' });
		const locator = { by: 'id', id } as const;
		await office.registry.channels.enable(caller, locator, {
			channelTypes: ['GCM'],
			credentials: [fcm],
			verify: false,
		});
		const plan = { ...PLAN, ...later };
		await office.campaigns.start(caller, { application: locator, key: 'orphan', plan, source: itemSource(people(3)) });
		await start(people(3), later, 'broken');
		await start(people(3), later);
		await office.registry.applications.delete(caller, locator, 'delete');
		office.clock.set('2026-06-01T09:00:01Z');
		office.answer = ({ address }) => {
			if (address === 'device-1' && office.sent.length < 3) throw new Error('a bug');
			return undefined;
		};
		await expect(office.campaigns.runDue(caller)).rejects.toThrow('a bug');
		const states = (await office.campaigns.list(caller, { limit: 5 })).items.map(({ key, state }) => [key, state]);
		expect(Object.fromEntries(states)).toEqual({ orphan: 'FAILED', broken: 'RUNNING', spring: 'COMPLETED' });
	});
});

describe('several processes', () => {
	it('share one campaign: nobody twice, each device once, the rate divided', async () => {
		office.delayMs = 5;
		const other = await openOffice(place, office.clock, office.applicationId);
		other.delayMs = 5;
		const items = [...people(6_000), ...people(6_000)];
		const started = start(items, { ratePerSecond: 8_000 });
		while (office.sent.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		await Promise.all([other.campaigns.run(caller, { id: campaign?.id ?? '' }), started]);
		const view = await office.campaigns.get(caller, { id: campaign?.id ?? '' });
		expect(view).toMatchObject({ successful: 6_000, byOutcome: { DUPLICATE: 6_000 }, pending: 0 });
		const all = [...office.sent, ...other.sent].map(({ recipient }) => recipient.address);
		expect(new Set(all).size).toBe(6_000);
		expect(all).toHaveLength(6_000);
		await other.close();
	});
});
