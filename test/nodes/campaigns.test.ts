import { gzipSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import { Client } from 'pg';
import { editorContext } from '../n8n/editor';
import { describePostgres } from '../store/stores';
import { byId, byName, type Home, home, type NodeSettings } from './applications/harness';

describe('campaigns in Send Push', () => {
	let here: Home;
	let id: string;
	let made = 0;

	beforeAll(async () => {
		here = await home();
	});

	afterAll(async () => await here.close());

	beforeEach(async () => {
		here.around.simulators.reset();
		const name = `App ${++made}`;
		const { json } = await here.run('manageApp', {
			resource: 'application',
			operation: 'create',
			name,
			additionalFields: {},
		});
		id = String(json[0]?.id);
		const enable = { operation: 'enable', application: byName(name), channels: ['ADM'] };
		await here.run('toggleChannel', enable, { select: ['amazonDeviceMessagingApi'] });
	});

	const campaign = async (operation: string, parameters: INodeParameters, settings?: NodeSettings) =>
		await here.run('sendPush', { resource: 'campaign', operation, ...parameters }, settings);

	const start = async (parameters: INodeParameters, settings?: NodeSettings) =>
		await campaign(
			'start',
			{
				application: byId(id),
				campaignKey: `key ${made}`,
				channel: 'ADM',
				title: 'Hello {{name}}',
				body: 'Spring',
				...parameters,
			},
			settings,
		);

	const arrivals = () => here.around.simulators.adm.arrivals.map(({ address }) => address);

	const good = (n: number) => here.around.simulators.adm.goodAddress(n);

	const file = (text: string | Buffer, fileName = 'people.csv') => {
		const data = Buffer.from(text).toString('base64');
		return { items: [{ json: {}, binary: { data: { data, mimeType: 'text/csv', fileName } } }] };
	};

	test('the list of the editor has them by key with their state, the newest first, and searches', async () => {
		const search = async (filter?: string) => {
			const { type } = here.around.loader.getNode('sendPush');
			const method = 'methods' in type ? type.methods?.listSearch?.searchCampaigns : undefined;
			if (!method) throw new Error('Send Push has no list of campaigns');
			return await method.call(editorContext(here.around.loader, 'sendPush', here.store), filter);
		};
		const none = { name: 'No campaign yet: start one with the operation Start', value: '' };
		expect(await search()).toEqual({ results: [none] });
		const items = [{ device: good(1), name: 'Ann' }];
		for (const campaignKey of ['spring', 'summer']) await start({ recipientsFrom: 'items', campaignKey }, { items });
		const { results } = await search();
		expect(results.map(({ name }) => name)).toEqual(['summer (Completed)', 'spring (Completed)']);
		expect(await search('SPRI')).toEqual({ results: [results[1]] });
		const chosen = { __rl: true, mode: 'list', value: String(results[0]?.value) };
		const { json } = await campaign('get', { campaignBy: 'id', campaignId: chosen });
		expect(json).toMatchObject([{ key: 'summer', successful: 1 }]);
	});

	test('items: everybody once, the summary on Sent, failures on Failed; again with the key sends nothing', async () => {
		const dead = here.around.simulators.adm.addressFor('Unregistered');
		const items = [good(1), good(2), good(1), dead].map((device, n) => ({ device, name: `Person ${n}` }));
		const { json, failed, error } = await start({ recipientsFrom: 'items' }, { items });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ state: 'COMPLETED', rows: 4, successful: 2, failed: 1, skipped: 1, pending: 0, resumed: false },
		]);
		expect(failed).toMatchObject([{ address: dead, deliveryStatus: 'PERMANENT_FAILURE', campaignId: json[0]?.id }]);
		expect(arrivals().sort()).toEqual([good(1), good(2), dead].sort());
		const again = await start({ recipientsFrom: 'items' }, { items });
		expect(again.json).toMatchObject([{ id: json[0]?.id, resumed: true, successful: 2 }]);
		expect(arrivals()).toHaveLength(3);
	});

	test('the same key for another message is refused with the difference', async () => {
		const items = [{ device: good(1), name: 'A' }];
		await start({ recipientsFrom: 'items' }, { items });
		const { error } = await start({ recipientsFrom: 'items', title: 'Other' }, { items });
		expect(error?.message).toContain('message.notification.title: "Hello {{name}}" → "Other"');
	});

	test('a CSV file, with columns by other names, bad rows and a channel column', async () => {
		const csv = `token;service;first name\n${good(1)};ADM;Ann\n;ADM;Nobody\n${good(2)};telegraph;Bob\n"${good(3)}";adm;"Ann;Marie"\n`;
		const columns = { substitutions: { values: [{ name: 'name', column: 'first name' }] } };
		const { json } = await start(
			{ addressColumn: 'token', channel: 'fromField', channelField: 'service', columns },
			file(csv),
		);
		expect(json).toMatchObject([{ state: 'COMPLETED', rows: 4, badRows: 2, successful: 2, source: 'people.csv' }]);
		const bodies = here.around.simulators.adm.arrivals.map(({ body }) => JSON.stringify(body));
		expect(bodies.join()).toContain('Hello Ann;Marie');
		const { json: seen } = await campaign('get', { campaignBy: 'id', campaignId: String(json[0]?.id) });
		expect(seen).toMatchObject([
			{
				badRowsSample: [
					{ line: 3, reason: 'The address is empty.' },
					{ line: 4, reason: '"telegraph" is not a push channel.' },
				],
			},
		]);
	});

	test('NDJSON, compressed; failures as a file', async () => {
		const dead = here.around.simulators.adm.addressFor('Unregistered');
		const lines = [good(1), dead].map((device) => JSON.stringify({ device, name: 'X' })).join('\n');
		const { items, error } = await start({ failures: 'csv' }, file(gzipSync(lines), 'people.ndjson.gz'));
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ state: 'COMPLETED', successful: 1, failed: 1 });
		const text = Buffer.from(items[0]?.binary?.failures?.data ?? '', 'base64').toString();
		expect(text.split('\n')[1]).toContain(dead);
	});

	test('Validate Only says what would happen and does nothing', async () => {
		const campaignSettings = { validateOnly: true, messagesPerSecond: 10 };
		const items = Array.from({ length: 30 }, (_, n) => ({ device: good(n), name: 'Ann' }));
		const { json } = await start({ recipientsFrom: 'items', campaignSettings }, { items });
		expect(json).toMatchObject([
			{
				validated: true,
				preflight: {
					channels: [{ channelType: 'ADM', ok: true }],
					rows: 30,
					estimatedSeconds: 3,
					samples: [{ channelType: 'ADM' }],
				},
			},
		]);
		expect(arrivals()).toEqual([]);
		expect((await campaign('getMany', { application: byId(id) })).json).toEqual([]);
	});

	test('a start in the future waits; it is listed, resumed and cancelled by key', async () => {
		const startAt = new Date(Date.now() + 3_600_000).toISOString();
		const items = [{ device: good(1), name: 'Ann' }];
		const { json } = await start({ recipientsFrom: 'items', campaignSettings: { startAt } }, { items });
		expect(json).toMatchObject([{ state: 'PENDING', nextRunAt: startAt, intake: 'DONE', rows: 1 }]);
		const listed = await campaign('getMany', { application: byId(id), state: 'PENDING' });
		expect(listed.json).toMatchObject([{ id: json[0]?.id }]);
		const byKey = { campaignBy: 'key', application: byId(id), campaignKey: `key ${made}` };
		expect((await campaign('pause', byKey)).json).toMatchObject([{ state: 'PAUSED' }]);
		expect((await campaign('resume', byKey)).json).toMatchObject([{ state: 'PENDING', nextRunAt: startAt }]);
		expect((await campaign('delete', byKey)).error?.message).toContain('is PENDING');
		expect((await campaign('cancel', byKey)).json).toMatchObject([{ state: 'CANCELLED' }]);
		expect((await campaign('delete', byKey)).json).toMatchObject([{ deleted: true }]);
		expect(arrivals()).toEqual([]);
	});

	test('quiet hours of the application: waits for their end, skips, or sends anyway', async () => {
		const hour = (from: number) => `${String((new Date().getUTCHours() + from) % 24).padStart(2, '0')}:00`;
		const updateFields = { quietHoursStart: hour(23), quietHoursEnd: hour(2) };
		const update = { resource: 'application', operation: 'update', application: byId(id), updateFields };
		expect((await here.run('manageApp', update)).error).toBeUndefined();
		const items = [{ device: good(1), name: 'Ann' }];
		const startWith = async (campaignKey: string, campaignSettings: INodeParameters) =>
			await start({ recipientsFrom: 'items', campaignKey, campaignSettings }, { items });
		const checked = await startWith('checks', { timeZone: 'UTC', validateOnly: true });
		const quietHours = { start: hour(23), end: hour(2), timeZone: 'UTC', otherwise: 'wait', of: 'application' };
		expect(checked.json).toMatchObject([{ preflight: { quietHours } }]);
		const waiting = await startWith('waits', { timeZone: 'UTC' });
		expect(waiting.json).toMatchObject([{ state: 'WAITING', pending: 1 }]);
		const seen = await campaign('get', { campaignBy: 'id', campaignId: String(waiting.json[0]?.id) });
		expect(seen.json).toMatchObject([{ quietHours }]);
		const skipping = await startWith('skips', { timeZone: 'UTC', quietThen: 'skip' });
		expect(skipping.json).toMatchObject([{ state: 'COMPLETED', byOutcome: { QUIET_HOURS: 1 } }]);
		expect(arrivals()).toEqual([]);
		const loud = await startWith('sends', { timeZone: 'UTC', quietThen: 'ignore' });
		expect(loud.json).toMatchObject([{ state: 'COMPLETED', successful: 1 }]);
		const both = await startWith('both', { quietThen: 'ignore', quietFrom: '22:00', quietUntil: '08:00' });
		expect(both.error?.message).toContain('Quiet hours are set, and to be ignored');
	});

	test('Run takes what is due, and returns at once when nothing is', async () => {
		const { json } = await campaign('run', { which: 'due' });
		expect(json).toMatchObject([{ campaigns: 0 }]);
	});

	test('a channel that is off for a part of the recipients is told, and the others are sent to', async () => {
		const items = [
			{ device: good(1), service: 'ADM', name: 'Ann' },
			{ device: 'x', service: 'GCM', name: 'Bob' },
		];
		const parameters = { recipientsFrom: 'items', channel: 'fromField', channelField: 'service' };
		const { json, hints } = await start(parameters, { items });
		expect(json).toMatchObject([{ successful: 1, failed: 1 }]);
		expect(hints.map(({ message }) => message).join()).toContain('GCM');
	});

	test('a campaign that cannot be run is told by its key, and the others are run', async () => {
		const soon = () => ({ startAt: new Date(Date.now() + 300).toISOString() });
		const items = [{ device: good(1), name: 'Ann' }];
		await start({ recipientsFrom: 'items', campaignKey: 'due', campaignSettings: soon() }, { items });
		const { json } = await here.run('manageApp', { resource: 'store', operation: 'lock', grantName: 'Ops' });
		const administrator = { kind: 'sqlite', accessSecret: String(json[0]?.accessSecret) };
		await new Promise((resolve) => setTimeout(resolve, 400));
		here.store = { kind: 'sqlite', accessSecret: 'push_guess' };
		const refused = await campaign('run', { which: 'due' });
		expect(refused.error?.message).toMatch(/^Campaign "due": User: .* is not authorized to perform: mobiletargeting:/);
		const told = await campaign('run', { which: 'due' }, { node: { onError: 'continueRegularOutput' } });
		expect(told.failed).toMatchObject([{ key: 'due', error: expect.stringContaining('is not authorized') }]);
		here.store = administrator;
		expect((await campaign('run', { which: 'due' })).json).toMatchObject([{ key: 'due', state: 'COMPLETED' }]);
		expect((await here.run('manageApp', { resource: 'store', operation: 'unlock' })).error).toBeUndefined();
		here.store = undefined;
	});

	test('who was not reached before Stop At is no failure', async () => {
		const items = Array.from({ length: 30 }, (_, n) => ({ device: good(n), name: 'Ann' }));
		const campaignSettings = { stopAt: new Date(Date.now() + 1_000).toISOString(), messagesPerSecond: 10 };
		const { json, failed } = await start({ recipientsFrom: 'items', campaignSettings }, { items });
		const successful = arrivals().length;
		expect(successful).toBeLessThan(30);
		expect(json).toMatchObject([
			{ state: 'COMPLETED', successful, failed: 0, byOutcome: { EXPIRED: 30 - successful } },
		]);
		expect(failed).toEqual([]);
	});

	test('mistakes are told before anything is stored', async () => {
		const missing = await start({}, file('token\nx\n'));
		expect(missing.error?.message).toContain('The file has no column "device"');
		const off = await start({ recipientsFrom: 'items', channel: 'GCM' }, { items: [{ device: 'x', name: 'A' }] });
		expect(off.error?.message).toContain('Nothing of the campaign can be sent');
		const form = await start(
			{ recipientsFrom: 'items', failures: '={{ "all" }}' },
			{ items: [{ device: good(1), name: 'A' }] },
		);
		expect(form.error?.message).toContain('Failures');
		const campaignSettings = { timeZone: 'Berlin' };
		const zone = await start(
			{ recipientsFrom: 'items', campaignSettings },
			{ items: [{ device: good(1), name: 'A' }] },
		);
		expect(zone.error?.message).toBe('"Berlin" is not a time zone.');
		expect(arrivals()).toEqual([]);
		expect((await campaign('getMany', { application: byId(id) })).json).toEqual([]);
	});

	describePostgres('from PostgreSQL', () => {
		const place = { host: '127.0.0.1', port: 5432, database: 'test', user: process.env.PGUSER ?? 'postgres' };
		const table = `people_${process.pid}`;

		beforeAll(async () => {
			const client = new Client(place);
			await client.connect();
			await client.query(`CREATE TABLE ${table} (id int, device text, name text)`);
			await client.query(`INSERT INTO ${table} SELECT n, 'x' || n, 'Person ' || n FROM generate_series(1, 2500) n`);
			await client.end();
		});

		afterAll(async () => {
			const client = new Client(place);
			await client.connect();
			await client.query(`DROP TABLE ${table}`);
			await client.end();
		});

		const fromQuery = async (query: string, queryParameters: string, more: object = {}) =>
			await start(
				{
					recipientsFrom: 'postgres',
					query,
					queryParameters,
					failures: 'none',
					campaignSettings: { messagesPerSecond: 100_000 },
				},
				{ select: ['postgresSourceApi'], credentials: { postgresSourceApi: { ...place, ssl: 'disable', ...more } } },
			);

		test('reads the rows of a query by its parameters', async () => {
			const query = `SELECT device, name FROM ${table} WHERE id <= $1 ORDER BY id;`;
			const { json, error } = await fromQuery(query, '[1200]');
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ state: 'COMPLETED', rows: 1_200, pending: 0 }]);
		});

		test('a value that looks like SQL stays a value', async () => {
			const { error } = await fromQuery(
				`SELECT device, name FROM ${table} WHERE name = $1`,
				`["x'; DROP TABLE ${table}; --"]`,
			);
			expect(error?.message).toContain('There are no recipients in query on 127.0.0.1/test');
		});

		test('cannot write, and says what is wrong with a query', async () => {
			const { error } = await fromQuery(`DELETE FROM ${table} RETURNING device, name`, '[]');
			expect(error?.message).toContain('The query of recipients failed');
		});

		test.each(['allow', 'require'])('asks for TLS with SSL "%s", as the Postgres node does', async (ssl) => {
			const { error } = await fromQuery('SELECT 1', '[]', { ssl });
			expect(error?.message).toContain('does not support SSL');
		});

		test('refuses an SSH tunnel clearly', async () => {
			const { error } = await fromQuery('SELECT 1', '[]', { sshTunnel: true });
			expect(error?.message).toContain('has an SSH tunnel, which campaigns cannot use');
		});
	});
});
