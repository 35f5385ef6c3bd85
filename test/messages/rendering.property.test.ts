import fc from 'fast-check';
import { compileMessageRequest, compileNotification, isRefusal } from '../../push/messages';
import type { Notification } from '../../push/messages';
import { compileJson, compileJsonText, toTree, type Tree, type TreeObject } from '../../push/messages/json';
import { compileText, Filling } from '../../push/messages/substitution';
import type { ChannelType } from '../../push/model';
import { jsonText, recipient } from './content';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const names = fc.constantFrom('a', 'b', 'user.name');
const withHoles = fc
	.array(
		fc.oneof(
			text,
			names.map((name) => `{{${name}}}`),
			names.map((name) => `{{ ${name} }}`),
			fc.constantFrom('{{', '}}', '{{}}', '{{{', '{{ }}', '"', '\\'),
		),
		{ maxLength: 6 },
	)
	.map((parts) => parts.join(''));
const values = fc.record({ a: text, b: text, 'user.name': text });
const channels = fc.constantFrom<ChannelType>('APNS', 'APNS_VOIP', 'GCM', 'BAIDU', 'ADM');

const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; object: TreeObject }>((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 3 },
		withHoles,
		fc.double({ noNaN: true, noDefaultInfinity: true }),
		fc.boolean(),
		fc.constant(null),
		fc.array(tie('tree'), { maxLength: 3 }),
		tie('object'),
	),
	object: fc.dictionary(fc.string({ maxLength: 6 }), tie('tree'), { maxKeys: 3 }),
})).tree;

function substitutionsOf(given: Record<string, string>): Record<string, string[]> {
	return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]]));
}

/** The obvious way: fill in every string of the tree, then serialise. */
function naive(part: Tree, given: Record<string, string>): unknown {
	if (typeof part === 'string') {
		return part.replace(/\{\{\s*(a|b|user\.name)\s*\}\}/g, (_all, name: string) => given[name] ?? '');
	}
	if (Array.isArray(part)) return part.map((item: Tree) => naive(item, given));
	if (typeof part !== 'object' || part === null) return part;
	return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, naive(value, given)]));
}

function filling(given: Record<string, string>): Filling {
	return new Filling(recipient('APNS', { substitutions: substitutionsOf(given) }), undefined, 'keep', 0);
}

