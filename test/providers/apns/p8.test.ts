import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { readP8 } from '../../../push/providers/apns/p8';
import { pushCertificate, rsaKeyPem } from './push-certificates';
import { expectNoSecret, pushErrorOf } from './no-secrets';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const p8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const body = p8.replace(/-----[A-Z ]+-----/g, '').trim();

const DAMAGES: Readonly<Record<string, (text: string) => string>> = {
	'literal \\n': (text) => text.replaceAll('\n', '\\n'),
	'literal \\r\\n': (text) => text.replaceAll('\n', '\\r\\n'),
	'literal \\n escaped twice': (text) => text.replaceAll('\n', '\\\\n'),
	'spaces for line breaks': (text) => text.replaceAll('\n', ' '),
	'lost armour': (text) => text.replace(/-----[A-Z ]+-----/g, ''),
	'lost first line': (text) => text.replace(/-----BEGIN PRIVATE KEY-----/, ''),
	'lost last line': (text) => text.replace(/-----END PRIVATE KEY-----/, ''),
	'lost line breaks': (text) => text.replaceAll('\n', ''),
	'lost white space of every kind': (text) => text.replace(/\s+/g, ''),
	'Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
	'double quotes': (text) => `"${text}"`,
	'single quotes': (text) => `'${text}'`,
	'white space around it': (text) => `\n\t  ${text}  \n\n`,
	'indented lines': (text) => text.replaceAll('\n', '\n    '),
	'a byte order mark': (text) => `\uFEFF${text}`,
	'dashes turned long': (text) => text.replaceAll('-----', '\u2014\u2014\u2013'),
	'JSON string': (text) => JSON.stringify(text),
	'escaped slashes': (text) => text.replaceAll('/', '\\/'),
	'tabs for indents': (text) => text.replaceAll('\n', '\n\t'),
};

describe('reading a .p8 key', () => {
	it('reads the file as Apple gives it', () => {
		expect(readP8(p8).pem).toBe(p8);
		expect(readP8(p8).key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
	});

	it.each(Object.keys(DAMAGES))('repairs a paste with %s', (name) => {
		const damaged = DAMAGES[name]?.(p8) ?? '';
		expect(damaged === p8).toBe(name === 'escaped slashes' && !body.includes('/'));
		expect(readP8(damaged).pem).toBe(p8);
	});

	it('gives the same key for any combination of damages', () => {
		fc.assert(
			fc.property(fc.subarray(Object.values(DAMAGES), { maxLength: 4 }), (damages) => {
				const damaged = damages.reduce((text, damage) => damage(text), p8);
				expect(readP8(damaged).pem).toBe(p8);
			}),
			{ numRuns: 200 },
		);
	});

	it('reads a key whose base64 was broken at any places', () => {
		fc.assert(
			fc.property(
				fc.array(fc.nat({ max: body.length }), { maxLength: 12 }),
				fc.constantFrom(' ', '\n', '\\n', '\r\n'),
				(places, gap) => {
					const broken = [...places]
						.sort((a, b) => b - a)
						.reduce((text, at) => text.slice(0, at) + gap + text.slice(at), body);
					expect(readP8(broken).pem).toBe(p8);
				},
			),
		);
	});

	it('reads the SEC1 form and the whole file as base64', () => {
		expect(readP8(privateKey.export({ type: 'sec1', format: 'pem' }).toString()).pem).toBe(p8);
		expect(readP8(privateKey.export({ type: 'sec1', format: 'der' }).toString('base64')).pem).toBe(p8);
		expect(readP8(Buffer.from(p8).toString('base64')).pem).toBe(p8);
	});

	const sec384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
	const ed25519 = generateKeyPairSync('ed25519').privateKey;
	const encrypted = privateKey
		.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
		.toString();
	const pkcs1 = generateKeyPairSync('rsa', { modulusLength: 1024 })
		.privateKey.export({ type: 'pkcs1', format: 'pem' })
		.toString();
	const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----/g, '');
	const certificate = pushCertificate({ keyPem: rsaKeyPem() });
	const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

	it.each([
		['an RSA key', rsaKeyPem(), /RSA key, probably the Google service account/],
		['an RSA key without armour', bare(rsaKeyPem()), /RSA key/],
		['an RSA key in PKCS#1', pkcs1, /RSA key/],
		['an RSA key in PKCS#1 without armour', bare(pkcs1), /RSA key/],
		[
			'a service account',
			`{"type":"service_account","private_key":${JSON.stringify(rsaKeyPem())}}`,
			/Google service account/,
		],
		['a certificate', certificate, /a certificate/],
		['a certificate without armour', bare(certificate), /a certificate/],
		['a public key', publicPem, /a public key/],
		['a public key without armour', bare(publicPem), /a public key/],
		['a key on another curve', sec384.export({ type: 'pkcs8', format: 'pem' }).toString(), /curve P-384/],
		['an Ed25519 key', ed25519.export({ type: 'pkcs8', format: 'pem' }).toString(), /type ed25519/],
		['an encrypted key', encrypted, /password/],
		[
			'a certificate request',
			'-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
			/request/,
		],
		['an SSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', /SSH key/],
		['half a key', p8.slice(0, 120), /cut off/],
		['half a key without armour', body.slice(0, 100), /cut off/],
		['nothing', '  \n ', /empty/],
		['prose', 'my secret key, please!', /characters that a key cannot have/],
		['letters', 'abcdefgh', /not a key/],
		['a book', 'A'.repeat(100_000), /far too long/],
	])('names %s and shows nothing of it', async (_, text, sentence) => {
		const error = await pushErrorOf(() => readP8(text));
		expect(error.code).toBe('InvalidCredential');
		expect(error.message).toMatch(sentence);
		expect(error.hint).toMatch(/\.p8/);
		expect(error.cause).toBeUndefined();
		if (text.trim().length > 24) expectNoSecret(error, text);
	});

	it('never throws anything but its own sentence, whatever is pasted', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(
					fc.string({ maxLength: 300 }),
					fc.base64String({ maxLength: 400 }),
					fc.string({ maxLength: 80 }).map((junk) => p8.replace('M', junk)),
				),
				async (text) => {
					try {
						readP8(text);
					} catch (error) {
						const { code } = await pushErrorOf(() => {
							throw error;
						});
						expect(code).toBe('InvalidCredential');
					}
				},
			),
		);
	});
});
