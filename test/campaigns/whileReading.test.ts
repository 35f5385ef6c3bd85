import { openFile, rowSource, type RunSettings } from '../../push/campaigns';
import { caller, type Office, officeForEachTest, people, PLAN, until } from './fixture';

let office: Office;

officeForEachTest((made) => {
	office = made;
});

const facts = { kind: 'postgres', name: 'a query', fingerprint: 'same', whole: false, reopening: '{}' } as const;

/** Starts a campaign over rows that come in two parts. */
function startSlowly(
	parts: readonly [readonly object[], readonly object[]],
	plan: Partial<typeof PLAN> = {},
	settings: RunSettings = {},
) {
	let open = () => {};
	const gate = new Promise<void>((resolve) => (open = resolve));
	const source = rowSource(async function* (signal?: AbortSignal) {
		yield* parts[0];
		const broken = new Promise<never>((_, reject) =>
			signal?.addEventListener('abort', () => reject(new Error('broken off'))),
		);
		await Promise.race([gate, broken]);
		yield* parts[1];
	}, facts);
	const started = office.campaigns.start(caller, {
		...settings,
		application: { by: 'id', id: office.applicationId },
		key: 'spring',
		plan: { ...PLAN, ...plan },
		source,
	});
	return { started, open };
}

/** Rows of a CSV. */
const lines = (from: number, count: number) =>
	people(count, from)
		.map(({ device, name }) => `${device},${name}\n`)
		.join('');

const idOf = async () => (await office.campaigns.list(caller, { limit: 1 })).items[0]?.id ?? '';

describe('while rows are still being read', () => {
	it('whoever may go is sent to, also behind those who sleep', async () => {
		// 23:30 in Berlin, 18:30 in New York.
		office.clock.set('2026-03-28T22:30:00Z');
		const inZone = (count: number, from: number, zone: string) => people(count, from).map((one) => ({ ...one, zone }));
		const { started, open } = startSlowly(
			[inZone(2_000, 0, 'Europe/Berlin'), inZone(1_000, 5_000, 'America/New_York')],
			{
				quietHours: { start: '22:00', end: '08:00', timeZone: 'Europe/Berlin', otherwise: 'wait' },
				mapping: { ...PLAN.mapping, timeZone: 'zone' },
			},
		);
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		expect(office.sent).toEqual([]);
		open();
		expect((await started).campaign).toMatchObject({
			state: 'WAITING',
			successful: 1_000,
			pending: 2_000,
			nextRunAt: '2026-03-29T06:00:00.000Z',
		});
	});

	it('a campaign begins when its start comes', async () => {
		office.clock.set('2026-06-01T08:59:59Z');
		const startAt = Date.parse('2026-06-01T09:00:00Z');
		const { started, open } = startSlowly([people(1_000), people(1_000, 1_000)], { startAt });
		await until(() => office.sent.length === 1_000);
		open();
		expect((await started).campaign).toMatchObject({ state: 'COMPLETED', successful: 2_000 });
	});

	it('the runner goes on with a campaign that was paused and resumed', async () => {
		office.delayMs = 50;
		const { started, open } = startSlowly([people(2_000), people(10, 2_000)], { ratePerSecond: 2_000 });
		await until(() => office.sent.length >= 400);
		const id = await idOf();
		await office.campaigns.pause(caller, { id });
		await until(() => office.options.at(-1)?.signal?.aborted === true);
		office.delayMs = 0;
		await office.campaigns.resume(caller, { id });
		// What is under way when it is paused has a second to end.
		await new Promise((resolve) => setTimeout(resolve, 1_000));
		const running = office.campaigns.runDue(caller);
		await until(() => office.sent.length === 2_000);
		open();
		expect((await running).worked).toMatchObject([{ state: 'COMPLETED', successful: 2_010 }]);
		await started;
	});

	it('another run goes on with a campaign that was paused and resumed while a run reads its file on', async () => {
		// More than the first look at a file takes.
		const head = Buffer.from(`device,name\n${lines(0, 4_000)}`);
		const broken = (async function* () {
			yield head;
			throw new Error('the process is gone');
		})();
		const source = await openFile(broken, { name: 'people.csv', binaryId: 'filesystem:1' });
		const application = { by: 'id', id: office.applicationId } as const;
		await expect(office.campaigns.start(caller, { application, key: 'spring', plan: PLAN, source })).rejects.toThrow(
			'the process is gone',
		);
		const id = await idOf();
		const { promise: rest, resolve: open } = Promise.withResolvers<void>();
		async function* slowly() {
			yield head;
			yield Buffer.from(lines(4_000, 1_000));
			await rest;
			yield Buffer.from(lines(5_000, 10));
		}
		office.delayMs = 50;
		const reading = office.campaigns.runDue(caller, { reopen: async () => slowly() });
		await until(() => office.sent.length >= 400);
		await office.campaigns.pause(caller, { id });
		await until(() => office.options.at(-1)?.signal?.aborted === true);
		office.delayMs = 0;
		await office.campaigns.resume(caller, { id });
		await new Promise((resolve) => setTimeout(resolve, 1_000));
		const running = office.campaigns.runDue(caller);
		await until(() => office.sent.length >= 5_000);
		open();
		expect((await running).worked).toMatchObject([{ state: 'COMPLETED', successful: 5_010 }]);
		await reading;
	});

	it.each([
		['that is to start later', { startAt: Date.parse('2026-06-02T09:00:00Z') }],
		[
			'all of whose recipients sleep',
			{ quietHours: { start: '22:00', end: '08:00', timeZone: 'UTC', otherwise: 'wait' as const } },
		],
	])('the Stop button pauses a campaign %s', async (_, plan) => {
		office.clock.set('2026-06-01T23:00:00Z');
		const stop = new AbortController();
		const { started } = startSlowly([people(1_000), []], plan, { signal: stop.signal, isStop: () => true });
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		stop.abort();
		expect((await started).campaign).toMatchObject({ state: 'PAUSED' });
		office.clock.set('2026-06-02T10:00:00Z');
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		expect(office.sent).toEqual([]);
	});

	it('a campaign whose circuit breaker trips is stopped at once', async () => {
		office.answer = () => ({ deliveryStatus: 'PERMANENT_FAILURE', statusCode: 400, providerReason: 'BadTopic' });
		const { started, open } = startSlowly([people(1_000), people(1_000, 1_000)], {
			breaker: { percent: 50, window: 100 },
		});
		await until(() => office.sent.length >= 100);
		const id = await idOf();
		const state = async () => (await office.campaigns.get(caller, { id })).state;
		while ((await state()) !== 'STOPPED') await new Promise((resolve) => setTimeout(resolve, 20));
		open();
		expect((await started).campaign).toMatchObject({ state: 'STOPPED', intake: 'DONE' });
		expect(office.sent.length).toBeLessThanOrEqual(1_000);
	});
});
