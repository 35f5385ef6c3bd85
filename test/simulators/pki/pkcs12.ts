import {
	createCipheriv,
	createHash,
	createHmac,
	createPrivateKey,
	pbkdf2Sync,
	randomBytes,
	X509Certificate,
} from 'node:crypto';
import { rc2, util } from 'node-forge';
import { explicit, integer, nothing, octets, oid, sequence, set, tagged } from './der';

/**
 * `legacy`: as Keychain writes it, RC2-40 over the certificate, 3DES over the key, SHA-1 MAC.
 * `modern`: as OpenSSL 3 writes it, AES-256 over both, SHA-256 MAC.
 */
export type Pkcs12Form = 'legacy' | 'modern';

const ITERATIONS = 2048;
const DATA = '1.2.840.113549.1.7.1';

/** Writes a .p12 file (RFC 7292). Node has no writer, and node-forge's never encrypts certificates. */
export function writePkcs12(certificatePem: string, keyPem: string, password: string, form: Pkcs12Form): Buffer {
	const certificate = new X509Certificate(certificatePem).raw;
	const key = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
	const keyId = createHash('sha1').update(certificate).digest();
	const certificateBag = bag(
		'1.2.840.113549.1.12.10.1.3',
		keyId,
		sequence(oid('1.2.840.113549.1.9.22.1'), explicit(0, octets(certificate))),
	);
	const sealedCertificates =
		form === 'legacy' ? sealRc2(sequence(certificateBag), password) : sealAes(sequence(certificateBag), password);
	const sealedKey = form === 'legacy' ? sealTripleDes(key, password) : sealAes(key, password);
	const keyBag = bag('1.2.840.113549.1.12.10.1.2', keyId, sequence(sealedKey.algorithm, octets(sealedKey.bytes)));
	const contents = sequence(encryptedData(sealedCertificates), plainData(sequence(keyBag)));
	return sequence(integer(3), plainData(contents), macOver(contents, password, form));
}

interface Sealed {
	readonly algorithm: Buffer;
	readonly bytes: Buffer;
}

function bag(type: string, keyId: Buffer, value: Buffer): Buffer {
	const localKeyId = sequence(oid('1.2.840.113549.1.9.21'), set(octets(keyId)));
	return sequence(oid(type), explicit(0, value), set(localKeyId));
}

const plainData = (content: Buffer): Buffer => sequence(oid(DATA), explicit(0, octets(content)));

function encryptedData({ algorithm, bytes }: Sealed): Buffer {
	const info = sequence(oid(DATA), algorithm, tagged(0x80, bytes));
	return sequence(oid('1.2.840.113549.1.7.6'), explicit(0, sequence(integer(0), info)));
}

function macOver(contents: Buffer, password: string, form: Pkcs12Form): Buffer {
	const hash = form === 'legacy' ? 'sha1' : 'sha256';
	const hashOid = form === 'legacy' ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1';
	const salt = randomBytes(8);
	const key = derive(password, salt, 3, hash === 'sha1' ? 20 : 32, hash);
	const digest = createHmac(hash, key).update(contents).digest();
	return sequence(sequence(sequence(oid(hashOid), nothing()), octets(digest)), octets(salt), integer(ITERATIONS));
}

const pbe = (id: string, salt: Buffer): Buffer => sequence(oid(id), sequence(octets(salt), integer(ITERATIONS)));

function sealTripleDes(plain: Buffer, password: string): Sealed {
	const salt = randomBytes(8);
	const cipher = createCipheriv(
		'des-ede3-cbc',
		derive(password, salt, 1, 24, 'sha1'),
		derive(password, salt, 2, 8, 'sha1'),
	);
	return {
		algorithm: pbe('1.2.840.113549.1.12.1.3', salt),
		bytes: Buffer.concat([cipher.update(plain), cipher.final()]),
	};
}

function sealRc2(plain: Buffer, password: string): Sealed {
	const salt = randomBytes(8);
	const cipher = rc2.createEncryptionCipher(derive(password, salt, 1, 5, 'sha1').toString('latin1'), 40);
	cipher.start(derive(password, salt, 2, 8, 'sha1').toString('latin1'));
	cipher.update(util.createBuffer(plain.toString('latin1')));
	cipher.finish();
	return { algorithm: pbe('1.2.840.113549.1.12.1.6', salt), bytes: Buffer.from(cipher.output.getBytes(), 'latin1') };
}

function sealAes(plain: Buffer, password: string): Sealed {
	const salt = randomBytes(16);
	const iv = randomBytes(16);
	const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256'), iv);
	const prf = sequence(oid('1.2.840.113549.2.9'), nothing());
	const kdf = sequence(oid('1.2.840.113549.1.5.12'), sequence(octets(salt), integer(ITERATIONS), prf));
	const scheme = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(iv));
	return {
		algorithm: sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, scheme)),
		bytes: Buffer.concat([cipher.update(plain), cipher.final()]),
	};
}

/** RFC 7292 appendix B.2: makes key (1), IV (2) or MAC key (3) of a password. */
function derive(password: string, salt: Buffer, purpose: 1 | 2 | 3, length: number, hash: 'sha1' | 'sha256'): Buffer {
	const block = 64;
	const fill = (source: Buffer): Buffer => Buffer.alloc(Math.ceil(source.length / block) * block, source);
	const word = Buffer.from(`${password}\0`, 'utf16le').swap16();
	let input: Buffer = Buffer.concat([fill(salt), fill(word)]);
	const parts: Buffer[] = [];
	for (let made = 0; made < length; ) {
		let digest: Buffer<ArrayBufferLike> = createHash(hash).update(Buffer.alloc(block, purpose)).update(input).digest();
		for (let round = 1; round < ITERATIONS; round++) digest = createHash(hash).update(digest).digest();
		parts.push(digest);
		made += digest.length;
		if (made < length) input = addToBlocks(input, Buffer.alloc(block, digest), block);
	}
	return Buffer.concat(parts).subarray(0, length);
}

/** Adds `addend` + 1 to every block of `input`, as big-endian numbers. */
function addToBlocks(input: Buffer, addend: Buffer, block: number): Buffer {
	const sum = Buffer.from(input);
	for (let start = 0; start < sum.length; start += block) {
		let carry = 1;
		for (let index = block - 1; index >= 0; index--) {
			carry += (sum[start + index] ?? 0) + (addend[index] ?? 0);
			sum[start + index] = carry & 0xff;
			carry >>= 8;
		}
	}
	return sum;
}
