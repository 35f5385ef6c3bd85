import fc from 'fast-check';
import type { BaiduContent } from '../../../push/messages/content';
import { readBaiduCredential } from '../../../push/providers/baidu/credential';
import { baiduRequest, refuseBaiduAddress, singleDeviceFields } from '../../../push/providers/baidu/request';
import { baiduSign } from '../../../push/providers/baidu/sign';

const app = readBaiduCredential({ type: 'baidu', apiKey: 'key', secretKey: 'secret' });
const CONTENT: BaiduContent = {
	provider: 'baidu',
	messageType: 1,
	message: '{"description":"Hi ~*"}',
	bytes: 24,
	collapsible: false,
};
const NOW = 1_427_180_905_999;

const call = (content: BaiduContent) =>
	baiduRequest({
		app,
		method: 'push/single_device',
		fields: singleDeviceFields(content, '3000000000000000001'),
		nowMs: NOW,
		timeoutMs: 15_000,
	});

const formOf = (content: BaiduContent) => Object.fromEntries(new URLSearchParams(call(content).body));

describe('a request to Baidu', () => {
	it('posts a form to the method, introducing itself as an SDK', () => {
		expect(call(CONTENT)).toMatchObject({
			method: 'POST',
			path: '/rest/3.0/push/single_device',
			headers: {
				'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
				'user-agent': expect.stringMatching(
					/^BCCS_SDK\/3\.0 \(\w+; [\d.]+; \w+\) NodeJS\/\d+ \(Baidu Push SDK for NodeJS v3\.0\.0\) n8n$/,
				),
			},
			timeoutMs: 15_000,
		});
	});

	it('has the common fields and those of one device', () => {
		expect(formOf(CONTENT)).toEqual({
			apikey: 'key',
			timestamp: '1427180905',
			channel_id: '3000000000000000001',
			msg_type: '1',
			msg: '{"description":"Hi ~*"}',
			sign: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
	});

	it('has the optional fields where the message sets them, also at zero', () => {
		expect(formOf({ ...CONTENT, expiresSeconds: 0, deviceType: 4, deployStatus: 1, topicId: 'news' })).toMatchObject({
			msg_expires: '0',
			device_type: '4',
			deploy_status: '1',
			topic_id: 'news',
		});
	});

	it('is signed for the URL it really goes to, over exactly the values it carries', () => {
		const elsewhere = readBaiduCredential({
			type: 'baidu',
			apiKey: 'key',
			secretKey: 'secret',
			connection: { endpoint: 'https://127.0.0.1:8443/' },
		});
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (message) => {
				const request = baiduRequest({
					app: elsewhere,
					method: 'push/single_device',
					fields: singleDeviceFields({ ...CONTENT, message: `${message}\ud800` }, '3000000000000000001'),
					nowMs: NOW,
					timeoutMs: 1,
				});
				const fields = new Map(new URLSearchParams(request.body));
				const sign = fields.get('sign');
				fields.delete('sign');
				expect(sign).toBe(baiduSign('POST', 'https://127.0.0.1:8443/rest/3.0/push/single_device', fields, 'secret'));
			}),
		);
	});

	it.each(['', '12345', '1'.repeat(26), '12345678 90', 'abcdefghijkl', '１２３４５６７８９０'])(
		'is not made for the address %j',
		(address) => {
			expect(refuseBaiduAddress(address)).toMatchObject({
				class: 'token',
				tokenAction: 'suspect',
				providerReason: 'InvalidAddress',
				processed: false,
			});
		},
	);

	it.each(['1234567890', '3000000000000000001', '1'.repeat(25)])('is made for the channel id %s', (address) => {
		expect(refuseBaiduAddress(address)).toBeUndefined();
	});
});

describe('the keys of a Baidu application', () => {
	it('are taken without blanks around them, and are not to be seen in their key', () => {
		const read = readBaiduCredential({ type: 'baidu', apiKey: ' key\n', secretKey: '\tsecret ' });
		expect(read).toMatchObject({ apiKey: 'key', secretKey: 'secret', origin: 'https://api.tuisong.baidu.com' });
		expect(read.key).toMatch(/^[0-9a-f]{64}$/);
		expect(read.key).toBe(app.key);
	});

	it.each([
		[{ apiKey: '', secretKey: 'x' }, /API key is empty/],
		[{ apiKey: 'x', secretKey: ' ' }, /secret key is empty/],
		[{ apiKey: 'a b', secretKey: 'x' }, /API key has blanks/],
		[{ apiKey: 'x', secretKey: 'geh€im' }, /secret key has blanks or foreign/],
		[{ apiKey: 'same', secretKey: 'same' }, /two different values/],
	])('are refused in words: %j', (keys, words) => {
		expect(() => readBaiduCredential({ type: 'baidu', ...keys })).toThrow(words);
		expect(() => readBaiduCredential({ type: 'baidu', ...keys })).not.toThrow(/geh/);
	});
});
