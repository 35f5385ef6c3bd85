import type { INodeParameters } from 'n8n-workflow';
import { jsonOf, push, type Surroundings, surroundings } from './setup';

describe('JSON pasted from AWS’s user guide', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	const send = async (parameters: INodeParameters) =>
		await push(around, { parameters, items: [{ device: around.simulators.fcm.goodAddress() }] });

	const messages = () => around.simulators.fcm.arrivals.map(({ body }) => JSON.parse(body).message);

	it('a MessageRequest with single quotes, True and names without quotes is sent, with a hint', async () => {
		const token = around.simulators.fcm.goodAddress();
		const messageRequest = `{
			'Addresses': { '${token}': { 'ChannelType' : 'GCM' } },
			MessageConfiguration: { 'GCMMessage': {
				'Action': 'URL', 'Body': "It's \\"it\\"", 'SilentPush': False, 'TimeToLive': 30, 'Title': 'True', 'Url': 'https://www.example.com', } }
		}`;
		const { sent, hints, error } = await send({ operation: 'sendMessageRequest', messageRequest });
		expect(error).toBeUndefined();
		expect(jsonOf(sent)[0]?.Result).toMatchObject({ [token]: { DeliveryStatus: 'SUCCESSFUL' } });
		expect(messages()).toMatchObject([
			{ data: { 'pinpoint.notification.title': 'True', 'pinpoint.notification.body': 'It\'s "it"' } },
		]);
		expect(hints.map(({ message }) => message).join()).toContain('Message Request is not valid JSON');
	});

	it.each<[string, string]>([
		['as an object instead of a text', `{ notification: { title: 'T', }, }`],
		['as a text with single quotes', `"{'notification': {'title': 'T'}}"`],
	])('RawContent %s is understood', async (_what, raw) => {
		const token = around.simulators.fcm.goodAddress();
		const messageRequest = `{ Addresses: { '${token}': { ChannelType: 'GCM' } }, MessageConfiguration: { GCMMessage: { RawContent: ${raw} } } }`;
		const { hints } = await send({ operation: 'sendMessageRequest', messageRequest });
		expect(messages()).toMatchObject([{ notification: { title: 'T' } }]);
		expect(hints.map(({ message }) => message).join()).toContain('RawContent of GCMMessage');
	});

	it('raw payloads and Data JSON of Send to Devices too', async () => {
		await send({
			channel: 'GCM',
			rawPayload: true,
			fcmPayload: `{'notification': {'title': 'Hi'}, 'data': {a: '1',}}`,
		});
		const { hints } = await send({ channel: 'GCM', title: 'T', dataMode: 'json', dataJson: `{'a': True}` });
		expect(messages()).toMatchObject([{ notification: { title: 'Hi' }, data: { a: '1' } }, { data: { a: 'true' } }]);
		expect(hints.map(({ message }) => message).join()).toContain('Data JSON is not valid JSON');
	});

	it('valid JSON goes without a hint, and what nobody understands is refused as before', async () => {
		const { hints } = await send({ channel: 'GCM', title: 'T', dataMode: 'json', dataJson: '{"a": "1"}' });
		expect(hints).toEqual([]);
		const { error } = await send({ channel: 'GCM', title: 'T', dataMode: 'json', dataJson: `{'a': }` });
		expect(error?.message).toContain('Data JSON is not valid JSON');
	});
});
