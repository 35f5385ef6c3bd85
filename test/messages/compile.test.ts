import { compileNotification, isRefusal, placeholderNames } from '../../push/messages';
import type { Notification } from '../../push/messages';
import { CHANNEL_TYPES, PushError } from '../../push/model';
import type { ChannelType } from '../../push/model';
import { headersOf, jsonOf, jsonText, recipient, refusalOf, render, sent } from './content';

const hello: Notification = { title: 'Hello', body: 'World' };

describe('a compiled notification', () => {
	test.each(CHANNEL_TYPES)('without placeholders is one frozen object for all recipients of %s', (channelType) => {
		const message = compileNotification({ ...hello, data: { k: 'v' } });
		const first = message.render(recipient(channelType, { ref: 1, address: 'a' }));
		const second = message.render(recipient(channelType, { ref: 2, address: 'b', substitutions: { name: ['x'] } }));
		expect(second).toBe(first);
		expect(Object.isFrozen(first)).toBe(true);
	});

	test('is one object for recipients without values of their own, when the message has some', () => {
		const message = compileNotification({ body: 'Hi {{name}}' }, { substitutions: { name: ['all'] } });
		const first = message.render(recipient('APNS'));
		expect(jsonOf(first)).toEqual({ aps: { alert: { body: 'Hi all' } } });
		expect(message.render(recipient('APNS'))).toBe(first);
		expect(jsonOf(message.render(recipient('APNS', { substitutions: { name: ['me'] } })))).toEqual({
			aps: { alert: { body: 'Hi me' } },
		});
		expect(message.render(recipient('APNS'))).toBe(first);
	});

	test('fills each recipient’s values into title, body, data, link and collapse id', () => {
		const message = compileNotification({
			title: 'Hi {{ name }}',
			body: '{{name}}, {{name}}!',
			data: { deep: [{ er: 'x{{name}}' }] },
			action: 'DEEP_LINK',
			url: 'app://{{name}}',
			collapseId: 'c-{{name}}',
		});
		for (const name of ['Ann', 'Bob']) {
			const rendered = message.render(recipient('APNS', { substitutions: { name: [name, 'second'] } }));
			expect(jsonOf(rendered)).toEqual({
				aps: { alert: { title: `Hi ${name}`, body: `${name}, ${name}!` } },
				deep: [{ er: `x${name}` }],
				deeplink: `app://${name}`,
			});
			expect(headersOf(rendered)).toMatchObject({ collapseId: `c-${name}`, collapsible: true });
		}
	});

	test('fills values of objects that travel as text', () => {
		const value = 'a"b\\c\n';
		const rendered = sent({ ...hello, data: { o: { k: '{{v}}' } } }, 'GCM', { substitutions: { v: [value] } });
		expect(rendered).toMatchObject({ data: { o: JSON.stringify({ k: value }) } });
	});

	test.each<[string, Record<string, string[]> | undefined]>([
		['none at all', undefined],
		['other ones', { other: ['x'] }],
		['an empty list', { name: [] }],
		['only what every object inherits', {}],
	])('refuses a recipient without the value: %s', (_what, substitutions) => {
		const refused = refusalOf(render({ body: '{{name}} {{constructor}} {{name}}' }, 'APNS', { substitutions }));
		expect(refused).toMatchObject({ reason: 'MissingSubstitution', statusCode: 400 });
		expect(refused.stops).toBeUndefined();
		expect(refused.message).toContain('{{name}}, {{constructor}},');
	});

	test.each([
		['empty', 'Hi !'],
		['keep', 'Hi {{ name }}!'],
	] as const)('can leave the place of a missing value %s', (onMissing, body) => {
		const rendered = render({ body: 'Hi {{ name }}!' }, 'APNS', {}, { onMissing });
		expect(jsonOf(rendered)).toEqual({ aps: { alert: { body } } });
	});

	test('takes the title and body a recipient brings, and fills them too', () => {
		const message = compileNotification({ title: 'T', body: 'B', badge: 1 });
		const own = { titleOverride: 'Own {{n}}', substitutions: { n: ['1'] } };
		expect(jsonOf(message.render(recipient('APNS', own)))).toEqual({
			aps: { alert: { title: 'Own 1', body: 'B' }, badge: 1 },
		});
		expect(jsonOf(message.render(recipient('GCM', { bodyOverride: 'Own "b"' })))).toMatchObject({
			notification: { title: 'T', body: 'Own "b"' },
		});
		expect(jsonOf(message.render(recipient('ADM', { titleOverride: 'a', bodyOverride: 'b' })))).toMatchObject({
			notification: { title: 'a', body: 'b' },
		});
		expect(jsonOf(message.render(recipient('APNS')))).toEqual({ aps: { alert: { title: 'T', body: 'B' }, badge: 1 } });
	});

	test('mends a message without content by a recipient’s own body', () => {
		const message = compileNotification({});
		expect(refusalOf(message.render(recipient('APNS')))).toMatchObject({ reason: 'NoContent' });
		expect(refusalOf(message.render(recipient('APNS'))).stops).toBeUndefined();
		expect(jsonOf(message.render(recipient('APNS', { bodyOverride: 'b' })))).toEqual({ aps: { alert: { body: 'b' } } });
	});

	test('takes the raw content a recipient brings in place of everything, headers aside', () => {
		const message = compileNotification({ ...hello, collapseId: 'c', priority: 'normal' });
		const rendered = message.render(
			recipient('APNS', { rawContent: '{"aps":{"alert":"{{n}}"}}', substitutions: { n: ['x"y'] } }),
		);
		expect(jsonText(rendered)).toBe('{"aps":{"alert":"x\\"y"}}');
		expect(headersOf(rendered)).toMatchObject({ collapseId: 'c', priority: 5, pushType: 'alert' });
		expect(jsonOf(message.render(recipient('APNS')))).toEqual({ aps: { alert: { title: 'Hello', body: 'World' } } });
	});

	test('keeps the raw contents of several recipients apart', () => {
		const message = compileNotification(hello);
		const alerts = ['a', 'b', 'b', 'a'].map((alert) =>
			jsonOf(message.render(recipient('APNS', { rawContent: JSON.stringify({ aps: { alert } }) }))),
		);
		expect(alerts).toEqual(['a', 'b', 'b', 'a'].map((alert) => ({ aps: { alert } })));
	});

	test('refuses only the recipient whose own raw content is broken', () => {
		const message = compileNotification(hello);
		const refused = refusalOf(message.render(recipient('APNS', { rawContent: '{"aps":' })));
		expect(refused.reason).toBe('InvalidRawContent');
		expect(refused.stops).toBeUndefined();
		expect(isRefusal(message.render(recipient('APNS')))).toBe(false);
	});

	test('is too large for everybody only when nothing depends on the recipient', () => {
		const long = 'x'.repeat(5000);
		expect(refusalOf(render({ body: long }, 'APNS'))).toMatchObject({ reason: 'PayloadTooLarge', stops: 'message' });
		const filled = refusalOf(render({ body: '{{long}}' }, 'APNS', { substitutions: { long: [long] } }));
		expect(filled).toMatchObject({ reason: 'PayloadTooLarge', statusCode: 413 });
		expect(filled.stops).toBeUndefined();
	});

	test('names the size and the limit of what is too large', () => {
		const refused = refusalOf(render({ body: 'ä'.repeat(2050) }, 'APNS'));
		const bytes = Buffer.byteLength(JSON.stringify({ aps: { alert: { body: 'ä'.repeat(2050) } } }));
		expect(refused.message).toContain(`${bytes.toLocaleString('en-US')} bytes`);
		expect(refused.message).toContain('4,096');
	});

	test('is sent when it is as large as allowed and refused one byte above', () => {
		const frame = Buffer.byteLength('{"aps":{"alert":{"body":""}}}');
		expect(render({ body: 'x'.repeat(4096 - frame) }, 'APNS')).toMatchObject({ bytes: 4096 });
		expect(refusalOf(render({ body: 'x'.repeat(4097 - frame) }, 'APNS')).statusCode).toBe(413);
	});

	test('refuses a collapse id that grew too long for one recipient', () => {
		const refused = refusalOf(
			render({ ...hello, collapseId: '{{c}}' }, 'GCM', { substitutions: { c: ['x'.repeat(65)] } }),
		);
		expect(refused).toMatchObject({ reason: 'InvalidCollapseId', statusCode: 400 });
	});

	test.each<[string, Notification, RegExp]>([
		['a collapse id over 64 bytes', { ...hello, collapseId: 'ü'.repeat(33) }, /66 bytes/],
		['a negative badge', { ...hello, badge: -1 }, /badge/],
		['half a badge', { ...hello, badge: 1.5 }, /badge/],
		['a negative time to live', { ...hello, timeToLiveSeconds: -1 }, /time to live/],
		['a deep link without a link', { ...hello, action: 'DEEP_LINK' }, /deep link/],
		['a URL without one', { ...hello, action: 'URL', url: '' }, /URL/],
		['a URL that is no web address', { ...hello, action: 'URL', url: 'example.com' }, /https:\/\//],
		['a relevance over 1', { ...hello, apns: { relevanceScore: 2 } }, /relevance/],
		['a volume over 1', { ...hello, apns: { criticalVolume: 2 } }, /volume/],
	])('throws for %s, whatever the channel', (_what, notification, sentence) => {
		expect(() => compileNotification(notification)).toThrow(sentence);
		expect(() => compileNotification(notification)).toThrow(expect.objectContaining({ code: 'InvalidMessage' }));
	});

	test('throws a sentence for data that is no plain JSON', () => {
		const circle: Record<string, unknown> = {};
		circle.self = circle;
		for (const data of [circle, { big: 1n }, { run: () => 1 }]) {
			expect(() => compileNotification({ ...hello, data })).toThrow(PushError);
			expect(() => compileNotification({ ...hello, data })).toThrow(/cannot be written as JSON/);
		}
	});

	test('writes dates as JSON does', () => {
		expect(sent({ ...hello, data: { at: new Date(0) } }, 'APNS')).toMatchObject({ at: '1970-01-01T00:00:00.000Z' });
	});

	test('keeps data keys that look like object machinery', () => {
		const data: unknown = JSON.parse('{"__proto__":"x","constructor":"y"}');
		const text = jsonText(render({ ...hello, data: Object.fromEntries(Object.entries(data ?? {})) }, 'GCM'));
		expect(text).toContain('"data":{"__proto__":"x","constructor":"y"}');
	});

	test('gives each channel its own content', () => {
		const message = compileNotification(hello);
		const providers = (['APNS', 'GCM', 'BAIDU', 'ADM'] satisfies ChannelType[]).map(
			(channelType) => headersOf(message.render(recipient(channelType))).provider,
		);
		expect(providers).toEqual(['apns', 'fcm', 'baidu', 'adm']);
	});

	test('tells its warnings when the channel was used, each once', () => {
		const message = compileNotification({ ...hello, silent: true, priority: 'high' });
		expect(message.warnings).toEqual([]);
		message.render(recipient('APNS'));
		message.render(recipient('APNS_SANDBOX'));
		expect(message.warnings).toHaveLength(1);
	});
});

describe('a fallback', () => {
	test.each([
		['{{name | "friend"}}', 'friend'],
		["{{name|'friend'}}", 'friend'],
		['{{ name | dear friend }}', 'dear friend'],
		['{{name | ""}}', ''],
		['{{name | "a | b"}}', 'a | b'],
	])('%s takes the place of a missing or empty value', (written, expected) => {
		const message = compileNotification({ body: `Hi ${written}!` });
		const bodyFor = (substitutions?: Record<string, string[]>) =>
			jsonOf(message.render(recipient('APNS', { substitutions })));
		expect(bodyFor()).toEqual({ aps: { alert: { body: `Hi ${expected}!` } } });
		expect(bodyFor({ name: [''] })).toEqual({ aps: { alert: { body: `Hi ${expected}!` } } });
		expect(bodyFor({ name: ['Ann'] })).toEqual({ aps: { alert: { body: 'Hi Ann!' } } });
	});

	test.each(['{{name | \\"friend\\"}}', "{{name | 'friend'}}", '{{name | friend}}'])(
		'%s works inside a raw payload, in the quotes JSON allows',
		(written) => {
			const raw = { apns: `{"aps":{"alert":"Hi ${written}"}}` };
			expect(jsonOf(render({ raw }, 'APNS'))).toEqual({ aps: { alert: 'Hi friend' } });
		},
	);

	test('never reaches from one string of a raw payload into the next', () => {
		const raw = '{"aps":{"alert":"{{x |","}}":1}}';
		expect(jsonOf(render({ raw: { apns: raw } }, 'APNS'))).toEqual(JSON.parse(raw));
	});

	test.each([
		['Likes.[1]', 'tea'],
		['Likes.0', 'rum'],
		['user.name', 'Ann'],
	])('{{%s}} is found by its path', (path, expected) => {
		const substitutions = { Likes: ['rum', 'tea'], 'user.name': ['Ann'] };
		expect(jsonOf(render({ body: `{{${path}}}` }, 'APNS', { substitutions }))).toEqual({
			aps: { alert: { body: expected } },
		});
	});

	test.each(['{{a|', '{{a| '.padEnd(20_000), `{{${'a '.repeat(10_000)}`, '{{a|"'.padEnd(20_000)])(
		'text that only begins like one stays text, however long (%#)',
		(body) => {
			expect(isRefusal(render({ body }, 'ADM'))).toBe(body.length > 6000);
		},
	);
});

test('names of placeholders are found in every string, also of raw payloads', () => {
	const raw = { apns: '{"aps":{"alert":"{{c | \\"x\\"}}"}}' };
	expect(placeholderNames({ title: '{{a}}', data: { k: ['{{b | "y"}}'] }, raw }).sort()).toEqual(['a', 'b', 'c']);
});
