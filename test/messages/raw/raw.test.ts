import { compileNotification } from '../../../push/messages';
import type { Notification } from '../../../push/messages';
import type { ChannelType, ProviderId } from '../../../push/model';
import { headersOf, jsonOf, jsonText, recipient, refusalOf, render, warningsAfter } from '../content';

const CHANNEL: Readonly<Record<ProviderId, ChannelType>> = { apns: 'APNS', fcm: 'GCM', baidu: 'BAIDU', adm: 'ADM' };
const PROVIDER_IDS: ProviderId[] = ['apns', 'fcm', 'baidu', 'adm'];

function raw(provider: ProviderId, json: string, notification: Notification = {}) {
	return render({ ...notification, raw: { [provider]: json } }, CHANNEL[provider]);
}

describe('raw content', () => {
	test.each(PROVIDER_IDS)(
		'that is no JSON is refused for %s, saying what is wrong and not what is in it',
		(provider) => {
			const refused = refusalOf(raw(provider, '{"secret-text":\n  oops}'));
			expect(refused).toMatchObject({ reason: 'InvalidRawContent', statusCode: 400, stops: 'message' });
			expect(refused.message).toContain("(Unexpected token 'o')");
			expect(refused.message).not.toContain('secret-text');
			expect(refusalOf(raw(provider, '{"secret-text":1\n  2}')).message).toContain('line 2, column 3');
			expect(refusalOf(raw(provider, "{'secret-text':1}")).message).toMatch(
				/Expected property name .* at line 1, column 2/,
			);
			expect(refusalOf(raw(provider, '{"secret-text":')).message).toContain('(Unexpected end)');
		},
	);

	test.each(PROVIDER_IDS)('that is no object is refused for %s', (provider) => {
		for (const json of ['[]', '"x"', '1', 'null', 'true']) {
			expect(refusalOf(raw(provider, json)).message).toContain('not a JSON object');
		}
	});

	test('with a placeholder outside quotes says what to do', () => {
		expect(refusalOf(raw('apns', '{"aps":{"badge":{{n}}}}')).message).toContain('inside quotes');
	});

	test('nested without end is refused, not a crash', () => {
		expect(refusalOf(raw('apns', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)).reason).toBe('InvalidRawContent');
	});

	test('of one provider leaves the others alone', () => {
		const message = compileNotification({ title: 'T', raw: { apns: '{"aps":{"alert":"raw"}}' } });
		expect(jsonOf(message.render(recipient('APNS')))).toEqual({ aps: { alert: 'raw' } });
		expect(jsonOf(message.render(recipient('GCM')))).toEqual({ notification: { title: 'T' } });
	});

	test('without placeholders is one frozen object', () => {
		for (const provider of PROVIDER_IDS) {
			const message = compileNotification({ raw: { [provider]: '{"data":{"k":"v"},"aps":{"alert":"x"}}' } });
			const first = message.render(recipient(CHANNEL[provider]));
			expect(message.render(recipient(CHANNEL[provider], { substitutions: { k: ['v'] } }))).toBe(first);
			expect(Object.isFrozen(first)).toBe(true);
		}
	});
});

describe('raw content for Apple', () => {
	test('goes out byte for byte', () => {
		const json = ' {"aps" : {"alert":"\\u00e9"} , "n":1.0}\n';
		expect(jsonText(raw('apns', json))).toBe(json);
		expect(raw('apns', json)).toMatchObject({ bytes: Buffer.byteLength(json) });
	});

	test.each<[string, Notification, Record<string, unknown>]>([
		['{"aps":{"alert":"x","content-available":1}}', {}, { pushType: 'alert', priority: 10 }],
		['{"aps":{"badge":0}}', {}, { pushType: 'alert', priority: 10 }],
		['{"aps":{"content-available":1},"k":"v"}', {}, { pushType: 'background', priority: 5 }],
		['{"aps":{"event":"update","content-state":{}}}', {}, { pushType: 'liveactivity' }],
		['{}', {}, { pushType: 'alert', priority: 10 }],
		['{"aps":{"alert":"x"}}', { priority: 'normal' }, { pushType: 'alert', priority: 5 }],
		['{"aps":{"alert":"x"}}', { silent: true }, { pushType: 'background', priority: 5 }],
		['{"mdm":"x"}', { apns: { pushType: 'mdm' } }, { pushType: 'mdm' }],
		[
			'{"aps":{"alert":"x"}}',
			{ collapseId: 'c', timeToLiveSeconds: 9, apns: { topic: 't' } },
			{ pushType: 'alert', priority: 10, collapseId: 'c', collapsible: true, timeToLiveSeconds: 9, topic: 't' },
		],
	])('%s with %j has the headers %j', (json, notification, expected) => {
		expect(headersOf(raw('apns', json, notification))).toEqual({ provider: 'apns', collapsible: false, ...expected });
	});

	test.each([
		['{"aps":{"badge":"1"}}', /aps.badge/],
		['{"aps":{"content-available":true}}', /aps.content-available/],
		['{"aps":{"alert":"x","mutable-content":"1"}}', /aps.mutable-content/],
	])('%s is warned of: devices ignore wrong types', (json, sentence) => {
		expect(warningsAfter(compileNotification({ raw: { apns: json } }), 'APNS').join()).toMatch(sentence);
	});

	test('for Safari is warned of when url-args are missing', () => {
		const message = (json: string) => compileNotification({ raw: { apns: json }, apns: { topic: 'web.com.example' } });
		expect(warningsAfter(message('{"aps":{"alert":"x"}}'), 'APNS').join()).toContain('url-args');
		expect(warningsAfter(message('{"aps":{"alert":"x","url-args":[""]}}'), 'APNS')).toEqual([]);
	});
});

describe('raw content for Amazon', () => {
	test('is sent as written, and the fields fill only what it leaves open', () => {
		const fields: Notification = { collapseId: 'c', timeToLiveSeconds: 60, priority: 'high', adm: { md5: true } };
		expect(jsonOf(raw('adm', '{"data":{"message":"your message"},"expiresAfter":5}', fields))).toEqual({
			data: { message: 'your message' },
			expiresAfter: 5,
			consolidationKey: 'c',
			priority: 'high',
			md5: 'qzF+HgArKZjJrpfcTbiFxg==',
		});
	});

	test('needs data or a notification', () => {
		expect(refusalOf(raw('adm', '{"title":"x"}')).reason).toBe('InvalidRawContent');
	});
});

describe('raw content for Baidu', () => {
	test.each<[string, Notification, number]>([
		['{"description":"x"}', {}, 1],
		['{"aps":{"alert":"x"}}', {}, 1],
		['{"anything":"x"}', {}, 0],
		['{"description":"x"}', { baidu: { messageType: 'transparent' } }, 0],
		['{"anything":"x"}', { baidu: { messageType: 'notification' } }, 1],
		['{"anything":"x"}', { baidu: { deviceType: 'ios' } }, 1],
	])('%s with %j is a message of type %d, as written', (json, notification, messageType) => {
		const rendered = raw('baidu', json, { ...notification, timeToLiveSeconds: 60 });
		expect(jsonText(rendered)).toBe(json);
		expect(headersOf(rendered)).toMatchObject({ messageType, expiresSeconds: 60 });
	});
});
