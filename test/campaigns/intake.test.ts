import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { itemSource, rowSource } from '../../push/campaigns';
import { openFile } from '../../push/campaigns/rows/sources';
import type { StorePlace } from '../store/stores';
import { caller, type Office, officeForEachTest, openOffice, people, PLAN, startIn, WallClock, until } from './fixture';

let place: StorePlace;
let office: Office;

officeForEachTest((made, where) => {
	office = made;
	place = where;
});

const start = async (items: readonly object[]) => await startIn(office, items);

const addresses = () => office.sent.map(({ recipient }) => recipient.address);

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

describe('a query of which only the first rows are wanted', () => {
	const FACTS = { kind: 'postgres', name: 'a query', fingerprint: 'same', whole: false, reopening: '{}' } as const;

	/** It breaks off after 1,000 rows, and is read again to the end. */
	const readAgain = async (again: readonly object[], limit: number) => {
		const source = rowSource(
			(async function* () {
				yield* people(1_000);
				throw new Error('the process is gone');
			})(),
			FACTS,
		);
		const application = { by: 'id', id: office.applicationId } as const;
		const started = office.campaigns.start(caller, { application, key: 'first', plan: { ...PLAN, limit }, source });
		await expect(started).rejects.toThrow('the process is gone');
		const second = { application, key: 'first', plan: { ...PLAN, limit }, source: rowSource(again, FACTS) };
		return (await office.campaigns.start(caller, second)).campaign;
	};

	it('brings no more than those, also when they come in another order after a crash', async () => {
		const ended = await readAgain(people(1_800, 500), 1_800);
		expect(ended).toMatchObject({ state: 'COMPLETED', intake: 'DONE', rows: 1_800 });
		// 500 of the 800 that were still to come had come before.
		expect(new Set(addresses()).size).toBe(1_300);
	});

	it('brings nothing more when there are as many already', async () => {
		expect(await readAgain(people(1_000, 500), 1_000)).toMatchObject({ state: 'COMPLETED', rows: 1_000 });
	});

	it('goes on to the same end when they come in the same order', async () => {
		expect(await readAgain(people(1_800), 1_800)).toMatchObject({ state: 'COMPLETED', rows: 1_800, skipped: 0 });
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
		await until(() => office.sent.length >= 1_000);
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

describe('a file', () => {
	const bytesOf = (packed: boolean) => {
		const lines = Array.from({ length: 30_000 }, (_, n) => `device-${n},Person ${n}\n`).join('');
		const bytes = Buffer.from(`device,name\n${lines}`);
		return packed ? gzipSync(bytes) : bytes;
	};

	const hashes = async (chunks: readonly Buffer[]) => {
		const source = await openFile(Readable.from(chunks), { name: 'people.csv' });
		const found: string[] = [];
		for await (const { contentHash } of source.batches(Infinity)) found.push(contentHash);
		return found;
	};

	it.each([
		['plain', false],
		['packed', true],
	])('gives the same batches however its bytes come in, also empty or all at once: %s', async (_, packed) => {
		const bytes = bytesOf(packed);
		const pieces = Array.from({ length: Math.ceil(bytes.length / 7_000) }, (__, n) =>
			Buffer.from(bytes.subarray(n * 7_000, (n + 1) * 7_000)),
		);
		const expected = await hashes(pieces);
		expect(expected).toHaveLength(30);
		expect(await hashes([Buffer.alloc(0), Buffer.from(bytes)])).toEqual(expected);
	});
});

describe('a file that is damaged', () => {
	const startFile = async (content: string, encoding: 'utf8' | 'latin1' = 'utf8') => {
		const source = await openFile(Readable.from([Buffer.from(content, encoding)]), { name: 'people.csv' });
		const application = { by: 'id', id: office.applicationId } as const;
		return await office.campaigns.start(caller, { application, key: 'file', plan: PLAN, source });
	};

	it('is refused when the names of its columns are not UTF-8, as a plain CSV of Excel', async () => {
		await expect(startFile('device;name;gr\xf6\xdfe\nabc123;Ann;1\n', 'latin1')).rejects.toMatchObject({
			code: 'InvalidRequest',
			message: 'The first line of the file, with the names of the columns, is not written in UTF-8.',
			hint: expect.stringContaining('"CSV UTF-8"'),
		});
		expect(office.sent).toEqual([]);
	});

	it('gives the first recipient whole, whatever the names of the columns are made of', async () => {
		await startFile('device,name,größe €,\0\nabc123,Ann,1,2\ndef456,Bob,1,2\n');
		expect(addresses()).toEqual(['abc123', 'def456']);
	});

	it('is sent with a warning when only its rows are not UTF-8: the addresses are right', async () => {
		const { preflight } = await startFile('device,name\nabc123,J\xf6rg\ndef456,Ann\n', 'latin1');
		expect(preflight?.warnings).toEqual([expect.stringMatching(/cannot be read and are sent as "\uFFFD"\. .*UTF-8/)]);
		expect(addresses()).toEqual(['abc123', 'def456']);
	});

	it.each([
		['the first row', '"broken,x\n', 1],
		['the first two', '"broken,x\nbro"ken,"x\n', 2],
	])('loses no other row to a quote that is never closed in %s', async (_, beginning, badRows) => {
		const lines = Array.from({ length: 5_000 }, (__, n) => `device-${n},Person with a long name ${n}\n`).join('');
		const { campaign, preflight } = await startFile(`device,name\n${beginning}${lines}`);
		expect(campaign).toMatchObject({ state: 'COMPLETED', badRows });
		expect(preflight?.warnings).toEqual([expect.stringContaining('never closed')]);
		expect(new Set(addresses()).size).toBe(5_000);
	});

	it('is refused when no row of it can be used', async () => {
		await expect(startFile('device,name\n"broken,x')).rejects.toThrow(
			'None of the first 1 rows of people.csv can be used',
		);
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
