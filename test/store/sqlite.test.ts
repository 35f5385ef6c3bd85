import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqlitePlace } from './stores';

const application = (n: number) => ({
	id: n.toString(16).padStart(32, '0'),
	name: `App ${n}`,
	tags: {},
	settings: {},
	createdAt: n,
	updatedAt: n,
	version: 1,
});

test('the folder is 0700 and the file, its WAL and its index are 0600, also when they were not before', async () => {
	const where = sqlitePlace();
	const first = await where.open();
	await first.close();
	await chmod(where.file, 0o644);
	const store = await where.open();
	await store.applications.insert(application(1));
	const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
	expect(await modeOf(dirname(where.file))).toBe('700');
	for (const suffix of ['', '-wal', '-shm']) expect(await modeOf(where.file + suffix)).toBe('600');
	await store.close();
	await where.remove();
});

test('a writer that holds the file for seconds delays the store, not the event loop', async () => {
	const where = sqlitePlace();
	const store = await where.open();
	const other = new DatabaseSync(where.file);
	other.exec('BEGIN IMMEDIATE');
	const delay = monitorEventLoopDelay({ resolution: 5 });
	delay.enable();
	let written = false;
	const write = store.applications.insert(application(1)).then(() => {
		written = true;
	});
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	delay.disable();
	expect(written).toBe(false);
	other.exec('ROLLBACK');
	other.close();
	await write;
	expect(await store.applications.get(application(1).id)).toEqual(application(1));
	// A blocked loop would show the whole two seconds.
	expect(delay.max / 1e6).toBeLessThan(1_000);
	await store.close();
	await where.remove();
});

test('a schema from a newer version is refused, with both numbers', async () => {
	const where = sqlitePlace();
	await (await where.open()).close();
	const file = new DatabaseSync(where.file);
	file.exec('INSERT INTO schema_version VALUES (999)');
	file.close();
	await expect(where.open()).rejects.toMatchObject({ code: 'StoreTooNew', message: expect.stringContaining('999') });
	await where.remove();
});

test('a file that is no database is refused in words and left as it is', async () => {
	const where = sqlitePlace();
	await (await where.open()).close();
	await writeFile(where.file, 'This is not a database, but somebody needs it.');
	await expect(where.open()).rejects.toMatchObject({
		code: 'StoreUnavailable',
		hint: expect.stringContaining('folder'),
	});
	expect(await readFile(where.file, 'utf8')).toBe('This is not a database, but somebody needs it.');
	await where.remove();
});

test('ten thousand applications are read page by page', async () => {
	const where = sqlitePlace();
	const store = await where.open();
	for (let n = 1; n <= 10_000; n += 100) {
		await Promise.all(Array.from({ length: 100 }, async (_, i) => await store.applications.insert(application(n + i))));
	}
	let seen = 0;
	let largest = 0;
	let after: string | undefined;
	do {
		const page = await store.applications.list({ limit: 200, ...(after ? { after } : {}) });
		seen += page.items.length;
		largest = Math.max(largest, page.items.length);
		after = page.next;
	} while (after);
	expect({ seen, largest }).toEqual({ seen: 10_000, largest: 200 });
	await store.close();
	await where.remove();
});

test('a closed store says so', async () => {
	const where = sqlitePlace();
	const store = await where.open();
	await store.close();
	await expect(store.documents.get('x')).rejects.toMatchObject({
		code: 'StoreUnavailable',
		message: expect.stringContaining('closed'),
	});
	await store.close();
	await where.remove();
});
