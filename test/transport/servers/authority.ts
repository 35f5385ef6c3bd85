import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import { md, pki } from 'node-forge';

/** A certificate with its key, PEM. */
export interface Identity {
	readonly cert: string;
	readonly key: string;
}

export interface IssueOptions {
	readonly names?: readonly string[];
	readonly addresses?: readonly string[];
	/** Days from now; a negative end makes an expired one. */
	readonly days?: readonly [from: number, to: number];
}

/** A certificate authority of the tests' own. */
export interface Authority {
	readonly ca: string;
	issue(commonName: string, options?: IssueOptions): Identity;
}

let serial = 1;

function keyPair() {
	const { privateKey, publicKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		publicKeyEncoding: { type: 'spki', format: 'pem' },
	});
	return { pem: privateKey, privateKey: fastSigner(privateKey), publicKey: pki.publicKeyFromPem(publicKey) };
}

/** RFC 8017 9.2: what stands before a SHA-256 digest in a PKCS #1 signature. */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** The key as forge wants it, signing with node:crypto: forge alone takes a second per certificate under jest. */
function fastSigner(pem: string): pki.rsa.PrivateKey {
	return {
		...pki.privateKeyFromPem(pem),
		sign(digest: md.MessageDigest) {
			const info = Buffer.concat([SHA256_INFO, Buffer.from(digest.digest().getBytes(), 'binary')]);
			return privateEncrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, info).toString('binary');
		},
	};
}

/** One key for all leaves: making keys is what takes the time. */
let leafKeys: ReturnType<typeof keyPair> | undefined;

function blank(commonName: string, days: readonly [number, number]) {
	const certificate = pki.createCertificate();
	serial += 1;
	certificate.serialNumber = serial.toString(16).padStart(4, '0');
	certificate.validity.notBefore = new Date(Date.now() + days[0] * 86_400_000);
	certificate.validity.notAfter = new Date(Date.now() + days[1] * 86_400_000);
	certificate.setSubject([{ name: 'commonName', value: commonName }]);
	return certificate;
}

/** Makes an authority; takes some 100 ms. */
export function createAuthority(name = 'Test CA'): Authority {
	const root = keyPair();
	const certificate = blank(name, [-1, 30]);
	certificate.publicKey = root.publicKey;
	certificate.setIssuer([{ name: 'commonName', value: name }]);
	certificate.setExtensions([
		{ name: 'basicConstraints', cA: true, critical: true },
		{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
	]);
	certificate.sign(root.privateKey, md.sha256.create());
	return {
		ca: pki.certificateToPem(certificate),
		issue(commonName, options = {}) {
			leafKeys ??= keyPair();
			const own = leafKeys;
			const leaf = blank(commonName, options.days ?? [-1, 10]);
			leaf.publicKey = own.publicKey;
			leaf.setIssuer(certificate.subject.attributes);
			leaf.setExtensions([
				{ name: 'basicConstraints', cA: false },
				{
					name: 'subjectAltName',
					altNames: [
						...(options.names ?? ['localhost']).map((value) => ({ type: 2, value })),
						...(options.addresses ?? ['127.0.0.1']).map((ip) => ({ type: 7, ip })),
					],
				},
			]);
			leaf.sign(root.privateKey, md.sha256.create());
			return { cert: pki.certificateToPem(leaf), key: own.pem };
		},
	};
}
