import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { APNS_PUSH_TYPES, type ApnsContent, type ApnsPushType } from '../../../push/messages/content';
import type { ChannelType, Outcome } from '../../../push/model';
import { readCertificateFacts } from '../../../push/providers/apns/certificate';
import type { ApnsIdentity } from '../../../push/providers/apns/credential';
import {
	expirationOf,
	HeaderCache,
	prepareContent,
	readAddress,
	readMessageId,
} from '../../../push/providers/apns/request';
import { TOPIC_SUFFIX, topicFor } from '../../../push/providers/apns/topic';
import { keyIdentity } from './key-identity';
import { pushCertificate, rsaKeyPem } from './push-certificates';
import { TurnedClock } from './turned-clock';

const content = (change: Partial<ApnsContent> = {}): ApnsContent => ({
	provider: 'apns',
	pushType: 'alert',
	payload: '{"aps":{"alert":"Hi"}}',
	bytes: 22,
	collapsible: false,
	...change,
});

let identity: ApnsIdentity;
beforeAll(async () => {
	identity = await keyIdentity();
});

function headersOf(
	change: Partial<ApnsContent> = {},
	channelType: ChannelType = 'APNS',
	authorization = 'bearer x',
): Readonly<Record<string, string>> {
	const prepared = prepareContent(content(change), channelType, identity);
	if ('refused' in prepared) throw new Error(prepared.refused.message);
	return new HeaderCache(new TurnedClock()).headersFor(prepared, authorization);
}

function refusalOf(
	change: Partial<ApnsContent>,
	channelType: ChannelType = 'APNS',
	as: ApnsIdentity = identity,
): Outcome {
	const prepared = prepareContent(content(change), channelType, as);
	if (!('refused' in prepared)) throw new Error('was not refused');
	return prepared.refused;
}

describe('topics', () => {
	const EXPECTED: Readonly<Record<ApnsPushType, string>> = {
		alert: 'com.example.app',
		background: 'com.example.app',
		voip: 'com.example.app.voip',
		complication: 'com.example.app.complication',
		fileprovider: 'com.example.app.pushkit.fileprovider',
		mdm: 'com.example.app',
		location: 'com.example.app.location-query',
		liveactivity: 'com.example.app.push-type.liveactivity',
		pushtotalk: 'com.example.app.voip-ptt',
		widgets: 'com.example.app.push-type.widgets',
		controls: 'com.example.app.push-type.controls',
	};

	it.each(Object.entries(EXPECTED))('%s goes to %s, whether or not the suffix was typed', (pushType, topic) => {
		const known = APNS_PUSH_TYPES.find((type) => type === pushType);
		if (!known) throw new Error('unknown type');
		expect(topicFor('com.example.app', known)).toBe(topic);
		expect(topicFor(topic, known)).toBe(topic);
		expect(headersOf({ pushType: known })['apns-topic']).toBe(topic);
		expect(headersOf({ pushType: known })['apns-push-type']).toBe(pushType);
	});

	it('has a suffix for every push type there is', () => {
		expect(Object.keys(TOPIC_SUFFIX).sort()).toEqual([...APNS_PUSH_TYPES].sort());
	});

	it.each(['APNS_VOIP', 'APNS_VOIP_SANDBOX'] as const)('everything on %s is a VoIP push', (channel) => {
		expect(headersOf({ pushType: 'alert' }, channel)).toMatchObject({
			'apns-push-type': 'voip',
			'apns-topic': 'com.example.app.voip',
		});
	});

	it('the topic of a message comes before the bundle id', () => {
		expect(headersOf({ topic: 'com.example.other' })['apns-topic']).toBe('com.example.other');
		expect(headersOf({ topic: 'com.example.other', pushType: 'voip' })['apns-topic']).toBe('com.example.other.voip');
	});
});

