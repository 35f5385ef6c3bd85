import { byId, byName, type Home, home } from '../applications/harness';

describe('Manage App, resource Metrics', () => {
	let here: Home;
	let application = '';

	beforeAll(async () => {
		here = await home();
		const { adm } = here.around.simulators;
		const { json } = await here.run('manageApp', { resource: 'application', operation: 'create', name: 'Shop' });
		application = String(json[0]?.id);
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName('Shop'), channels: ['ADM'] },
			{ select: ['amazonDeviceMessagingApi'] },
		);
		const devices = [adm.goodAddress(1), adm.goodAddress(2), adm.goodAddress(3), adm.addressFor('Unregistered')];
		await here.run(
			'sendPush',
			{ application: byId(application), channel: 'ADM', title: 'Hello' },
			{ items: devices.map((device) => ({ device })) },
		);
	});

	afterAll(async () => await here.close());

	test('Get gives figures and AWS’s names, also for what was sent a moment ago', async () => {
		const { json } = await here.run('manageApp', { resource: 'metrics', operation: 'get', range: 'hour' });
		expect(json).toMatchObject([
			{
				applicationId: application,
				channelType: 'ADM',
				kind: 'direct',
				total: 4,
				successful: 3,
				failed: 1,
				failurePercent: 25,
				reasons: { Unregistered: 1 },
				metrics: { DirectSendMessageSuccess: 3, DirectSendMessagePermanentFailure: 1, DirectSendMessageThrottled: 0 },
			},
		]);
		const all = await here.run('manageApp', {
			resource: 'metrics',
			operation: 'get',
			range: 'between',
			since: '2026-01-01T00:00:00Z',
			until: '2126-01-01T00:00:00Z',
			period: 'day',
			dimensions: [],
		});
		expect(all.json).toMatchObject([{ total: 4 }]);
		expect(all.json[0]).not.toHaveProperty('channelType');
	});

	test('Prometheus gets text it can read', async () => {
		const { json } = await here.run('manageApp', { resource: 'metrics', operation: 'prometheus' });
		expect(json[0]?.contentType).toBe('text/plain; version=0.0.4');
		expect(json[0]?.text).toContain(
			`push_messages_total{application="${application}",channel="ADM",status="SUCCESSFUL"} 3`,
		);
	});

	test('Report gives a page and a picture', async () => {
		const { items, error } = await here.run('manageApp', {
			resource: 'metrics',
			operation: 'report',
			application: byName('Shop'),
			range: 'day',
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ title: 'Push notifications of Shop', total: 4 });
		const { data, picture } = items[0]?.binary ?? {};
		expect([data?.mimeType, picture?.mimeType]).toEqual(['text/html', 'image/svg+xml']);
		const page = Buffer.from(data?.data ?? '', 'base64').toString();
		expect(page).toContain('<h1>Push notifications of Shop</h1>');
		expect(page).toContain('Unregistered is the most frequent reason');
	});

	test('a mistake is named', async () => {
		const range = { range: 'between', since: 'yesterday' };
		const { error } = await here.run('manageApp', { resource: 'metrics', operation: 'get', ...range });
		expect(error?.message).toBe('Since is not a date in ISO 8601: "yesterday".');
	});

	test('Set Retention changes how long results are kept', async () => {
		const set = { resource: 'store', operation: 'setRetention' };
		expect((await here.run('manageApp', { ...set, days: 7, results: 1_000 })).json).toEqual([
			{ days: 7, results: 1_000 },
		]);
		expect((await here.run('manageApp', { ...set, days: 0 })).error?.message).toMatch(/at least one day/);
	});
});
