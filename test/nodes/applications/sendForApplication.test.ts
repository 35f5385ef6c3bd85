import type { INodeParameters } from 'n8n-workflow';
import { byId, byName, type Home, home, type NodeSettings } from './harness';

describe('Send Push for an application', () => {
	let here: Home;
	let id: string;

	beforeAll(async () => {
		here = await home();
	});

	let made = 0;

	const create = async (name: string, additionalFields: INodeParameters = {}) => {
		const { json } = await here.run('manageApp', {
			resource: 'application',
			operation: 'create',
			name,
			additionalFields,
		});
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName(name), channels: ['ADM', 'GCM'] },
			{ select: ['amazonDeviceMessagingApi', 'fcmServiceAccountApi'] },
		);
		return String(json[0]?.id);
	};

	beforeEach(async () => {
		here.around.simulators.reset();
		id = await create(`App ${++made}`);
	});

	afterAll(async () => await here.close());

	const devices = async (parameters: INodeParameters, settings?: NodeSettings) =>
		await here.run('sendPush', { application: byId(id), channel: 'ADM', title: 'Hello', ...parameters }, settings);

	const request = async (addresses: readonly string[], parameters: INodeParameters = {}, settings?: NodeSettings) => {
		const messageRequest = JSON.stringify({
			Addresses: Object.fromEntries(addresses.map((address) => [address, { ChannelType: 'ADM' }])),
			MessageConfiguration: { DefaultMessage: { Body: 'B' } },
		});
		const all = { operation: 'sendMessageRequest', application: byId(id), messageRequest, ...parameters };
		return await here.run('sendPush', all, settings);
	};

	const arrivals = () => here.around.simulators.adm.arrivals.map(({ address }) => address);

	const audit = async () => {
		const { json } = await here.run('manageApp', {
			resource: 'audit',
			operation: 'getMany',
			returnAll: true,
			filters: { applicationId: id, action: 'SendMessages' },
		});
		return json.map(({ details }) => details);
	};

	test('results name the application; one audit row says how many', async () => {
		const { adm } = here.around.simulators;
		const items = [{ device: adm.goodAddress(1) }, { device: adm.addressFor('Unregistered') }, { device: '' }];
		const { json, failed } = await devices({}, { items });
		expect(json).toMatchObject([{ deliveryStatus: 'SUCCESSFUL', applicationId: id }]);
		expect(failed).toMatchObject([{ tokenAction: 'remove', applicationId: id }, { providerReason: 'MissingAddress' }]);
		expect(await audit()).toEqual([{ recipients: 3, successful: 1, failed: 2 }]);
	});

	test('is the default; an application that turns out empty says what to do', async () => {
		const empty = { channel: 'ADM', title: 'T', application: byId('={{ $json.app }}') };
		const { error } = await here.run('sendPush', empty, { items: [{ device: 'x' }] });
		expect(error).toEqual({
			message: 'No application is chosen.',
			description: 'Choose one. No application yet: create one with Manage App, or choose Direct.',
		});
	});

	test.each([
		['sendToDevices', { title: 'T', channel: 'ADM' }],
		['sendMessageRequest', {}],
	])(
		'%s: an unknown application is a mistake in the workflow, an item with Continue on Fail',
		async (operation, more) => {
			const parameters = { operation, application: byName('Nobody'), ...more };
			const messageRequest =
				'{"Addresses":{"x":{"ChannelType":"ADM"}},"MessageConfiguration":{"DefaultMessage":{"Body":"B"}}}';
			const settings = { items: [{ device: 'x' }] };
			const stopped = await here.run('sendPush', { messageRequest, ...parameters }, settings);
			expect(stopped.error?.message).toBe('There is no application named "Nobody".');
			const { failed, error } = await here.run(
				'sendPush',
				{ messageRequest, ...parameters },
				{ ...settings, node: { onError: 'continueRegularOutput' } },
			);
			expect(error).toBeUndefined();
			expect(failed).toEqual([{ error: expect.stringContaining('There is no application named "Nobody".') }]);
		},
	);

	test('a channel that was never enabled gives AWS’s sentence, never an exception', async () => {
		const { failed, error } = await devices({ channel: 'APNS' }, { items: [{ device: 'ab'.repeat(32) }] });
		expect(error).toBeUndefined();
		expect(failed).toMatchObject([
			{
				statusCode: 400,
				deliveryStatus: 'PERMANENT_FAILURE',
				statusMessage: `No channel of type APNS is enabled for the application ${id}`,
			},
		]);
	});

	test('each item may name its own application', async () => {
		const other = await create(`Other ${made}`);
		const { adm } = here.around.simulators;
		const items = [
			{ app: id, device: adm.goodAddress(1) },
			{ app: other, device: adm.goodAddress(2) },
			{ app: id, device: adm.goodAddress(3) },
		];
		const { json } = await devices({ application: byId('={{ $json.app }}') }, { items });
		expect(json.map(({ applicationId, address }) => ({ app: applicationId, device: address }))).toEqual(items);
		const requests = items.map(({ app, device }) => ({
			app,
			request: {
				Addresses: { [device]: { ChannelType: 'ADM' } },
				MessageConfiguration: { DefaultMessage: { Body: 'B' } },
			},
		}));
		const responses = await here.run(
			'sendPush',
			{
				operation: 'sendMessageRequest',
				application: byId('={{ $json.app }}'),
				messageRequest: '={{ $json.request }}',
			},
			{ items: requests },
		);
		expect(responses.json.map(({ ApplicationId }) => ApplicationId)).toEqual([id, other, id]);
	});

	test('the same idempotency key sends once and gives the recorded results again', async () => {
		const { adm } = here.around.simulators;
		const items = [{ device: adm.goodAddress(1) }, { device: adm.addressFor('Unregistered') }];
		const options = { idempotencyKey: 'order-42' };
		const first = await devices({ options }, { items });
		const second = await devices({ options }, { items });
		expect(second.json).toEqual(first.json);
		expect(second.failed).toEqual(first.failed);
		expect(second.json[0]?.messageId).toBeDefined();
		expect(second.hints.map(({ message }) => message).join(' ')).toContain('nothing was sent');
		expect(arrivals()).toHaveLength(2);
		expect(await audit()).toEqual([{ replayed: 2 }, { recipients: 2, successful: 1, failed: 1 }]);
		const another = await devices({ options, title: 'Another message' }, { items });
		expect(another.error?.message).toContain('was used in the last 24 hours for another request');
		expect(arrivals()).toHaveLength(2);
	});

	test('a message request under the same key gives the recorded response', async () => {
		const address = here.around.simulators.adm.goodAddress();
		const options = { idempotencyKey: 'event-7' };
		const first = await request([address], { options });
		const second = await request([address], { options });
		expect(second.json).toEqual(first.json);
		expect(first.json).toMatchObject([{ Result: { [address]: { DeliveryStatus: 'SUCCESSFUL' } } }]);
		expect(arrivals()).toEqual([address]);
		expect((await devices({ options }, { items: [{ device: address }] })).error?.message).toContain('another request');
	});

	test('the key is read for each item: two events, two sends; the same event twice, one', async () => {
		const device = here.around.simulators.adm.goodAddress();
		const items = ['a', 'b', 'a'].map((event) => ({ event, device }));
		const options = { idempotencyKey: '={{ $json.event }}' };
		const separate = [items[0] ?? {}, items[1] ?? {}];
		await devices({ options }, { items: separate });
		await devices({ options }, { items: separate });
		expect(arrivals()).toHaveLength(2);
		const responses = await request([device], { options: { idempotencyKey: '={{ "r" + $json.event }}' } }, { items });
		expect(responses.json).toHaveLength(3);
		expect(responses.json[2]).toEqual(responses.json[0]);
		expect(arrivals()).toHaveLength(4);
	});

	test('a send that reached nobody leaves its key free', async () => {
		const device = here.around.simulators.adm.goodAddress();
		const options = { idempotencyKey: 'again' };
		const toggle = { application: byId(id), channels: ['ADM'] };
		await here.run('toggleChannel', { operation: 'disable', ...toggle });
		expect((await devices({ options }, { items: [{ device }] })).failed).toMatchObject([{ statusCode: 400 }]);
		await here.run('toggleChannel', { operation: 'enable', ...toggle });
		expect((await devices({ options }, { items: [{ device }] })).json).toMatchObject([
			{ deliveryStatus: 'SUCCESSFUL' },
		]);
	});

	test('suppressed addresses get OPT_OUT or their reason, without a request', async () => {
		const { adm } = here.around.simulators;
		const [optedOut, dead, good] = [adm.goodAddress(1), adm.goodAddress(2), adm.goodAddress(3)];
		const add = { resource: 'suppression', operation: 'add', application: byId(id) };
		await here.run('manageApp', { ...add, address: optedOut, note: 'in the app' });
		await here.run('manageApp', { ...add, address: dead, reason: 'DEAD' });
		const { json, failed } = await devices({}, { items: [optedOut, dead, good].map((device) => ({ device })) });
		expect(json.map(({ address }) => address)).toEqual([good]);
		expect(failed).toMatchObject([
			{ address: optedOut, deliveryStatus: 'OPT_OUT', attempts: 0 },
			{ address: dead, deliveryStatus: 'PERMANENT_FAILURE', statusCode: 410, tokenAction: 'remove' },
		]);
		expect(arrivals()).toEqual([good]);
		const { json: response } = await request([optedOut]);
		expect(response).toMatchObject([{ Result: { [optedOut]: { DeliveryStatus: 'OPT_OUT' } } }]);
		await here.run('manageApp', { ...add, operation: 'remove', address: optedOut });
		expect((await devices({}, { items: [{ device: optedOut }] })).json).toHaveLength(1);
	});

	test('dead addresses are suppressed by sends when the application says so', async () => {
		const device = here.around.simulators.adm.addressFor('Unregistered');
		await devices({}, { items: [{ device }] });
		await devices({}, { items: [{ device }] });
		expect(arrivals()).toHaveLength(2);
		id = await create(`Careful ${made}`, { suppressDeadAddresses: true });
		await devices({}, { items: [{ device }] });
		expect(arrivals()).toHaveLength(3);
		const { failed } = await devices({}, { items: [{ device }] });
		expect(failed).toMatchObject([{ attempts: 0, tokenAction: 'remove', providerReason: 'Unregistered' }]);
		expect(arrivals()).toHaveLength(3);
		const list = await here.run('manageApp', { resource: 'suppression', operation: 'getMany', application: byId(id) });
		expect(list.json).toMatchObject([{ address: device, reason: 'DEAD', note: 'Unregistered' }]);
	});

	test('as credentials change in the application, the next send uses them', async () => {
		const device = here.around.simulators.adm.goodAddress();
		const wrong = { ...here.around.credentials.amazonDeviceMessagingApi, clientSecret: 'wrong' };
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byId(id), channels: ['ADM'], options: { verify: false } },
			{ select: ['amazonDeviceMessagingApi'], credentials: { amazonDeviceMessagingApi: wrong } },
		);
		expect((await devices({}, { items: [{ device }] })).failed).toHaveLength(1);
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byId(id), channels: ['ADM'] },
			{ select: ['amazonDeviceMessagingApi'] },
		);
		expect((await devices({}, { items: [{ device }] })).json).toHaveLength(1);
	});
});
