import { TOKEN_TIMEOUT_MS, type TokenGrant } from '../accessTokens';
import { targetAt } from '../endpoints';
import type { ProviderDeps } from '../provider';
import { readTokenAnswer, type TokenRefusal } from '../tokenEndpoint';
import type { AdmProfile } from './credential';

const SCOPE = 'messaging:push';
const IDLE_CLOSE_MS = 10_000;

/** How this profile asks for access tokens (ADM: Request an access token; RFC 6749 4.4). */
export function admTokenGrant(profile: AdmProfile, deps: ProviderDeps): TokenGrant {
	const { tokenUrl, clientId, clientSecret } = profile;
	const body = new URLSearchParams({
		grant_type: 'client_credentials',
		scope: SCOPE,
		client_id: clientId,
		client_secret: clientSecret,
	}).toString();
	const endpoint = {
		label: "Amazon's token server",
		url: tokenUrl.href,
		secrets: [clientSecret, encodeURIComponent(clientSecret)],
		explain: explainAmazonRefusal,
	};
	return {
		key: profile.key,
		transport: deps.transports.http1(targetAt(tokenUrl.origin, profile.connection), `${profile.key} token`, {
			maxConnections: 2,
			idleCloseMs: IDLE_CLOSE_MS,
			connectTimeoutMs: TOKEN_TIMEOUT_MS,
		}),
		request: () =>
			Promise.resolve({
				method: 'POST',
				path: `${tokenUrl.pathname}${tokenUrl.search}`,
				headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', accept: 'application/json' },
				body,
				timeoutMs: TOKEN_TIMEOUT_MS,
			}),
		read: (answer) => readTokenAnswer(answer, endpoint, deps.clock.now()),
	};
}

/** What Amazon's token endpoint is documented to say (Login with Amazon, ADM). */
export const AMAZON_TOKEN_ERRORS = [
	'invalid_client',
	'unauthorized_client',
	'invalid_scope',
	'invalid_request',
	'unsupported_grant_type',
	'ServerError',
] as const;

export type AmazonTokenError = (typeof AMAZON_TOKEN_ERRORS)[number];

const NO_ADM: TokenRefusal = {
	class: 'config',
	message:
		'This security profile of Amazon may not send pushes. Open the app at developer.amazon.com, attach the profile under Device Messaging, and try again.',
};

const NOT_UNDERSTOOD: TokenRefusal = {
	class: 'config',
	message:
		'Amazon did not understand the request for an access token. Check client id, client secret and, if one is set, the custom token endpoint.',
};

const TOKEN_ERRORS: Readonly<Record<AmazonTokenError, TokenRefusal>> = {
	invalid_client: {
		class: 'config',
		message:
			'Amazon does not know this client id, or the client secret is wrong. Copy both anew from developer.amazon.com > Settings > Security Profiles > Web Settings.',
	},
	unauthorized_client: NO_ADM,
	invalid_scope: NO_ADM,
	invalid_request: NOT_UNDERSTOOD,
	unsupported_grant_type: NOT_UNDERSTOOD,
	ServerError: {
		class: 'temporary',
		message: "Amazon's token server is in trouble; nothing was sent. Try again later.",
	},
};

/** @returns undefined for an error that is not in the table: its HTTP status decides. */
export function explainAmazonRefusal(error: string): TokenRefusal | undefined {
	const known = AMAZON_TOKEN_ERRORS.find((name) => name === error);
	return known === undefined ? undefined : TOKEN_ERRORS[known];
}
