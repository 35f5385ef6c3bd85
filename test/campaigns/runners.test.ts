import { itemSource } from '../../push/campaigns';
import { fcm } from '../applications/registryFixture';
import type { StorePlace } from '../store/stores';
import { caller, logged, type Office, officeForEachTest, openOffice, people, PLAN, startIn, until } from './fixture';

let place: StorePlace;
let office: Office;

officeForEachTest((made, where) => {
	office = made;
	place = where;
});

const start = async (items: readonly object[], plan: Partial<typeof PLAN> = {}, key = 'spring') =>
	await startIn(office, items, plan, key);

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
		const { worked, failed } = await office.campaigns.runDue(caller);
		expect(worked.map(({ key }) => key)).toEqual(['orphan', 'spring']);
		expect(failed).toMatchObject([{ key: 'broken', error: { message: 'a bug' } }]);
		const states = (await office.campaigns.list(caller, { limit: 5 })).items.map(({ key, state }) => [key, state]);
		expect(Object.fromEntries(states)).toEqual({ orphan: 'FAILED', broken: 'RUNNING', spring: 'COMPLETED' });
	});

	it('are not in the way of others, however many they are', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		office.answer = () => {
			throw new Error('a bug');
		};
		for (let n = 0; n < 60; n += 1) await start(people(1), {}, `broken-${n}`).catch(() => undefined);
		office.answer = ({ address }) => {
			if (address === 'device-0') throw new Error('a bug');
			return undefined;
		};
		office.clock.set('2026-06-01T08:30:00Z');
		await start(people(3, 10), { startAt: Date.parse('2026-06-01T09:00:00Z') }, 'good');
		office.clock.set('2026-06-01T09:00:00Z');
		const { worked, failed } = await office.campaigns.runDue(caller);
		expect(worked).toMatchObject([{ key: 'good', state: 'COMPLETED' }]);
		expect(failed).toHaveLength(60);
	});

	it('is left out when it was deleted while another was sent', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const later = { startAt: Date.parse('2026-06-01T09:00:00Z') };
		await start(people(500), { ...later, ratePerSecond: 1_000 }, 'one');
		const { campaign } = await start(people(500), later, 'two');
		office.clock.set('2026-06-01T09:00:00Z');
		office.delayMs = 50;
		const running = office.campaigns.runDue(caller);
		await until(() => office.sent.length > 0);
		await office.campaigns.cancel(caller, { id: campaign.id });
		await office.campaigns.delete(caller, { id: campaign.id });
		expect(await running).toMatchObject({ worked: [{ key: 'one', state: 'COMPLETED' }], failed: [] });
	});

	it('is left to its own runner, where the store is locked', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const later = { startAt: Date.parse('2026-06-01T09:00:00Z') };
		await start(people(3), later, 'theirs');
		const { id } = await office.registry.applications.create(caller, { name: 'Ours' });
		const { accessSecret } = await office.registry.lockStore(caller, 'Ops');
		const Action = 'mobiletargeting:SendMessages';
		const Resource = `arn:aws:mobiletargeting:eu-central-1:123456789012:apps/${id}/*`;
		const policy = { Statement: [{ Effect: 'Allow', Action, Resource }] };
		const grant = await office.registry.grantAccess({ ...caller, accessSecret }, 'Our runner', policy);
		office.clock.set('2026-06-01T09:00:00Z');
		const ours = { ...caller, accessSecret: grant.accessSecret };
		expect(await office.campaigns.runDue(ours)).toMatchObject({ worked: [], failed: [], notPermitted: 1 });
		expect(office.sent).toEqual([]);
		const stranger = await office.campaigns.runDue({ ...caller, accessSecret: 'push_guess' });
		expect(stranger.failed).toMatchObject([{ key: 'theirs', error: { code: 'AccessDenied' } }]);
		expect((await office.campaigns.runDue({ ...caller, accessSecret })).worked).toMatchObject([{ successful: 3 }]);
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

	it('to tell how it goes goes on', async () => {
		const { counts } = office.store.campaigns;
		let failed = 0;
		office.delayMs = 50;
		const started = startIn(office, people(3_000), { ratePerSecond: 200 }, 'spring', { onProgress: () => {} });
		await until(() => office.sent.length > 0);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		Object.assign(office.store.campaigns, {
			async counts() {
				failed += 1;
				throw new Error('the store is busy');
			},
		});
		await until(() => failed > 0);
		Object.assign(office.store.campaigns, { counts });
		await office.campaigns.pause(caller, { id: campaign?.id ?? '' });
		expect((await started).campaign).toMatchObject({ state: 'PAUSED' });
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
		await until(() => office.sent.length >= 100);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		await Promise.all([other.campaigns.run(caller, { id: campaign?.id ?? '' }), started]);
		const view = await office.campaigns.get(caller, { id: campaign?.id ?? '' });
		expect(view).toMatchObject({ successful: 6_000, byOutcome: { DUPLICATE: 6_000 }, pending: 0 });
		const all = [...office.sent, ...other.sent].map(({ recipient }) => recipient.address);
		expect(new Set(all).size).toBe(6_000);
		expect(all).toHaveLength(6_000);
		await other.close();
	});

	it('divide the rate at once, also in the middle of a batch', async () => {
		const other = await openOffice(place, office.clock, office.applicationId);
		const stop = new AbortController();
		const settings = { signal: stop.signal };
		office.delayMs = 50;
		other.delayMs = 50;
		const started = startIn(office, people(3_000), { ratePerSecond: 200 }, 'spring', settings);
		await until(() => office.sent.length >= 60);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		const second = other.campaigns.run(caller, { id: campaign?.id ?? '' }, settings);
		await until(() => other.sent.length > 0);
		expect(office.sent.length).toBeLessThan(1_000);
		expect([office, other].map(({ options }) => options.at(-1)?.ratePerSecond)).toEqual([100, 100]);
		stop.abort();
		await Promise.all([started, second]);
		await other.close();
	});

	it('leave the whole rate to those that have something to send', async () => {
		const other = await openOffice(place, office.clock, office.applicationId);
		const stop = new AbortController();
		const settings = { signal: stop.signal };
		office.delayMs = 50;
		const started = startIn(office, people(1_000), { ratePerSecond: 200 }, 'spring', settings);
		await until(() => office.sent.length >= 60);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		const second = other.campaigns.run(caller, { id: campaign?.id ?? '' }, settings);
		await until(() => office.options.length === 3);
		expect(office.options.map(({ ratePerSecond }) => ratePerSecond)).toEqual([200, 100, 200]);
		expect(other.sent).toEqual([]);
		stop.abort();
		await Promise.all([started, second]);
		await other.close();
	});

	it('take a batch from one that stood still, and give it back: everybody has one result', async () => {
		office.delayMs = 30;
		const started = start(people(3_000), { ratePerSecond: 5_000 });
		await until(() => office.sent.length >= 500);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		const { number } = (await office.store.campaigns.get(campaign?.id ?? '')) ?? { number: 0 };
		// Longer than a lease.
		office.clock.ahead += 25_000;
		const now = office.clock.now();
		const claim = { owner: 'another', now, until: now + 1_000, limit: 10 };
		const taken = await office.store.campaignBatches.claim(number, claim);
		expect(taken.length).toBeGreaterThan(0);
		await new Promise((resolve) => setTimeout(resolve, 200));
		await office.store.campaignBatches.release(number, 'another', taken);
		const view = (await started).campaign;
		expect(view).toMatchObject({ state: 'COMPLETED', successful: 3_000, pending: 0 });
		expect(await logged(office.store, view.id)).toHaveLength(3_000);
	});
});
