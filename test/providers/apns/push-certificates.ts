import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import forge from 'node-forge';
import { DAY } from './turned-clock';

/** PEM of RSA keys; made once, because making them is what takes time. */
const pool: string[] = [];

/** The n-th test key, PEM (PKCS#8). */
export function rsaKeyPem(n = 0): string {
	while (pool.length <= n) {
		const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		pool.push(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
	}
	return pool[n] ?? '';
}

export interface CertificateOrder {
	readonly keyPem: string;
	readonly name?: string;
	readonly uid?: string;
	readonly teamId?: string;
	/** Last number of Apple's OID 1.2.840.113635.100.6.3.x: 1 sandbox, 2 production, 4 VoIP. */
	readonly marks?: readonly number[];
	readonly topics?: ReadonlyArray<readonly [topic: string, ...kinds: string[]]>;
	/** Epoch ms. */
	readonly from?: number;
	readonly to?: number;
}

const { asn1 } = forge;
const sequence = (children: forge.asn1.Asn1[]): forge.asn1.Asn1 =>
	asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, children);
const utf8 = (text: string): forge.asn1.Asn1 =>
	asn1.create(asn1.Class.UNIVERSAL, asn1.Type.UTF8, false, forge.util.encodeUtf8(text));

function topicList(topics: NonNullable<CertificateOrder['topics']>): string {
	const pairs = topics.flatMap(([topic, ...kinds]) => [utf8(topic), sequence(kinds.map(utf8))]);
	return asn1.toDer(sequence(pairs)).getBytes();
}

/** DigestInfo of SHA-256 (RFC 8017 9.2) before the digest itself. */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** node-forge's key with OpenSSL's signature: its own, in JavaScript, takes half a second under jest. */
function signingKey(pem: string): forge.pki.rsa.PrivateKey {
	const key = forge.pki.privateKeyFromPem(pem);
	key.sign = (digest) => {
		const hash = typeof digest === 'string' ? digest : digest.digest().getBytes();
		const padded = { key: pem, padding: constants.RSA_PKCS1_PADDING };
		return privateEncrypt(padded, Buffer.concat([SHA256_INFO, Buffer.from(hash, 'latin1')])).toString('latin1');
	};
	return key;
}

/** A certificate as Apple issues them, made with node-forge: an implementation that is not ours. PEM. */
export function pushCertificate(order: CertificateOrder): string {
	const now = Date.parse('2026-11-23T12:00:00Z');
	const certificate = forge.pki.createCertificate();
	const key = signingKey(order.keyPem);
	certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
	certificate.serialNumber = '01';
	certificate.validity.notBefore = new Date(order.from ?? now - DAY);
	certificate.validity.notAfter = new Date(order.to ?? now + 300 * DAY);
	const uid = order.uid ?? 'com.example.app';
	certificate.setSubject([
		...(uid === '' ? [] : [{ type: '0.9.2342.19200300.100.1.1', value: uid }]),
		{ name: 'commonName', value: order.name ?? `Apple Push Services: ${uid}` },
		{ name: 'organizationalUnitName', value: order.teamId ?? 'TEAM012345' },
	]);
	certificate.setIssuer([{ name: 'commonName', value: 'Test authority' }]);
	const marks = (order.marks ?? [1, 2]).map((mark) => ({ id: `1.2.840.113635.100.6.3.${mark}`, value: '\x05\x00' }));
	const topics = order.topics ?? [
		['com.example.app', 'app'],
		['com.example.app.voip', 'voip'],
		['com.example.app.complication', 'complication'],
	];
	certificate.setExtensions([
		{ name: 'basicConstraints', cA: false },
		...marks,
		...(topics.length === 0 ? [] : [{ id: '1.2.840.113635.100.6.3.6', value: topicList(topics) }]),
	]);
	certificate.sign(key, forge.md.sha256.create());
	return forge.pki.certificateToPem(certificate);
}

export interface Pkcs12Order {
	/** null: certificates alone. */
	readonly keyPem: string | null;
	readonly certificatePems: readonly string[];
	/** null: the key lies open in a keyBag. */
	readonly password: string | null;
	readonly algorithm?: '3des' | 'aes256';
	readonly iterations?: number;
}

/** A .p12 written by node-forge, base64. */
export function forgePkcs12(order: Pkcs12Order): string {
	const pfx = forge.pkcs12.toPkcs12Asn1(
		order.keyPem === null ? null : forge.pki.privateKeyFromPem(order.keyPem),
		order.certificatePems.map((pem) => forge.pki.certificateFromPem(pem)),
		order.password,
		{ algorithm: order.algorithm ?? '3des', count: order.iterations ?? 2048 },
	);
	return Buffer.from(asn1.toDer(pfx).getBytes(), 'latin1').toString('base64');
}
