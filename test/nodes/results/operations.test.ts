import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { byId, byName, type Home, home } from '../applications/harness';

describe('Send Push, resource Result', () => {
	let here: Home;
	let application = '';
	let dead = '';
	let suspect = '';
	const good: string[] = [];

	beforeAll(async () => {
		here = await home();
		const { adm, fcm } = here.around.simulators;
		const { json } = await here.run('manageApp', { resource: 'application', operation: 'create', name: 'Shop' });
		application = String(json[0]?.id);
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName('Shop'), channels: ['ADM', 'GCM'] },
			{ select: ['amazonDeviceMessagingApi', 'fcmServiceAccountApi'] },
		);
		good.push(adm.goodAddress(1), adm.goodAddress(2), adm.goodAddress(3));
		dead = adm.addressFor('Unregistered');
		suspect = fcm.addressFor('SENDER_ID_MISMATCH');
		const send = async (channel: string, devices: string[], options: INodeParameters) =>
			await here.run(
				'sendPush',
				{ application: byId(application), channel, title: 'Hello', options },
				{ items: devices.map((device) => ({ device })) },
			);
		await send('ADM', [...good, dead], { tag: 'news', traceId: 'order-1' });
		await send('GCM', [suspect], {});
		const messageRequest = JSON.stringify({
			TraceId: 'request-7',
			Addresses: { [adm.goodAddress(4)]: { ChannelType: 'ADM' } },
			MessageConfiguration: { DefaultMessage: { Body: 'B' } },
		});
		await here.run('sendPush', { operation: 'sendMessageRequest', application: byId(application), messageRequest });
	});

	afterAll(async () => await here.close());

	const results = async (operation: string, parameters: INodeParameters = {}) =>
		await here.run('sendPush', { resource: 'result', operation, ...parameters });

	const find = async (filters: INodeParameters, more: INodeParameters = {}): Promise<IDataObject[]> =>
		(await results('getMany', { returnAll: true, filters, ...more })).json;

	test('Get Many finds results by each of its filters, newest first', async () => {
		const all = await find({});
		expect(all).toHaveLength(6);
		expect(all[0]).toMatchObject({ traceId: 'request-7', applicationId: application, workflowId: 'wf1' });
		expect((await find({ address: dead })).map(({ deliveryStatus }) => deliveryStatus)).toEqual(['PERMANENT_FAILURE']);
		expect(await find({ traceId: 'order-1' })).toHaveLength(4);
		expect(await find({ tag: 'news', statuses: ['SUCCESSFUL'] })).toHaveLength(3);
		expect((await find({ channels: ['GCM'] })).map(({ address }) => address)).toEqual([suspect]);
		expect((await find({ reason: 'SENDER_ID_MISMATCH' })).map(({ tokenAction }) => tokenAction)).toEqual(['suspect']);
		expect(await find({ messageId: String(all[0]?.messageId) })).toHaveLength(1);
		expect(await find({ until: '2020-01-01T00:00:00Z' })).toEqual([]);
		expect(await find({}, { application: byName('Shop') })).toHaveLength(6);
		expect(await find({ tag: 'news' }, { addressesInOutput: 'last6' })).toMatchObject(
			Array.from({ length: 4 }, () => ({ address: expect.stringMatching(/^….{6}$/) })),
		);
	});

	test('Get Many pages without losing or repeating anything', async () => {
		const limited = await results('getMany', { returnAll: false, limit: 4 });
		expect(limited.json).toEqual((await find({})).slice(0, 4));
	});

	test('an AWS event names no address', async () => {
		const [event] = await find({ address: good[0] ?? '' }, { format: 'awsEvent' });
		expect(event).toMatchObject({
			event_type: '_direct.send',
			application: { app_id: application },
			attributes: { delivery_type: 'ADM', delivery_status: 'SUCCESSFUL', trace_id: 'order-1' },
		});
		expect(JSON.stringify(event)).not.toContain(good[0]);
	});

	test.each(['csv', 'ndjson'])('Export writes everything into a %s file', async (fileType) => {
		const { items } = await results('export', { fileType });
		const lines = text(items[0]).trimEnd().split('\n');
		expect(items[0]?.json).toEqual({ results: 6 });
		expect(lines).toHaveLength(fileType === 'csv' ? 7 : 6);
		expect(lines.join('\n')).toContain(dead);
		expect(items[0]?.binary?.data?.fileName).toBe(`push-results.${fileType}`);
	});

	test('Get Invalid Tokens keeps dead and suspect apart', async () => {
		const { json } = await results('getInvalidTokens');
		expect(json).toMatchObject([
			{ address: dead, verdict: 'dead', channelType: 'ADM', times: 1, advice: 'Delete it.' },
		]);
		const suspects = await results('getInvalidTokens', { include: 'suspect' });
		expect(suspects.json).toMatchObject([{ address: suspect, verdict: 'suspect', reason: 'SENDER_ID_MISMATCH' }]);
		expect((await results('getInvalidTokens', { include: 'all' })).json).toHaveLength(2);
	});

	test('a mistake in a filter is named', async () => {
		const { error } = await results('getMany', { filters: { since: 'yesterday' } });
		expect(error?.message).toBe('Since is not a date in ISO 8601: "yesterday".');
	});

	test('direct sends leave no trace, unless it is asked for', async () => {
		const direct = async (options: INodeParameters) =>
			await here.run(
				'sendPush',
				{ source: 'direct', channel: 'ADM', title: 'Hello', options },
				{ items: [{ device: good[0] ?? '' }], select: ['amazonDeviceMessagingApi'] },
			);
		await direct({ tag: 'unrecorded' });
		await direct({ tag: 'recorded', recordResults: true });
		expect(await find({ tag: 'unrecorded' })).toEqual([]);
		expect(await find({ tag: 'recorded' })).toMatchObject([{ applicationId: '0'.repeat(32) }]);
	});

	test('a CSV file holds no formula for a spreadsheet to run, and tokens as they are', async () => {
		const tag = '@SUM(1+1)';
		await here.run(
			'sendPush',
			{ application: byId(application), channel: 'ADM', title: 'Hello', options: { tag, traceId: '-order:1' } },
			{ items: [{ device: good[0] ?? '' }] },
		);
		const { items } = await results('export', { fileType: 'csv', filters: { tag } });
		const [, line] = text(items[0]).split('\n');
		expect(line).toContain(`,-order:1,'${tag},`);
	});

	test('Erase removes an address for good, and says how often it was there', async () => {
		const address = good[1] ?? '';
		expect((await results('erase', { address })).json).toEqual([{ erased: 1 }]);
		expect(await find({ address })).toEqual([]);
		expect((await results('erase', { address })).json).toEqual([{ erased: 0 }]);
		expect((await results('erase', { address: ' ' })).error?.message).toBe('Address is empty.');
	});
});

function text(item: INodeExecutionData | undefined): string {
	return Buffer.from(item?.binary?.data?.data ?? '', 'base64').toString();
}
