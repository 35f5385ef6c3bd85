import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readCertificateFacts } from '../../../push/providers/apns/certificate';
import { chooseIdentity, expiryWarnings } from '../../../push/providers/apns/identity';
import { certificateRefusal } from '../../../push/providers/apns/topic';
import { pushErrorOf } from './no-secrets';
import { pushCertificate, rsaKeyPem, type CertificateOrder } from './push-certificates';
import { DAY } from './turned-clock';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const facts = (order: Omit<CertificateOrder, 'keyPem'> = {}) =>
	readCertificateFacts(new X509Certificate(pushCertificate({ keyPem: rsaKeyPem(), ...order })));

describe('the facts of a push certificate', () => {
	it('come from certificates whose signatures are genuine', () => {
		const certificate = new X509Certificate(pushCertificate({ keyPem: rsaKeyPem() }));
		expect(certificate.verify(createPublicKey(rsaKeyPem()))).toBe(true);
	});

	it('reads a universal one', () => {
		expect(facts({ to: NOW + 10 * DAY })).toEqual({
			name: 'Apple Push Services: com.example.app',
			kind: 'app',
			environments: ['production', 'sandbox'],
			voip: true,
			topics: [
				{ topic: 'com.example.app', kinds: ['app'] },
				{ topic: 'com.example.app.voip', kinds: ['voip'] },
				{ topic: 'com.example.app.complication', kinds: ['complication'] },
			],
			uid: 'com.example.app',
			teamId: 'TEAM012345',
			notBefore: NOW - DAY,
			notAfter: NOW + 10 * DAY,
		});
	});

	it.each([
		[
			'sandbox only',
			{ name: 'Apple Development IOS Push Services: com.example.app', marks: [1], topics: [] },
			'app',
			['sandbox'],
			false,
		],
		[
			'production only',
			{ name: 'Apple Production IOS Push Services: com.example.app', marks: [2], topics: [] },
			'app',
			['production'],
			false,
		],
		[
			'VoIP by its name',
			{ name: 'VoIP Services: com.example.app', marks: [1, 2], topics: [] },
			'voip',
			['production', 'sandbox'],
			true,
		],
		['VoIP by its mark', { marks: [2, 4], topics: [] }, 'app', ['production'], true],
		[
			'Safari website',
			{ name: 'Website Push ID: web.com.example', marks: [], topics: [] },
			'website',
			['production'],
			false,
		],
		['Wallet pass', { name: 'Pass Type ID: pass.com.example', marks: [], topics: [] }, 'pass', ['production'], false],
		[
			'MDM',
			{ name: 'APSP:1234', uid: 'com.apple.mgmt.External.1234', marks: [2], topics: [] },
			'mdm',
			['production'],
			false,
		],
		['any other', { name: 'example.com', uid: '', marks: [], topics: [] }, 'unknown', [], false],
	] as const)('tells a certificate for %s', (_, order, kind, environments, voip) => {
		expect(facts(order)).toMatchObject({ kind, environments, voip });
	});

	it('reads topics with several kinds and with letters beyond ASCII', () => {
		const read = facts({ topics: [['com.example.app', 'app', 'voip'], ['com.exämple']] });
		expect(read.topics).toEqual([
			{ topic: 'com.example.app', kinds: ['app', 'voip'] },
			{ topic: 'com.exämple', kinds: [] },
		]);
		expect(read.voip).toBe(true);
	});
});

describe('what a certificate may send', () => {
	it.each([
		['com.example.app', 'alert', undefined],
		['com.example.app', 'background', undefined],
		['com.example.app.voip', 'voip', undefined],
		['com.example.app.complication', 'complication', undefined],
		['com.other', 'alert', /not for the topic com\.other; it names com\.example\.app, /],
		['com.example.app.location-query', 'location', /cannot be sent with a certificate/],
		// Apple does not list these in certificates; whether it takes them is for Apple to say.
		['com.example.app.push-type.liveactivity', 'liveactivity', undefined],
		['com.example.app.voip-ptt', 'pushtotalk', undefined],
	] as const)('topic %s as %s', (topic, pushType, refusal) => {
		const said = certificateRefusal(facts(), topic, pushType);
		if (refusal) expect(said).toMatch(refusal);
		else expect(said).toBeUndefined();
	});

	it('leaves everything to Apple when the certificate has no topic list', () => {
		expect(certificateRefusal(facts({ topics: [] }), 'com.other', 'alert')).toBeUndefined();
	});
});

describe('the validity of a certificate', () => {
	const at = (from: number, to: number) => (now: number) =>
		chooseIdentity([createPrivateKey(rsaKeyPem())], [pushCertificate({ keyPem: rsaKeyPem(), from, to })], now);

	it('refuses an expired one with its date', async () => {
		const error = await pushErrorOf(() => at(NOW - 400 * DAY, NOW - DAY)(NOW));
		expect(error.code).toBe('InvalidCredential');
		expect(error.message).toBe('The certificate "Apple Push Services: com.example.app" expired on 2026-11-22.');
	});

	it('refuses one that is not yet valid and points at the clock', async () => {
		const error = await pushErrorOf(() => at(NOW + DAY, NOW + 300 * DAY)(NOW));
		expect(error.message).toMatch(/valid only from 2026-11-24 on/);
		expect(error.hint).toMatch(/clock .* 2026-11-23/);
	});

	it.each([
		[31, []],
		[29.5, [/expires in 29 days \(2026-12-23\)/]],
		[1.2, [/expires in 1 day /]],
		[0.2, [/expires in less than a day/]],
		[-2, [/expired on 2026-11-21/]],
	])('with %d days left it says the right thing', (days, patterns) => {
		const warnings = expiryWarnings(facts({ to: NOW + days * DAY }), NOW);
		expect(warnings).toHaveLength(patterns.length);
		patterns.forEach((pattern, index) => expect(warnings[index]).toMatch(pattern));
	});
});