describe('headers', () => {
	it('are these and no others for a plain message', () => {
		expect(headersOf()).toEqual({
			authorization: 'bearer x',
			'apns-topic': 'com.example.app',
			'apns-push-type': 'alert',
			'apns-priority': '10',
		});
	});

	it.each<[Partial<ApnsContent>, string | undefined]>([
		[{ pushType: 'alert' }, '10'],
		[{ pushType: 'alert', priority: 5 }, '5'],
		[{ pushType: 'alert', priority: 1 }, '1'],
		[{ pushType: 'background' }, '5'],
		[{ pushType: 'background', priority: 10 }, '5'],
		[{ pushType: 'voip' }, '10'],
		[{ pushType: 'liveactivity', priority: 5 }, '5'],
		[{ pushType: 'mdm' }, undefined],
		[{ pushType: 'fileprovider' }, undefined],
		[{ pushType: 'widgets' }, undefined],
		[{ pushType: 'controls', priority: 5 }, '5'],
	])('%j has priority %s', (change, priority) => {
		expect(headersOf(change)['apns-priority']).toBe(priority);
	});

	it.each([
		[undefined, undefined],
		[0, '0'],
		[1, '1795435201'],
		[3600, '1795438800'],
		[0.5, '1795435201'],
		[1e12, '1798027200'],
	])('a time to live of %s s is the expiration %s', (ttl, expiration) => {
		expect(expirationOf(ttl, Date.parse('2026-11-23T12:00:00.900Z'))).toBe(expiration);
		expect(headersOf(ttl === undefined ? {} : { timeToLiveSeconds: ttl })['apns-expiration']).toBe(expiration);
	});

	it('Push to Talk is for now or never unless said otherwise', () => {
		expect(headersOf({ pushType: 'pushtotalk' })['apns-expiration']).toBe('0');
		expect(headersOf({ pushType: 'pushtotalk', timeToLiveSeconds: 5 })['apns-expiration']).toBe('1795435205');
	});

	it('the collapse id goes as it is, up to 64 bytes', () => {
		expect(headersOf({ collapseId: 'x'.repeat(64) })['apns-collapse-id']).toBe('x'.repeat(64));
		expect(headersOf({ collapseId: '' })).not.toHaveProperty('apns-collapse-id');
	});

	it('are one frozen object for all recipients, made anew only when the second or the provider token changes', async () => {
		const clock = new TurnedClock();
		const cache = new HeaderCache(clock);
		const prepared = prepareContent(content({ timeToLiveSeconds: 60 }), 'APNS', identity);
		if ('refused' in prepared) throw new Error('refused');
		const first = cache.headersFor(prepared, 'bearer a');
		clock.pass(999);
		expect(cache.headersFor(prepared, 'bearer a')).toBe(first);
		expect(Object.isFrozen(first)).toBe(true);
		clock.pass(1);
		// The clock is read once a turn.
		await new Promise((resolve) => setImmediate(resolve));
		const second = cache.headersFor(prepared, 'bearer a');
		expect(Number(second['apns-expiration'])).toBe(Number(first['apns-expiration']) + 1);
		expect(cache.headersFor(prepared, 'bearer b').authorization).toBe('bearer b');
		expect(cache.headersFor(prepared, undefined)).not.toHaveProperty('authorization');
	});
});

