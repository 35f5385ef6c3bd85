import type { INodeListSearchResult } from 'n8n-workflow';
import { describePostgres } from '../../store/stores';
import { testCredential } from '../../n8n/engine';
import { editorContext } from '../../n8n/editor';
import { type Home, home, postgresStore } from './harness';

describe('the list of applications in the editor', () => {
	let here: Home;

	beforeEach(async () => {
		here = await home();
	});

	afterEach(async () => await here.close());

	async function search(node: string, filter?: string, page?: string): Promise<INodeListSearchResult> {
		const { type } = here.around.loader.getNode(node);
		const method = 'methods' in type ? type.methods?.listSearch?.searchApplications : undefined;
		if (!method) throw new Error(`${node} has no list of applications`);
		return await method.call(editorContext(here.around.loader, node, here.store), filter, page);
	}

	test.each([
		['manageApp', 'No application yet: create one with the operation Create'],
		['toggleChannel', 'No application yet: create one with Manage App'],
		['sendPush', 'No application yet: create one with Manage App, or choose Direct'],
	])('%s says what to do while there is none', async (node, name) => {
		expect(await search(node)).toEqual({ results: [{ name, value: '' }] });
		expect(await search(node, 'something')).toEqual({ results: [] });
	});

	test('names them, searches and pages', async () => {
		const create = { resource: 'application', operation: 'create', name: '={{ "App " + $json.n }}' };
		await here.run('manageApp', create, { items: Array.from({ length: 60 }, (_, n) => ({ n })) });
		const first = await search('sendPush');
		expect(first.results).toHaveLength(50);
		const second = await search('sendPush', undefined, first.paginationToken);
		expect(second.results).toHaveLength(10);
		expect(second.paginationToken).toBeUndefined();
		const ids = [...first.results, ...second.results].map(({ value }) => value);
		expect(new Set(ids).size).toBe(60);
		expect((await search('toggleChannel', 'app 42')).results).toEqual([
			{ name: 'App 42', value: expect.stringMatching(/^[0-9a-f]{32}$/) },
		]);
	});

	test('of a locked store is refused without its secret', async () => {
		const { json } = await here.run('manageApp', { resource: 'store', operation: 'lock' });
		await expect(search('sendPush')).rejects.toThrow(/is not authorized to perform: mobiletargeting:GetApps/);
		here.store = { kind: 'sqlite', accessSecret: String(json[0]?.accessSecret) };
		expect((await search('sendPush')).results).toHaveLength(1);
	});
});

describe('the Test button of the Push Store credential', () => {
	let here: Home;

	beforeEach(async () => {
		here = await home();
	});

	afterEach(async () => await here.close());

	const press = async (fields: Readonly<Record<string, string | number>>) =>
		await testCredential(here.around.loader, 'pushStoreApi', { ...fields });

	test('SQLite: says where it is, open or locked, and which access', async () => {
		const open = await press({ kind: 'sqlite' });
		expect(open.status).toBe('OK');
		expect(open.message).toMatch(/SQLite file .*push\.sqlite.*schema is up to date.*is open/);
		const { json } = await here.run('manageApp', { resource: 'store', operation: 'lock', grantName: 'Boss' });
		const accessSecret = String(json[0]?.accessSecret);
		const boss = await press({ kind: 'sqlite', accessSecret });
		expect(boss).toEqual({
			status: 'OK',
			message: expect.stringContaining('is locked; this credential has the access "Boss"'),
		});
		expect(boss.message).not.toContain(accessSecret);
		expect(await press({ kind: 'sqlite' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('Access Secret is empty'),
		});
		expect(await press({ kind: 'sqlite', accessSecret: 'push_wrong' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('not one the store knows'),
		});
	});

	test.each([
		[
			{ kind: 'postgres', host: '127.0.0.1', port: 9, database: 'x', user: 'x', tls: 'off' },
			/PostgreSQL store x@127\.0\.0\.1:9\/x/,
		],
		[{ kind: 'postgres', host: '', database: 'x', user: 'x' }, /Host .* is empty/],
		[{ kind: 'postgres', host: 'h', database: 'x', user: 'x', schema: 'a"b' }, /cannot be the name of a schema/],
		[{ kind: 'postgres', connectBy: 'url', connectionUrl: 'mysql://u:s3cret@h/d' }, /not the address of a PostgreSQL/],
		[{ kind: 'sqlite', encryptionKey: 'short' }, /at least 32/],
	])('%j: a sentence that says what is wrong', async (fields, words) => {
		const { status, message } = await press(fields);
		expect(status).toBe('Error');
		expect(message).toMatch(words);
		expect(message).not.toContain('s3cret');
	});

	describePostgres('with PostgreSQL', () => {
		const { fields, remove } = postgresStore();

		afterAll(remove);

		test('opens it by single fields and by URL', async () => {
			const { host, port, database, user, schema } = fields;
			const byFields = await press(fields);
			expect(byFields).toEqual({
				status: 'OK',
				message: expect.stringMatching(/^PostgreSQL .*schema push_test_.* is open/s),
			});
			const connectionUrl = `postgresql://${user}@${host}:${port}/${database}`;
			const byUrl = await press({ kind: 'postgres', connectBy: 'url', connectionUrl, schema, tls: 'off' });
			expect(byUrl).toEqual(byFields);
		});

		test('a server that speaks no TLS is not used when TLS is required', async () => {
			const { status, message } = await press({ ...fields, tls: 'require' });
			expect(status).toBe('Error');
			expect(message).toMatch(/SSL|TLS|certificate/i);
		});
	});
});
