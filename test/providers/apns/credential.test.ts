import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { ApnsCertificateCredential, ApnsKeyCredential, ChannelType } from '../../../push/model';
import { readApnsCredential } from '../../../push/providers/apns/credential';
import { channelsOf, environmentFor } from '../../../push/providers/apns/usability';
import { expectNoSecret, pushErrorOf } from './no-secrets';
import { pushCertificate, rsaKeyPem, type CertificateOrder } from './push-certificates';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const p8 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
	.privateKey.export({ type: 'pkcs8', format: 'pem' })
	.toString();
const KEY: ApnsKeyCredential = {
	type: 'apnsKey',
	keyId: 'ABC123DEFG',
	teamId: 'TEAM012345',
	bundleId: 'com.example.app',
	privateKey: p8,
};
const keyPem = rsaKeyPem(0);
const certificatePem = pushCertificate({ keyPem });

const readKey = async (change: Partial<ApnsKeyCredential>) => await readApnsCredential({ ...KEY, ...change }, NOW);
const readPair = async (credential: Omit<ApnsCertificateCredential, 'type'>) =>
	await readApnsCredential({ type: 'apnsCertificate', ...credential }, NOW);

describe('the fields of a key credential', () => {
	it.each([
		[{ keyId: ' abc123defg ' }, { keyId: 'ABC123DEFG' }],
		[{ keyId: `AuthKey_${KEY.keyId}.p8` }, { keyId: 'ABC123DEFG' }],
		[{ teamId: 'team012345' }, { teamId: 'TEAM012345' }],
		[{ bundleId: ' com.example.app\n' }, { bundleId: 'com.example.app' }],
		[{ bundleId: 'TEAM012345.com.example.app' }, { bundleId: 'com.example.app' }],
		[{ bundleId: 'com.example.My-App2' }, { bundleId: 'com.example.My-App2' }],
	])('reads %j', async (change, expected) => {
		expect(await readKey(change)).toMatchObject({ kind: 'key', ...expected });
	});

	it.each([
		[{ keyId: '' }, /Key ID is empty/],
		[{ keyId: 'ABC123' }, /Key ID must have 10 letters and digits; .* 6 characters/],
		[{ keyId: 'ABC-123DEF' }, /Key ID must have 10/],
		[{ teamId: 'com.example.app' }, /Team ID must have 10/],
		[{ keyId: 'TEAM012345' }, /Key ID and Team ID are the same/],
		[{ bundleId: '' }, /bundle id is empty/],
		[{ bundleId: 'com.example.*' }, /wildcard/],
		[{ bundleId: 'com example' }, /only letters, digits, dots and hyphens/],
		[{ bundleId: 'com.example/../x' }, /only letters, digits, dots and hyphens/],
		[{ privateKey: 'nonsense' }, /private key/],
	])('refuses %j', async (change, sentence) => {
		const error = await pushErrorOf(async () => await readKey(change));
		expect(error.code).toBe('InvalidCredential');
		expect(error.message).toMatch(sentence);
		expect(error.hint).toBeTruthy();
		expectNoSecret(error, p8);
	});

	it('has the same hash for the same key however it was pasted, and another for another key id', async () => {
		const hash = (await readKey({})).hash;
		expect((await readKey({ privateKey: p8.replaceAll('\n', '\\n') })).hash).toBe(hash);
		expect((await readKey({ keyId: 'ABC123DEFH' })).hash).not.toBe(hash);
		expect(hash).toMatch(/^[0-9a-f]{64}$/);
	});

	it('refuses the credential of another provider', async () => {
		const error = await pushErrorOf(
			async () => await readApnsCredential({ type: 'baidu', apiKey: 'a', secretKey: 's' }, NOW),
		);
		expect(error.message).toMatch(/not for Apple/);
	});
});

