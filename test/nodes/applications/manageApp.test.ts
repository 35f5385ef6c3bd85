import type { INodeParameters } from 'n8n-workflow';
import { ALL_CREDENTIALS, byId, byName, type Home, home, type NodeSettings } from './harness';
import { secretsOf } from './secrets';

describe('Manage App', () => {
	let here: Home;

	beforeEach(async () => {
		here = await home();
	});

	afterEach(async () => await here.close());

	const app = async (operation: string, parameters: INodeParameters = {}, settings?: NodeSettings) =>
		await here.run('manageApp', { resource: 'application', operation, ...parameters }, settings);

	const enable = async (name: string) =>
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName(name), channels: ['APNS', 'ADM'] },
			{ select: ALL_CREDENTIALS },
		);

	const send = async (name: string, settings: NodeSettings = {}) =>
		await here.run(
			'sendPush',
			{ application: byName(name), channel: 'ADM', title: 'T' },
			{ items: [{ device: here.around.simulators.adm.goodAddress() }], ...settings },
		);

	test('creates with tags and settings, renames, changes what is given and leaves the rest', async () => {
		const { json } = await app('create', {
			name: 'Shop',
			additionalFields: {
				tags: { tag: [{ key: 'team', value: 'mobile' }] },
				messagesPerSecond: 100,
				quietHoursStart: '22:00',
				quietHoursEnd: '07:00',
				suppressDeadAddresses: true,
			},
		});
		const settings = {
			messagesPerSecond: 100,
			quietHours: { start: '22:00', end: '07:00' },
			suppressDeadAddresses: true,
		};
		expect(json).toMatchObject([{ name: 'Shop', tags: { team: 'mobile' }, settings, version: 1 }]);
		const application = byId(String(json[0]?.id));
		const renamed = await app('update', { application, updateFields: { name: 'Store', messagesPerSecond: 0 } });
		const { messagesPerSecond, ...rest } = settings;
		expect(messagesPerSecond).toBe(100);
		expect(renamed.json[0]).toMatchObject({ name: 'Store', tags: { team: 'mobile' }, version: 2 });
		expect(renamed.json[0]?.settings).toEqual(rest);
		const later = await app('update', { application, updateFields: { quietHoursEnd: '09:30' } });
		expect(later.json[0]?.settings).toMatchObject({ quietHours: { start: '22:00', end: '09:30' } });
		const half = await app('update', { application, updateFields: { quietHoursEnd: '' } });
		expect(half.error?.message).toContain('Quiet hours need a start and an end');
		const cleared = await app('update', {
			application,
			updateFields: { tags: {}, quietHoursStart: '', quietHoursEnd: '' },
		});
		expect(cleared.json[0]).toMatchObject({ name: 'Store', tags: {}, settings: { suppressDeadAddresses: true } });
		expect((await app('get', { application: byName('Store') })).json).toEqual(cleared.json);
	});

	test.each([
		[{ name: '={{ " " }}' }, 'The application has no name.'],
		[{ name: 'AIzaSyA1234567890abcdefghijklmnopqrstuv' }, 'looks like'],
		[{ name: 'Ok', additionalFields: { quietHoursStart: '22:00' } }, 'HH:MM'],
		[{ name: 'Ok', additionalFields: { tags: { tag: [{ key: 'a' }, { key: 'a' }] } } }, 'given twice'],
	])('%j is refused with a hint', async (parameters, words) => {
		const { error } = await app('create', parameters);
		expect(error?.message).toContain(words);
		expect(error?.description).not.toBe('');
	});

	test('Get Many pages, searches and stops at its limit', async () => {
		await app('create', { name: '={{ "App " + $json.n }}' }, { items: Array.from({ length: 60 }, (_, n) => ({ n })) });
		expect((await app('getMany')).json).toHaveLength(50);
		expect((await app('getMany', { limit: 7 })).json).toHaveLength(7);
		const all = await app('getMany', { returnAll: true });
		expect(new Set(all.json.map(({ id }) => id)).size).toBe(60);
		expect((await app('getMany', { returnAll: true, search: 'app 5' })).json).toHaveLength(11);
	});

	test('a passphrase carries the credentials to another n8n; without one they stay behind', async () => {
		await app('create', { name: 'Shop' });
		await enable('Shop');
		const passphrase = 'a long enough passphrase';
		const plain = await app('export', { outputAs: 'json' });
		const full = await app('export', { outputAs: 'json', passphrase });
		for (const secret of secretsOf(here)) expect(plain.kept + full.kept).not.toContain(secret);
		expect((await app('export', { outputAs: 'json', passphrase: 'short' })).error?.message).toContain('at least 12');

		await here.close();
		here = await home();
		const target = { importFrom: 'json', exported: '={{ $json }}' };
		const locked = await app('import', target, { items: full.json });
		expect(locked.error?.message).toContain('no passphrase was given');
		expect(
			(await app('import', { ...target, passphrase: 'not the right one' }, { items: full.json })).error?.message,
		).toContain('does not open');
		const done = await app('import', { ...target, passphrase }, { items: full.json });
		expect(done.json).toEqual([{ created: 1, templatesCreated: 0, skipped: [], channelsWithoutSecrets: 0 }]);
		const again = await app('import', { ...target, passphrase }, { items: full.json });
		expect(again.json).toMatchObject([{ created: 0, skipped: [{ name: 'Shop', reason: 'It exists already.' }] }]);
		expect((await app('import', target, { items: [{ some: 'thing' }] })).error?.message).toContain(
			'not a file that Export wrote',
		);
	});

	test('imports the opt-outs of a list in one go', async () => {
		await app('create', { name: 'Shop' });
		const items = [
			...Array.from({ length: 1_200 }, (_, n) => ({ user: { device: `device-${n}` } })),
			{ user: { device: 'device-0' } },
			{ user: { device: 'gone' }, why: 'dead' },
			{ user: {} },
		];
		const list = { resource: 'suppression', application: byName('Shop') };
		const { json } = await here.run(
			'manageApp',
			{ ...list, operation: 'import', addressField: 'user.device', reasonField: 'why' },
			{ items },
		);
		expect(json).toEqual([{ imported: 1_202, added: 1_201, alreadyThere: 1, itemsWithoutAddress: 1 }]);
		const all = await here.run('manageApp', { ...list, operation: 'getMany', returnAll: true });
		expect(all.json).toHaveLength(1_201);
		expect(all.json.find(({ address }) => address === 'gone')).toMatchObject({ reason: 'DEAD' });
	});

	test('Verify accepts an untouched trail, and earlier heads', async () => {
		await app('create', { name: 'Shop' });
		await app('update', { application: byName('Shop'), updateFields: { name: 'Store' } });
		const verify = { resource: 'audit', operation: 'verify' };
		const { json } = await here.run('manageApp', verify);
		expect(json).toMatchObject([{ ok: true, verified: 2, faults: [], heads: [{ sequence: 2 }] }]);
		const later = await here.run('manageApp', { ...verify, earlierHeads: '={{ $json }}' }, { items: json });
		expect(later.json).toMatchObject([{ ok: true }]);
		const heads = [{ chain: 'another', sequence: 9, mac: 'ff' }];
		const cut = await here.run('manageApp', { ...verify, earlierHeads: JSON.stringify(heads) });
		expect(cut.json).toMatchObject([{ ok: false, message: 'Entry 9 of chain another is missing.' }]);
		expect((await here.run('manageApp', { ...verify, earlierHeads: '[1]' })).error?.message).toContain('Earlier Heads');
	});

	test('a locked store refuses every node without its secret, in AWS’s words', async () => {
		await app('create', { name: 'Shop' });
		await enable('Shop');
		expect((await send('Shop')).json).toHaveLength(1);
		const access = { resource: 'store' };
		const locked = await here.run('manageApp', { ...access, operation: 'lock', grantName: 'Boss' });
		expect(locked.json).toMatchObject([{ locked: true, name: 'Boss', accessSecret: expect.stringMatching(/^push_/) }]);

		const arrivals = here.around.simulators.adm.arrivals.length;
		const refusal = /^User: .* is not authorized to perform: mobiletargeting:\S+ on resource: \S+$/;
		const everything = [
			await app('getMany'),
			await app('create', { name: 'Mine' }),
			await here.run('toggleChannel', { operation: 'getMany', application: byName('Shop') }),
			await here.run('toggleChannel', { operation: 'disable', application: byName('Shop'), channels: ['ADM'] }),
			await send('Shop'),
			await send('No such application'),
			await here.run('manageApp', { ...access, operation: 'unlock' }),
			await here.run('manageApp', { ...access, operation: 'rotateKeys' }),
			await here.run('manageApp', { resource: 'audit', operation: 'getMany' }),
		];
		for (const { error, json } of everything) {
			expect(error?.message).toMatch(refusal);
			expect(json).toEqual([]);
		}
		expect(here.around.simulators.adm.arrivals).toHaveLength(arrivals);

		here.store = { kind: 'sqlite', accessSecret: String(locked.json[0]?.accessSecret) };
		expect((await app('getMany')).json).toHaveLength(1);
		const denied = await here.run('manageApp', { resource: 'audit', operation: 'getMany', returnAll: true });
		expect(denied.json.filter(({ outcome }) => outcome === 'denied').length).toBeGreaterThanOrEqual(7);
		expect(denied.kept).not.toContain(String(locked.json[0]?.accessSecret));

		const sender = await here.run('manageApp', {
			...access,
			operation: 'grant',
			grantName: 'Marketing',
			policy: 'Sender',
		});
		const custom = await here.run('manageApp', {
			...access,
			operation: 'grant',
			grantName: 'Looks only',
			policy: 'custom',
			policyJson: '{"Statement":[{"Effect":"Allow","Action":"mobiletargeting:Get*","Resource":"*"}]}',
		});
		expect((await here.run('manageApp', { ...access, operation: 'getAccess' })).json).toMatchObject([
			{ locked: true, grants: [{ name: 'Boss' }, { name: 'Marketing' }, { name: 'Looks only' }] },
		]);
		const boss = here.store;
		here.store = { kind: 'sqlite', accessSecret: String(sender.json[0]?.accessSecret) };
		expect((await send('Shop')).json).toHaveLength(1);
		expect((await app('create', { name: 'Mine' })).error?.message).toMatch(/^User: Marketing .*CreateApp/);
		here.store = { kind: 'sqlite', accessSecret: String(custom.json[0]?.accessSecret) };
		expect((await app('get', { application: byName('Shop') })).json).toHaveLength(1);
		expect((await send('Shop')).error?.message).toMatch(/^User: Looks only .*SendMessages/);

		here.store = boss;
		const grantId = String(sender.json[0]?.id);
		expect((await here.run('manageApp', { ...access, operation: 'revoke', grantId })).json).toMatchObject([
			{ revoked: true },
		]);
		here.store = { kind: 'sqlite', accessSecret: String(sender.json[0]?.accessSecret) };
		expect((await send('Shop')).error?.message).toMatch(refusal);
		here.store = boss;
		expect((await here.run('manageApp', { ...access, operation: 'unlock' })).json).toEqual([{ locked: false }]);
		here.store = undefined;
		expect((await send('Shop')).json).toHaveLength(1);
	});

	test('a key of the user’s own takes over from the one of n8n: rotate, then send with it alone', async () => {
		await app('create', { name: 'Shop' });
		await enable('Shop');
		const encryptionKey = 'a key of my own with more than 32 characters';
		here.store = { kind: 'sqlite', encryptionKey };
		expect((await send('Shop')).json).toHaveLength(1);
		const rotated = await here.run('manageApp', { resource: 'store', operation: 'rotateKeys' });
		expect(rotated.json).toEqual([{ rotated: 2, keyId: expect.stringMatching(/^[0-9a-f]{16}$/) }]);
		expect((await send('Shop')).json).toHaveLength(1);
		here.store = undefined;
		const { error, failed } = await send('Shop');
		expect(JSON.stringify([error, failed])).toContain(String(rotated.json[0]?.keyId));
		here.store = { kind: 'sqlite', encryptionKey: 'too short' };
		expect((await send('Shop')).error?.message).toContain('at least 32');
	});

	test('in queue mode the SQLite file comes with a warning, PostgreSQL does not need one', async () => {
		process.env.EXECUTIONS_MODE = 'queue';
		try {
			const { hints } = await app('getMany');
			expect(hints).toMatchObject([{ type: 'warning', message: expect.stringContaining('queue mode') }]);
		} finally {
			delete process.env.EXECUTIONS_MODE;
		}
		expect((await app('getMany')).hints).toEqual([]);
	});

	test('a deletion takes effect at once, for Send Push too', async () => {
		await app('create', { name: 'Shop' });
		await enable('Shop');
		const word = { application: byName('Shop'), confirmation: 'Delete' };
		expect((await app('delete', word)).json).toMatchObject([{ deleted: true, name: 'Shop', channels: 2 }]);
		expect((await send('Shop')).error?.message).toBe('There is no application named "Shop".');
	});
});
