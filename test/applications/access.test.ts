import type { Caller } from '../../push/applications';
import { adm, apnsKey, caller, describeRegistries, KEY, OTHER_KEY, registryOver } from './registryFixture';

describeRegistries((the) => {
	describe('access', () => {
		const withSecret = (accessSecret: string): Caller => ({ ...caller, accessSecret });

		test('an open store serves everybody; a locked one nobody without a known secret', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const admin = await the.registry.lockStore(caller, 'Ops');
			const attempts: ReadonlyArray<() => Promise<unknown>> = [
				async () => await the.registry.applications.create(caller, { name: 'X' }),
				async () => await the.registry.applications.get(caller, locator),
				async () => await the.registry.applications.get(caller, { by: 'name', name: 'no such name' }),
				async () => await the.registry.applications.list(caller, { limit: 5 }),
				async () => await the.registry.applications.update(caller, locator, { name: 'Y' }),
				async () => await the.registry.applications.delete(caller, locator, 'delete'),
				async () => await the.registry.channels.list(caller, locator),
				async () => await the.registry.channels.get(caller, locator, 'ADM'),
				async () =>
					await the.registry.channels.enable(caller, locator, {
						channelTypes: ['ADM'],
						credentials: [adm],
						verify: true,
					}),
				async () => await the.registry.channels.disable(caller, locator, 'ADM'),
				async () => await the.registry.channels.delete(caller, locator, 'ADM'),
				async () => await the.registry.channels.check(caller, locator, 'ADM'),
				async () => await the.registry.suppressions.add(caller, locator, [{ address: 'a', reason: 'DEAD' }]),
				async () => await the.registry.suppressions.remove(caller, locator, ['a']),
				async () => await the.registry.suppressions.list(caller, locator, { limit: 5 }),
				async () => await the.registry.openSend(caller, locator),
				async () => await the.registry.rotateKeys(caller),
				async () => await the.registry.exportApplications(caller),
				async () => await the.registry.importApplications(caller, { format: 1, applications: [] }),
				async () => await the.registry.auditTrail(caller, { limit: 5 }),
				async () => await the.registry.verifyAuditTrail(caller),
				async () => await the.registry.lockStore(caller, 'Mallory'),
				async () => await the.registry.unlockStore(caller),
				async () => await the.registry.grantAccess(caller, 'Mallory', 'Admin'),
				async () => await the.registry.revokeAccess(caller, admin.id),
				async () => await the.registry.listAccess(caller),
			];
			for (const attempt of attempts) {
				await expect(attempt()).rejects.toMatchObject({
					code: 'AccessDenied',
					message: expect.stringMatching(
						/^User: .* is not authorized to perform: mobiletargeting:\w+ on resource: \S+$/,
					),
				});
			}
			await expect(the.registry.applications.list(withSecret('push_guess'), { limit: 5 })).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			expect((await the.registry.applications.list(withSecret(admin.accessSecret), { limit: 5 })).items).toHaveLength(
				1,
			);
			const stored = await the.store.documents.get('access');
			expect(stored?.value).not.toContain(admin.accessSecret);
		});

		test('policies narrow what a secret may do, and the last administrator stays', async () => {
			const shop = await the.registry.applications.create(caller, { name: 'Shop', tags: { env: 'prod' } });
			const test = await the.registry.applications.create(caller, { name: 'Test', tags: { env: 'test' } });
			const admin = await the.registry.lockStore(caller, 'Ops');
			const asAdmin = withSecret(admin.accessSecret);
			const sender = await the.registry.grantAccess(asAdmin, 'Sender', {
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
			await expect(the.registry.openSend(asSender, { by: 'id', id: test.id })).resolves.toBeDefined();
			await expect(the.registry.openSend(asSender, { by: 'id', id: shop.id })).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			await expect(
				the.registry.applications.delete(asSender, { by: 'id', id: test.id }, 'delete'),
			).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			await expect(the.registry.grantAccess(asAdmin, 'X', { Statement: [] })).rejects.toMatchObject({
				code: 'InvalidRequest',
			});
			await expect(the.registry.revokeAccess(asAdmin, admin.id)).rejects.toMatchObject({
				code: 'InvalidRequest',
				message: expect.stringContaining('last grant'),
			});
			await the.registry.revokeAccess(asAdmin, sender.id);
			await expect(the.registry.openSend(asSender, { by: 'id', id: test.id })).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			await the.registry.unlockStore(asAdmin);
			await expect(the.registry.openSend(caller, { by: 'id', id: shop.id })).resolves.toBeDefined();
		});
	});

	describe('keys', () => {
		test('a store sealed under another key names the key it wants', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const { registry: foreign } = registryOver(the.store, { keyring: { current: OTHER_KEY, others: [] } });
			const send = await foreign.openSend(caller, locator);
			await expect(send.credentialFor('ADM')).rejects.toMatchObject({
				code: 'KeyMissing',
				message: expect.stringContaining(KEY.id),
			});
		});

		test('rotation seals everything again, may be repeated, and the old key is not needed after it', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, {
				channelTypes: ['APNS', 'APNS_SANDBOX'],
				credentials: [apnsKey],
				verify: true,
			});
			const { registry: rotating } = registryOver(the.store, { keyring: { current: OTHER_KEY, others: [KEY] } });
			expect(await rotating.rotateKeys(caller)).toEqual({ rotated: 2, keyId: OTHER_KEY.id });
			expect(await rotating.rotateKeys(caller)).toEqual({ rotated: 0, keyId: OTHER_KEY.id });
			const { registry: after } = registryOver(the.store, { keyring: { current: OTHER_KEY, others: [] } });
			expect(await (await after.openSend(caller, locator)).credentialFor('APNS')).toEqual(apnsKey);
		});
	});

	describe('audit trail', () => {
		test('has a row for each change and each refusal, with who and what, and none for reads', async () => {
			const locator = await the.make();
			await the.registry.applications.get(caller, locator);
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			await (await the.registry.openSend(caller, locator)).finished({ recipients: 3, successful: 2 });
			const admin = await the.registry.lockStore(caller, 'Ops');
			await expect(the.registry.applications.delete(caller, locator, 'delete')).rejects.toMatchObject({
				code: 'AccessDenied',
			});
			const { items } = await the.registry.auditTrail({ ...caller, accessSecret: admin.accessSecret }, { limit: 50 });
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
			await Promise.all(Array.from({ length: 30 }, async (_, n) => await the.make(`App ${n}`)));
			const [report, ...others] = await the.registry.verifyAuditTrail(caller);
			expect(others).toEqual([]);
			expect(report).toMatchObject({
				verified: 30,
				head: { sequence: 30, signature: expect.stringMatching(/^[0-9a-f]{64}$/) },
			});
			expect(report?.fault).toBeUndefined();
		});

		test('an export of its heads shows a chain that is gone, or was cut with its head', async () => {
			await the.make();
			const [report] = await the.registry.verifyAuditTrail(caller);
			if (!report) throw new Error('no chain');
			const known = [
				{ chain: report.chain, sequence: 5, mac: 'a'.repeat(64) },
				{ chain: 'gone', sequence: 2, mac: 'b'.repeat(64) },
			];
			const faults = (await the.registry.verifyAuditTrail(caller, known)).map(({ chain, fault }) => ({ chain, fault }));
			expect(faults).toEqual([
				{ chain: report.chain, fault: { sequence: 5, fault: 'missing' } },
				{ chain: 'gone', fault: { sequence: 2, fault: 'missing' } },
			]);
		});
	});
});
