import { randomBytes } from 'node:crypto';
import type { Application, AuditEntry, Suppression } from '../../push/model';
import type { Store, StoredChannel } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, type StorePlace } from './stores';

const hex = () => randomBytes(16).toString('hex');

function application(overrides: Partial<Application> = {}): Application {
	return {
		id: hex(),
		name: 'Shop',
		tags: {},
		settings: {},
		createdAt: 1_000,
		updatedAt: 1_000,
		version: 1,
		...overrides,
	};
}

function channel(applicationId: string, overrides: Partial<StoredChannel> = {}): StoredChannel {
	return {
		applicationId,
		channelType: 'APNS',
		enabled: true,
		facts: { hasTokenKey: true, hasCredential: false, hasFcmServiceCredentials: false, topics: ['com.example.app'] },
		sealed: 'v1.k1.nonce.text',
		keyId: 'k1',
		version: 1,
		createdAt: 1_000,
		updatedAt: 1_000,
		lastModifiedBy: 'workflow 1',
		archived: false,
		...overrides,
	};
}

function auditEntry(sequence: number, overrides: Partial<AuditEntry> = {}): AuditEntry {
	return {
		chain: 'c1',
		sequence,
		at: 1_000 + sequence,
		action: 'mobiletargeting:CreateApp',
		resource: 'apps',
		principal: { workflowId: 'w1' },
		outcome: 'allowed',
		details: { name: 'Shop' },
		mac: `mac${sequence}`,
		...overrides,
	};
}

