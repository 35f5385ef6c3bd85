import { caller, logged, type Office, officeForEachTest, people, PLAN, startIn, until } from './fixture';

let office: Office;

officeForEachTest((made) => {
	office = made;
});

const start = async (items: readonly object[], plan: Partial<typeof PLAN> = {}, key = 'spring') =>
	await startIn(office, items, plan, key);

const run = async (id: string) => await office.campaigns.run(caller, { id });

const addresses = () => office.sent.map(({ recipient }) => recipient.address);

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

	it('stays as it was set when the same campaign is started again with other times, and nothing else', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const [startAt, stopAt] = [Date.parse('2026-06-01T09:00:00Z'), Date.parse('2026-06-01T10:00:00Z')];
		const first = await start(people(5), { startAt, stopAt });
		for (const other of [{ startAt: startAt + 83, stopAt: stopAt + 83 }, {}]) {
			const { resumed, campaign } = await start(people(5), other);
			expect({ resumed, campaign }).toMatchObject({ resumed: true, campaign: { id: first.campaign.id } });
			expect(campaign).toMatchObject({ state: 'PENDING', nextRunAt: '2026-06-01T09:00:00.000Z' });
		}
		await expect(start(people(5), { startAt: startAt + 83, ratePerSecond: 5 })).rejects.toMatchObject({
			code: 'Conflict',
			message: expect.stringMatching(/It differs in ratePerSecond: nothing → 5\.$/),
		});
		office.clock.set('2026-06-01T10:00:00Z');
		expect(await run(first.campaign.id)).toMatchObject({ state: 'COMPLETED', byOutcome: { EXPIRED: 5 } });
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

	it.each([
		[
			'quiet hours begin',
			{ quietHours: { start: '22:00', end: '08:00', timeZone: 'UTC', otherwise: 'wait' as const } },
		],
		['its end comes', { stopAt: Date.parse('2026-06-01T22:00:00Z') }],
	])('sends to nobody any more when %s, however many are looked through already', async (_, plan) => {
		office.clock.set('2026-06-01T21:59:00Z');
		office.delayMs = 20;
		const started = start(people(3_000), { ratePerSecond: 100, ...plan });
		await until(() => office.sent.length >= 100);
		office.clock.set('2026-06-01T22:10:00Z');
		const sent = office.sent.length;
		const { campaign } = await started;
		// At most the slice that was handed out: a fifth of a second's worth.
		expect(office.sent.length - sent).toBeLessThanOrEqual(20);
		const rest = 3_000 - office.sent.length;
		if ('stopAt' in plan) {
			expect(campaign).toMatchObject({ state: 'COMPLETED', byOutcome: { EXPIRED: rest } });
			return;
		}
		expect(campaign).toMatchObject({ state: 'WAITING', pending: rest, nextRunAt: '2026-06-02T08:00:00.000Z' });
		office.delayMs = 0;
		office.clock.set('2026-06-02T08:00:00Z');
		expect(await run(campaign.id)).toMatchObject({ state: 'COMPLETED', successful: 3_000, possibleDuplicates: 0 });
		expect(new Set(office.sent.map(({ recipient }) => recipient.address)).size).toBe(office.sent.length);
	});

	it('ends in the night when its end comes before the morning', async () => {
		office.clock.set('2026-06-01T22:30:00Z');
		const { campaign } = await start(people(3), {
			stopAt: Date.parse('2026-06-01T23:00:00Z'),
			quietHours: { start: '22:00', end: '08:00', timeZone: 'UTC', otherwise: 'wait' },
		});
		expect(campaign).toMatchObject({ state: 'WAITING', nextRunAt: '2026-06-01T23:00:00.000Z' });
		office.clock.set('2026-06-01T23:00:00Z');
		expect((await office.campaigns.runDue(caller)).worked).toMatchObject([
			{ state: 'COMPLETED', byOutcome: { EXPIRED: 3 } },
		]);
	});

	it.each([
		['a time zone', { timeZone: 'Europe/Berln' }, '"Europe/Berln" is not a time zone.'],
		['a time', { start: '25:00' }, '"25:00" is not a time of day.'],
		['an hour', { start: '08:00', end: '08:00' }, 'Quiet hours from 08:00 to 08:00 have no length.'],
	])('is refused with quiet hours of which %s is none', async (_, wrong, said) => {
		const quietHours = { start: '22:00', end: '08:00', timeZone: 'UTC', otherwise: 'wait' as const, ...wrong };
		await expect(start(people(3), { quietHours })).rejects.toMatchObject({ code: 'InvalidRequest', message: said });
		expect((await office.campaigns.list(caller, { limit: 1 })).items).toEqual([]);
		expect(office.sent).toEqual([]);
	});

	it('waits for its start again when it was paused before it, and resumed', async () => {
		office.clock.set('2026-06-01T08:00:00Z');
		const { campaign } = await start(people(3), { startAt: Date.parse('2026-06-01T09:00:00Z') });
		await office.campaigns.pause(caller, { id: campaign.id });
		expect(await office.campaigns.resume(caller, { id: campaign.id })).toMatchObject({ state: 'PENDING' });
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		await office.campaigns.pause(caller, { id: campaign.id });
		office.clock.set('2026-06-01T09:30:00Z');
		expect(await office.campaigns.resume(caller, { id: campaign.id })).toMatchObject({
			state: 'RUNNING',
			startedAt: expect.stringMatching('2026-06-01T09:30:00'),
		});
		expect((await office.campaigns.runDue(caller)).worked).toMatchObject([{ state: 'COMPLETED', successful: 3 }]);
		const { events } = await office.store.events.after(0, 10, ['campaign.started', 'campaign.finished']);
		expect(events.map(({ type }) => type)).toEqual(['campaign.started', 'campaign.finished']);
	});

	it('is not hurried by a provider that says "at once" with every refusal', async () => {
		office.answer = () => ({ deliveryStatus: 'THROTTLED', statusCode: 429, retryAfterSeconds: 0 });
		const stop = new AbortController();
		const started = startIn(office, people(1), {}, 'spring', { signal: stop.signal });
		await until(() => office.sent.length > 0);
		await new Promise((resolve) => setTimeout(resolve, 500));
		stop.abort();
		expect((await started).campaign).toMatchObject({ pending: 1 });
		expect(office.sent).toHaveLength(1);
	});
});