describe('what is refused before sending', () => {
	it.each<[string, Partial<ApnsContent>, Partial<Outcome>]>([
		[
			'an empty payload',
			{ payload: '', bytes: 0 },
			{ class: 'payload', providerReason: 'PayloadEmpty', statusCode: 400 },
		],
		['4,097 bytes', { bytes: 4097 }, { class: 'payload', providerReason: 'PayloadTooLarge', statusCode: 413 }],
		[
			'5,121 bytes of VoIP',
			{ bytes: 5121, pushType: 'voip' },
			{ class: 'payload', providerReason: 'PayloadTooLarge', statusCode: 413 },
		],
		[
			'a collapse id of 65 bytes',
			{ collapseId: 'é'.repeat(33) },
			{ class: 'payload', providerReason: 'CollapseIdTooLong' },
		],
		[
			'a collapse id with a line break',
			{ collapseId: 'a\nb' },
			{ class: 'payload', providerReason: 'InvalidCollapseId' },
		],
		['a negative time to live', { timeToLiveSeconds: -1 }, { class: 'payload', providerReason: 'InvalidTimeToLive' }],
		[
			'a time to live that is no number',
			{ timeToLiveSeconds: Number.NaN },
			{ class: 'payload', providerReason: 'InvalidTimeToLive' },
		],
		[
			'a topic with a line break',
			{ topic: 'com.example\r\nx: y' },
			{ class: 'config', providerReason: 'InvalidTopic', stops: 'message' },
		],
	])('%s', (_, change, expected) => {
		const refused = refusalOf(change);
		expect(refused).toMatchObject({ tokenAction: 'keep', stops: 'message', processed: false, ...expected });
		expect(refused.message).toMatch(/not sent|nothing was sent/);
	});

	it('4,096 bytes and 5,120 bytes of VoIP still go', () => {
		expect(headersOf({ bytes: 4096 })).toBeDefined();
		expect(headersOf({ bytes: 5120, pushType: 'alert' }, 'APNS_VOIP')).toBeDefined();
	});

	it('what a certificate cannot send stops the message, or all when it is the topic of the credential', () => {
		const certificate = new X509Certificate(
			pushCertificate({ keyPem: rsaKeyPem(), topics: [['com.example.app', 'app']] }),
		);
		const facts = readCertificateFacts(certificate);
		const as: ApnsIdentity = {
			kind: 'certificate',
			bundleId: 'com.example.app',
			tls: { cert: '', key: '', fingerprint: '', facts },
			facts,
			hash: '',
			connection: {},
		};
		expect(refusalOf({ pushType: 'location' }, 'APNS', as)).toMatchObject({
			class: 'config',
			stops: 'message',
			providerReason: 'TopicNotInCertificate',
		});
		expect(refusalOf({ topic: 'com.other' }, 'APNS', as)).toMatchObject({ class: 'config', stops: 'message' });
		expect(refusalOf({}, 'APNS', { ...as, bundleId: 'com.other' })).toMatchObject({ class: 'config', stops: 'client' });
		expect(refusalOf({ pushType: 'voip' }, 'APNS_VOIP', as)).toMatchObject({ class: 'config', stops: 'client' });
		expect('refused' in prepareContent(content(), 'APNS', as)).toBe(false);
	});
});

describe('device tokens', () => {
	const token = 'a1'.repeat(32);

	it.each([token, token.toUpperCase(), ` ${token}\n`, `<${token.replace(/(.{8})/g, '$1 ').trim()}>`])(
		'%j is read',
		(address) => {
			expect(readAddress(address)).toBe(token);
		},
	);

	it('takes longer tokens, as Live Activities have them', () => {
		expect(readAddress('b'.repeat(200))).toBe('b'.repeat(200));
	});

	it.each([
		['', /empty/],
		['   ', /empty/],
		['abc', /even number of hexadecimal/],
		['zz'.repeat(32), /hexadecimal/],
		['a'.repeat(202), /hexadecimal/],
		[`../../${'a'.repeat(58)}`, /hexadecimal/],
		[
			'cXyZ12_AbCdEf:APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3hVZjC9KtT8OvPVGJ-hQMRKRrZuJAEcl7B338qju59zJMjw2DELjzEvxwYv7hH5Ynpc1ODQ0aT4U4OFEeco8ohsN5PjL1iC2dNtk2BAokeMCg2ZXKqpc8FXKmhX94kIxQ',
			/GCM channel/,
		],
		[Buffer.alloc(32, 7).toString('base64'), /base64/],
	])('%j is refused without being sent', (address, sentence) => {
		const read = readAddress(address);
		if (typeof read === 'string') throw new Error('was accepted');
		expect(read.refused).toMatchObject({
			class: 'token',
			tokenAction: 'suspect',
			providerReason: 'InvalidAddress',
			processed: false,
		});
		expect(read.refused.message).toMatch(/nothing was sent/);
		expect(read.refused.message).toMatch(sentence);
	});

	it('only ever puts hexadecimal digits into a path', () => {
		fc.assert(
			fc.property(fc.string(), (address) => {
				const read = readAddress(address);
				expect(typeof read !== 'string' || /^(?:[0-9a-f]{2}){1,100}$/.test(read)).toBe(true);
			}),
		);
	});

	it('message ids are UUIDs in lower case', () => {
		expect(readMessageId('123E4567-E89B-12D3-A456-426614174000')).toBe('123e4567-e89b-12d3-a456-426614174000');
		expect(readMessageId('42')).toMatchObject({ refused: { class: 'payload', providerReason: 'InvalidMessageId' } });
	});
});
