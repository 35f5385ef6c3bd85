import { gzipSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import { describePostgres } from '../store/stores';
import { byId, byName, type Home, home, type NodeSettings } from './applications/harness';

describe('the form of a campaign', () => {
	let here: Home;
	let id: string;
	let made = 0;

	beforeAll(async () => {
		here = await home();
		const application = { resource: 'application', operation: 'create', name: 'Shop', additionalFields: {} };
		const { json } = await here.run('manageApp', application);
		id = String(json[0]?.id);
		const enable = { operation: 'enable', application: byName('Shop'), channels: ['ADM'] };
		await here.run('toggleChannel', enable, { select: ['amazonDeviceMessagingApi'] });
	});

	afterAll(async () => await here.close());

	beforeEach(() => here.around.simulators.reset());

	const start = async (parameters: INodeParameters, settings?: NodeSettings) =>
		await here.run(
			'sendPush',
			{
				resource: 'campaign',
				operation: 'start',
				application: byId(id),
				campaignKey: `key ${++made}`,
				channel: 'ADM',
				recipientsFrom: 'items',
				title: 'Hello',
				body: 'Spring',
				...parameters,
			},
			settings,
		);

	const good = (n: number) => here.around.simulators.adm.goodAddress(n);

	const titles = () =>
		here.around.simulators.adm.arrivals.map(({ body }) => {
			const { notification } = JSON.parse(String(body));
			return notification.title;
		});

	const people = () => [
		{ device: good(1), name: 'Ann', zone: 'Asia/Tokyo', user: { city: 'Rome' } },
		{ device: good(2), name: 'Ben', zone: 'Europe/Rome' },
	];

	const file = (text: string | Buffer, fileName: string): NodeSettings => ({
		items: [
			{ json: {}, binary: { data: { data: Buffer.from(text).toString('base64'), mimeType: 'text/plain', fileName } } },
		],
	});

	const ndjson = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

	describe('columns', () => {
		const WRONG: Array<[INodeParameters, string]> = [
			[{ columns: { timeZone: 'tmie_zone' } }, 'Time Zone names the column "tmie_zone"'],
			[{ columns: { timeZone: '={{ $json.zone }}' } }, 'Time Zone names the column "{{ $json.zone }}"'],
			[{ columns: { userId: 'nope' } }, 'User ID names the column "nope"'],
			[
				{ columns: { substitutions: { values: [{ name: 'who', column: 'user.town' }] } } },
				'Substitutions ({{who}}) names the column "user.town"',
			],
			[{ addressColumn: 'token' }, 'Address Column names the column "token"'],
			[{ channel: 'fromField', channelField: 'service' }, 'Channel Field names the column "service"'],
		];

		test.each(WRONG)('of items that no item has are refused, with those there are: %j', async (parameters, words) => {
			const { error } = await start({ title: 'Hi {{who | "friend"}}', ...parameters }, { items: people() });
			expect(error?.message).toBe(`${words}, which is in none of the first 2 rows of 2 items.`);
			expect(error?.description).toContain('The columns are: device, name, zone, user.');
			expect(titles()).toEqual([]);
		});

		test('of an NDJSON file and of a CSV file', async () => {
			const settings = { recipientsFrom: 'file', columns: { timeZone: 'tmie_zone' } };
			const lines = await start(settings, file(gzipSync(ndjson(people())), 'people.ndjson.gz'));
			expect(lines.error?.message).toContain('"tmie_zone", which is in none of the first 2 rows of people.ndjson.gz');
			expect(lines.error?.description).toContain('device, name, zone, user.');
			const csv = await start(settings, file(`device,zone\n${good(1)},UTC\n`, 'people.csv'));
			expect(csv.error?.message).toBe('The file has no column "tmie_zone", which Time Zone names.');
			expect(csv.error?.description).toContain('The columns are: device, zone.');
		});

		test('may be missing, null or nested in some rows', async () => {
			const items = [...people(), { device: good(3), zone: null }];
			const columns = { timeZone: 'zone', userId: 'user.city' };
			const substitutions = { values: [{ name: 'town', column: 'user.city' }] };
			const parameters = { title: '{{town | "somewhere"}}', columns: { ...columns, substitutions } };
			const { json, error } = await start(parameters, { items });
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ state: 'COMPLETED', successful: 3 }]);
			expect(titles().sort()).toEqual(['Rome', 'somewhere', 'somewhere']);
		});

		test('may be named for a value that the message does not use', async () => {
			const columns = { substitutions: { values: [{ name: 'unused', column: 'zone' }] } };
			expect((await start({ columns }, { items: people() })).json).toMatchObject([{ successful: 2 }]);
		});

		describePostgres('of a query', () => {
			const place = { host: '127.0.0.1', port: 5432, database: 'test', user: process.env.PGUSER ?? 'postgres' };

			test('are those of its result, whatever the rows hold', async () => {
				const query = `SELECT '${good(1)}' AS device, NULL AS zone`;
				const settings = {
					select: ['postgresSourceApi'],
					credentials: { postgresSourceApi: { ...place, ssl: 'disable' } },
				};
				const from = async (timeZone: string) =>
					await start({ recipientsFrom: 'postgres', query, columns: { timeZone } }, settings);
				expect((await from('zone')).json).toMatchObject([{ state: 'COMPLETED', successful: 1 }]);
				const { error } = await from('zoen');
				expect(error?.message).toContain(
					'Time Zone names the column "zoen", which is not in the first row of query on',
				);
				expect(error?.description).toContain('The columns are: device, zone.');
			});
		});
	});

	describe('expressions in the message', () => {
		const treatment = (title: string) => ({ campaignSettings: { treatments: { values: [{ title }] } } });

		test.each<[INodeParameters, string, string]>([
			[{ title: '=Hello {{ $json.name }}' }, 'Title', '$json'],
			[{ body: '={{ $input.item.json.name }}' }, 'Body', '$input.item'],
			[{ title: '={{ $("Start (all)").item.json.name }}' }, 'Title', '$("Start (all)").item'],
			[
				{ additionalFields: { imageUrl: '={{ $node["Start (all)"].json.url }}' } },
				'Additional Fields → Image URL',
				'$node',
			],
			[{ dataMode: 'json', dataJson: '={{ { a: $json.name } }}' }, 'Data JSON', '$json'],
			[treatment('={{ $json.name }}'), 'Campaign Settings → Treatments (A/B) → Title', '$json'],
		])('that read one item are refused: %j', async (parameters, label, written) => {
			const { error } = await start(parameters, { items: people() });
			expect(error?.message).toContain(`${label} reads a value of one item (${written})`);
			expect(error?.description).toContain('write {{name}} in plain text');
			expect(titles()).toEqual([]);
		});

		test('may say one thing for all, or be made for a single item', async () => {
			const items = people();
			const one = await start(
				{ title: '={{ $input.first().json.name + $input.all().length }}', body: '={{ $input.first().json.item }}' },
				{ items },
			);
			expect(one.error).toBeUndefined();
			expect(titles()).toEqual(['Ann2', 'Ann2']);
			const alone = await start({ title: '=Hello {{ $json.name }}' }, { items: items.slice(1) });
			expect(alone.json).toMatchObject([{ successful: 1 }]);
			const plain = await start({ title: 'Costs {{ $json.name | "nothing" }}' }, { items });
			expect(plain.error).toBeUndefined();
			const elsewhere = await start({ campaignKey: '={{ $json.name }}', title: 'A' }, { items });
			expect(elsewhere.json).toMatchObject([{ key: 'Ann', successful: 2 }]);
		});
	});

	describe('treatments', () => {
		const withTreatments = async (values: INodeParameters[], more: INodeParameters = {}) =>
			await start({ campaignSettings: { treatments: { values } }, ...more }, { items: people() });

		test('without names are called A, B, C, as far as the letters are free', async () => {
			const values = [{ title: '1' }, { name: 'A', title: '2' }, { title: '3' }];
			const { json } = await start(
				{ campaignSettings: { validateOnly: true, treatments: { values } } },
				{ items: people() },
			);
			expect(json).toMatchObject([
				{ preflight: { samples: [{ treatment: 'B' }, { treatment: 'A' }, { treatment: 'C' }] } },
			]);
			expect((await withTreatments([{ title: '1' }, { title: '2' }])).json).toMatchObject([{ successful: 2 }]);
			const two = await withTreatments([
				{ name: 'X', title: '1' },
				{ name: 'X', title: '2' },
			]);
			expect(two.error?.message).toBe('Two treatments are called "X".');
			const many = await withTreatments(Array.from({ length: 6 }, () => ({ title: 'x' })));
			expect(many.error?.message).toBe('There are 6 treatments.');
		});

		test('that could change nothing are refused', async () => {
			const raw = { rawPayload: true, admPayload: '{"notification":{"title":"RAW"}}' };
			expect((await withTreatments([{ title: 'AAA' }], raw)).error?.message).toContain('sent as it is written');
			const silent = { silent: true };
			expect((await withTreatments([{ title: 'AAA' }], silent)).error?.message).toContain('shows no texts');
			const link = await withTreatments([{ url: 'https://example.com/a' }]);
			expect(link.error?.message).toBe('The treatment "A" has a link, but a tap opens the app.');
			expect(titles()).toEqual([]);
		});
	});

	test.each([
		[{ holdOut: 100 }, 'Hold-Out (Percent) cannot be 100.', 'Enter a number from 0 to 99'],
		[{ dailyCap: 0 }, 'Daily Cap per Address cannot be 0.', 'Enter a whole number of at least 1'],
		[{ totalCap: 1.5 }, 'Total Cap per Address cannot be 1.5.', 'Enter a whole number of at least 1'],
		[{ firstRecipients: 1.5 }, 'First Recipients Only cannot be 1.5.', 'Enter a whole number of at least 1'],
		[{ messagesPerSecond: -1 }, 'Messages per Second cannot be -1.', 'Enter a number of at least 0'],
		[{ rampUp: -1 }, 'Ramp-Up (Seconds) cannot be -1.', 'Enter a number of at least 0'],
		[{ retryFor: -1 }, 'Retry for (Minutes) cannot be -1.', 'Enter a number of at least 0'],
		[{ breakerPercent: 0 }, 'Stop When Failing (Percent) cannot be 0.', 'Enter a number from 1 to 99'],
		[
			{ breakerPercent: 50, breakerWindow: 5 },
			'Stop When Failing: Last Recipients cannot be 5.',
			'Enter a whole number from 10 to 100000',
		],
		[{ treatments: { values: [{ weight: 0, title: 'x' }] } }, 'Weight cannot be 0.', 'Enter a number of at least 0.01'],
		[{ holdOut: 'many' }, 'Hold-Out (Percent) is not a number.', 'Enter a number'],
	])('a setting out of its range is named as the form names it: %j', async (campaignSettings, message, hint) => {
		const { error } = await start({ campaignSettings }, { items: people() });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain(hint);
	});

	describe('lists', () => {
		const rows = () => [
			{
				device: good(1),
				name: ['Ann', 'Ben'],
				Likes: [1, true],
				user: { tags: ['t'] },
				orders: [{ id: 7 }, { id: 8 }],
			},
		];

		test.each([
			['{{name}}', 'Ann'],
			['{{name.[1]}} {{name.1}}', 'Ben Ben'],
			['{{Likes}} {{Likes.[1]}}', '1 true'],
			['{{user.tags}} {{user.tags.[0]}}', 't t'],
			['{{orders.[1].id}}', '8'],
			['{{name.[7] | "nobody"}}', 'nobody'],
			['{{orders}}', '[{"id":7},{"id":8}]'],
		])('%s is %s wherever the recipients come from', async (title, expected) => {
			const devices = { resource: 'message', operation: 'sendToDevices', source: 'application', channel: 'ADM' };
			const message = { ...devices, application: byId(id), title };
			const sent = await here.run('sendPush', message, { items: rows() });
			expect(sent.failed).toEqual([]);
			await start({ title }, { items: rows() });
			await start({ title, recipientsFrom: 'file' }, file(ndjson(rows()), 'people.ndjson'));
			expect(titles()).toEqual([expected, expected, expected]);
		});

		test('are read by each in a template, also when they hold objects', async () => {
			const templateTitle = '{{#each orders}}{{id}};{{/each}}{{#each name}}{{this}} {{/each}}{{length user.tags}}';
			const template = { resource: 'template', operation: 'create', name: 'lists', templateTitle };
			expect((await here.run('manageApp', template)).error).toBeUndefined();
			const parameters = { messageFrom: 'template', template: byName('lists') };
			expect((await start(parameters, { items: rows() })).error).toBeUndefined();
			const devices = { resource: 'message', operation: 'sendToDevices', source: 'application', channel: 'ADM' };
			await here.run('sendPush', { ...devices, application: byId(id), ...parameters }, { items: rows() });
			expect(titles()).toEqual(['7;8;Ann Ben 1', '7;8;Ann Ben 1']);
		});
	});
});