describe('a certificate as PEM', () => {
	const locked = createPrivateKey(keyPem)
		.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
		.toString();
	const oldLocked = createPrivateKey(keyPem)
		.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'open sesame' })
		.toString();

	it.each([
		['two fields', { certificate: certificatePem, privateKey: keyPem }],
		['one field holding both', { certificate: certificatePem + keyPem }],
		['both in the key field', { privateKey: keyPem + certificatePem }],
		[
			'literal \\n',
			{ certificate: certificatePem.replaceAll('\n', '\\n'), privateKey: keyPem.replaceAll('\n', '\\n') },
		],
		[
			'spaces for line breaks',
			{ certificate: certificatePem.replaceAll('\n', ' '), privateKey: keyPem.replaceAll('\n', ' ') },
		],
		[
			'the notes of openssl in between',
			{
				certificate: `Bag Attributes\n  friendlyName: Push\n${certificatePem}Key Attributes: <No Attributes>\n${keyPem}`,
			},
		],
		['a locked key', { certificate: certificatePem, privateKey: locked, passphrase: 'open sesame' }],
		['a key locked the old way', { certificate: certificatePem, privateKey: oldLocked, passphrase: 'open sesame' }],
		[
			'a key locked the old way, line breaks lost',
			{ certificate: certificatePem, privateKey: oldLocked.replaceAll('\n', ' '), passphrase: 'open sesame' },
		],
		['an empty .p12 field', { pkcs12: ' ', certificate: certificatePem, privateKey: keyPem }],
	])('is read from %s', async (_, credential) => {
		const identity = await readPair(credential);
		if (identity.kind !== 'certificate') throw new Error('not a certificate');
		expect(createPrivateKey(identity.tls.key).equals(createPrivateKey(keyPem))).toBe(true);
		expect(new X509Certificate(identity.tls.cert).fingerprint256).toBe(
			new X509Certificate(certificatePem).fingerprint256,
		);
		expect(identity).toMatchObject({ bundleId: 'com.example.app', facts: { teamId: 'TEAM012345' } });
	});

	it.each([
		['nothing', {}, /No certificate was given/],
		['no key', { certificate: certificatePem }, /private key of the certificate is missing/],
		['a key that is no PEM', { certificate: certificatePem, privateKey: 'hello' }, /private key is not PEM/],
		['a certificate that is no PEM', { certificate: 'hello', privateKey: keyPem }, /certificate is not PEM/],
		[
			'the key of another certificate',
			{ certificate: certificatePem, privateKey: rsaKeyPem(1) },
			/does not belong to the certificate/,
		],
		[
			'a wrong passphrase',
			{ certificate: certificatePem, privateKey: locked, passphrase: 'x' },
			/passphrase of the private key is wrong/,
		],
		[
			'a wrong passphrase, old way',
			{ certificate: certificatePem, privateKey: oldLocked, passphrase: 'x' },
			/passphrase of the private key is wrong/,
		],
		[
			'a missing passphrase',
			{ certificate: certificatePem, privateKey: locked },
			/protected by a passphrase and none was given/,
		],
		[
			'a damaged key',
			{ certificate: certificatePem, privateKey: keyPem.replace(/[A-Za-z0-9]{64}\r?\n/, '') },
			/private key cannot be read/,
		],
		[
			'a damaged certificate',
			{ certificate: certificatePem.replace(/[A-Za-z0-9+/]{64}\r?\n/, ''), privateKey: keyPem },
			/certificate cannot be read/,
		],
		['a novel', { certificate: 'x'.repeat(70_000) }, /larger than 64 KB/],
		['a bundle id that is none', { certificate: certificatePem, privateKey: keyPem, bundleId: '!' }, /bundle id/],
	])('is refused with %s', async (_, credential, sentence) => {
		const error = await pushErrorOf(async () => await readPair(credential));
		expect(error.code).toBe('InvalidCredential');
		expect(error.message).toMatch(sentence);
		expect(error.cause).toBeUndefined();
		expectNoSecret(error, keyPem, locked, 'open sesame');
	});

	it('takes the bundle id of the credential before that of the certificate', async () => {
		expect((await readPair({ certificate: certificatePem + keyPem, bundleId: 'com.example.other' })).bundleId).toBe(
			'com.example.other',
		);
	});

	it('asks for the bundle id when the certificate names none', async () => {
		const plain = pushCertificate({ keyPem, uid: '', name: 'example.com', marks: [], topics: [] });
		const error = await pushErrorOf(async () => await readPair({ certificate: plain + keyPem }));
		expect(error.message).toMatch(/"example\.com" names no app/);
		expect((await readPair({ certificate: plain + keyPem, bundleId: 'com.example.app' })).bundleId).toBe(
			'com.example.app',
		);
	});

	it('sends the issuers it was given along, and nothing else', async () => {
		const stranger = pushCertificate({ keyPem: rsaKeyPem(1), uid: 'com.example.stranger' });
		const identity = await readPair({ certificate: stranger + certificatePem, privateKey: keyPem });
		if (identity.kind !== 'certificate') throw new Error('not a certificate');
		expect(identity.tls.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
	});
});

