import fc from 'fast-check';
import type { FcmContent } from '../../../push/messages/content';
import { fcmBody, fcmHeaders, fcmPath, refuseFcmAddress } from '../../../push/providers/fcm/request';

const content = (message: string): FcmContent => ({
	provider: 'fcm',
	message,
	validateOnly: false,
	bytes: message.length,
	collapsible: false,
});

describe('a request to FCM', () => {
	it('is the message with the token put in', () => {
		expect(fcmBody(content('{"data":{"a":"b"}}'), 'T', false)).toBe('{"message":{"token":"T","data":{"a":"b"}}}');
	});

	it('says validate_only when nothing may be sent', () => {
		expect(fcmBody(content('{"data":{}}'), 'T', true)).toBe('{"validate_only":true,"message":{"token":"T","data":{}}}');
	});

	it('is right for an empty message', () => {
		expect(JSON.parse(fcmBody(content(' { } '), 'T', false))).toEqual({ message: { token: 'T' } });
	});

	it('holds exactly the token and the message, whatever they are', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.dictionary(fc.string(), fc.jsonValue()), (token, data) => {
				const message = { data };
				expect(JSON.parse(fcmBody(content(JSON.stringify(message)), token, false))).toEqual(
					JSON.parse(JSON.stringify({ message: { token, data } })),
				);
			}),
		);
	});

	it('goes to the project and carries the access token', () => {
		expect(fcmPath('demo-project')).toBe('/v1/projects/demo-project/messages:send');
		expect(fcmHeaders('ya29.x')).toEqual({
			authorization: 'Bearer ya29.x',
			'content-type': 'application/json; charset=UTF-8',
		});
	});

	it.each([
		['', /empty/],
		['abc def', /blanks/],
		['abc\n', /blanks/],
		['/topics/news', /topic/],
		["'a' in topics && 'b' in topics", /condition/],
		['x'.repeat(4097), /4096|4,096/],
	])('is not made for the address %j', (address, words) => {
		expect(refuseFcmAddress(address)).toMatchObject({
			class: 'token',
			tokenAction: 'suspect',
			providerReason: 'InvalidAddress',
			statusCode: 400,
			processed: false,
			message: expect.stringMatching(words),
		});
	});

	it.each(['f', 'cXyz_-:APA91bH', 'x'.repeat(4096)])('is made for a registration token', (address) => {
		expect(refuseFcmAddress(address)).toBeUndefined();
	});
});

describe('targets other than a device token', () => {
	it.each([
		['fid', 'cXyZ_1234567890-abcdef', 'cXyZ_1234567890-abcdef'],
		['topic', 'news', 'news'],
		['topic', '/topics/news', 'news'],
		['condition', "'a' in topics && !('b' in topics)", "'a' in topics && !('b' in topics)"],
	] as const)('%s %s goes under its own name', (kind, address, target) => {
		expect(refuseFcmAddress(address, kind)).toBeUndefined();
		expect(JSON.parse(fcmBody(content('{"data":{"a":"b"}}'), address, true, kind))).toEqual({
			validate_only: true,
			message: { [kind]: target, data: { a: 'b' } },
		});
	});

	it.each([
		['fid', 'no id'],
		['topic', 'no topic'],
		['topic', ''],
		['condition', 'news'],
		['condition', ['a', 'b', 'c', 'd', 'e', 'f'].map((topic) => `'${topic}' in topics`).join(' || ')],
	] as const)('%s "%s" is refused before anything is sent', (kind, address) => {
		expect(refuseFcmAddress(address, kind)).toMatchObject({ class: 'token', processed: false });
	});
});
