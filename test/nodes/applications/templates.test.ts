import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { byName, type Home, home, type NodeSettings } from './harness';

describe('templates', () => {
	let here: Home;

	beforeEach(async () => {
		here = await home();
	});

	afterEach(async () => await here.close());

	const manage = async (operation: string, parameters: INodeParameters = {}, settings?: NodeSettings) =>
		await here.run('manageApp', { resource: 'template', operation, ...parameters }, settings);

	const create = async (name: string, parameters: INodeParameters = {}) =>
		await manage('create', { name, templateTitle: 'Hi {{name}}', templateBody: 'Welcome', ...parameters });

	const shop = async () => {
		await here.run('manageApp', { resource: 'application', operation: 'create', name: 'Shop' });
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName('Shop'), channels: ['ADM', 'GCM', 'APNS'] },
			{ select: ['amazonDeviceMessagingApi', 'fcmServiceAccountApi', 'apnsKeyApi'] },
		);
		here.around.simulators.reset();
	};

	const send = async (parameters: INodeParameters, items: IDataObject[]) =>
		await here.run('sendPush', { application: byName('Shop'), channel: 'GCM', ...parameters }, { items });

	const fcmMessages = () => here.around.simulators.fcm.arrivals.map(({ body }) => JSON.parse(body).message);

	test('the life of one: create, read, new version, set active, list, delete', async () => {
		const made = await create('welcome', {
			templateImageUrl: 'https://example.com/a.png',
			templateDefaults: '{"name":"friend"}',
			additionalFields: { description: 'For new users', tags: { tag: [{ key: 'team', value: 'crm' }] } },
		});
		expect(made.error).toBeUndefined();
		expect(made.json).toMatchObject([
			{
				name: 'welcome',
				version: 1,
				active: true,
				activeVersion: 1,
				description: 'For new users',
				tags: { team: 'crm' },
			},
		]);
		expect(made.json[0]?.content).toMatchObject({
			Default: { Title: 'Hi {{name}}', Body: 'Welcome', Sound: 'default' },
			APNS: { MediaUrl: 'https://example.com/a.png' },
			DefaultSubstitutions: '{"name":"friend"}',
		});
		const template = byName('welcome');
		const second = await manage('update', { template, templateTitle: 'Hello', templateBody: 'Two' });
		expect(second.json).toMatchObject([{ version: 2, active: false, activeVersion: 1, latestVersion: 2 }]);
		expect((await manage('get', { template })).json).toMatchObject([{ version: 1 }]);
		const overwritten = await manage('update', {
			template,
			writeAs: 'latestVersion',
			templateMode: 'json',
			templateParts: '{"GCM":{"Body":"Three"}}',
		});
		expect(overwritten.json).toMatchObject([{ version: 2, content: { GCM: { Body: 'Three' } } }]);
		expect((await manage('setActiveVersion', { template, templateVersion: 2 })).json).toMatchObject([
			{ version: 2, active: true },
		]);
		expect((await manage('listVersions', { template })).json).toMatchObject([
			{ version: 2, active: true },
			{ version: 1, active: false },
		]);
		expect((await manage('delete', { template, templateVersion: 2 })).error?.message).toContain('is the active one');
		expect((await manage('delete', { template, templateVersion: 1 })).json).toEqual([
			{ deleted: true, name: 'welcome', version: 1 },
		]);
		expect((await manage('get', { template, templateVersion: 1 })).error?.message).toContain('has no version 1');
		expect((await manage('delete', { template })).json).toEqual([{ deleted: true, name: 'welcome' }]);
		expect((await manage('get', { template })).error?.message).toBe('There is no template "welcome".');
	});

	test('a number is never given again, and a new version can be set active at once', async () => {
		await create('news');
		const template = byName('news');
		await manage('update', { template, templateBody: '2' });
		await manage('delete', { template, templateVersion: 2 });
		const third = await manage('update', { template, templateBody: '3', additionalFields: { setActive: true } });
		expect(third.json).toMatchObject([{ version: 3, active: true, latestVersion: 3 }]);
		expect((await manage('listVersions', { template, returnAll: true })).json.map(({ version }) => version)).toEqual([
			3, 1,
		]);
	});

	test.each<[string, INodeParameters, string]>([
		['a name with a space', { name: 'my template' }, 'not a name a template can have'],
		['nothing to say', { templateTitle: '', templateBody: '', templateSound: '' }, 'The template is empty.'],
		['a helper that does not exist', { templateBody: '{{foo bar}}' }, 'Default.Body of the template'],
		['a link without its address', { templateAction: 'URL' }, 'opens a link'],
		[
			'parts that are not AWS’s',
			{ templateMode: 'json', templateParts: '{"Gcm":{}, "GCM":{"body":"x"}}' },
			'no GCM.body',
		],
		['too many characters', { templateBody: 'x'.repeat(4_001) }, 'at most 4000'],
		['a long description', { additionalFields: { description: 'x'.repeat(501) } }, '500 are allowed'],
		['broken raw content', { templateMode: 'json', templateParts: '{"APNS":{"RawContent":"{"}}' }, 'not the JSON text'],
		['default values that are none', { templateDefaults: '[1]' }, 'DefaultSubstitutions'],
	])('%s is refused with a hint', async (_what, parameters, words) => {
		const { error } = await create('t', parameters);
		expect(error?.message).toContain(words);
		expect(error?.description).not.toBe('');
		expect((await manage('getMany')).json).toEqual([]);
	});

	test('the same name twice is refused; Get Many lists by the beginning of the name', async () => {
		for (const name of ['order-shipped', 'order-paid', 'welcome']) await create(name);
		expect((await create('welcome')).error?.message).toBe('There is a template "welcome" already.');
		expect((await manage('getMany', { prefix: 'order-' })).json.map(({ name }) => name)).toEqual([
			'order-paid',
			'order-shipped',
		]);
	});

	test('Send to Devices takes the message from a template, fills it from each item and adds the fields beside it', async () => {
		await shop();
		await create('order', {
			templateTitle: '{{#if vip}}Dear {{upper name}}{{else}}Hi {{name}}{{/if}}',
			templateBody: '{{#each order.items}}{{title}} {{/each}}',
			templateDefaults: '{"name":"friend"}',
		});
		const device = here.around.simulators.fcm.goodAddress();
		const { json, failed } = await send(
			{
				messageFrom: 'template',
				template: byName('order'),
				additionalFields: { collapseId: 'c-{{id}}', timeToLive: 60 },
			},
			[
				{ device, id: 1, vip: true, name: 'Ann', order: { items: [{ title: 'Tea' }, { title: 'Pie' }] } },
				{ device, id: 2, vip: false, order: { items: [] } },
			],
		);
		expect([json.length, failed]).toEqual([2, []]);
		expect(fcmMessages()).toMatchObject([
			{ notification: { title: 'Dear ANN', body: 'Tea Pie ' }, android: { collapse_key: 'c-1', ttl: '60s' } },
			{ notification: { title: 'Hi friend' }, android: { collapse_key: 'c-2' } },
		]);
	});

	test('a send uses the active version unless it names another', async () => {
		await shop();
		await create('t', { templateTitle: 'one' });
		await manage('update', { template: byName('t'), templateTitle: 'two' });
		const items = [{ device: here.around.simulators.fcm.goodAddress() }];
		const fromTemplate = { messageFrom: 'template', template: byName('t') };
		await send(fromTemplate, items);
		await send({ ...fromTemplate, templateVersion: 2 }, items);
		await manage('setActiveVersion', { template: byName('t'), templateVersion: 2 });
		await send(fromTemplate, items);
		expect(fcmMessages()).toMatchObject([
			{ notification: { title: 'one' } },
			{ notification: { title: 'two' } },
			{ notification: { title: 'two' } },
		]);
		const gone = await send({ ...fromTemplate, template: byName('other') }, items);
		expect(gone.error?.message).toBe('There is no template "other".');
	});

	test('a template is laid out for AWS’s libraries when the style says so', async () => {
		await shop();
		await create('t', { templateTitle: 'one', templateBody: '{{ChannelType}}' });
		const items = [{ device: here.around.simulators.fcm.goodAddress() }];
		const parameters = { messageFrom: 'template', template: byName('t'), options: { style: 'awsCompatible' } };
		expect((await send(parameters, items)).failed).toEqual([]);
		const [message] = fcmMessages();
		expect(message).not.toHaveProperty('notification');
		expect(message.data).toMatchObject({ 'pinpoint.notification.title': 'one', 'pinpoint.notification.body': 'GCM' });
	});

	test('a missing value fails that recipient, or is left empty when the option says so', async () => {
		await shop();
		await create('t', { templateTitle: 'Hi {{upper name}}' });
		const items = [{ device: here.around.simulators.fcm.goodAddress() }];
		const fromTemplate = { messageFrom: 'template', template: byName('t') };
		expect((await send(fromTemplate, items)).failed).toMatchObject([{ providerReason: 'MissingSubstitution' }]);
		expect((await send({ ...fromTemplate, options: { onMissing: 'empty' } }, items)).failed).toEqual([]);
		expect(fcmMessages()).toMatchObject([{ notification: { title: 'Hi ' } }]);
	});

	test('a MessageRequest names a template: its content is the base, what the request says wins field by field', async () => {
		await shop();
		await manage('create', {
			name: 'base',
			templateMode: 'json',
			templateParts: JSON.stringify({
				Default: { Title: 'default title', Body: 'default {{who}}', Action: 'URL', Url: 'https://example.com/{{who}}' },
				GCM: { Body: 'gcm {{who}}' },
			}),
			templateDefaults: '{"who":"friend"}',
		});
		const { fcm, apns } = here.around.simulators;
		const [plain, own] = [fcm.goodAddress(1), fcm.goodAddress(2)];
		const messageRequest = JSON.stringify({
			Addresses: {
				[plain]: { ChannelType: 'GCM' },
				[own]: { ChannelType: 'GCM', BodyOverride: 'own {{who}}', Substitutions: { who: ['Bob'] } },
				[apns.production.goodAddress()]: { ChannelType: 'APNS' },
			},
			MessageConfiguration: {
				GCMMessage: { Title: 'request title' },
				DefaultPushNotificationMessage: { Title: 'never', Body: 'never' },
			},
			TemplateConfiguration: { PushTemplate: { Name: 'base' } },
		});
		const parameters = {
			operation: 'sendMessageRequest',
			application: byName('Shop'),
			messageRequest,
			options: { style: 'native' },
		};
		const { json, error } = await here.run('sendPush', parameters);
		expect(error).toBeUndefined();
		expect(Object.values(Object(json[0]?.Result))).toMatchObject([
			{ DeliveryStatus: 'SUCCESSFUL' },
			{ DeliveryStatus: 'SUCCESSFUL' },
			{ DeliveryStatus: 'SUCCESSFUL' },
		]);
		expect(fcmMessages()).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ notification: { title: 'request title', body: 'gcm friend' } }),
				expect.objectContaining({ notification: { title: 'request title', body: 'own Bob' } }),
			]),
		);
		expect(apns.production.arrivals.map(({ body }) => JSON.parse(body))).toMatchObject([
			{ aps: { alert: { title: 'default title', body: 'default friend' } }, url: 'https://example.com/friend' },
		]);
	});

	test('a request that names a template that is gone, or sends directly, is refused as a whole', async () => {
		await shop();
		const messageRequest = JSON.stringify({
			Addresses: { [here.around.simulators.fcm.goodAddress()]: { ChannelType: 'GCM' } },
			MessageConfiguration: {},
			TemplateConfiguration: { PushTemplate: { Name: 'gone', Version: '3' } },
		});
		const parameters = { operation: 'sendMessageRequest', application: byName('Shop'), messageRequest };
		expect((await here.run('sendPush', parameters)).error?.message).toBe('There is no template "gone".');
		const direct = await here.run(
			'sendPush',
			{ ...parameters, source: 'direct' },
			{ select: ['fcmServiceAccountApi'] },
		);
		expect(direct.error?.message).toContain('templates belong to a Push Store');
	});

	test('Export and Import carry the templates with all versions; what exists stays', async () => {
		await create('news', { templateTitle: 'one', additionalFields: { description: 'first' } });
		await manage('update', { template: byName('news'), templateTitle: 'two', additionalFields: { setActive: true } });
		await manage('update', { template: byName('news'), templateTitle: 'three' });
		await manage('delete', { template: byName('news'), templateVersion: 3 });
		await create('kept');
		const app = async (operation: string, parameters: INodeParameters) =>
			await here.run('manageApp', { resource: 'application', operation, ...parameters });
		const exported = await app('export', { outputAs: 'json' });
		await manage('delete', { template: byName('news') });
		await manage('update', { template: byName('kept'), writeAs: 'latestVersion', templateTitle: 'mine' });
		const imported = await app('import', { importFrom: 'json', exported: JSON.stringify(exported.json[0]) });
		expect(imported.json).toMatchObject([{ templatesCreated: 1, skipped: [{ name: 'kept' }] }]);
		const versions = await manage('listVersions', { template: byName('news') });
		expect(versions.json).toMatchObject([
			{ version: 2, active: true, content: { Default: { Title: 'two' } } },
			{ version: 1, content: { Default: { Title: 'one' } }, description: 'first' },
		]);
		expect((await manage('update', { template: byName('news') })).json).toMatchObject([{ version: 4 }]);
		expect((await manage('get', { template: byName('kept') })).json).toMatchObject([
			{ content: { Default: { Title: 'mine' } } },
		]);
		const broken = JSON.parse(JSON.stringify(exported.json[0]));
		broken.templates[1].activeVersion = 9;
		const refused = await app('import', { importFrom: 'json', exported: JSON.stringify(broken) });
		expect(refused.error?.message).toContain('do not fit together');
	});
});
