import { createHash } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { TransportTarget } from './types';

/** The part of a target that decides its TLS context. */
export type TlsIdentity = Pick<TransportTarget, 'ca' | 'clientCertificate'>;

/** Contexts with a CA take tens of ms to make (all public roots are read again), so they are kept. */
const MOST_CONTEXTS = 100;
const contexts = new Map<string, SecureContext>();

/** A short name for a TLS identity, for keys of pools; holds no secret. */
export function tlsFingerprint(identity: TlsIdentity): string {
	const hash = createHash('sha256');
	for (const part of [identity.ca, identity.clientCertificate?.cert, identity.clientCertificate?.key]) {
		hash.update(part === undefined ? '-' : `+${part.length}:${part}`);
	}
	return hash.digest('base64url');
}

/**
 * TLS 1.2 or later, the public roots (NODE_EXTRA_CA_CERTS included) and the target's own CA beside them.
 * @throws {Error} of OpenSSL when the CA, the certificate or the key cannot be read.
 */
export function secureContextFor(identity: TlsIdentity): SecureContext {
	const fingerprint = tlsFingerprint(identity);
	const known = contexts.get(fingerprint);
	if (known) {
		contexts.delete(fingerprint);
		contexts.set(fingerprint, known);
		return known;
	}
	const context = createSecureContext({
		minVersion: 'TLSv1.2',
		...(identity.ca === undefined ? {} : { ca: [...getCACertificates('default'), identity.ca] }),
		...(identity.clientCertificate ?? {}),
	});
	contexts.set(fingerprint, context);
	const oldest = contexts.size > MOST_CONTEXTS ? contexts.keys().next() : undefined;
	if (oldest && !oldest.done) contexts.delete(oldest.value);
	return context;
}
