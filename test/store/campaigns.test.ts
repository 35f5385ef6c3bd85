import { randomBytes } from 'node:crypto';
import type { Campaign } from '../../push/model';
import type { BatchChange, ClaimedBatch, NewBatch, Store } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, type StorePlace } from './stores';

const hex = () => randomBytes(16).toString('hex');

function campaign(overrides: Partial<Campaign> = {}): Campaign {
	return {
		id: hex(),
		number: 0,
		applicationId: hex(),
		key: 'spring',
		definition: '{}',
		createdBy: 'workflow "Spring"',
		state: 'RUNNING',
		stateReason: '',
		intake: 'OPEN',
		rows: 0,
		batches: 0,
		badRows: 0,
		nextRunAt: undefined,
		createdAt: 1_000,
		startedAt: undefined,
		finishedAt: undefined,
		updatedAt: 1_000,
		version: 1,
		...overrides,
	};
}

function newBatch(batch: number, rows = 3): NewBatch {
	return {
		batch,
		firstRow: batch * 3,
		firstLine: batch * 3 + 2,
		rows,
		contentHash: `h${batch}`,
		content: `a\nb${batch}\nc`,
	};
}

function change(
	{ batch, fence, handed, done, later }: ClaimedBatch,
	owner: string,
	more: Partial<BatchChange>,
): BatchChange {
	return { batch, fence, handed, done, later, owner, finished: false, ...more };
}

