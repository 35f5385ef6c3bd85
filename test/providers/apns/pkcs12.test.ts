import { createPrivateKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import type { ApnsCertificateCredential } from '../../../push/model';
import { readApnsCredential, type ApnsCertificateIdentity } from '../../../push/providers/apns/credential';
import { writePkcs12 } from '../../simulators/pki/pkcs12';
import { expectNoSecret, pushErrorOf } from './no-secrets';
import { forgePkcs12, pushCertificate, rsaKeyPem } from './push-certificates';
import { DAY } from './turned-clock';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const keyPem = rsaKeyPem(0);
const certificatePem = pushCertificate({ keyPem });

const read = async (credential: Omit<ApnsCertificateCredential, 'type'>): Promise<ApnsCertificateIdentity> => {
	const identity = await readApnsCredential({ type: 'apnsCertificate', ...credential }, NOW);
	if (identity.kind !== 'certificate') throw new Error('not a certificate');
	return identity;
};

/** The identity holds this key and its certificate, in a form TLS takes. */
function expectPair({ tls }: ApnsCertificateIdentity, key = keyPem, certificate = certificatePem): void {
	expect(createPrivateKey(tls.key).equals(createPrivateKey(key))).toBe(true);
	expect(new X509Certificate(tls.cert).fingerprint256).toBe(new X509Certificate(certificate).fingerprint256);
}

const legacy = (password: string): string => writePkcs12(certificatePem, keyPem, password, 'legacy').toString('base64');
const modern = (password: string): string => writePkcs12(certificatePem, keyPem, password, 'modern').toString('base64');

describe('opening a .p12 file', () => {
	it.each([
		['the RC2 and 3DES form of Keychain', legacy('pässwörd'), 'pässwörd'],
		['the AES form of today', modern('secret word'), 'secret word'],
		['3DES by another writer', forgePkcs12({ keyPem, certificatePems: [certificatePem], password: 'p' }), 'p'],
		[
			'AES-256 by another writer',
			forgePkcs12({ keyPem, certificatePems: [certificatePem], password: 'p', algorithm: 'aes256' }),
			'p',
		],
		['an open key bag', forgePkcs12({ keyPem, certificatePems: [certificatePem], password: null }), ''],
		['an empty password (RC2)', legacy(''), ''],
		['an empty password (AES)', modern(''), ''],
		['an empty password, another writer', forgePkcs12({ keyPem, certificatePems: [certificatePem], password: '' }), ''],
	])('reads %s', async (_, pkcs12, passphrase) => {
		expectPair(await read({ pkcs12, passphrase }));
	});

	it.each([
		['line breaks', (text: string) => text.replace(/(.{76})/g, '$1\r\n')],
		['literal \\n', (text: string) => text.replace(/(.{76})/g, '$1\\n')],
		['a data: URL', (text: string) => `data:application/x-pkcs12;base64,${text}`],
		['quotes', (text: string) => `"${text}"`],
		['no padding', (text: string) => text.replace(/=+$/, '')],
		['the URL alphabet', (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')],
	])('reads base64 with %s', async (_, damage) => {
		expectPair(await read({ pkcs12: damage(modern('pw')), passphrase: 'pw' }));
	});

	it('takes the certificate that belongs to the key, wherever it stands in the file', async () => {
		const stranger = pushCertificate({ keyPem: rsaKeyPem(1), uid: 'com.example.stranger' });
		const pkcs12 = forgePkcs12({ keyPem, certificatePems: [stranger, certificatePem], password: 'p' });
		const identity = await read({ pkcs12, passphrase: 'p' });
		expectPair(identity);
		expect(identity.bundleId).toBe('com.example.app');
	});

	it('prefers the push certificate that lasts longest among several of the same key', async () => {
		const plain = pushCertificate({
			keyPem,
			name: 'Apple Development: Somebody',
			marks: [],
			topics: [],
			to: NOW + 900 * DAY,
		});
		const old = pushCertificate({ keyPem, to: NOW + 5 * DAY });
		const pkcs12 = forgePkcs12({ keyPem, certificatePems: [plain, old, certificatePem], password: 'p' });
		expectPair(await read({ pkcs12, passphrase: 'p' }));
	});

	const open = forgePkcs12({ keyPem, certificatePems: [certificatePem], password: 'p' });
	const withoutKey = forgePkcs12({ keyPem: null, certificatePems: [certificatePem], password: 'p' });
	const slow = (): string => {
		const file = Buffer.from(open, 'base64');
		// The count of 2048 rounds stands right after the MAC's salt, at the very end.
		const at = file.lastIndexOf(Buffer.from([0x02, 0x02, 0x08, 0x00]));
		expect(at).toBeGreaterThan(file.length - 10);
		const pfx = forge.asn1.fromDer(file.toString('latin1'));
		const mac = Array.isArray(pfx.value) ? pfx.value[2] : undefined;
		const count = mac && Array.isArray(mac.value) ? mac.value[2] : undefined;
		if (!count) throw new Error('no MAC');
		count.value = forge.asn1.integerToDer(100_000_000).getBytes();
		return Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'latin1').toString('base64');
	};

	it.each([
		['a wrong password (RC2)', () => legacy('right'), 'wrong', /password is wrong/],
		['a wrong password (AES)', () => modern('right'), 'wrong', /password is wrong/],
		['a missing password', () => modern('right'), '', /protected by a password and none was given/],
		['a password where there is none', () => modern(''), 'wrong', /password is wrong/],
		['text that is not base64', () => 'this is not a file!', 'p', /not base64/],
		['garbage in base64', () => Buffer.from('hello, this is garbage').toString('base64'), 'p', /not a \.p12 file/],
		[
			'a file with its end cut off',
			() => Buffer.from(open, 'base64').subarray(0, 900).toString('base64'),
			'p',
			/cut off/,
		],
		[
			'another kind of DER',
			() => Buffer.from([0x30, 0x03, 0x02, 0x01, 0x05]).toString('base64'),
			'p',
			/not a \.p12 file/,
		],
		['PEM text', () => certificatePem, 'p', /PEM text/],
		['a file without a key', () => withoutKey, 'p', /no private key/],
		['a file of 70 KB', () => Buffer.alloc(70_000, 0x30).toString('base64'), 'p', /larger than 64 KB/],
		['a key derivation that would never end', slow, 'p', /5000000 rounds/],
	])('says in words what is wrong with %s', async (_, make, passphrase, sentence) => {
		const pkcs12 = make();
		const error = await pushErrorOf(async () => await read({ pkcs12, passphrase }));
		expect(error.code).toBe('InvalidCredential');
		expect(error.message).toMatch(sentence);
		expect(error.hint).not.toBe('');
		expect(error.cause).toBeUndefined();
		expectNoSecret(error, keyPem, pkcs12.replace('-----BEGIN CERTIFICATE-----', '').slice(0, 600));
	});

	it('survives any flipped byte with a sentence', async () => {
		const file = Buffer.from(
			forgePkcs12({ keyPem, certificatePems: [certificatePem], password: 'p', iterations: 1 }),
			'base64',
		);
		for (let at = 0; at < file.length; at += 37) {
			const damaged = Buffer.from(file);
			damaged[at] = (damaged[at] ?? 0) ^ 0x55;
			const error = await pushErrorOf(async () => await read({ pkcs12: damaged.toString('base64'), passphrase: 'p' }));
			expect(error.code).toBe('InvalidCredential');
		}
	});
});
