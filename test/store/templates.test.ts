import { randomBytes } from 'node:crypto';
import type { PushTemplate, PushTemplateVersion } from '../../push/model';
import type { Store } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, storeForEachTest, type StorePlace } from './stores';

const hex = () => randomBytes(16).toString('hex');

function templateContract(place: () => StorePlace): void {
	let store: Store;

	storeForEachTest(place, (made) => {
		store = made;
	});

	const head = (overrides: Partial<PushTemplate> = {}): PushTemplate => ({
		name: `t-${hex()}`,
		tags: { team: 'mobile' },
		activeVersion: 1,
		latestVersion: 1,
		createdAt: 1_000,
		updatedAt: 1_000,
		revision: 1,
		...overrides,
	});
	const versionOf = (name: string, version = 1, body = 'Hi {{name}} "₿"'): PushTemplateVersion => ({
		name,
		version,
		content: { Default: { Body: body }, DefaultSubstitutions: '{"name":"x"}' },
		description: 'What it is for',
		createdAt: 1_000,
		updatedAt: 1_000,
	});

	test('come back as they were stored; a name is taken once', async () => {
		const made = head();
		const first = versionOf(made.name);
		const before = await store.templates.count();
		await store.templates.insert(made, [first]);
		expect(await store.templates.get(made.name)).toEqual(made);
		expect(await store.templates.getVersion(made.name, 1)).toEqual(first);
		expect(await store.templates.getVersion(made.name, 2)).toBeUndefined();
		expect(await store.templates.get(made.name.toUpperCase())).toBeUndefined();
		await expect(store.templates.insert(made, [first])).rejects.toMatchObject({ code: 'Conflict' });
		expect(await store.templates.count()).toBe(before + 1);
	});

	test('a version is added or overwritten with the head it belongs to, or neither is written', async () => {
		const made = head();
		await store.templates.insert(made, [versionOf(made.name)]);
		const second = { ...made, latestVersion: 2, revision: 2 };
		await store.templates.update(second, 1, versionOf(made.name, 2, 'two'));
		await expect(store.templates.update(second, 1, versionOf(made.name, 3, 'late'))).rejects.toMatchObject({
			code: 'StaleWrite',
		});
		expect(await store.templates.getVersion(made.name, 3)).toBeUndefined();
		const { description, ...plain } = versionOf(made.name, 2, 'changed');
		expect(description).toBeDefined();
		await store.templates.update({ ...second, revision: 3 }, 2, { ...plain, updatedAt: 9 });
		expect(await store.templates.getVersion(made.name, 2)).toEqual({ ...plain, updatedAt: 9 });
		await store.templates.update({ ...second, activeVersion: 2, revision: 4 }, 3);
		expect(await store.templates.get(made.name)).toMatchObject({ activeVersion: 2, revision: 4 });
	});

	test('versions are listed newest first, in pages, and removed one by one or all', async () => {
		const made = head({ latestVersion: 12 });
		const versions = Array.from({ length: 12 }, (_, n) => versionOf(made.name, n + 1));
		await store.templates.insert(made, versions);
		const first = await store.templates.listVersions(made.name, { limit: 8 });
		expect(first.items.map(({ version }) => version)).toEqual([12, 11, 10, 9, 8, 7, 6, 5]);
		const rest = await store.templates.listVersions(made.name, { limit: 8, after: first.next ?? '' });
		expect(rest.items.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
		expect(rest.next).toBeUndefined();
		await store.templates.removeVersion({ ...made, revision: 2 }, 1, 12);
		expect(await store.templates.getVersion(made.name, 12)).toBeUndefined();
		expect(await store.templates.remove(made.name)).toBe(true);
		expect(await store.templates.remove(made.name)).toBe(false);
		expect((await store.templates.listVersions(made.name, { limit: 8 })).items).toEqual([]);
	});

	test('are listed by name; a prefix means itself', async () => {
		const mark = `p_${hex()}`;
		for (const name of ['b', 'a', 'C', 'x'].map((letter) => `${mark}${letter}`)) {
			await store.templates.insert(head({ name }), [versionOf(name)]);
		}
		for (const name of [`px${mark.slice(2)}`, mark.toUpperCase()]) await store.templates.insert(head({ name }), []);
		const first = await store.templates.list({ limit: 3, prefix: mark });
		const rest = await store.templates.list({ limit: 3, prefix: mark, after: first.next ?? '' });
		const found = [...first.items, ...rest.items].map(({ name }) => name.slice(mark.length));
		expect(found).toEqual(['C', 'a', 'b', 'x']);
	});
}

describe('templates in SQLite', () => templateContract(sqlitePlace));

describePostgres('templates in PostgreSQL', () => templateContract(postgresPlace));
