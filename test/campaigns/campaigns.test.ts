import { Readable } from 'node:stream';
import { itemSource } from '../../push/campaigns';
import { openFile } from '../../push/campaigns/rows/sources';
import { fcm } from '../applications/registryFixture';
import type { StorePlace } from '../store/stores';
import { caller, logged, type Office, openOffice, people, PLAN, sqlitePlace, startIn } from './fixture';

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

const start = async (items: readonly object[], plan: Partial<typeof PLAN> = {}, key = 'spring') =>
	await startIn(office, items, plan, key);

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

	it('is not the same for recipients that differ only far behind', async () => {
		const first = await start(people(2_500));
		const others = [...people(2_499), { device: 'somebody else', name: 'Else' }];
		await expect(start(others)).rejects.toMatchObject({
			code: 'Conflict',
			message: expect.stringContaining('from row 2001 on'),
		});
		expect(await start(people(2_500))).toMatchObject({ resumed: true, campaign: { id: first.campaign.id } });
		expect(office.sent).toHaveLength(2_500);
	});

	it.each([
		['longer', 4_500, 'from row 4001 on'],
		['shorter', 3_000, 'from row 3001 on'],
	])('is not the same for a file that became %s behind its beginning', async (_, lines, said) => {
		const startFile = async (count: number) => {
			const rows = Array.from({ length: count }, (__, n) => `device-${n},Person ${n} of a long name\n`);
			const bytes = Readable.from([Buffer.from(`device,name\n${rows.join('')}`)]);
			const source = await openFile(bytes, { name: 'people.csv' });
			const application = { by: 'id', id: office.applicationId } as const;
			return await office.campaigns.start(caller, { application, key: 'spring', plan: PLAN, source });
		};
		await startFile(4_000);
		await expect(startFile(lines)).rejects.toMatchObject({ code: 'Conflict', message: expect.stringContaining(said) });
		expect(await startFile(4_000)).toMatchObject({ resumed: true, campaign: { successful: 4_000 } });
		expect(office.sent).toHaveLength(4_000);
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

describe('a run that fails', () => {
	it('holds the batch whose answers never came until its lease is over, and none that it was looking through', async () => {
		office.answer = () => {
			throw new Error('the sender is broken');
		};
		await expect(start(people(3_000))).rejects.toThrow('the sender is broken');
		const campaign = await office.store.campaigns.findByKey(office.applicationId, 'spring');
		const outlook = await office.store.campaignBatches.outlook(campaign?.number ?? 0);
		expect(outlook).toMatchObject({ unfinished: 3, leased: 1 });
	});
});

describe('several runners of one process', () => {
	it('leave a campaign to the one that has it, also when they come in the same moment', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		await start(people(200), { startAt: Date.parse('2026-06-01T09:00:00Z') });
		office.clock.set('2026-06-01T09:00:00Z');
		const runs = await Promise.all([office.campaigns.runDue(caller), office.campaigns.runDue(caller)]);
		expect(runs.map(({ worked }) => worked.length).sort()).toEqual([0, 1]);
		expect(office.sent).toHaveLength(200);
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
