import { adm, apnsKey, baidu, caller, describeRegistries, fcm, SECRETS } from './registryFixture';

describeRegistries((the) => {
	describe('channels', () => {
		test('all seven are enabled with their credentials, and no answer holds a secret', async () => {
			const locator = await the.make();
			const answers: unknown[] = [
				await the.registry.channels.enable(caller, locator, {
					channelTypes: ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX'],
					credentials: [apnsKey],
					verify: true,
				}),
				await the.registry.channels.enable(caller, locator, {
					channelTypes: ['GCM'],
					credentials: [fcm],
					verify: true,
				}),
				await the.registry.channels.enable(caller, locator, {
					channelTypes: ['BAIDU'],
					credentials: [baidu],
					verify: true,
				}),
				await the.registry.channels.enable(caller, locator, {
					channelTypes: ['ADM'],
					credentials: [adm],
					verify: true,
				}),
				await the.registry.channels.list(caller, locator),
				await the.registry.channels.check(caller, locator, 'APNS'),
				await the.registry.auditTrail(caller, { limit: 100 }),
				await the.registry.exportApplications(caller),
				await the.store.channels.list(locator.id),
			];
			expect(JSON.stringify(answers)).not.toMatch(SECRETS);
			const channels = await the.registry.channels.list(caller, locator);
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
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			expect(await the.registry.channels.disable(caller, locator, 'ADM')).toMatchObject({
				enabled: false,
				version: 2,
				facts: { hasCredential: true },
			});
			const send = await the.registry.openSend(caller, locator);
			expect(await send.credentialFor('ADM')).toMatchObject({
				refused: true,
				statusCode: 400,
				message: `No channel of type ADM is enabled for the application ${locator.id}`,
			});
			const [on] = await the.registry.channels.enable(caller, locator, {
				channelTypes: ['ADM'],
				credentials: [],
				verify: true,
			});
			expect(on).toMatchObject({ enabled: true, version: 3 });
			expect(await send.credentialFor('ADM')).toEqual(adm);
		});

		test('nothing stored and nothing given is AWS\'s "Missing credentials"', async () => {
			const locator = await the.make();
			await expect(
				the.registry.channels.enable(caller, locator, { channelTypes: ['GCM'], credentials: [], verify: true }),
			).rejects.toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('Missing credentials') });
		});

		test('a credential the provider refuses is not stored, unless verifying is switched off', async () => {
			const locator = await the.make();
			the.provider.refusal = 'Google does not know this account.';
			const input = { channelTypes: ['GCM'], credentials: [fcm], verify: true } as const;
			await expect(the.registry.channels.enable(caller, locator, input)).rejects.toMatchObject({
				code: 'CredentialRefused',
				message: expect.stringContaining('Google does not know this account.'),
			});
			expect(await the.store.channels.get(locator.id, 'GCM')).toBeUndefined();
			await the.registry.channels.enable(caller, locator, { ...input, verify: false });
			expect(await the.store.channels.get(locator.id, 'GCM')).toMatchObject({ enabled: true });
			expect(await the.registry.channels.check(caller, locator, 'GCM')).toMatchObject({
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
				const locator = await the.make();
				const channels = await the.registry.channels.enable(caller, locator, apple, google, amazon);
				expect(channels.map(({ channelType }) => channelType)).toEqual([...APPLE, 'GCM', 'ADM']);
				expect(channels.every(({ health }) => health?.ok)).toBe(true);
				expect(the.provider.asked).toEqual([apnsKey, fcm, adm]);
			});

			test('stay all as they were when the last provider refuses', async () => {
				const locator = await the.make();
				await the.registry.channels.enable(caller, locator, google);
				await the.registry.channels.disable(caller, locator, 'GCM');
				Object.assign(the.provider, { refusal: 'Amazon does not know this client.', refusedType: 'adm' });
				await expect(the.registry.channels.enable(caller, locator, apple, google, amazon)).rejects.toMatchObject({
					code: 'CredentialRefused',
					message: 'Channel ADM was not enabled: Amazon does not know this client.',
				});
				expect(await the.store.channels.list(locator.id)).toEqual([
					expect.objectContaining({ channelType: 'GCM', enabled: false, version: 2 }),
				]);
				const { items } = await the.registry.auditTrail(caller, { limit: 100, applicationId: locator.id });
				const [newest, ...older] = items;
				expect(newest).toMatchObject({ action: 'mobiletargeting:UpdateAdmChannel', outcome: 'failed' });
				expect(older.map(({ outcome }) => outcome)).toEqual(['allowed', 'allowed', 'allowed']);
			});

			test('stay all as they were when one has no credential, and nobody is asked about the ones after it', async () => {
				const locator = await the.make();
				await expect(
					the.registry.channels.enable(caller, locator, { ...google, credentials: [] }, apple),
				).rejects.toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('Missing credentials') });
				expect(the.provider.asked).toEqual([]);
				expect(await the.store.channels.list(locator.id)).toEqual([]);
			});

			test('need the permission for each of them before a provider is asked', async () => {
				const locator = await the.make();
				const admin = await the.registry.lockStore(caller, 'Boss');
				const boss = { ...caller, accessSecret: admin.accessSecret };
				const statement = (Effect: string, Action: string[]) => ({ Effect, Action, Resource: ['*'] });
				const { accessSecret } = await the.registry.grantAccess(boss, 'Team', {
					Statement: [
						statement('Allow', ['mobiletargeting:*']),
						statement('Deny', ['mobiletargeting:UpdateAdmChannel']),
					],
				});
				await expect(
					the.registry.channels.enable({ ...caller, accessSecret }, locator, google, amazon),
				).rejects.toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('UpdateAdmChannel') });
				expect(the.provider.asked).toEqual([]);
				expect(await the.store.channels.list(locator.id)).toEqual([]);
			});
		});

		test('where a stored secret leads cannot be changed without giving the secret again', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const asked = the.provider.asked.length;
			for (const connection of [
				{ endpoint: 'https://thief.example' },
				{ tokenEndpoint: 'https://thief.example/token' },
				{ ca: 'x' },
				{ proxyUrl: 'http://thief.example' },
			]) {
				const swapped = { ...adm, clientSecret: '', connection };
				await expect(
					the.registry.channels.enable(caller, locator, {
						channelTypes: ['ADM'],
						credentials: [swapped],
						verify: true,
					}),
				).rejects.toMatchObject({
					code: 'InvalidRequest',
					message: expect.stringContaining('without giving the secret again'),
				});
			}
			expect(the.provider.asked).toHaveLength(asked);
			const send = await the.registry.openSend(caller, locator);
			expect(await send.credentialFor('ADM')).toEqual(adm);
		});

		test('a legacy FCM key is accepted and refused at send, with what to do', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, {
				channelTypes: ['GCM'],
				credentials: [],
				legacyFcmKey: 'AAAA',
				verify: true,
			});
			const send = await the.registry.openSend(caller, locator);
			expect(await send.credentialFor('GCM')).toMatchObject({
				refused: true,
				message: expect.stringContaining('July 2024'),
			});
			await the.registry.channels.enable(caller, locator, { channelTypes: ['GCM'], credentials: [fcm], verify: true });
			expect(await send.credentialFor('GCM')).toEqual(fcm);
		});

		test('APNs keeps key and certificate side by side and uses the default method only', async () => {
			const locator = await the.make();
			const certificate = {
				type: 'apnsCertificate',
				certificate: 'PEM',
				privateKey: 'SECRET-P8',
				passphrase: 'x',
			} as const;
			const input = { channelTypes: ['APNS'], verify: true } as const;
			await the.registry.channels.enable(caller, locator, { ...input, credentials: [apnsKey] });
			await the.registry.channels.enable(caller, locator, {
				...input,
				credentials: [certificate],
				authenticationMethod: 'KEY',
			});
			const send = await the.registry.openSend(caller, locator);
			expect(await send.credentialFor('APNS')).toEqual(apnsKey);
			const [both] = await the.registry.channels.enable(caller, locator, {
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
			const locator = await the.make();
			await expect(
				the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [fcm], verify: true }),
			).rejects.toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('another provider') });
		});

		test('deleting drops the secrets and shows the last state', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, {
				channelTypes: ['BAIDU'],
				credentials: [baidu],
				verify: true,
			});
			expect(await the.registry.channels.delete(caller, locator, 'BAIDU')).toMatchObject({
				enabled: false,
				archived: true,
				facts: { hasCredential: false },
			});
			expect((await the.store.channels.get(locator.id, 'BAIDU'))?.sealed).toBeNull();
			await expect(
				the.registry.channels.enable(caller, locator, { channelTypes: ['BAIDU'], credentials: [], verify: true }),
			).rejects.toThrow('Missing credentials');
		});

		test('a check says when the attached credential is not the stored one', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			expect(await the.registry.channels.check(caller, locator, 'ADM', { credentials: [adm] })).toMatchObject({
				differs: false,
			});
			expect(
				await the.registry.channels.check(caller, locator, 'ADM', {
					credentials: [{ type: 'adm', clientId: 'client', clientSecret: 'new' }],
				}),
			).toMatchObject({ differs: true });
			await expect(the.registry.channels.check(caller, locator, 'GCM')).rejects.toMatchObject({ code: 'NotFound' });
		});
	});
});
