import type { Answer, UnreachableCause } from './types';

export type Unreachable = Extract<Answer, { kind: 'unreachable' }>;

/** Who was being reached, for the words. */
export interface Peer {
	/** Host, or host:port where it is not the usual one. */
	readonly name: string;
	readonly withClientCertificate: boolean;
}

export function unreachable(cause: UnreachableCause, code: string, detail: string): Unreachable {
	return { kind: 'unreachable', code, detail, cause };
}

/** The `code` of a Node error; its class where it has none. Errors of another realm (a vm context) count as well. */
export function codeOf(error: unknown): string {
	if (typeof error !== 'object' || error === null) return 'UNKNOWN';
	if ('code' in error && typeof error.code === 'string') return error.code;
	return 'name' in error && typeof error.name === 'string' ? error.name : 'UNKNOWN';
}

/**
 * The server's alert about *our* certificate (RFC 8446 6.2). OpenSSL's name for the protocol in front of it differs by
 * version: SSLV3, TLSV1, TLSV13, SSL/TLS.
 */
const CLIENT_CERTIFICATE_ALERT =
	/^ERR_SSL_.*ALERT_(CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REQUIRED|UNKNOWN_CA|ACCESS_DENIED|NO_CERTIFICATE)$/;

const ALERT_WORDS: Readonly<Record<string, string>> = {
	CERTIFICATE_EXPIRED: 'it has expired',
	CERTIFICATE_REVOKED: 'it was revoked',
	UNKNOWN_CA: 'its issuer is not accepted there',
	CERTIFICATE_REQUIRED: 'a client certificate is required there',
	NO_CERTIFICATE: 'a client certificate is required there',
};

/** Whether the connection ended because the server refused our client certificate. */
export function isClientCertificateRefusal(error: unknown): boolean {
	return CLIENT_CERTIFICATE_ALERT.test(codeOf(error));
}

/** The other side hung up without saying why. */
export function isCut(error: unknown): boolean {
	return /^(ECONNRESET|EPIPE|ERR_SOCKET_CLOSED)$/.test(codeOf(error));
}

/** The server's no to our certificate, in words. */
export function clientCertificateRefused(error: unknown, peer: Peer): Unreachable {
	const code = codeOf(error);
	const words = ALERT_WORDS[CLIENT_CERTIFICATE_ALERT.exec(code)?.[1] ?? ''] ?? 'the server gave no further reason';
	return unreachable(
		'credential',
		code,
		`${peer.name} refused the client certificate: ${words}. Put a valid certificate of the right kind into the credential.`,
	);
}

const UNKNOWN_ISSUER =
	'is signed by an authority this machine does not know. If it is your own gateway, paste its CA certificate into the Advanced part of the credential';

/** Verification failures of the server's certificate (OpenSSL X509_V_ERR_*, as Node names them). */
const SERVER_CERTIFICATE_WORDS: Readonly<Record<string, string>> = {
	DEPTH_ZERO_SELF_SIGNED_CERT:
		'is self-signed. If it is your own gateway, paste its CA certificate into the Advanced part of the credential',
	SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
	UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
	CERT_UNTRUSTED: UNKNOWN_ISSUER,
	CERT_SIGNATURE_FAILURE:
		'has a broken signature. The CA certificate in the credential may be another one of the same name',
	CERT_HAS_EXPIRED: 'has expired. Its operator has to renew it; check the clock of this machine too',
	CERT_NOT_YET_VALID: 'is not valid yet. Check the clock of this machine',
	CERT_REVOKED: 'was revoked. Its operator has to replace it',
	INVALID_CA: 'is signed by a certificate that is no CA',
	INVALID_PURPOSE: 'is not made for servers',
	ERR_TLS_CERT_ALTNAME_INVALID: 'is made out to another name. Check the endpoint of the credential',
};

const TLS_WORDS: Readonly<Record<string, string>> = {
	ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS on this port. Check scheme and port of the endpoint',
	ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS on this port. Check scheme and port of the endpoint',
	ERR_SSL_HTTP_REQUEST: 'does not speak TLS on this port. Check scheme and port of the endpoint',
	ERR_SSL_UNSUPPORTED_PROTOCOL: 'only offers TLS versions older than 1.2, which are not used',
	ALERT_PROTOCOL_VERSION: 'only offers TLS versions older than 1.2, which are not used',
	ALERT_HANDSHAKE_FAILURE: 'and this machine have no TLS cipher in common',
	ALERT_NO_APPLICATION_PROTOCOL: 'does not speak the HTTP version needed here',
	ERR_SSL_DH_KEY_TOO_SMALL: 'uses TLS keys that are too weak',
	ERR_SSL_EE_KEY_TOO_SMALL: 'uses TLS keys that are too weak',
};

const NETWORK_CAUSE: Readonly<Record<string, readonly [UnreachableCause, string]>> = {
	ENOTFOUND: ['dns', 'The name has no address. Check the endpoint and the DNS of this machine'],
	ENODATA: ['dns', 'The name has no address. Check the endpoint and the DNS of this machine'],
	EAI_AGAIN: ['dns', 'The DNS did not answer. Check the network of this machine'],
	EAI_FAIL: ['dns', 'The DNS failed. Check the network of this machine'],
	ECONNREFUSED: ['refused', 'Nothing listens there. Check address and port'],
	ETIMEDOUT: ['timeout', 'No answer to the connection attempt. A firewall may be in the way'],
	ENETUNREACH: ['network', 'The network cannot be reached from this machine'],
	EHOSTUNREACH: ['network', 'The host cannot be reached from this machine'],
	ECONNRESET: ['network', 'The connection was cut while it was being made. A firewall may be in the way'],
	EPIPE: ['network', 'The connection was cut while it was being made. A firewall may be in the way'],
	ERR_SOCKET_CLOSED: ['network', 'The connection was closed while it was being made'],
};

/** Why no connection could be made, in words a person can act upon. */
export function explainFailure(error: unknown, peer: Peer): Unreachable {
	const code = codeOf(error);
	if (isClientCertificateRefusal(error) && (peer.withClientCertificate || code.includes('CERTIFICATE_REQUIRED'))) {
		return clientCertificateRefused(error, peer);
	}
	const certificate = SERVER_CERTIFICATE_WORDS[code];
	if (certificate !== undefined) return unreachable('tls', code, `The certificate of ${peer.name} ${certificate}.`);
	const tls = TLS_WORDS[code] ?? TLS_WORDS[code.replace(/^ERR_SSL_.*(?=ALERT_)/, '')];
	if (tls !== undefined) return unreachable('tls', code, `${peer.name} ${tls}.`);
	const network = NETWORK_CAUSE[code];
	if (network) return unreachable(network[0], code, `${peer.name} could not be reached. ${network[1]} (${code}).`);
	if (code.startsWith('EAI_'))
		return unreachable('dns', code, `${peer.name} could not be reached. The DNS failed (${code}).`);
	if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
		return unreachable('tls', code, `The TLS handshake with ${peer.name} failed (${code}).`);
	}
	return unreachable('network', code, `${peer.name} could not be reached (${code}).`);
}
