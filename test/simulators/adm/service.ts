import { randomUUID } from 'node:crypto';
import type { Answer, Judgement, PushService, WireRequest } from '../desk';
import { isObject, parseObject } from '../json';
import type { OauthEndpoint, TokenVerdict } from '../oauth';
import type { Fixtures } from '../pki/fixtures';
import { admCanonicalAddress, admReasonIn, isRegistrationId } from './addresses';
import { admRefusal, isAdmReason, type AdmReason } from './reasons';
import { admChecksum, bodyFault, typeFault } from './request-rules';

/** Reads requests as strictly as `POST /messaging/registrations/{id}/messages` does. */
export class AdmService implements PushService {
	constructor(private readonly tokens: OauthEndpoint) {}

	judge(request: WireRequest): Judgement {
		const address = addressIn(request.path);
		const refusal = this.#refusal(request, address);
		return { address: address ?? '', refusal, accept: () => accepted(address ?? '') };
	}

	answerFor(reason: string, request?: WireRequest): Answer {
		if (!isAdmReason(reason)) throw new Error(`ADM has no reason "${reason}"`);
		if (reason !== 'CanonicalId') return admRefusal(reason);
		return { ...accepted(admCanonicalAddress(addressIn(request?.path ?? '') ?? '')), reason };
	}

	reasonIn(address: string): string | undefined {
		return admReasonIn(address);
	}

	finish(answer: Answer, request: WireRequest): Answer {
		const headers: Record<string, string> = { 'X-Amzn-RequestId': randomUUID() };
		const data = parseObject(request.body)?.data;
		if (answer.status === 200 && isObject(data)) {
			headers['X-Amzn-Data-md5'] = admChecksum(
				Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)])),
			);
		}
		return { ...answer, headers: { ...headers, ...answer.headers } };
	}

	#refusal(request: WireRequest, address: string | undefined): Answer | undefined {
		if (address === undefined) return { status: 404, body: '', reason: 'HTTP 404' };
		if (request.method !== 'POST') return { status: 405, body: '', reason: 'HTTP 405' };
		const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
		const fault: AdmReason | undefined =
			bearer === undefined || !this.tokens.isLive(bearer)
				? 'AccessTokenExpired'
				: (typeFault(request) ?? bodyFault(request.body));
		if (fault !== undefined) return admRefusal(fault);
		return isRegistrationId(address) ? undefined : admRefusal('InvalidRegistrationId');
	}
}

function accepted(registrationId: string): Answer {
	return {
		status: 200,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ registrationID: registrationId }),
	};
}

/** The registration id of the path, decoded; `%` must be followed by two hex digits. */
function addressIn(path: string): string | undefined {
	const encoded = /^\/messaging\/registrations\/([^/?]+)\/messages$/.exec(path)?.[1];
	if (encoded === undefined || /%(?![0-9A-Fa-f]{2})/.test(encoded)) return undefined;
	try {
		return decodeURIComponent(encoded);
	} catch {
		return undefined;
	}
}

const refused = (status: number, error: string, description: string): TokenVerdict => ({
	ok: false,
	status,
	error,
	description,
});

/** Login with Amazon: errors of the token endpoint. */
export const AMAZON_TOKEN_ERRORS: Readonly<Record<string, TokenVerdict>> = {
	invalid_client: refused(401, 'invalid_client', 'Client authentication failed'),
	unauthorized_client: refused(
		400,
		'unauthorized_client',
		'The client is not authorized to request an access token using this method',
	),
	invalid_scope: refused(400, 'invalid_scope', 'An unknown scope was requested'),
	invalid_request: refused(400, 'invalid_request', 'The request is missing a required parameter'),
	unsupported_grant_type: refused(400, 'unsupported_grant_type', 'The authorization grant type is not supported'),
	ServerError: refused(500, 'ServerError', 'The server encountered a runtime error'),
	ServiceUnavailable: refused(503, 'ServiceUnavailable', 'The service is currently unavailable'),
};

/** Checks a client_credentials request (RFC 6749 4.4). */
export function verifyAmazonClient(form: URLSearchParams, account: Fixtures['adm']): TokenVerdict {
	const wrong =
		form.get('grant_type') !== 'client_credentials'
			? 'unsupported_grant_type'
			: !form.has('client_id') || !form.has('client_secret')
				? 'invalid_request'
				: form.get('client_id') !== account.clientId || form.get('client_secret') !== account.clientSecret
					? 'invalid_client'
					: form.get('scope') !== 'messaging:push'
						? 'invalid_scope'
						: undefined;
	const verdict = wrong === undefined ? undefined : AMAZON_TOKEN_ERRORS[wrong];
	return verdict ?? { ok: true, scope: 'messaging:push' };
}
