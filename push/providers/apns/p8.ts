import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { PushError } from '../../model';
import { DER_TAG, derShape, readDer } from './der';
import { decodeBase64, LONGEST_PEM, mendText, pemBlocks, withoutArmour } from './pem';

/** A usable signing key, the same for every way its text may have been pasted. */
export interface SigningKeyText {
	readonly key: KeyObject;
	/** Canonical PKCS#8 PEM. Secret. */
	readonly pem: string;
}

const HINT =
	'Paste the whole text of the AuthKey_….p8 file that developer.apple.com gave you ' +
	'(Certificates, Identifiers & Profiles > Keys), from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.';

/** No cause on purpose: nothing of what was pasted may travel with the error. */
function unusable(why: string, hint = HINT): PushError {
	return new PushError('InvalidCredential', `The private key (.p8) cannot be used: ${why}.`, { hint });
}

const WRONG_LABELS: Readonly<Record<string, string>> = {
	'RSA PRIVATE KEY': 'this is an RSA key, probably the Google service account or a TLS key',
	'DSA PRIVATE KEY': 'this is a DSA key',
	'ENCRYPTED PRIVATE KEY': "this key is protected by a password, which Apple's .p8 files never are",
	'OPENSSH PRIVATE KEY': 'this is an SSH key',
	'PUBLIC KEY': 'this is a public key, the private one is needed',
	'RSA PUBLIC KEY': 'this is a public key, the private one is needed',
	CERTIFICATE: 'this is a certificate; for a certificate use the credential "APNs Certificate"',
	'CERTIFICATE REQUEST': 'this is a certificate request',
	'NEW CERTIFICATE REQUEST': 'this is a certificate request',
};

/** The value, or undefined where making it throws: OpenSSL's errors say nothing a user could act on. */
function attempt<T>(make: () => T): T | undefined {
	try {
		return make();
	} catch {
		return undefined;
	}
}

function readPrivateKey(der: Buffer): KeyObject | undefined {
	for (const type of ['pkcs8', 'sec1', 'pkcs1'] as const) {
		const key = attempt(() => createPrivateKey({ key: der, format: 'der', type }));
		if (key) return key;
	}
	return undefined;
}

/** What bytes that are no private key are instead. */
function wrongKind(der: Buffer): string {
	const shape = derShape(der);
	if (shape === 'none') return 'the text is not a key';
	if (shape === 'short') return 'the key is incomplete, its end was cut off';
	if (attempt(() => createPublicKey({ key: der, format: 'der', type: 'spki' }))) {
		return 'this is a public key, the private one is needed';
	}
	if (attempt(() => new X509Certificate(der))) {
		return 'this is a certificate; for a certificate use the credential "APNs Certificate"';
	}
	const version = readDer(readDer(der)[0]?.content ?? Buffer.alloc(0))[0];
	if (version?.tag === DER_TAG.integer && version.content[0] === 3) {
		return 'this is a .p12 file; for it use the credential "APNs Certificate"';
	}
	return 'the key is damaged';
}

const CURVE_NAMES: Readonly<Record<string, string>> = { secp384r1: 'P-384', secp521r1: 'P-521' };

/** Only EC keys on P-256 can sign ES256, the one algorithm APNs takes. */
function checkAlgorithm(key: KeyObject): void {
	const type = key.asymmetricKeyType ?? 'unknown';
	if (type.startsWith('rsa')) {
		throw unusable(
			'this is an RSA key, probably the Google service account',
			`That one belongs into the credential "FCM Service Account". ${HINT}`,
		);
	}
	if (type !== 'ec') throw unusable(`this is a key of type ${type}, APNs needs an EC key on the curve P-256`);
	const curve = key.asymmetricKeyDetails?.namedCurve ?? 'unknown';
	if (curve !== 'prime256v1') {
		throw unusable(`this EC key is on the curve ${CURVE_NAMES[curve] ?? curve}, APNs needs P-256`);
	}
}

/** The DER of the key in a mended text; says what else the text is. */
function keyBytes(mended: string): Buffer {
	const blocks = pemBlocks(mended);
	const own = blocks.find(({ label }) => label === 'PRIVATE KEY' || label === 'EC PRIVATE KEY');
	if (own) return own.der;
	for (const { label } of blocks) {
		const wrong = WRONG_LABELS[label];
		if (wrong) throw unusable(wrong);
	}
	const der = decodeBase64(withoutArmour(mended));
	if (!der) throw unusable('the text is not a key, it holds characters that a key cannot have');
	return der;
}

function checkText(mended: string): void {
	if (mended === '') throw unusable('the field is empty');
	if (mended.length > LONGEST_PEM) throw unusable('the text is far too long for a key');
	if (mended.startsWith('{')) {
		throw unusable(
			'this is JSON, probably the Google service account',
			`That one belongs into the credential "FCM Service Account". ${HINT}`,
		);
	}
}

/**
 * Reads the text of a .p8 file, also as badly pasted: literal `\n`, spaces for line breaks, lost armour or line
 * breaks, Windows line ends, quotes around it, or the whole file as base64.
 * @throws {PushError} `InvalidCredential` naming what the text is instead; never holds any of it
 */
export function readP8(text: string): SigningKeyText {
	const mended = mendText(text.slice(0, LONGEST_PEM + 1));
	checkText(mended);
	let der = keyBytes(mended);
	// The whole file, armour and all, in base64: what "file to text" steps make of it.
	if (der.subarray(0, 32).toString('latin1').includes('-BEGIN ')) der = keyBytes(mendText(der.toString('utf8')));
	const key = readPrivateKey(der);
	if (!key) throw unusable(wrongKind(der));
	checkAlgorithm(key);
	return { key, pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
