import type { Caller, Registry } from '../../push/applications';
import type { Store } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, type StorePlace } from '../store/stores';
import {
	adm,
	apnsKey,
	baidu,
	caller,
	fcm,
	KEY,
	OTHER_KEY,
	type Provider,
	registryOver,
	SECRETS,
} from './registryFixture';

function registryContract(place: () => StorePlace): void {
	let where: StorePlace;
	let store: Store;
	let registry: Registry;
	let provider: Provider;

	beforeEach(async () => {
		where = place();
		store = await where.open();
		({ registry, provider } = registryOver(store));
	});

	afterEach(async () => {
		await store.close();
		await where.remove();
	});

	const make = async (name = 'Shop') => {
		const { id } = await registry.applications.create(caller, { name });
		return { by: 'id', id } as const;
	};

	describe('applications', () => {
		test('need only a name, are found by id and by name, renamed, tagged and set', async () => {
			const made = await registry.applications.create(caller, { name: '  Shop  ' });
			expect(made).toMatchObject({ name: 'Shop', version: 1, tags: {}, settings: {} });
			expect(made.id).toMatch(/^[0-9a-f]{32}$/);
			expect(await registry.applications.get(caller, { by: 'name', name: 'Shop' })).toEqual(made);
			const changed = await registry.applications.update(
				caller,
				{ by: 'id', id: made.id.toUpperCase() },
				{
					name: 'Store',
					tags: { team: 'mobile' },
					settings: { ratePerSecond: 500, quietHours: { start: '22:00', end: '07:00' } },
				},
			);
			expect(changed).toMatchObject({ name: 'Store', tags: { team: 'mobile' }, version: 2 });
			const cleared = await registry.applications.update(
				caller,
				{ by: 'name', name: 'Store' },
				{ settings: { ratePerSecond: null } },
			);
			expect(cleared.settings).toEqual({ quietHours: { start: '22:00', end: '07:00' } });
		});

		test('with one name are told apart by id only', async () => {
			await make('Twin');
			await make('Twin');
			await expect(registry.applications.get(caller, { by: 'name', name: 'Twin' })).rejects.toMatchObject({
				code: 'InvalidRequest',
				message: expect.stringContaining('Several applications'),
			});
		});

		test.each([
			[{ name: '' }, /no name/],
			[{ name: 'x'.repeat(65) }, /64/],
			[{ name: 'AIzaSyA1234567890abcdefghijklmnopqrstuv' }, /looks like/],
			[{ name: 'ok', tags: { 'aws:x': 'y' } }, /reserved/],
			[{ name: 'ok', tags: { key: '-----BEGIN PRIVATE KEY-----' } }, /looks like/],
			[{ name: 'ok', settings: { ratePerSecond: 0 } }, /above 0/],
			[{ name: 'ok', settings: { quietHours: { start: '25:00', end: '07:00' } } }, /HH:MM/],
		])('%j is refused in words', async (input, words) => {
			await expect(registry.applications.create(caller, input)).rejects.toThrow(words);
		});

		test('are deleted with the word only; then they are gone, and so is the secret', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['APNS'], credentials: [apnsKey], verify: true });
			const word = registry.applications.delete(caller, locator, 'yes');
			await expect(word).rejects.toMatchObject({ code: 'InvalidRequest', hint: expect.stringContaining('1 channels') });
			expect(await registry.applications.previewDelete(caller, locator)).toMatchObject({
				channels: 1,
				suppressions: 0,
			});
			await registry.applications.delete(caller, locator, 'delete');
			await expect(registry.applications.get(caller, locator)).rejects.toMatchObject({ code: 'NotFound' });
			await expect(registry.openSend(caller, locator)).rejects.toMatchObject({ code: 'NotFound' });
			expect((await store.channels.get(locator.id, 'APNS'))?.sealed).toBeNull();
			await registry.applications.purge();
			expect(await store.channels.list(locator.id)).toEqual([]);
		});
	});

	describe('channels', () => {
		test('all seven are enabled with their credentials, and no answer holds a secret', async () => {
			const locator = await make();
			const answers: unknown[] = [
				await registry.channels.enable(caller, locator, {
					channelTypes: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX'],
					credentials: [apnsKey],
					verify: true,
				}),
				await registry.channels.enable(caller, locator, { channelTypes: ['GCM'], credentials: [fcm], verify: true }),
				await registry.channels.enable(caller, locator, {
					channelTypes: ['BAIDU'],
					credentials: [baidu],
					verify: true,
				}),
				await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true }),
				await registry.channels.list(caller, locator),
				await registry.channels.check(caller, locator, 'APNS'),
				await registry.auditTrail(caller, { limit: 100 }),
				await registry.exportApplications(caller),
				await store.channels.list(locator.id),
			];
			expect(JSON.stringify(answers)).not.toMatch(SECRETS);
			const channels = await registry.channels.list(caller, locator);
			expect(channels).toHaveLength(7);
			expect(channels.every(({ enabled }) => enabled)).toBe(true);
			expect(channels[0]).toMatchObject({
				facts: { hasTokenKey: true, authenticationMethod: 'KEY' },
				version: 1,
				health: { ok: true },
			});
			expect(channels.find(({ channelType }) => channelType === 'GCM')).toMatchObject({
				facts: { hasFcmServiceCredentials: true, authenticationMethod: 'TOKEN' },
			});
		});

		test('switched off they keep their credentials; on again needs none', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			expect(await registry.channels.disable(caller, locator, 'ADM')).toMatchObject({
				enabled: false,
				version: 2,
				facts: { hasCredential: true },
			});
			const send = await registry.openSend(caller, locator);
			expect(await send.credentialFor('ADM')).toMatchObject({
				refused: true,
				statusCode: 400,
				message: `No channel of type ADM is enabled for the application ${locator.id}`,
			});
			const [on] = await registry.channels.enable(caller, locator, {
				channelTypes: ['ADM'],
				credentials: [],
				verify: true,
			});
			expect(on).toMatchObject({ enabled: true, version: 3 });
			expect(await send.credentialFor('ADM')).toEqual(adm);
		});

		test('nothing stored and nothing given is AWS\'s "Missing credentials"', async () => {
			const locator = await make();
			await expect(
				registry.channels.enable(caller, locator, { channelTypes: ['GCM'], credentials: [], verify: true }),
			).rejects.toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('Missing credentials') });
		});

		test('a credential the provider refuses is not stored, unless verifying is switched off', async () => {
			const locator = await make();
			provider.refusal = 'Google does not know this account.';
			const input = { channelTypes: ['GCM'], credentials: [fcm], verify: true } as const;
			await expect(registry.channels.enable(caller, locator, input)).rejects.toMatchObject({
				code: 'CredentialRefused',
				message: expect.stringContaining('Google does not know this account.'),
			});
			expect(await store.channels.get(locator.id, 'GCM')).toBeUndefined();
			await registry.channels.enable(caller, locator, { ...input, verify: false });
			expect(await store.channels.get(locator.id, 'GCM')).toMatchObject({ enabled: true });
			expect(await registry.channels.check(caller, locator, 'GCM')).toMatchObject({
				report: { ok: false },
				channel: { health: { ok: false } },
			});
		});

		describe('enabled together', () => {
			const APPLE = ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX'] as const;
			const apple = { channelTypes: APPLE, credentials: [apnsKey], verify: true };
			const google = { channelTypes: ['GCM'], credentials: [fcm], verify: true } as const;
			const amazon = { channelTypes: ['ADM'], credentials: [adm], verify: true } as const;

			test('ask each provider once, however many channels share the credential', async () => {
				const locator = await make();
				const channels = await registry.channels.enable(caller, locator, apple, google, amazon);
				expect(channels.map(({ channelType }) => channelType)).toEqual([...APPLE, 'GCM', 'ADM']);
				expect(channels.every(({ health }) => health?.ok)).toBe(true);
				expect(provider.asked).toEqual([apnsKey, fcm, adm]);
			});

			test('stay all as they were when the last provider refuses', async () => {
				const locator = await make();
				await registry.channels.enable(caller, locator, google);
				await registry.channels.disable(caller, locator, 'GCM');
				Object.assign(provider, { refusal: 'Amazon does not know this client.', refusedType: 'adm' });
				await expect(registry.channels.enable(caller, locator, apple, google, amazon)).rejects.toMatchObject({
					code: 'CredentialRefused',
					message: 'Channel ADM was not enabled: Amazon does not know this client.',
				});
				expect(await store.channels.list(locator.id)).toEqual([
					expect.objectContaining({ channelType: 'GCM', enabled: false, version: 2 }),
				]);
				const { items } = await registry.auditTrail(caller, { limit: 100, applicationId: locator.id });
				const [newest, ...older] = items;
				expect(newest).toMatchObject({ action: 'mobiletargeting:UpdateAdmChannel', outcome: 'failed' });
				expect(older.map(({ outcome }) => outcome)).toEqual(['allowed', 'allowed', 'allowed']);
			});

			test('stay all as they were when one has no credential, and nobody is asked about the ones after it', async () => {
				const locator = await make();
				await expect(
					registry.channels.enable(caller, locator, { ...google, credentials: [] }, apple),
				).rejects.toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('Missing credentials') });
				expect(provider.asked).toEqual([]);
				expect(await store.channels.list(locator.id)).toEqual([]);
			});

			test('need the permission for each of them before a provider is asked', async () => {
				const locator = await make();
				const admin = await registry.lockStore(caller, 'Boss');
				const boss = { ...caller, accessSecret: admin.accessSecret };
				const statement = (Effect: string, Action: string[]) => ({ Effect, Action, Resource: ['*'] });
				const { accessSecret } = await registry.grantAccess(boss, 'Team', {
					Statement: [
						statement('Allow', ['mobiletargeting:*']),
						statement('Deny', ['mobiletargeting:UpdateAdmChannel']),
					],
				});
				await expect(
					registry.channels.enable({ ...caller, accessSecret }, locator, google, amazon),
				).rejects.toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('UpdateAdmChannel') });
				expect(provider.asked).toEqual([]);
				expect(await store.channels.list(locator.id)).toEqual([]);
			});
		});

		test('where a stored secret leads cannot be changed without giving the secret again', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const asked = provider.asked.length;
			for (const connection of [
				{ endpoint: 'https://thief.example' },
				{ tokenEndpoint: 'https://thief.example/token' },
				{ ca: 'x' },
				{ proxyUrl: 'http://thief.example' },
			]) {
				const swapped = { ...adm, clientSecret: '', connection };
				await expect(
					registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [swapped], verify: true }),
				).rejects.toMatchObject({
					code: 'InvalidRequest',
					message: expect.stringContaining('without giving the secret again'),
				});
			}
			expect(provider.asked).toHaveLength(asked);
			const send = await registry.openSend(caller, locator);
			expect(await send.credentialFor('ADM')).toEqual(adm);
		});

		test('a legacy FCM key is accepted and refused at send, with what to do', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, {
				channelTypes: ['GCM'],
				credentials: [],
				legacyFcmKey: 'AAAA',
				verify: true,
			});
			const send = await registry.openSend(caller, locator);
			expect(await send.credentialFor('GCM')).toMatchObject({
				refused: true,
				message: expect.stringContaining('July 2024'),
			});
			await registry.channels.enable(caller, locator, { channelTypes: ['GCM'], credentials: [fcm], verify: true });
			expect(await send.credentialFor('GCM')).toEqual(fcm);
		});

		test('APNs keeps key and certificate side by side and uses the default method only', async () => {
			const locator = await make();
			const certificate = {
				type: 'apnsCertificate',
				certificate: 'PEM',
				privateKey: 'SECRET-P8',
				passphrase: 'x',
			} as const;
			const input = { channelTypes: ['APNS'], verify: true } as const;
			await registry.channels.enable(caller, locator, { ...input, credentials: [apnsKey] });
			await registry.channels.enable(caller, locator, {
				...input,
				credentials: [certificate],
				authenticationMethod: 'KEY',
			});
			const send = await registry.openSend(caller, locator);
			expect(await send.credentialFor('APNS')).toEqual(apnsKey);
			const [both] = await registry.channels.enable(caller, locator, {
				...input,
				credentials: [],
				authenticationMethod: 'CERTIFICATE',
			});
			expect(both).toMatchObject({
				facts: { hasTokenKey: true, hasCredential: true, authenticationMethod: 'CERTIFICATE', expiresAt: 10 },
			});
			expect(await send.credentialFor('APNS')).toEqual(certificate);
		});

		test('a credential of another provider is refused', async () => {
			const locator = await make();
			await expect(
				registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [fcm], verify: true }),
			).rejects.toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('another provider') });
		});

		test('deleting drops the secrets and shows the last state', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['BAIDU'], credentials: [baidu], verify: true });
			expect(await registry.channels.delete(caller, locator, 'BAIDU')).toMatchObject({
				enabled: false,
				archived: true,
				facts: { hasCredential: false },
			});
			expect((await store.channels.get(locator.id, 'BAIDU'))?.sealed).toBeNull();
			await expect(
				registry.channels.enable(caller, locator, { channelTypes: ['BAIDU'], credentials: [], verify: true }),
			).rejects.toThrow('Missing credentials');
		});

		test('a check says when the attached credential is not the stored one', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			expect(await registry.channels.check(caller, locator, 'ADM', { credentials: [adm] })).toMatchObject({
				differs: false,
			});
			expect(
				await registry.channels.check(caller, locator, 'ADM', {
					credentials: [{ type: 'adm', clientId: 'client', clientSecret: 'new' }],
				}),
			).toMatchObject({ differs: true });
			await expect(registry.channels.check(caller, locator, 'GCM')).rejects.toMatchObject({ code: 'NotFound' });
		});
	});

	describe('keys', () => {
		test('a store sealed under another key names the key it wants', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const { registry: foreign } = registryOver(store, { keyring: { current: OTHER_KEY, others: [] } });
			const send = await foreign.openSend(caller, locator);
			await expect(send.credentialFor('ADM')).rejects.toMatchObject({
				code: 'KeyMissing',
				message: expect.stringContaining(KEY.id),
			});
		});

		test('rotation seals everything again, may be repeated, and the old key is not needed after it', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, {
				channelTypes: ['APNS', 'APNS_SANDBOX'],
				credentials: [apnsKey],
				verify: true,
			});
			const { registry: rotating } = registryOver(store, { keyring: { current: OTHER_KEY, others: [KEY] } });
			expect(await rotating.rotateKeys(caller)).toEqual({ rotated: 2, keyId: OTHER_KEY.id });
			expect(await rotating.rotateKeys(caller)).toEqual({ rotated: 0, keyId: OTHER_KEY.id });
			const { registry: after } = registryOver(store, { keyring: { current: OTHER_KEY, others: [] } });
			expect(await (await after.openSend(caller, locator)).credentialFor('APNS')).toEqual(apnsKey);
		});
	});

	describe('access', () => {
		const withSecret = (accessSecret: string): Caller => ({ ...caller, accessSecret });

		test('an open store serves everybody; a locked one nobody without a known secret', async () => {
			const locator = await make();
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const admin = await registry.lockStore(caller, 'Ops');
			const attempts: ReadonlyArray<() => Promise<unknown>> = [
				async () => await registry.applications.create(caller, { name: 'X' }),
				async () => await registry.applications.get(caller, locator),
				async () => await registry.applications.get(caller, { by: 'name', name: 'no such name' }),
				async () => await registry.applications.list(caller, { limit: 5 }),
				async () => await registry.applications.update(caller, locator, { name: 'Y' }),
				async () => await registry.applications.delete(caller, locator, 'delete'),
				async () => await registry.channels.list(caller, locator),
				async () => await registry.channels.get(caller, locator, 'ADM'),
				async () =>
					await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true }),
				async () => await registry.channels.disable(caller, locator, 'ADM'),
				async () => await registry.channels.delete(caller, locator, 'ADM'),
				async () => await registry.channels.check(caller, locator, 'ADM'),
				async () => await registry.suppressions.add(caller, locator, [{ address: 'a', reason: 'DEAD' }]),
				async () => await registry.suppressions.remove(caller, locator, ['a']),
				async () => await registry.suppressions.list(caller, locator, { limit: 5 }),
				async () => await registry.openSend(caller, locator),
				async () => await registry.rotateKeys(caller),
				async () => await registry.exportApplications(caller),
				async () => await registry.importApplications(caller, { format: 1, applications: [] }),
				async () => await registry.auditTrail(caller, { limit: 5 }),
				async () => await registry.verifyAuditTrail(caller),
				async () => await registry.lockStore(caller, 'Mallory'),
				async () => await registry.unlockStore(caller),
				async () => await registry.grantAccess(caller, 'Mallory', 'Admin'),
				async () => await registry.revokeAccess(caller, admin.id),
				async () => await registry.listAccess(caller),
			];
			for (const attempt of attempts) {
				await expect(attempt()).rejects.toMatchObject({
					code: 'AccessDenied',
					message: expect.stringMatching(
						/^User: .* is not authorized to perform: mobiletargeting:\w+ on resource: \S+$/,
					),
				});
			}
			await expect(registry.applications.list(withSecret('push_guess'), { limit: 5 })).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			expect((await registry.applications.list(withSecret(admin.accessSecret), { limit: 5 })).items).toHaveLength(1);
			const stored = await store.documents.get('access');
			expect(stored?.value).not.toContain(admin.accessSecret);
		});

		test('policies narrow what a secret may do, and the last administrator stays', async () => {
			const shop = await registry.applications.create(caller, { name: 'Shop', tags: { env: 'prod' } });
			const test = await registry.applications.create(caller, { name: 'Test', tags: { env: 'test' } });
			const admin = await registry.lockStore(caller, 'Ops');
			const asAdmin = withSecret(admin.accessSecret);
			const sender = await registry.grantAccess(asAdmin, 'Sender', {
				Statement: [
					{
						Effect: 'Allow',
						Action: 'mobiletargeting:SendMessages',
						Resource: 'arn:aws:mobiletargeting:eu-central-1:123456789012:apps/*',
						Condition: { StringEquals: { 'aws:ResourceTag/env': 'test' } },
					},
				],
			});
			const asSender = withSecret(sender.accessSecret);
			await expect(registry.openSend(asSender, { by: 'id', id: test.id })).resolves.toBeDefined();
			await expect(registry.openSend(asSender, { by: 'id', id: shop.id })).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			await expect(registry.applications.delete(asSender, { by: 'id', id: test.id }, 'delete')).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			await expect(registry.grantAccess(asAdmin, 'X', { Statement: [] })).rejects.toMatchObject({
				code: 'InvalidRequest',
			});
			await expect(registry.revokeAccess(asAdmin, admin.id)).rejects.toMatchObject({
				code: 'InvalidRequest',
				message: expect.stringContaining('last grant'),
			});
			await registry.revokeAccess(asAdmin, sender.id);
			await expect(registry.openSend(asSender, { by: 'id', id: test.id })).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			await registry.unlockStore(asAdmin);
			await expect(registry.openSend(caller, { by: 'id', id: shop.id })).resolves.toBeDefined();
		});
	});

	describe('audit trail', () => {
		test('has a row for each change and each refusal, with who and what, and none for reads', async () => {
			const locator = await make();
			await registry.applications.get(caller, locator);
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			await (await registry.openSend(caller, locator)).finished({ recipients: 3, successful: 2 });
			const admin = await registry.lockStore(caller, 'Ops');
			await expect(registry.applications.delete(caller, locator, 'delete')).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			const { items } = await registry.auditTrail({ ...caller, accessSecret: admin.accessSecret }, { limit: 50 });
			expect(items.map(({ action, outcome }) => `${action} ${outcome}`).reverse()).toEqual([
				'mobiletargeting:CreateApp allowed',
				'mobiletargeting:UpdateAdmChannel allowed',
				'mobiletargeting:SendMessages allowed',
				'mobiletargeting:LockStore allowed',
				'mobiletargeting:DeleteApp denied',
			]);
			expect(items[0]).toMatchObject({
				principal: caller.principal,
				resource: `apps/${locator.id}`,
				applicationId: locator.id,
			});
			expect(items[2]?.details).toEqual({ recipients: 3, successful: 2 });
			expect(items[3]?.details).toMatchObject({ credentials: [{ clientId: 'client', clientSecret: '***' }] });
		});

		test('verifies; many rows at once keep their order', async () => {
			await Promise.all(Array.from({ length: 30 }, async (_, n) => await make(`App ${n}`)));
			const [report, ...others] = await registry.verifyAuditTrail(caller);
			expect(others).toEqual([]);
			expect(report).toMatchObject({
				verified: 30,
				head: { sequence: 30, signature: expect.stringMatching(/^[0-9a-f]{64}$/) },
			});
			expect(report?.fault).toBeUndefined();
		});

		test('an export of its heads shows a chain that is gone, or was cut with its head', async () => {
			await make();
			const [report] = await registry.verifyAuditTrail(caller);
			if (!report) throw new Error('no chain');
			const known = [
				{ chain: report.chain, sequence: 5, mac: 'a'.repeat(64) },
				{ chain: 'gone', sequence: 2, mac: 'b'.repeat(64) },
			];
			const faults = (await registry.verifyAuditTrail(caller, known)).map(({ chain, fault }) => ({ chain, fault }));
			expect(faults).toEqual([
				{ chain: report.chain, fault: { sequence: 5, fault: 'missing' } },
				{ chain: 'gone', fault: { sequence: 2, fault: 'missing' } },
			]);
		});
	});

	describe('idempotency', () => {
		const decode = (value: unknown) => value;

		test('the same key sends once, also for executions at the same time', async () => {
			const send = await registry.openSend(caller, await make());
			let sends = 0;
			const work = async () => ({ sent: ++sends });
			const all = await Promise.all(
				Array.from({ length: 5 }, async () => await send.once('k', { a: 1 }, work, decode)),
			);
			expect(sends).toBe(1);
			expect(all.map(({ value }) => value)).toEqual(Array.from({ length: 5 }, () => ({ sent: 1 })));
			expect(all.filter(({ replayed }) => replayed)).toHaveLength(4);
			await expect(send.once('k', { a: 2 }, work, decode)).rejects.toMatchObject({ code: 'Conflict' });
		});

		test('a failure before anything was sent gives the key back; one after does not', async () => {
			const send = await registry.openSend(caller, await make());
			const fails = async () => await Promise.reject(new Error('broken'));
			await expect(send.once('k', 1, fails, decode)).rejects.toThrow('broken');
			expect(await send.once('k', 1, async () => 'ok', decode)).toEqual({ value: 'ok', replayed: false });
			const late = async (sent: () => void) => {
				sent();
				return await fails();
			};
			await expect(send.once('late', 1, late, decode)).rejects.toThrow('broken');
			expect(await store.idempotency.claim(send.application.id, 'late', '', Date.now(), Date.now() + 1)).toMatchObject({
				state: 'running',
			});
		});
	});

	describe('export and import', () => {
		test('carry applications with their secrets under a passphrase to a store with another key', async () => {
			const locator = await make('Traveller');
			await registry.channels.enable(caller, locator, {
				channelTypes: ['ADM'],
				credentials: [adm],
				verify: true,
			});
			const file = await registry.exportApplications(caller, 'correct horse battery');
			expect(JSON.stringify(file)).not.toMatch(SECRETS);
			const elsewhere = place();
			const other = await elsewhere.open();
			const { registry: target } = registryOver(other, { keyring: { current: OTHER_KEY, others: [] } });
			await expect(target.importApplications(caller, file, 'wrong passphrase')).rejects.toMatchObject({
				code: 'InvalidRequest',
			});
			expect((await target.applications.list(caller, { limit: 5 })).items).toEqual([]);
			expect(await target.importApplications(caller, file, 'correct horse battery')).toEqual({
				created: 1,
				templatesCreated: 0,
				skipped: [],
				channelsWithoutSecrets: 0,
			});
			expect(await (await target.openSend(caller, locator)).credentialFor('ADM')).toEqual(adm);
			expect(await target.importApplications(caller, file, 'correct horse battery')).toMatchObject({
				created: 0,
				skipped: [{ name: 'Traveller' }],
			});
			await other.close();
			await elsewhere.remove();
		});

		test('without secrets bring channels that stay off until they are enabled again', async () => {
			const locator = await make('Plain');
			await registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const file: unknown = JSON.parse(JSON.stringify(await registry.exportApplications(caller)));
			await registry.applications.delete(caller, locator, 'delete');
			await registry.applications.purge();
			expect(await registry.importApplications(caller, file)).toEqual({
				created: 1,
				templatesCreated: 0,
				skipped: [],
				channelsWithoutSecrets: 1,
			});
			expect(await registry.channels.get(caller, locator, 'ADM')).toMatchObject({
				enabled: false,
				facts: { hasCredential: false },
			});
		});

		test('refuse a short passphrase and a file that is none', async () => {
			await expect(registry.exportApplications(caller, 'short')).rejects.toMatchObject({ code: 'InvalidRequest' });
			await expect(registry.importApplications(caller, { format: 9 })).rejects.toMatchObject({
				code: 'InvalidRequest',
			});
		});
	});
}

describe('over SQLite', () => registryContract(sqlitePlace));

describePostgres('over PostgreSQL', () => registryContract(postgresPlace));
