import { caller, type Office, officeForEachTest, people, PLAN, startIn, until } from './fixture';

let office: Office;

officeForEachTest((made) => {
	office = made;
});

const start = async (items: readonly object[], plan: Partial<typeof PLAN> = {}, key = 'spring') =>
	await startIn(office, items, plan, key);

const run = async (id: string) => await office.campaigns.run(caller, { id });

describe('the caps of an address', () => {
	it('count over all campaigns that have caps', async () => {
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

	/** A campaign that was paused in the middle of its first batch, all of which had been looked through. */
	const paused = async (plan: Partial<typeof PLAN>) => {
		office.delayMs = 20;
		const started = start(people(1_000), { ratePerSecond: 100, ...plan }, 'one');
		await until(() => office.sent.length >= 100);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		await office.campaigns.pause(caller, { id: campaign?.id ?? '' });
		const { id } = (await started).campaign;
		office.delayMs = 0;
		return id;
	};

	it('count a message for the day it is sent on, not for the one it was planned on', async () => {
		office.clock.set('2026-06-01T23:00:00Z');
		const id = await paused({ caps: { perDay: 1 } });
		const before = office.sent.length;
		office.clock.set('2026-06-02T10:00:00Z');
		await office.campaigns.resume(caller, { id });
		expect(await run(id)).toMatchObject({ state: 'COMPLETED', successful: 1_000 });
		await start(people(1_000), { caps: { perDay: 1 } }, 'two');
		const onDayTwo = office.sent.slice(before).map(({ recipient }) => recipient.address);
		expect(onDayTwo).toHaveLength(1_000);
		expect(new Set(onDayTwo).size).toBe(1_000);
	});

	it('leave out who got another message on the day to which theirs was put off', async () => {
		office.clock.set('2026-06-01T23:00:00Z');
		const id = await paused({ caps: { perDay: 1 } });
		const sent = office.sent.length;
		office.clock.set('2026-06-02T10:00:00Z');
		expect((await start(people(1_000), { caps: { perDay: 1 } }, 'two')).campaign).toMatchObject({ successful: 1_000 });
		await office.campaigns.resume(caller, { id });
		expect(await run(id)).toMatchObject({ successful: sent, byOutcome: { CAPPED: 1_000 - sent } });
	});

	it('begin a new day in the middle of a batch', async () => {
		office.clock.set('2026-06-01T23:59:00Z');
		office.delayMs = 20;
		const started = start(people(1_000), { ratePerSecond: 100, caps: { perDay: 1 } }, 'one');
		await until(() => office.sent.length >= 100);
		office.clock.set('2026-06-02T00:00:01Z');
		const before = office.sent.length + 20;
		office.delayMs = 0;
		await started;
		const { campaign } = await start(people(1_000), { caps: { perDay: 1 } }, 'two');
		expect(campaign.successful).toBeLessThanOrEqual(before);
	});

	it('count a message once for the total, also when other campaigns come in between', async () => {
		office.clock.set('2026-06-01T10:00:00Z');
		const id = await paused({ caps: { total: 2 } });
		await start(people(1_000), { caps: { total: 2 } }, 'two');
		await office.campaigns.resume(caller, { id });
		expect(await run(id)).toMatchObject({ state: 'COMPLETED', successful: 1_000 });
		expect((await start(people(1_000), { caps: { total: 2 } }, 'three')).campaign).toMatchObject({ successful: 0 });
	});
});
