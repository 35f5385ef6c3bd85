import { adm, apnsKey, caller, describeRegistries, OTHER_KEY, registryOver, SECRETS } from './registryFixture';

describeRegistries((the) => {
	describe('applications', () => {
		test('need only a name, are found by id and by name, renamed, tagged and set', async () => {
			const made = await the.registry.applications.create(caller, { name: '  Shop  ' });
			expect(made).toMatchObject({ name: 'Shop', version: 1, tags: {}, settings: {} });
			expect(made.id).toMatch(/^[0-9a-f]{32}$/);
			expect(await the.registry.applications.get(caller, { by: 'name', name: 'Shop' })).toEqual(made);
			const changed = await the.registry.applications.update(
				caller,
				{ by: 'id', id: made.id.toUpperCase() },
				{
					name: 'Store',
					tags: { team: 'mobile' },
					settings: { ratePerSecond: 500, quietHours: { start: '22:00', end: '07:00' } },
				},
			);
			expect(changed).toMatchObject({ name: 'Store', tags: { team: 'mobile' }, version: 2 });
			const cleared = await the.registry.applications.update(
				caller,
				{ by: 'name', name: 'Store' },
				{ settings: { ratePerSecond: null } },
			);
			expect(cleared.settings).toEqual({ quietHours: { start: '22:00', end: '07:00' } });
		});

		test('with one name are told apart by id only', async () => {
			await the.make('Twin');
			await the.make('Twin');
			await expect(the.registry.applications.get(caller, { by: 'name', name: 'Twin' })).rejects.toMatchObject({
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
			await expect(the.registry.applications.create(caller, input)).rejects.toThrow(words);
		});

		test('are deleted with the word only; then they are gone, and so is the secret', async () => {
			const locator = await the.make();
			await the.registry.channels.enable(caller, locator, {
				channelTypes: ['APNS'],
				credentials: [apnsKey],
				verify: true,
			});
			const word = the.registry.applications.delete(caller, locator, 'yes');
			await expect(word).rejects.toMatchObject({ code: 'InvalidRequest', hint: expect.stringContaining('1 channels') });
			expect(await the.registry.applications.previewDelete(caller, locator)).toMatchObject({
				channels: 1,
				suppressions: 0,
			});
			await the.registry.applications.delete(caller, locator, 'delete');
			await expect(the.registry.applications.get(caller, locator)).rejects.toMatchObject({ code: 'NotFound' });
			await expect(the.registry.openSend(caller, locator)).rejects.toMatchObject({ code: 'NotFound' });
			expect((await the.store.channels.get(locator.id, 'APNS'))?.sealed).toBeNull();
			await the.registry.applications.purge();
			expect(await the.store.channels.list(locator.id)).toEqual([]);
		});
	});

	describe('export and import', () => {
		test('carry applications with their secrets under a passphrase to a store with another key', async () => {
			const locator = await the.make('Traveller');
			await the.registry.channels.enable(caller, locator, {
				channelTypes: ['ADM'],
				credentials: [adm],
				verify: true,
			});
			const file = await the.registry.exportApplications(caller, 'correct horse battery');
			expect(JSON.stringify(file)).not.toMatch(SECRETS);
			const elsewhere = the.place();
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
			const locator = await the.make('Plain');
			await the.registry.channels.enable(caller, locator, { channelTypes: ['ADM'], credentials: [adm], verify: true });
			const file: unknown = JSON.parse(JSON.stringify(await the.registry.exportApplications(caller)));
			await the.registry.applications.delete(caller, locator, 'delete');
			await the.registry.applications.purge();
			expect(await the.registry.importApplications(caller, file)).toEqual({
				created: 1,
				templatesCreated: 0,
				skipped: [],
				channelsWithoutSecrets: 1,
			});
			expect(await the.registry.channels.get(caller, locator, 'ADM')).toMatchObject({
				enabled: false,
				facts: { hasCredential: false },
			});
		});

		test('refuse a short passphrase and a file that is none', async () => {
			await expect(the.registry.exportApplications(caller, 'short')).rejects.toMatchObject({ code: 'InvalidRequest' });
			await expect(the.registry.importApplications(caller, { format: 9 })).rejects.toMatchObject({
				code: 'InvalidRequest',
			});
		});
	});
});
