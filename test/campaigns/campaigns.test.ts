import { Readable } from 'node:stream';
import { openFile } from '../../push/campaigns/rows/sources';
import { caller, logged, type Office, officeForEachTest, people, PLAN, startIn } from './fixture';

let office: Office;

officeForEachTest((made) => {
	office = made;
});

const start = async (items: readonly object[], plan: Partial<typeof PLAN> = {}, key = 'spring') =>
	await startIn(office, items, plan, key);

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

	it.each([
		['CSV', 'people.csv', 'device,name\ndevice-1,Ann\n\ndevice-2,Bob\n\n'],
		['NDJSON', 'people.ndjson', '{"device":"device-1","name":"Ann"}\n\n{"device":"device-2","name":"Bob"}\n'],
	])('counts the empty lines of a %s file as nobody', async (_, name, text) => {
		const source = await openFile(Readable.from([Buffer.from(text)]), { name });
		const application = { by: 'id', id: office.applicationId } as const;
		const { campaign } = await office.campaigns.start(caller, { application, key: 'spring', plan: PLAN, source });
		expect(campaign).toMatchObject({ state: 'COMPLETED', rows: 2, successful: 2, pending: 0, percent: 100 });
		expect(campaign?.byOutcome).toEqual({ SUCCESSFUL: 2 });
	});

	it('is over, not stopped, when its circuit breaker trips at the last recipients', async () => {
		office.answer = () => ({ deliveryStatus: 'PERMANENT_FAILURE', statusCode: 400, providerReason: 'BadTopic' });
		const { campaign } = await start(people(100), { breaker: { percent: 50, window: 100 } });
		expect(campaign).toMatchObject({
			state: 'COMPLETED',
			stateReason: '100 % of the last 100 recipients failed with BadTopic.',
			failed: 100,
		});
	});
});
