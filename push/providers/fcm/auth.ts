import { SignJWT } from 'jose';
import type { ProviderDeps } from '../provider';
import { TOKEN_TIMEOUT_MS, type TokenGrant } from '../accessTokens';
import { targetAt } from '../endpoints';
import { readTokenAnswer, type TokenRefusal } from '../tokenEndpoint';
import type { FcmAccount } from './credential';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Google allows no more than an hour between `iat` and `exp`. */
const ASSERTION_SECONDS = 3600;
/** A clock that is a little ahead must not date the assertion in Google's future. */
const BACKDATE_SECONDS = 10;
const IDLE_CLOSE_MS = 10_000;

/** How this account asks for access tokens (Google: OAuth 2.0 for server to server applications, RFC 7523). */
export function fcmTokenGrant(account: FcmAccount, deps: ProviderDeps): TokenGrant {
	const { tokenUrl } = account;
	const endpoint = {
		label: "Google's token server",
		url: tokenUrl.href,
		secrets: [],
		explain: (error: string, description: string) => explainGoogleRefusal(error, description, account),
	};
	return {
		key: account.key,
		transport: deps.transports.http1(targetAt(tokenUrl.origin, account.connection), `${account.key} token`, {
			maxConnections: 2,
			idleCloseMs: IDLE_CLOSE_MS,
			connectTimeoutMs: TOKEN_TIMEOUT_MS,
		}),
		async request() {
			const form = new URLSearchParams({
				grant_type: GRANT_TYPE,
				assertion: await signAssertion(account, deps.clock.now()),
			});
			return {
				method: 'POST',
				path: `${tokenUrl.pathname}${tokenUrl.search}`,
				headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
				body: form.toString(),
				timeoutMs: TOKEN_TIMEOUT_MS,
			};
		},
		read: (answer) => readTokenAnswer(answer, endpoint, deps.clock.now()),
	};
}

async function signAssertion(account: FcmAccount, nowMs: number): Promise<string> {
	const issuedAt = Math.floor(nowMs / 1000) - BACKDATE_SECONDS;
	const { privateKeyId } = account;
	return await new SignJWT({ scope: SCOPE })
		.setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(privateKeyId === undefined ? {} : { kid: privateKeyId }) })
		.setIssuer(account.clientEmail)
		.setAudience(account.tokenUrl.href)
		.setIssuedAt(issuedAt)
		.setExpirationTime(issuedAt + ASSERTION_SECONDS)
		.sign(account.privateKey);
}

/** What Google's token endpoint is known to say. */
export const GOOGLE_TOKEN_ERRORS = [
	'invalid_grant',
	'invalid_client',
	'unauthorized_client',
	'disabled_client',
	'invalid_scope',
	'internal_failure',
	'temporarily_unavailable',
] as const;

export type GoogleTokenError = (typeof GOOGLE_TOKEN_ERRORS)[number];

type Explain = (account: FcmAccount, description: string) => TokenRefusal;

const newKey = (account: FcmAccount) =>
	`In Google Cloud console > IAM > Service accounts > ${account.clientEmail} > Keys create a new key and enter its JSON.`;

const TOKEN_ERRORS: Readonly<Record<GoogleTokenError, Explain>> = {
	invalid_grant: explainInvalidGrant,
	invalid_client: noRights,
	unauthorized_client: noRights,
	disabled_client: noRights,
	invalid_scope: () => ({
		class: 'client-bug',
		message:
			'Google does not give out the right to send pushes under the name it was asked for (invalid_scope). Please report this.',
	}),
	internal_failure: inTrouble,
	temporarily_unavailable: inTrouble,
};

/** All of these come as `invalid_grant`; only the description tells them apart. */
function explainInvalidGrant(account: FcmAccount, description: string): TokenRefusal {
	if (/signature/i.test(description)) {
		return {
			class: 'config',
			message: `Google refused the key of ${account.clientEmail}: it was deleted or replaced, or belongs to another account. ${newKey(account)}`,
		};
	}
	if (/short-lived|reasonable timeframe|\biat\b|\bexp\b/i.test(description)) {
		return {
			class: 'config',
			message:
				'Google refused the sign-in because the clock of the n8n server is wrong. Set it right (NTP) and send again.',
		};
	}
	if (/account not found|account .*deleted/i.test(description)) {
		return {
			class: 'config',
			message: `Google knows no service account ${account.clientEmail}: it was deleted. Create a new one in project ${account.projectId} and enter its JSON.`,
		};
	}
	if (/audience/i.test(description)) {
		return {
			class: 'client-bug',
			message: `The token server does not accept a sign-in addressed to ${account.tokenUrl.host}. If a custom token endpoint is set, correct it; otherwise please report this.`,
		};
	}
	return {
		class: 'config',
		message: `Google refused the service account ${account.clientEmail} (invalid_grant). ${newKey(account)}`,
	};
}

function noRights(account: FcmAccount): TokenRefusal {
	return {
		class: 'config',
		message: `Google does not let ${account.clientEmail} sign in: the account is disabled or has no rights. Enable it in Google Cloud console > IAM > Service accounts.`,
	};
}

function inTrouble(): TokenRefusal {
	return { class: 'temporary', message: "Google's token server is in trouble; nothing was sent. Try again later." };
}

/** @returns undefined for an error that is not in the table: its HTTP status decides. */
export function explainGoogleRefusal(
	error: string,
	description: string,
	account: FcmAccount,
): TokenRefusal | undefined {
	const known = GOOGLE_TOKEN_ERRORS.find((name) => name === error);
	return known === undefined ? undefined : TOKEN_ERRORS[known](account, description);
}
