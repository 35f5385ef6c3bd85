import type { Outcome } from '../model';
import type { Answer } from '../transport/types';
import type { TokenReading } from './accessTokens';
import { readObject, textOf } from './answerJson';
import { parseRetryAfter } from './retryAfter';
import { transportOutcome } from './transportOutcome';

/** What a token endpoint's refusal means (RFC 6749 5.2: `error`, `error_description`). */
export interface TokenRefusal {
	readonly class: 'config' | 'client-bug' | 'temporary';
	readonly message: string;
}

export interface TokenEndpoint {
	/** "Google's token server" */
	readonly label: string;
	/** Full URL; only its host is shown. */
	readonly url: string;
	/** Texts that must not be shown even if the server repeats them. */
	readonly secrets: readonly string[];
	/** The provider's own table; undefined = by HTTP status. */
	explain(error: string, description: string): TokenRefusal | undefined;
}

/** Life of a token whose answer does not say, seconds: what Google and Amazon give out. */
const USUAL_LIFETIME_SECONDS = 3600;
const LONGEST_DESCRIPTION = 300;

/** A token goes into a header: visible ASCII only (RFC 6750 2.1 allows even less). */
const TOKEN_SHAPE = /^[\x21-\x7e]{1,8192}$/;

/**
 * Reads the answer of an OAuth token endpoint. The push itself has not been sent yet, so that a lost answer is no
 * more than a reason to ask again.
 * @param nowMs epoch ms a Retry-After date is measured against
 */
export function readTokenAnswer(answer: Answer, endpoint: TokenEndpoint, nowMs: number): TokenReading {
	if (answer.kind !== 'response') return { ok: false, outcome: unanswered(answer, endpoint) };
	const body = readObject(answer.body);
	if (answer.status >= 200 && answer.status < 300) {
		const accessToken = textOf(body?.access_token);
		if (accessToken !== undefined && TOKEN_SHAPE.test(accessToken)) {
			return { ok: true, accessToken, lifetimeSeconds: lifetime(body?.expires_in) };
		}
	}
	const error = textOf(body?.error);
	const description = shown(textOf(body?.error_description), endpoint.secrets);
	const known = error === undefined ? undefined : endpoint.explain(error, description ?? '');
	const refusal = known ?? byStatus(answer.status, endpoint, error);
	const retryAfterSeconds = parseRetryAfter(answer.headers['retry-after'], nowMs);
	return {
		ok: false,
		outcome: {
			class: refusal.class,
			...(refusal.class === 'temporary' ? {} : { statusCode: refusedCode(answer.status), stops: 'client' as const }),
			message: refusal.message,
			tokenAction: 'keep',
			// The push service has not seen the message.
			processed: false,
			providerStatus: answer.status,
			providerReason: shown(error, endpoint.secrets) ?? 'TokenRequestFailed',
			...(description === undefined ? {} : { providerMessage: description }),
			...(refusal.class === 'temporary' && retryAfterSeconds !== undefined ? { retryAfterSeconds } : {}),
		},
	};
}

function unanswered(answer: Exclude<Answer, { kind: 'response' }>, endpoint: TokenEndpoint): Outcome {
	const where = `${endpoint.label} at ${hostOf(endpoint.url)}`;
	if (answer.kind === 'lost')
		return temporary(`The connection to ${where} broke before an access token came.`, 'TokenAnswerLost');
	if (answer.kind === 'timeout') {
		return temporary(`${where} gave no access token within ${answer.afterMs / 1000} s.`, 'TokenTimeout');
	}
	return { ...transportOutcome(answer, endpoint.label, new URL(endpoint.url).origin), processed: false };
}

function temporary(what: string, providerReason: string): Outcome {
	return {
		class: 'temporary',
		message: `${what} Nothing was sent. Try again later; if it stays so, check the network of the n8n server.`,
		tokenAction: 'keep',
		processed: false,
		providerReason,
	};
}

function byStatus(status: number, endpoint: TokenEndpoint, error: string | undefined): TokenRefusal {
	const where = `${endpoint.label} at ${hostOf(endpoint.url)}`;
	const said = `HTTP ${status}${error === undefined ? '' : `, ${shown(error, endpoint.secrets)}`}`;
	if (status === 408 || status === 425 || status === 429 || status >= 500) {
		return {
			class: 'temporary',
			message: `${where} is in trouble or busy (${said}); nothing was sent. Try again later.`,
		};
	}
	if (status >= 200 && status < 300) {
		return {
			class: 'config',
			message: `${where} answered without an access token. Check the custom token endpoint and any proxy in between.`,
		};
	}
	return {
		class: 'config',
		message: `${where} refused to give an access token (${said}). Check the credential and, if one is set, the custom token endpoint.`,
	};
}

function refusedCode(status: number): number {
	return status === 401 || status === 403 ? status : 400;
}

function lifetime(value: unknown): number {
	const seconds = typeof value === 'string' ? Number(value) : value;
	return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds) ? seconds : USUAL_LIFETIME_SECONDS;
}

/** A server's own words, one line, without anything that was sent to it in confidence. */
function shown(text: string | undefined, secrets: readonly string[]): string | undefined {
	if (text === undefined) return undefined;
	let clean = text;
	for (const secret of secrets) if (secret !== '') clean = clean.split(secret).join('***');
	// Assertions and access tokens are base64 of some length; no sentence holds such a word.
	clean = clean
		.replace(/[\w.+/=-]{60,}/g, '***')
		.replace(/\s+/g, ' ')
		.trim();
	return clean === '' ? undefined : clean.slice(0, LONGEST_DESCRIPTION);
}

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : 'its host';
}
