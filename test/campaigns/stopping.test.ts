import type { RunSettings } from '../../push/campaigns';
import type { StorePlace } from '../store/stores';
import { caller, logged, type Office, officeForEachTest, openOffice, people, PLAN, startIn, until } from './fixture';

let place: StorePlace;
let office: Office;

officeForEachTest((made, where) => {
	office = made;
	place = where;
});

const start = async (
	items: readonly object[],
	plan: Partial<typeof PLAN> = {},
	key = 'spring',
	settings: RunSettings = {},
) => await startIn(office, items, plan, key, settings);

const run = async (id: string) => await office.campaigns.run(caller, { id });

describe('stopping a campaign', () => {
	const slow = async (plan: Partial<typeof PLAN> = {}, settings: RunSettings = {}) => {
		office.delayMs = 20;
		const started = start(people(20_000), { ratePerSecond: 10_000, ...plan }, 'spring', settings);
		await until(() => office.sent.length >= 200);
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

	it('by Cancel and Delete at once: the results of what was on its way are kept', async () => {
		office.lateAnswer = () => ({ statusMessage: 'on its way' });
		const { started, id } = await slow();
		await office.campaigns.cancel(caller, { id });
		await office.campaigns.delete(caller, { id });
		await started;
		expect(await logged(office.store, id)).toHaveLength(office.sent.length);
		expect((await office.campaigns.list(caller, { limit: 1 })).items).toEqual([]);
	});

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
		office.lateAnswer = undefined;
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