/** One suite for both databases: what a repository promises does not depend on where the rows lie. */
function storeContract(place: () => StorePlace): void {
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

	const inserted = async (overrides: Partial<Application> = {}) => {
		const made = application(overrides);
		await store.applications.insert(made);
		return made;
	};

	describe('applications', () => {
		test('come back as they were stored', async () => {
			const made = await inserted({
				name: 'Café "₿" \\ 100 %',
				tags: { team: 'mobile' },
				settings: { ratePerSecond: 500, quietHours: { start: '22:00', end: '07:00' } },
			});
			expect(await store.applications.get(made.id)).toEqual(made);
			expect(await store.applications.get(hex())).toBeUndefined();
		});

		test('two with one id are a conflict', async () => {
			const made = await inserted();
			await expect(store.applications.insert(made)).rejects.toMatchObject({ code: 'Conflict' });
		});

		test('names are exact, may be shared, and two are enough to say so', async () => {
			const name = `Twice ${hex()}`;
			for (let i = 0; i < 3; i++) await inserted({ name });
			expect(await store.applications.findByName(name)).toHaveLength(2);
			expect(await store.applications.findByName(name.toUpperCase())).toHaveLength(0);
		});

		test('pages are in order of name, complete and without doubles', async () => {
			const mark = hex();
			const names = ['b', 'A', 'c', 'B', 'a', 'ä', 'Z'].map((letter) => `${mark}-${letter}`);
			for (const name of names) await inserted({ name });
			const seen: string[] = [];
			let after: string | undefined;
			do {
				const page = await store.applications.list({
					limit: 2,
					search: mark.toUpperCase(),
					...(after ? { after } : {}),
				});
				seen.push(...page.items.map(({ name }) => name.slice(mark.length + 1)));
				after = page.next;
			} while (after);
			expect(seen.map((letter) => letter.toLowerCase())).toEqual(['a', 'a', 'b', 'b', 'c', 'z', 'ä']);
			expect(new Set(seen)).toEqual(new Set(['a', 'A', 'b', 'B', 'c', 'Z', 'ä']));
		});

		test('% and _ in a search mean themselves', async () => {
			const mark = hex();
			await inserted({ name: `${mark} 100%` });
			await inserted({ name: `${mark} 100x` });
			const found = await store.applications.list({ limit: 10, search: `${mark} 100%` });
			expect(found.items).toHaveLength(1);
		});

		test('a page token of somebody else and an impossible page size are refused', async () => {
			await expect(store.applications.list({ limit: 10, after: 'nonsense' })).rejects.toMatchObject({
				code: 'InvalidRequest',
			});
			await expect(store.applications.list({ limit: 0 })).rejects.toMatchObject({ code: 'InvalidRequest' });
		});

		test('an update needs the version that was read', async () => {
			const made = await inserted();
			const renamed = { ...made, name: 'Renamed', version: 2 };
			await store.applications.update(renamed, 1);
			expect(await store.applications.get(made.id)).toEqual(renamed);
			await expect(store.applications.update({ ...made, name: 'Late', version: 2 }, 1)).rejects.toMatchObject({
				code: 'StaleWrite',
			});
			await expect(store.applications.update(application(), 1)).rejects.toMatchObject({ code: 'NotFound' });
		});

		test('deleting hides it at once, destroys the secrets, and the rows follow in slices', async () => {
			const made = await inserted();
			await store.channels.put(channel(made.id), 0);
			await store.suppressions.add(
				Array.from(
					{ length: 25 },
					(_, i): Suppression => ({ applicationId: made.id, address: `t${i}`, reason: 'DEAD', createdAt: 1 }),
				),
			);
			expect(await store.applications.countDependents(made.id)).toEqual({
				channels: 1,
				suppressions: 25,
				idempotencyKeys: 0,
			});
			expect(await store.applications.markDeleted(made.id, 5_000)).toBe(true);
			expect(await store.applications.markDeleted(made.id, 5_000)).toBe(false);
			expect(await store.applications.get(made.id)).toBeUndefined();
			expect(await store.applications.findByName(made.name)).not.toContainEqual(made);
			expect(await store.channels.get(made.id, 'APNS')).toMatchObject({ sealed: null, keyId: null, enabled: false });
			await expect(store.channels.put(channel(made.id, { channelType: 'ADM' }), 0)).rejects.toMatchObject({
				code: 'StaleWrite',
			});
			const slices: number[] = [];
			for (let removed = 1; removed > 0; ) slices.push((removed = await store.applications.purgeDeleted(10)));
			expect(Math.max(...slices)).toBeLessThanOrEqual(10);
			expect(await store.channels.list(made.id)).toEqual([]);
			expect(await store.applications.countDependents(made.id)).toEqual({
				channels: 0,
				suppressions: 0,
				idempotencyKeys: 0,
			});
		});
	});

	describe('channels', () => {
		test('come back as they were stored, in order of type', async () => {
			const { id } = await inserted();
			const gcm = channel(id, { channelType: 'GCM', health: { ok: true, message: 'fine', checkedAt: 7 } });
			await store.channels.put(gcm, 0);
			await store.channels.put(channel(id), 0);
			expect(await store.channels.get(id, 'GCM')).toEqual(gcm);
			expect((await store.channels.list(id)).map(({ channelType }) => channelType)).toEqual(['APNS', 'GCM']);
		});

		test('of two writers who read the same version one is refused', async () => {
			const { id } = await inserted();
			await store.channels.put(channel(id), 0);
			await expect(store.channels.put(channel(id), 0)).rejects.toMatchObject({ code: 'StaleWrite' });
			const writes = [1, 2].map(
				async (n) => await store.channels.put(channel(id, { version: 2, lastModifiedBy: `w${n}` }), 1),
			);
			const outcomes = await Promise.allSettled(writes);
			expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		});

		test('rotation finds what other keys sealed and never overwrites a newer seal', async () => {
			const { id } = await inserted();
			await store.channels.put(channel(id, { keyId: 'old', sealed: 'v1.old.n.t' }), 0);
			const found = await store.channels.listSealedUnderOther('new', 1_000);
			expect(found.filter(({ applicationId }) => applicationId === id)).toHaveLength(1);
			expect(await store.channels.reseal(id, 'APNS', 'v1.old.n.t', 'v1.new.n.t', 'new')).toBe(true);
			expect(await store.channels.reseal(id, 'APNS', 'v1.old.n.t', 'v1.newer.n.t', 'newer')).toBe(false);
			expect(await store.channels.get(id, 'APNS')).toMatchObject({ sealed: 'v1.new.n.t', keyId: 'new' });
		});

		test('health is written without a new version', async () => {
			const { id } = await inserted();
			await store.channels.put(channel(id), 0);
			const health = { ok: false, message: 'expired', checkedAt: 9 };
			await store.channels.setHealth(id, 'APNS', health);
			expect(await store.channels.get(id, 'APNS')).toMatchObject({ health, version: 1 });
		});
	});

	describe('audit trail', () => {
		test('appends, pages from the newest, filters, and keeps the heads', async () => {
			const chain = hex();
			const { id } = await inserted();
			await store.audit.append([1, 2, 3].map((n) => auditEntry(n, { chain, applicationId: id })));
			await store.audit.append([
				auditEntry(4, { chain, applicationId: id, action: 'mobiletargeting:DeleteApp', outcome: 'denied' }),
			]);
			const first = await store.audit.list({ limit: 3, applicationId: id });
			expect(first.items.map(({ sequence }) => sequence)).toEqual([4, 3, 2]);
			const second = await store.audit.list({
				limit: 3,
				applicationId: id,
				...(first.next ? { after: first.next } : {}),
			});
			expect(second).toEqual({ items: [auditEntry(1, { chain, applicationId: id })] });
			const denied = await store.audit.list({ limit: 5, applicationId: id, action: 'mobiletargeting:DeleteApp' });
			expect(denied.items.map(({ outcome }) => outcome)).toEqual(['denied']);
			expect((await store.audit.list({ limit: 5, applicationId: id, since: 1_002, until: 1_003 })).items).toHaveLength(
				2,
			);
			expect((await store.audit.chain(chain, 2, 2)).map(({ sequence }) => sequence)).toEqual([2, 3]);
			expect(await store.audit.chains()).toContainEqual({ chain, sequence: 4, mac: 'mac4' });
		});

		test('a place in a chain is taken once, and a refused batch leaves nothing behind', async () => {
			const chain = hex();
			await store.audit.append([auditEntry(1, { chain })]);
			const batch = [auditEntry(2, { chain }), auditEntry(1, { chain })];
			await expect(store.audit.append(batch)).rejects.toMatchObject({ code: 'Conflict' });
			expect(await store.audit.chain(chain, 1, 10)).toHaveLength(1);
			expect(await store.audit.chains()).toContainEqual({ chain, sequence: 1, mac: 'mac1' });
		});
	});

	describe('idempotency keys', () => {
		test('of many claims at once one is new; the rest wait, then see the response', async () => {
			const id = hex();
			const claims = await Promise.all(
				Array.from({ length: 20 }, async () => await store.idempotency.claim(id, 'k', 'hash', 100, 1_000)),
			);
			expect(claims.filter(({ state }) => state === 'new')).toHaveLength(1);
			expect(claims.filter(({ state }) => state === 'running')).toHaveLength(19);
			await store.idempotency.complete(id, 'k', '{"a":1}');
			expect(await store.idempotency.claim(id, 'k', 'other', 200, 1_000)).toEqual({
				state: 'done',
				requestHash: 'hash',
				response: '{"a":1}',
			});
		});

		test('an expired key, and a released one, are new again', async () => {
			const id = hex();
			await store.idempotency.claim(id, 'k', 'hash', 100, 1_000);
			expect(await store.idempotency.claim(id, 'k', 'hash', 1_000, 2_000)).toEqual({ state: 'new' });
			await store.idempotency.release(id, 'k');
			expect(await store.idempotency.claim(id, 'k', 'hash', 1_001, 2_000)).toEqual({ state: 'new' });
			await store.idempotency.complete(id, 'k', '{}');
			await store.idempotency.release(id, 'k');
			expect(await store.idempotency.claim(id, 'k', 'hash', 1_002, 2_000)).toMatchObject({ state: 'done' });
		});

		test('trimming removes what has expired, in slices', async () => {
			const id = hex();
			for (let n = 0; n < 5; n++) await store.idempotency.claim(id, `k${n}`, 'hash', 1, 10 + n);
			expect(await store.idempotency.trim(12, 2)).toBe(2);
			expect(await store.idempotency.trim(12, 2)).toBeGreaterThanOrEqual(1);
			expect(await store.idempotency.claim(id, 'k4', 'hash', 12, 20)).toMatchObject({ state: 'running' });
		});
	});

	describe('suppressions', () => {
		test('keep the older row, let an opt-out win, and count the new ones', async () => {
			const { id } = await inserted();
			const row = (address: string, reason: Suppression['reason'], note: string): Suppression => ({
				applicationId: id,
				address,
				reason,
				note,
				createdAt: 1,
			});
			expect(await store.suppressions.add([row('a', 'DEAD', 'Unregistered'), row('b', 'OPT_OUT', 'asked')])).toBe(2);
			expect(
				await store.suppressions.add([row('a', 'OPT_OUT', 'asked'), row('b', 'DEAD', 'x'), row('c', 'DEAD', 'x')]),
			).toBe(1);
			expect(await store.suppressions.find(id, ['a', 'b', 'zz'])).toEqual(
				expect.arrayContaining([{ ...row('a', 'OPT_OUT', 'asked') }, { ...row('b', 'OPT_OUT', 'asked') }]),
			);
			expect(await store.suppressions.remove(id, ['a', 'zz'])).toBe(1);
			expect((await store.suppressions.list(id, { limit: 10 })).items.map(({ address }) => address)).toEqual([
				'b',
				'c',
			]);
		});

		test('thousands at once, asked for by the thousand and paged', async () => {
			const { id } = await inserted();
			const addresses = Array.from({ length: 2_500 }, (_, n) => `token-${String(n).padStart(5, '0')}`);
			const rows = addresses.map(
				(address): Suppression => ({ applicationId: id, address, reason: 'DEAD', createdAt: 1 }),
			);
			expect(await store.suppressions.add(rows)).toBe(2_500);
			expect(await store.suppressions.find(id, addresses.slice(0, 1_000))).toHaveLength(1_000);
			const seen: string[] = [];
			let after: string | undefined;
			do {
				const page = await store.suppressions.list(id, { limit: 1_000, ...(after ? { after } : {}) });
				seen.push(...page.items.map(({ address }) => address));
				after = page.next;
			} while (after);
			expect(seen).toEqual(addresses);
		});

		test('of an application that does not exist are refused', async () => {
			await expect(
				store.suppressions.add([{ applicationId: hex(), address: 'a', reason: 'DEAD', createdAt: 1 }]),
			).rejects.toMatchObject({ code: 'NotFound' });
		});
	});

	describe('documents', () => {
		test('are compared before they are set', async () => {
			const name = hex();
			expect(await store.documents.get(name)).toBeUndefined();
			await store.documents.put(name, 'one', 0);
			await expect(store.documents.put(name, 'other', 0)).rejects.toMatchObject({ code: 'StaleWrite' });
			await store.documents.put(name, 'two', 1);
			expect(await store.documents.get(name)).toEqual({ value: 'two', version: 2 });
			await expect(store.documents.put(name, 'late', 1)).rejects.toMatchObject({ code: 'StaleWrite' });
			await store.documents.remove(name);
			expect(await store.documents.get(name)).toBeUndefined();
		});
	});

	describe('the place itself', () => {
		test('can be opened again: everything is there, the schema is made once', async () => {
			const made = await inserted();
			const [second, third] = await Promise.all([where.open(), where.open()]);
			expect(await second.applications.get(made.id)).toEqual(made);
			await second.close();
			await third.close();
			await expect(second.applications.get(made.id)).rejects.toMatchObject({});
		});

		test('is named without a password', () => {
			expect(store.location).not.toMatch(/password/i);
			expect(store.location.length).toBeGreaterThan(5);
		});
	});
}

describe('SQLite', () => storeContract(sqlitePlace));

describePostgres('PostgreSQL', () => storeContract(postgresPlace));