describe('rendering, whatever the content', () => {
	test('gives what filling in and serialising would give', () => {
		fc.assert(
			fc.property(fc.dictionary(text, tree, { maxKeys: 4 }), values, (object, given) => {
				const filled = compileJson(object).fill(filling(given));
				expect(JSON.parse(filled.text)).toEqual(JSON.parse(JSON.stringify(naive(object, given))));
				expect(filled.bytes).toBe(Buffer.byteLength(filled.text));
			}),
		);
	});

	test('never lets a value out of its string, not even in raw JSON', () => {
		fc.assert(
			fc.property(fc.dictionary(text, tree, { maxKeys: 4 }), values, (object, given) => {
				// Only the text of strings may change: keys with braces are avoided here, they are filled too.
				fc.pre(!JSON.stringify(Object.keys(object)).includes('{{'));
				const raw = JSON.stringify(object);
				const filled = compileJsonText(raw).fill(filling(given));
				expect(filled.bytes).toBe(Buffer.byteLength(filled.text));
				expect(skeleton(JSON.parse(filled.text))).toEqual(skeleton(JSON.parse(raw)));
			}),
		);
	});

	test('gives JSON on every channel, of the size it says', () => {
		const notification: fc.Arbitrary<Notification> = fc.record(
			{
				title: withHoles,
				subtitle: withHoles,
				body: withHoles,
				sound: text,
				category: text,
				threadId: text,
				badge: fc.nat(),
				silent: fc.boolean(),
				data: fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), tree, { maxKeys: 3 }),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(notification, values, channels, fc.option(withHoles), (given, own, channelType, bodyOverride) => {
				const message = compileNotification(given, { onMissing: 'keep' });
				const to = recipient(channelType, {
					substitutions: substitutionsOf(own),
					...(bodyOverride ? { bodyOverride } : {}),
				});
				const rendered = message.render(to);
				if (isRefusal(rendered)) {
					expect(['NoContent', 'PayloadTooLarge', 'ReservedDataKey']).toContain(rendered.reason);
					return;
				}
				const json: unknown = JSON.parse(jsonText(rendered));
				expect(rendered.bytes).toBe(countedBytes(rendered.provider, json, jsonText(rendered)));
			}),
		);
	});

	test('of a compiled message equals writing the values into it first', () => {
		const part = fc.constantFrom('{{a}}', '{{ b }}', '{{user.name}}', 'x', '"', '\\', ' ');
		const own = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
		// A value with braces would be taken for a placeholder where it is written into the message.
		const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => !/[{}]/.test(value));
		const given = fc.record({ a: plain, b: plain, 'user.name': plain });
		const notification = fc.record({
			title: own,
			body: own,
			data: fc.record({ k: own, list: fc.array(own, { maxLength: 2 }), o: fc.record({ p: own }) }),
			url: own,
			action: fc.constant<'DEEP_LINK'>('DEEP_LINK'),
			adm: fc.constant({ md5: true }),
		});
		fc.assert(
			fc.property(notification, given, channels, (written, filled, channelType) => {
				const compiled = compileNotification(written).render(
					recipient(channelType, { substitutions: substitutionsOf(filled) }),
				);
				const byHand = compileNotification({ ...written, ...filledIn(written, filled) }).render(recipient(channelType));
				expect(compiled).toEqual(byHand);
			}),
		);
	});

	test('of a compiled request equals a request with the values in it, raw content included', () => {
		const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => !/[{}]/.test(value));
		const messages = {
			APNSMessage: { RawContent: '{"aps":{"alert":"{{a}} \\"{{b}}\\""},"k":["{{a}}"]}' },
			GCMMessage: { RawContent: '{"notification":{"title":"{{a}}"},"data":{"o":{"b":"{{b}}"}}}' },
			BaiduMessage: { Title: '{{a}}', Body: '{{b}}', Data: { k: '{{a}}' } },
			ADMMessage: { Body: '{{b}}{{a}}', Url: 'app://{{a}}', Action: 'DEEP_LINK' },
		};
		const renderRequest = (MessageConfiguration: unknown, to: object, channelType: ChannelType) => {
			const request = { Addresses: { token: { ChannelType: channelType, ...to } }, MessageConfiguration };
			const { message, recipients } = compileMessageRequest(request, { style: 'aws' });
			return recipients.map((one) => JSON.parse(jsonText(message.render(one))));
		};
		fc.assert(
			fc.property(fc.record({ a: plain, b: plain }), channels, (values, channelType) => {
				const written = filledIn(messages, values);
				const Substitutions = substitutionsOf(values);
				expect(renderRequest(messages, { Substitutions }, channelType)).toEqual(
					renderRequest(written, {}, channelType),
				);
			}),
		);
	});

	test('finds the same placeholders whether it compiles or replaces', () => {
		fc.assert(
			fc.property(withHoles, values, (template, given) => {
				expect(filling(given).text(compileText(template))).toBe(naive(template, given));
			}),
		);
	});

	test('takes any JSON value as a tree and gives it back', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
				expect(JSON.stringify(toTree(value))).toBe(JSON.stringify(value));
			}),
		);
	});
});

/** Every text with its values written in; those of raw content escaped, as they stand in strings of JSON there. */
function filledIn(value: unknown, values: Readonly<Record<string, string>>, raw = false): object {
	return Object.fromEntries(
		Object.entries(Object(value)).map(([key, member]) => [
			key,
			filledMember(member, values, raw || key === 'RawContent'),
		]),
	);
}

function filledMember(member: unknown, values: Readonly<Record<string, string>>, raw: boolean): unknown {
	if (Array.isArray(member)) return member.map((item: unknown) => filledMember(item, values, raw));
	if (typeof member !== 'string') return typeof member === 'object' ? filledIn(member, values, raw) : member;
	return member.replaceAll(/\{\{\s*(a|b|user\.name)\s*\}\}/g, (_all, name: string) => {
		const value = values[name] ?? '';
		return raw ? JSON.stringify(value).slice(1, -1) : value;
	});
}

/** The shape of a JSON value: its strings are all alike. */
function skeleton(value: unknown): unknown {
	if (typeof value === 'string') return '';
	if (Array.isArray(value)) return value.map((item: unknown) => skeleton(item));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]: [string, unknown]) => [key, skeleton(member)]));
}

/** APNs and Baidu count the JSON as sent; FCM and ADM what is shown and the app's data. */
function countedBytes(provider: string, json: unknown, whole: string): number {
	if (provider === 'apns' || provider === 'baidu') return Buffer.byteLength(whole);
	const parts = typeof json === 'object' && json !== null ? Object.entries(json) : [];
	return parts
		.filter(([key]) => key === 'data' || key === 'notification')
		.reduce((sum, [, part]) => sum + Buffer.byteLength(JSON.stringify(part)), 0);
}