describe('channels a credential is good for', () => {
	const certificate = async (order: Omit<CertificateOrder, 'keyPem'>) =>
		await readPair({ certificate: pushCertificate({ keyPem, ...order }) + keyPem });
	const universal = {};
	const sandboxOnly = { name: 'Apple Development IOS Push Services: com.example.app', marks: [1], topics: [] };
	const voipOnly = {
		name: 'VoIP Services: com.example.app',
		uid: 'com.example.app.voip',
		marks: [1, 2, 4],
		topics: [['com.example.app.voip', 'voip']] as const,
	};
	const silent = { name: 'gateway', uid: 'com.example.app', marks: [], topics: [] };

	it.each<[string, Omit<CertificateOrder, 'keyPem'>, ChannelType[]]>([
		['universal', universal, ['APNS', 'APNS_VOIP', 'APNS_SANDBOX', 'APNS_VOIP_SANDBOX']],
		['sandbox only', sandboxOnly, ['APNS_SANDBOX']],
		['VoIP only', voipOnly, ['APNS_VOIP', 'APNS_VOIP_SANDBOX']],
		['without any mark', silent, ['APNS', 'APNS_VOIP', 'APNS_SANDBOX', 'APNS_VOIP_SANDBOX']],
	])('a certificate that is %s opens exactly its channels', async (_, order, channels) => {
		const identity = await certificate(order);
		const good: ChannelType[] = [];
		for (const channel of ['APNS', 'APNS_VOIP', 'APNS_SANDBOX', 'APNS_VOIP_SANDBOX'] as const) {
			try {
				environmentFor(identity, channel);
				good.push(channel);
			} catch {
				// refused: checked in words below
			}
		}
		expect(good).toEqual(channels);
		const listed = (['production', 'sandbox'] as const).flatMap((environment) => channelsOf(identity, environment));
		expect(channels.every((channel) => listed.includes(channel))).toBe(true);
	});

	it.each<[Omit<CertificateOrder, 'keyPem'>, ChannelType, RegExp, RegExp]>([
		[sandboxOnly, 'APNS', /for sandbox only, not for APNS\./, /APNS_SANDBOX/],
		[sandboxOnly, 'APNS_VOIP_SANDBOX', /not for VoIP pushes/, /\.p8 key/],
		[voipOnly, 'APNS', /for VoIP pushes only, not for APNS\./, /APNS_VOIP /],
		[universal, 'GCM', /cannot be used on the channel GCM/, /Google/],
	])('%j on %s is refused in words', async (order, channel, message, hint) => {
		const identity = await certificate(order);
		const error = await pushErrorOf(() => environmentFor(identity, channel));
		expect(error.code).toBe('InvalidCredential');
		expect(error.message).toMatch(message);
		expect(error.hint).toMatch(hint);
	});

	it('takes the suffix of a VoIP certificate off its bundle id', async () => {
		expect((await certificate(voipOnly)).bundleId).toBe('com.example.app');
	});
});
