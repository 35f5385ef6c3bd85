import type { asn1 as Asn1Module, pki as PkiModule } from 'node-forge';
import { PushError } from '../../model';
import { derShape } from './der';
import { decodeBase64 } from './pem';

type Asn1 = Asn1Module.Asn1;
type Forge = typeof import('node-forge');

/** Largest .p12 taken, in bytes; Apple's have 3 to 6 KB. */
const LARGEST_FILE = 65_536;
/** Most rounds of key derivation taken: beyond it opening the file would stall the whole process. */
const MOST_ITERATIONS = 5_000_000;

/** Everything a .p12 holds, as PEM. Keys are secret. */
export interface Pkcs12Contents {
	readonly keys: readonly string[];
	readonly certificates: readonly string[];
}

const HINT =
	'In Keychain Access choose the push certificate together with its private key, export both as .p12 ' +
	'and enter that file as base64 (base64 -i file.p12).';

/** No cause on purpose: the library's errors can hold parts of the file. */
function unusable(why: string, hint = HINT): PushError {
	return new PushError('InvalidCredential', `The .p12 file cannot be used: ${why}.`, { hint });
}

/**
 * The bytes of a .p12 given as base64; white space and a `data:` URL prefix are tolerated.
 * @throws {PushError} `InvalidCredential` saying what the text is instead
 */
export function readPkcs12Text(text: string): Buffer {
	if (text.length > LARGEST_FILE * 2) throw unusable('it is larger than 64 KB');
	const trimmed = text.trim().replace(/^["']|["']$/g, '');
	if (trimmed.includes('-----BEGIN')) {
		throw unusable('this is PEM text, not a .p12', 'Put it into the fields for certificate and private key (PEM).');
	}
	const letters = trimmed.replace(/^data:[^,]{0,200},/i, '').replace(/\\r|\\n/g, '');
	const file = decodeBase64(letters.replaceAll('-', '+').replaceAll('_', '/'));
	if (!file) throw unusable('the text is not base64');
	if (file.length > LARGEST_FILE) throw unusable('it is larger than 64 KB');
	// BER's indefinite length (0x80) is common here, so only the first byte is asked.
	if (file[0] !== 0x30 || (file[1] !== 0x80 && derShape(file) !== 'whole')) {
		throw unusable(
			derShape(file) === 'short' ? 'it is incomplete, its end was cut off' : 'the text is not a .p12 file',
		);
	}
	return file;
}

function parse(forge: Forge, bytes: string): Asn1 | undefined {
	try {
		return forge.asn1.fromDer(bytes, false);
	} catch {
		return undefined;
	}
}

/** The octets of a string that BER may have cut into chunks. */
function octets(element: Asn1): string {
	return typeof element.value === 'string' ? element.value : element.value.map(octets).join('');
}

/** The largest iteration count in the readable parts: everywhere in PKCS#12 it is the INTEGER right after the salt. */
function mostIterations(forge: Forge, element: Asn1, depth: number): number {
	const { Type, Class } = forge.asn1;
	if (depth > 16 || (element.tagClass === Class.CONTEXT_SPECIFIC && typeof element.value === 'string')) return 0;
	if (element.type === Type.OCTETSTRING && element.tagClass === Class.UNIVERSAL) {
		const inner = octets(element).startsWith('\x30') ? parse(forge, octets(element)) : undefined;
		return inner ? mostIterations(forge, inner, depth + 1) : 0;
	}
	if (typeof element.value === 'string') return 0;
	let most = 0;
	let previous: Asn1 | undefined;
	for (const child of element.value) {
		const afterSalt = previous?.type === Type.OCTETSTRING && previous.tagClass === Class.UNIVERSAL;
		if (afterSalt && child.type === Type.INTEGER && typeof child.value === 'string') {
			most = Math.max(most, Number(`0x${forge.util.bytesToHex(child.value) || '0'}`));
		}
		most = Math.max(most, mostIterations(forge, child, depth + 1));
		previous = child;
	}
	return most;
}

/** Empty passwords come in two encodings: none at all, and one empty string. */
const candidates = (password: string): Array<string | undefined> => (password === '' ? [undefined, ''] : [password]);

function open(forge: Forge, pfx: Asn1, password: string): ReturnType<Forge['pkcs12']['pkcs12FromAsn1']> {
	let failure = '';
	for (const candidate of candidates(password)) {
		try {
			return forge.pkcs12.pkcs12FromAsn1(pfx, false, candidate);
		} catch (error) {
			failure = error instanceof Error ? error.message : '';
		}
	}
	if (/unsupported/i.test(failure)) {
		throw unusable(
			'it is protected in a way this package cannot read',
			`Export it again, with AES-256 or 3DES. ${HINT}`,
		);
	}
	if (/MAC could not be verified|decrypt/i.test(failure)) {
		throw unusable(
			password === '' ? 'it is protected by a password and none was given' : 'the password is wrong',
			'Enter the password that was chosen when the .p12 file was exported.',
		);
	}
	throw unusable('it is damaged or not a .p12 file, or the password is wrong');
}

function keyPem(
	forge: Forge,
	bag: { readonly key?: PkiModule.PrivateKey | null; readonly asn1?: Asn1 },
): string | undefined {
	if (bag.key) return forge.pki.privateKeyToPem(bag.key);
	return bag.asn1 ? forge.pki.privateKeyInfoToPem(bag.asn1) : undefined;
}

function certificatePem(
	forge: Forge,
	bag: { readonly cert?: PkiModule.Certificate | null; readonly asn1?: Asn1 },
): string | undefined {
	if (bag.cert) return forge.pki.certificateToPem(bag.cert);
	if (!bag.asn1) return undefined;
	return forge.pem.encode({ type: 'CERTIFICATE', body: forge.asn1.toDer(bag.asn1).getBytes() });
}

/**
 * Opens a .p12 of any age: the RC2 and 3DES files of Keychain, which Node's own TLS refuses, as well as AES.
 * @throws {PushError} `InvalidCredential`: wrong password, damaged, no key, no certificate
 */
export async function openPkcs12(file: Buffer, password: string): Promise<Pkcs12Contents> {
	const { default: forge } = await import('node-forge');
	const pfx = parse(forge, file.toString('latin1'));
	if (!pfx) throw unusable('it is damaged or not a .p12 file');
	if (mostIterations(forge, pfx, 0) > MOST_ITERATIONS) {
		throw unusable(`it asks for more than ${MOST_ITERATIONS} rounds of key derivation`, `Export it again. ${HINT}`);
	}
	const keys: string[] = [];
	const certificates: string[] = [];
	const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids;
	for (const { safeBags } of open(forge, pfx, password).safeContents) {
		for (const bag of safeBags) {
			const key = bag.type === pkcs8ShroudedKeyBag || bag.type === keyBag ? keyPem(forge, bag) : undefined;
			const certificate = bag.type === certBag ? certificatePem(forge, bag) : undefined;
			if (key) keys.push(key);
			if (certificate) certificates.push(certificate);
		}
	}
	if (keys.length === 0) throw unusable('it holds no private key');
	if (certificates.length === 0) throw unusable('it holds no certificate');
	return { keys, certificates };
}
