import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { PushError } from '../../model';
import { readCertificateFacts, type CertificateFacts } from './certificate';

/** A certificate and the key that belongs to it, as TLS wants them. */
export interface TlsIdentity {
	/** PEM: the certificate, then its issuers as far as they were given. */
	readonly cert: string;
	/** PEM, unencrypted. Secret. */
	readonly key: string;
	readonly fingerprint: string;
	readonly facts: CertificateFacts;
}

const DAY = 24 * 60 * 60_000;
/** Warned of this long before a certificate ends. */
const EXPIRY_WARNING_MS = 30 * DAY;

const READ_AGAIN = 'Export certificate and private key together from the Mac (or the tool) that made the request.';

function readCertificates(pems: readonly string[]): X509Certificate[] {
	const certificates: X509Certificate[] = [];
	for (const pem of pems) {
		try {
			certificates.push(new X509Certificate(pem));
		} catch {
			throw new PushError('InvalidCredential', 'The certificate cannot be read: it is damaged or incomplete.', {
				hint: 'Paste the whole text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
			});
		}
	}
	return certificates;
}

function errorCode(error: unknown): string {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * Opens a PEM private key.
 * @throws {PushError} `InvalidCredential`: wrong or missing passphrase, damaged key
 */
export function readTlsKey(pem: string, passphrase: string): KeyObject {
	try {
		return createPrivateKey({ key: pem, format: 'pem', passphrase });
	} catch (error) {
		const locked = /ENCRYPTED/.test(pem);
		if (locked && passphrase === '') {
			throw new PushError('InvalidCredential', 'The private key is protected by a passphrase and none was given.', {
				hint: 'Enter the passphrase of the key.',
			});
		}
		if (locked && /UNSUPPORTED/i.test(errorCode(error))) {
			throw new PushError('InvalidCredential', 'The private key is protected in a way this package cannot read.', {
				hint: 'Protect it with AES instead, e.g. openssl pkcs8 -topk8 -in key.pem -out new.pem.',
			});
		}
		if (locked) {
			throw new PushError('InvalidCredential', 'The passphrase of the private key is wrong, or the key is damaged.', {
				hint: 'Enter the passphrase that was chosen when the key was exported.',
			});
		}
		throw new PushError('InvalidCredential', 'The private key cannot be read: it is damaged or incomplete.', {
			hint: 'Paste the whole text, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.',
		});
	}
}

interface Pair {
	readonly certificate: X509Certificate;
	readonly key: KeyObject;
	readonly facts: CertificateFacts;
}

/** Push certificates before others, then the one that lasts longest. */
function better(one: Pair, other: Pair): Pair {
	const isPush = ({ facts }: Pair): number => (facts.environments.length > 0 || facts.kind !== 'unknown' ? 1 : 0);
	const rank = isPush(one) - isPush(other) || one.facts.notAfter - other.facts.notAfter;
	return rank < 0 ? other : one;
}

/** The certificate and those of the others that issued it, leaf first. */
function chainOf(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
	const chain = [leaf];
	let last = leaf;
	let issuer = others.find((other) => !chain.includes(other) && last.checkIssued(other));
	while (issuer) {
		chain.push(issuer);
		last = issuer;
		issuer = others.find((other) => !chain.includes(other) && last.checkIssued(other));
	}
	return chain;
}

/**
 * Finds the pair to use among everything a file held: the certificate is the one whose public key matches.
 * @param now epoch ms
 * @throws {PushError} `InvalidCredential`: no pair, expired, not yet valid
 */
export function chooseIdentity(
	keys: readonly KeyObject[],
	certificatePems: readonly string[],
	now: number,
): TlsIdentity {
	const certificates = readCertificates(certificatePems);
	let best: Pair | undefined;
	for (const key of keys) {
		for (const certificate of certificates) {
			if (!certificate.checkPrivateKey(key)) continue;
			const pair = { certificate, key, facts: readCertificateFacts(certificate) };
			best = best ? better(best, pair) : pair;
		}
	}
	if (!best) {
		throw new PushError('InvalidCredential', 'The private key does not belong to the certificate.', {
			hint: READ_AGAIN,
		});
	}
	checkValidity(best.facts, now);
	return {
		cert: chainOf(best.certificate, certificates)
			.map((certificate) => certificate.toString())
			.join(''),
		key: best.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
		fingerprint: best.certificate.fingerprint256,
		facts: best.facts,
	};
}

function checkValidity(facts: CertificateFacts, now: number): void {
	if (now > facts.notAfter) {
		throw new PushError('InvalidCredential', `The certificate "${facts.name}" expired on ${day(facts.notAfter)}.`, {
			hint: 'Create a new one at developer.apple.com and enter it here; a .p8 key (credential "APNs Key") never expires.',
		});
	}
	if (now < facts.notBefore) {
		throw new PushError(
			'InvalidCredential',
			`The certificate "${facts.name}" is valid only from ${day(facts.notBefore)} on.`,
			{
				hint: `The clock of the n8n server says ${day(now)}: check whether that is right.`,
			},
		);
	}
}

/** The day of an instant, `2026-12-05` (UTC). */
function day(epochMs: number): string {
	return new Date(epochMs).toISOString().slice(0, 10);
}

/** Said from 30 days before a certificate ends; a new one takes a person at developer.apple.com. */
export function expiryWarnings(facts: CertificateFacts, now: number): string[] {
	const left = facts.notAfter - now;
	if (left > EXPIRY_WARNING_MS) return [];
	const days = Math.floor(left / DAY);
	const when = days < 1 ? 'in less than a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
	const what = left < 0 ? `expired on ${day(facts.notAfter)}` : `expires ${when} (${day(facts.notAfter)})`;
	return [`The certificate "${facts.name}" ${what}. Create a new one at developer.apple.com.`];
}
