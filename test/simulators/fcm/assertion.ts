import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { parseObject } from '../json';
import type { TokenVerdict } from '../oauth';
import type { Fixtures } from '../pki/fixtures';

export const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPES: ReadonlySet<string> = new Set([
	'https://www.googleapis.com/auth/firebase.messaging',
	'https://www.googleapis.com/auth/cloud-platform',
]);
const SKEW_SECONDS = 300;

const grantFault = (description: string): TokenVerdict => ({
	ok: false,
	status: 400,
	error: 'invalid_grant',
	description,
});

const SHORT_LIVED =
	'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

/** Google: "Using OAuth 2.0 for Server to Server Applications", error codes of its token endpoint. */
export const GOOGLE_TOKEN_ERRORS: Readonly<Record<string, TokenVerdict>> = {
	invalid_grant: grantFault('Invalid JWT Signature.'),
	invalid_signature: grantFault('Invalid JWT Signature.'),
	clock_skew: grantFault(SHORT_LIVED),
	account_not_found: grantFault('Invalid grant: account not found'),
	audience: grantFault('Invalid JWT: Failed audience check'),
	invalid_client: { ok: false, status: 401, error: 'invalid_client', description: 'The OAuth client was not found.' },
	unauthorized_client: {
		ok: false,
		status: 401,
		error: 'unauthorized_client',
		description:
			'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
	},
	disabled_client: { ok: false, status: 401, error: 'disabled_client', description: 'The OAuth client was disabled.' },
	invalid_scope: {
		ok: false,
		status: 400,
		error: 'invalid_scope',
		description: 'Invalid OAuth scope or ID token audience provided.',
	},
	invalid_request: { ok: false, status: 400, error: 'invalid_request', description: 'Missing required parameter' },
	rate_limit_exceeded: { ok: false, status: 429, error: 'rate_limit_exceeded', description: 'Rate Limit Exceeded' },
	internal_failure: { ok: false, status: 500, error: 'internal_failure', description: 'Internal error' },
	temporarily_unavailable: { ok: false, status: 503, error: 'temporarily_unavailable', description: 'Try again later' },
};

/** Verifies the signed assertion of a service account (RFC 7523). */
export class AssertionVerifier {
	readonly #key: KeyObject;

	constructor(
		private readonly account: Fixtures['fcm'],
		private readonly audiences: () => readonly string[],
		private readonly now: () => number,
	) {
		this.#key = createPublicKey(account.key);
	}

	verify(form: URLSearchParams): TokenVerdict {
		if (form.get('grant_type') !== GRANT) {
			return {
				ok: false,
				status: 400,
				error: 'unsupported_grant_type',
				description: `Invalid grant_type: ${form.get('grant_type') ?? ''}`,
			};
		}
		const parts = (form.get('assertion') ?? '').split('.');
		const [head = '', claims = '', signature = ''] = parts;
		const header = parseObject(Buffer.from(head, 'base64url').toString('utf8'));
		const payload = parseObject(Buffer.from(claims, 'base64url').toString('utf8'));
		if (parts.length !== 3 || !header || !payload) return grantFault('Bad Request');
		return (
			this.#signatureFault(header, payload, `${head}.${claims}`, Buffer.from(signature, 'base64url')) ??
			this.#claimFault(payload) ?? { ok: true, scope: String(payload.scope) }
		);
	}

	#signatureFault(
		header: Record<string, unknown>,
		payload: Record<string, unknown>,
		signed: string,
		signature: Buffer,
	): TokenVerdict | undefined {
		if (payload.iss !== this.account.clientEmail) return GOOGLE_TOKEN_ERRORS.account_not_found;
		const known = header.alg === 'RS256' && (header.kid === undefined || header.kid === this.account.keyId);
		const genuine = known && verify('sha256', Buffer.from(signed), this.#key, signature);
		return genuine ? undefined : GOOGLE_TOKEN_ERRORS.invalid_signature;
	}

	#claimFault(payload: Record<string, unknown>): TokenVerdict | undefined {
		const { iat, exp, aud, scope, sub } = payload;
		const now = this.now() / 1000;
		const timely =
			typeof iat === 'number' &&
			typeof exp === 'number' &&
			exp - iat <= 3600 &&
			exp > now &&
			exp > iat &&
			iat < now + SKEW_SECONDS &&
			iat > now - 3600 - SKEW_SECONDS;
		if (!timely) return GOOGLE_TOKEN_ERRORS.clock_skew;
		if (typeof aud !== 'string' || !this.audiences().includes(aud)) return GOOGLE_TOKEN_ERRORS.audience;
		if (sub !== undefined && sub !== this.account.clientEmail) return GOOGLE_TOKEN_ERRORS.unauthorized_client;
		const scopes = typeof scope === 'string' ? scope.split(' ') : [];
		return scopes.some((word) => SCOPES.has(word)) ? undefined : GOOGLE_TOKEN_ERRORS.invalid_scope;
	}
}
