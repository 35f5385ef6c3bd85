import type { Outcome, OutcomeClass } from '../model';
import type { Answer, UnreachableCause } from '../transport/types';

/** Every way a request can end without an answer of the provider. */
export type Unanswered = Exclude<Answer, { kind: 'response' }>;

interface UnreachableRow {
	readonly class: Extract<OutcomeClass, 'temporary' | 'config'>;
	/** Our own word for it, as no provider was asked. */
	readonly reason: string;
	readonly what: string;
	readonly todo: string;
}

const UNREACHABLE: Readonly<Record<UnreachableCause, UnreachableRow>> = {
	dns: {
		class: 'temporary',
		reason: 'HostNotFound',
		what: 'the host name could not be resolved',
		todo: 'Check the DNS of the n8n server and, if one is set, the custom endpoint.',
	},
	refused: {
		class: 'temporary',
		reason: 'ConnectionRefused',
		what: 'the connection was refused',
		todo: 'Check that the host and port are right and that no firewall is in between.',
	},
	network: {
		class: 'temporary',
		reason: 'NetworkError',
		what: 'the network failed',
		todo: 'Check the network of the n8n server and try again.',
	},
	timeout: {
		class: 'temporary',
		reason: 'ConnectTimeout',
		what: 'no connection came about in time',
		todo: 'Check that the firewall lets the n8n server reach this host and port.',
	},
	proxy: {
		class: 'temporary',
		reason: 'ProxyFailed',
		what: 'the proxy made no connection',
		todo: 'Check the proxy settings (HTTPS_PROXY, NO_PROXY or the one of the credential) and its login.',
	},
	tls: {
		class: 'config',
		reason: 'TlsFailed',
		what: 'the server could not prove who it is, or speaks no TLS we accept',
		todo: 'For a private gateway give its CA certificate in the credential; otherwise look for a proxy that opens TLS.',
	},
	credential: {
		class: 'config',
		reason: 'ClientCertificateRefused',
		what: 'the server refused the client certificate',
		todo: 'The certificate may be expired, revoked or of another kind: create a new one and enter it in the credential.',
	},
	egress: {
		class: 'config',
		reason: 'EgressRefused',
		what: 'the rules for outgoing connections forbid this address',
		todo: 'Use another endpoint, or ask the administrator of this n8n to allow it.',
	},
};

/** The transport's own words, if they are a sentence; clipped, because a peer may have had a hand in them. */
function sentenceOf(detail: string): string | undefined {
	const text = detail.replace(/\s+/g, ' ').trim().slice(0, 400);
	return /^\S+ .*[.!]$/.test(text) ? text : undefined;
}

/** ` (ECONNRESET: socket hang up)`, or nothing. */
function inBrackets(code: string, detail: string): string {
	const text = detail === '' || detail === code ? code : `${code}: ${detail}`;
	const clean = text.replace(/\s+/g, ' ').trim().slice(0, 200);
	return clean === '' ? '' : ` (${clean})`;
}

/** Host and port alone: an endpoint may be written with a user name and password in it. */
function hostOf(origin: string): string {
	return URL.canParse(origin) ? new URL(origin).host : 'its host';
}

function unreachable(answer: Extract<Unanswered, { kind: 'unreachable' }>, where: string): Outcome {
	const row = UNREACHABLE[answer.cause];
	const sentence = sentenceOf(answer.detail);
	return {
		class: row.class,
		message: sentence
			? `No connection to ${where}. ${sentence}`
			: `No connection to ${where}: ${row.what}${inBrackets(answer.code, answer.detail)}. ${row.todo}`,
		tokenAction: 'keep',
		providerReason: row.reason,
		processed: false,
		...(row.class === 'config' ? { stops: 'client' as const } : {}),
	};
}

/**
 * What a request that got no answer of the provider means; the same for all providers.
 * @param providerLabel what people call the provider, e.g. `APNs`
 * @param origin where the request went; only its host is shown
 */
export function transportOutcome(answer: Unanswered, providerLabel: string, origin: string): Outcome {
	const where = `${providerLabel} at ${hostOf(origin)}`;
	const why = 'detail' in answer ? sentenceOf(answer.detail) : undefined;
	switch (answer.kind) {
		case 'unreachable':
			return unreachable(answer, where);
		case 'refused':
			return {
				class: 'temporary',
				message: why
					? `${where} did not take the request; nothing was delivered. ${why} Try again later.`
					: `${where} did not take the request${inBrackets(answer.code, answer.detail)}; nothing was delivered. Try again later.`,
				tokenAction: 'keep',
				providerReason: 'RequestNotTaken',
				processed: false,
			};
		case 'lost':
			return {
				class: 'ambiguous',
				message:
					`The connection to ${where} broke after the message was sent and before the answer` +
					`${why ? '' : inBrackets(answer.code, answer.detail)}: it may or may not have been delivered.${why ? ` ${why}` : ''}`,
				tokenAction: 'keep',
				providerReason: 'AnswerLost',
			};
		case 'timeout':
			return {
				class: 'timeout',
				message: `${where} did not answer within ${answer.afterMs / 1000} s: the message may or may not have been delivered.`,
				tokenAction: 'keep',
				providerReason: 'RequestTimeout',
			};
		case 'cancelled':
			return {
				class: 'cancelled',
				message: answer.written
					? `Stopped while waiting for the answer of ${where}: the message may have been delivered.`
					: 'Stopped before the message was sent.',
				tokenAction: 'keep',
				providerReason: 'Cancelled',
				...(answer.written ? {} : { processed: false }),
			};
	}
}