function campaignContract(place: () => StorePlace): void {
	let where: StorePlace;
	let store: Store;

	beforeAll(async () => {
		where = place();
		store = await where.open();
	});

	afterAll(async () => {
		await store.close();
		await where.remove();
	});

	const stored = async (overrides: Partial<Campaign> = {}) => {
		const inserted = await store.campaigns.insert(campaign(overrides));
		if (!inserted) throw new Error('not inserted');
		return inserted;
	};

	const withBatches = async (count: number) => {
		const inserted = await stored();
		await store.campaigns.takeIntake(inserted.number, 'me', 0, 10_000);
		const batches = Array.from({ length: count }, (_, batch) => newBatch(batch));
		await store.campaigns.append(inserted.number, 'me', batches, 20_000);
		return inserted.number;
	};

	const nothing = { changes: [], counts: [], badRows: [], log: [] };

	it('stores one campaign per application and key, numbered', async () => {
		const first = await stored();
		const again = await store.campaigns.insert(campaign({ applicationId: first.applicationId }));
		expect(again).toBeUndefined();
		const other = await stored({ applicationId: first.applicationId, key: 'other' });
		expect(other.number).toBeGreaterThan(first.number);
		expect(await store.campaigns.findByKey(first.applicationId, 'spring')).toEqual(first);
		expect((await store.campaigns.list({ limit: 10, applicationId: first.applicationId })).items).toEqual([
			other,
			first,
		]);
	});

	it('numbers campaigns that are started together', async () => {
		const together = await Promise.all(Array.from({ length: 8 }, async () => await stored()));
		expect(new Set(together.map(({ number }) => number)).size).toBe(8);
	});

	it('never gives a number twice, whatever is left of a campaign that was removed', async () => {
		const one = await stored();
		await store.campaigns.remove(one);
		expect((await stored()).number).toBeGreaterThan(one.number);
	});

	it('stores a campaign with all its rows, or neither', async () => {
		const batches = [newBatch(0), newBatch(1)];
		const whole = campaign({ intake: 'DONE', rows: 6, batches: 2 });
		const inserted = await store.campaigns.insert(whole, { batches });
		const number = inserted?.number ?? 0;
		expect(inserted).toEqual({ ...whole, number });
		expect(await store.campaigns.contentHash(number, 1)).toBe('h1');
		const claim = { owner: 'a', now: 0, until: 1_000, limit: 5 };
		expect((await store.campaignBatches.claim(number, claim)).map(({ content }) => content)).toEqual([
			'a\nb0\nc',
			'a\nb1\nc',
		]);
		const twice = campaign({ intake: 'DONE' });
		await expect(store.campaigns.insert(twice, { batches: [newBatch(0), newBatch(0)] })).rejects.toMatchObject({
			code: 'Conflict',
		});
		expect(await store.campaigns.get(twice.id)).toBeUndefined();
	});

	it('keeps the sealed source of a campaign until its rows are there or it is over', async () => {
		const sealed = async (one: Campaign | undefined) => await store.campaigns.sealedSource(one?.number ?? 0);
		const insert = async () => {
			const one = await store.campaigns.insert(campaign(), { sealedSource: 'v1.old.x' });
			if (!one) throw new Error('not inserted');
			await store.campaigns.takeIntake(one.number, 'me', 0, 10_000);
			expect(await sealed(one)).toBe('v1.old.x');
			return one;
		};
		const interrupted = await insert();
		await store.campaigns.endIntake(interrupted.number, 'me', 'INTERRUPTED', 1_000);
		expect(await sealed(interrupted)).toBe('v1.old.x');
		await store.campaigns.putSealedSource(interrupted.number, 'v1.new.y');
		expect(await sealed(interrupted)).toBe('v1.new.y');

		const read = await insert();
		await store.campaigns.endIntake(read.number, 'me', 'DONE', 1_000);
		await store.campaigns.putSealedSource(read.number, 'v1.new.y');
		expect(await sealed(read)).toBeUndefined();

		const cancelled = await insert();
		await store.campaigns.move(cancelled, { state: 'CANCELLED', finishedAt: 1_000 }, 1_000);
		await store.campaigns.putSealedSource(cancelled.number, 'v1.new.y');
		expect(await sealed(cancelled)).toBeUndefined();

		const orphan = await insert();
		const application = { name: 'Shop', tags: {}, settings: {}, createdAt: 1, updatedAt: 1, version: 1 };
		await store.applications.insert({ ...application, id: orphan.applicationId });
		await store.applications.markDeleted(orphan.applicationId, 1_000);
		expect(await sealed(orphan)).toBeUndefined();

		const old = await insert();
		const found = await store.campaigns.sourcesSealedOtherwise('v1.new.', 10);
		expect(found).toEqual([
			{ number: old.number, campaignId: old.id, applicationId: old.applicationId, sealed: 'v1.old.x' },
		]);
		const [source] = found;
		if (!source) throw new Error('nothing found');
		expect(await store.campaigns.resealSource({ ...source, sealed: 'v1.other.z' }, 'v1.new.y')).toBe(false);
		expect(await store.campaigns.resealSource(source, 'v1.new.y')).toBe(true);
		expect(await store.campaigns.sourcesSealedOtherwise('v1.new.', 10)).toEqual([]);
	});

	it('moves a campaign for the caller who saw its latest version', async () => {
		const one = await stored();
		const paused = await store.campaigns.move(one, { state: 'PAUSED', stateReason: 'lunch' }, 5_000);
		expect(paused).toMatchObject({ state: 'PAUSED', stateReason: 'lunch', version: 2, updatedAt: 5_000 });
		expect(await store.campaigns.move(one, { state: 'CANCELLED' }, 6_000)).toBeUndefined();
	});

	it('tells of a move that has happened, once, and of no other', async () => {
		const one = await stored();
		const began = await store.events.lastBefore(Number.MAX_SAFE_INTEGER);
		const running = await store.campaigns.move(one, { state: 'RUNNING', startedAt: 5_000 }, 5_000);
		await store.campaigns.move(one, { state: 'PAUSED' }, 6_000);
		if (!running) throw new Error('It was not moved');
		const paused = await store.campaigns.move(running, { state: 'PAUSED', stateReason: 'lunch' }, 7_000);
		const again = paused && (await store.campaigns.move(paused, { state: 'RUNNING' }, 8_000));
		if (again) await store.campaigns.move(again, { state: 'COMPLETED', finishedAt: 9_000 }, 9_000);
		const types = ['campaign.started', 'campaign.paused', 'campaign.stopped', 'campaign.finished'] as const;
		const { events } = await store.events.after(began, 10, types);
		expect(events).toMatchObject([
			{ type: 'campaign.started', campaignId: one.id, applicationId: one.applicationId, at: 5_000 },
			{ type: 'campaign.paused', details: { state: 'PAUSED', reason: 'lunch' }, at: 7_000 },
			{ type: 'campaign.finished', at: 9_000 },
		]);
	});

	it('lists what is due, and when the next one is', async () => {
		const applicationId = hex();
		const later = await stored({ applicationId, key: 'later', state: 'WAITING', nextRunAt: 9_000 });
		const now = await stored({ applicationId, key: 'now', state: 'PENDING', nextRunAt: 2_000 });
		await stored({ applicationId, key: 'paused', state: 'PAUSED' });
		const due = (await store.campaigns.due(5_000, 100)).filter((one) => one.applicationId === applicationId);
		expect(due.map(({ id }) => id)).toEqual([now.id]);
		const both = (await store.campaigns.due(9_000, 100)).filter((one) => one.applicationId === applicationId);
		expect(both.map(({ id }) => id)).toEqual([now.id, later.id]);
	});

	it('lets one process at a time append rows', async () => {
		const { number } = await stored();
		expect(await store.campaigns.takeIntake(number, 'me', 0, 1_000)).toBe(true);
		expect(await store.campaigns.takeIntake(number, 'other', 500, 1_500)).toBe(false);
		await store.campaigns.append(number, 'me', [newBatch(0), newBatch(1)], 1_000);
		expect(await store.campaigns.takeIntake(number, 'other', 1_000, 2_000)).toBe(true);
		await expect(store.campaigns.append(number, 'me', [newBatch(2)], 2_000)).rejects.toMatchObject({
			code: 'StaleWrite',
		});
		expect(await store.campaigns.contentHash(number, 1)).toBe('h1');
		expect(await store.campaigns.contentHash(number, 2)).toBeUndefined();
		expect(await store.campaigns.isRead(number)).toBe(false);
		await store.campaigns.endIntake(number, 'other', 'DONE', 3_000);
		expect(await store.campaigns.isRead(number)).toBe(true);
		expect(await store.campaigns.takeIntake(number, 'me', 9_000, 10_000)).toBe(false);
	});

	it('gives each batch to one owner until its lease is over', async () => {
		const number = await withBatches(3);
		const claim = { owner: 'a', now: 0, until: 1_000, limit: 2 };
		const first = await store.campaignBatches.claim(number, claim);
		expect(first.map(({ batch, content, fence }) => ({ batch, content, fence }))).toEqual([
			{ batch: 0, content: 'a\nb0\nc', fence: 1 },
			{ batch: 1, content: 'a\nb1\nc', fence: 1 },
		]);
		const rest = await store.campaignBatches.claim(number, { ...claim, owner: 'b' });
		expect(rest.map(({ batch }) => batch)).toEqual([2]);
		expect(await store.campaignBatches.outlook(number)).toEqual({ unfinished: 3, leased: 3, nextAt: 1_000 });
		expect(await store.campaignBatches.extend(number, 'b', 5_000)).toBe(1);
		const taken = await store.campaignBatches.claim(number, { owner: 'b', now: 1_000, until: 2_000, limit: 5 });
		expect(taken.map(({ batch, fence }) => [batch, fence])).toEqual([
			[0, 2],
			[1, 2],
		]);
	});

	it('refuses what somebody writes whose batch was taken over, with everything beside it', async () => {
		const number = await withBatches(2);
		const claim = { now: 0, until: 1_000, limit: 1 };
		const [mine] = await store.campaignBatches.claim(number, { ...claim, owner: 'a' });
		const [other] = await store.campaignBatches.claim(number, { ...claim, owner: 'a' });
		const [theirs] = await store.campaignBatches.claim(number, { ...claim, owner: 'b', now: 1_000, until: 2_000 });
		if (!mine || !other || !theirs) throw new Error('nothing claimed');
		expect(theirs.batch).toBe(mine.batch);
		const counts = [
			{ treatment: '', outcome: 'SUCCESSFUL' as const, reason: '', recipients: 3, possibleDuplicates: 1 },
		];
		const changes = [change(other, 'a', { finished: true }), change(mine, 'a', { handed: 3, finished: true })];
		const late = store.campaignBatches.record(number, { ...nothing, changes, counts });
		await expect(late).rejects.toMatchObject({ code: 'StaleWrite' });
		expect(await store.campaigns.counts(number)).toEqual([]);
		const ours = [change(theirs, 'b', { finished: true, handed: 3 })];
		await store.campaignBatches.record(number, { ...nothing, changes: ours, counts });
		await store.campaignBatches.record(number, { ...nothing, counts });
		expect(await store.campaigns.counts(number)).toEqual([{ ...counts[0], recipients: 6, possibleDuplicates: 2 }]);
		expect((await store.campaignBatches.outlook(number)).unfinished).toBe(1);
	});

	it('keeps the progress of a batch, and when it goes on', async () => {
		const number = await withBatches(1);
		const claim = { owner: 'a', now: 0, until: 1_000, limit: 1 };
		const [one] = await store.campaignBatches.claim(number, claim);
		if (!one) throw new Error('nothing claimed');
		const changes = [change(one, 'a', { handed: 2, done: 'gA==', later: '[[1,5000,1,10,1]]', releaseUntil: 5_000 })];
		await store.campaignBatches.record(number, { ...nothing, changes });
		expect(await store.campaignBatches.claim(number, { ...claim, now: 4_999 })).toEqual([]);
		const [again] = await store.campaignBatches.claim(number, { ...claim, now: 5_000 });
		expect(again).toMatchObject({ handed: 2, done: 'gA==', later: '[[1,5000,1,10,1]]', fence: 2, content: 'a\nb0\nc' });
		if (again) await store.campaignBatches.release(number, 'a', [again]);
		expect(await store.campaignBatches.outlook(number)).toEqual({ unfinished: 1, leased: 0, nextAt: 5_000 });
	});

	it('notes the devices of each batch in one order for everybody', async () => {
		const { number } = await stored();
		const first = { sequence: 1, batch: 7, hashes: 'AAAAAAAAAAE=' };
		expect(await store.campaignBatches.admit(number, first)).toBe(true);
		expect(await store.campaignBatches.admit(number, { ...first, batch: 8 })).toBe(false);
		const second = { sequence: 2, batch: 8, hashes: '' };
		expect(await store.campaignBatches.admit(number, second)).toBe(true);
		expect(await store.campaignBatches.admitted(number, 7)).toBe('AAAAAAAAAAE=');
		expect(await store.campaignBatches.admitted(number, 9)).toBeUndefined();
		expect(await store.campaignBatches.admittedAfter(number, 0, 10)).toEqual([first, second]);
		expect(await store.campaignBatches.admittedAfter(number, 1, 10)).toEqual([second]);
	});

	it('counts messages per address up to its caps', async () => {
		const applicationId = hex();
		const caps = { applicationId, batch: 0, perDay: 2, total: 3 };
		const count = async (number: number, day: number, hashes = '[1,2]', postponed = false) =>
			await store.campaignBatches.countContacts({ ...caps, number, day, postponed }, hashes);
		expect(await count(1, 1)).toEqual([0, 1]);
		expect(await count(1, 1)).toEqual([0, 1]);
		expect(await count(2, 1, '[2]')).toEqual([0]);
		expect(await count(3, 1)).toEqual([0]);
		expect(await count(4, 2)).toEqual([0, 1]);
		expect(await count(5, 3)).toEqual([]);
		// Counted for day 2, and sent on day 3.
		expect(await count(4, 3, '[1,2]', true)).toEqual([0, 1]);
		expect(await count(4, 3, '[1,2]', true)).toEqual([0, 1]);
		expect(await count(2, 3, '[2]', true)).toEqual([0]);
		expect(await count(3, 3, '[2]', true)).toEqual([]);
	});

	it('keeps the first thousand bad rows and counts them all', async () => {
		const one = await stored();
		const bad = (from: number, count: number) =>
			Array.from({ length: count }, (_, index) => ({ line: from + index, reason: 'The address is empty.' }));
		await store.campaignBatches.record(one.number, { ...nothing, badRows: bad(1, 600) });
		await store.campaignBatches.record(one.number, { ...nothing, badRows: bad(1_000, 600) });
		await store.campaignBatches.record(one.number, { ...nothing, badRows: bad(5_000, 5) });
		expect((await store.campaigns.get(one.id))?.badRows).toBe(1_205);
		const kept = await store.campaigns.badRows(one.number);
		expect(kept).toHaveLength(1_000);
		expect(kept[0]).toEqual({ line: 1, reason: 'The address is empty.' });
	});

	it('knows who works on a campaign', async () => {
		const { number } = await stored();
		await store.campaigns.seen(number, 'a', 1_000, 100);
		await store.campaigns.seen(number, 'a', 2_000, 150.5);
		await store.campaigns.seen(number, 'b', 500, 10);
		expect(await store.campaigns.runners(number, 1_500)).toEqual([{ owner: 'a', perSecond: 150.5 }]);
		await store.campaigns.left(number, 'a');
		expect(await store.campaigns.runners(number, 1_500)).toEqual([]);
	});

	it('removes a campaign with all its rows', async () => {
		const one = await stored();
		await store.campaigns.takeIntake(one.number, 'me', 0, 10_000);
		await store.campaigns.append(one.number, 'me', [newBatch(0)], 10_000);
		for (let sequence = 1; sequence <= 250; sequence += 1) {
			await store.campaignBatches.admit(one.number, { sequence, batch: sequence, hashes: 'x' });
		}
		expect(await store.campaigns.remove(one)).toBe(true);
		expect(await store.campaigns.remove(one)).toBe(false);
		expect((await store.campaignBatches.outlook(one.number)).unfinished).toBe(0);
		expect(await store.campaignBatches.admittedAfter(one.number, 0, 10)).toEqual([]);
	});
}

describe('campaigns in SQLite', () => campaignContract(() => sqlitePlace()));
describePostgres('campaigns in PostgreSQL', () => campaignContract(() => postgresPlace()));
