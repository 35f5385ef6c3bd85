import { randomInt } from 'node:crypto';
import type { Answer, Judgement, PushService, WireRequest } from '../desk';
import { isObject, parseObject } from '../json';
import type { OauthEndpoint } from '../oauth';
import { fcmReasonIn, isInstallationId, isRegistrationToken } from './addresses';
import { messageFault } from './message-rules';
import { FCM_REASONS, fcmAnswer, isFcmReason, type FcmReason, type FcmRefusal } from './reasons';

const TARGETS = ['token', 'fid', 'topic', 'condition'] as const;

/** Reads requests as strictly as `POST /v1/projects/{project}/messages:send` does. */
export class FcmService implements PushService {
	#lastMessage = 0;

	constructor(
		private readonly projectId: string,
		private readonly tokens: OauthEndpoint,
	) {}

	judge(request: WireRequest): Judgement {
		const body = parseObject(request.body);
		const message = isObject(body?.message) ? body.message : undefined;
		const address = targetOf(message);
		const validateOnly = body?.validate_only === true || body?.validateOnly === true;
		return {
			address,
			refusal: this.#requestFault(request) ?? bodyFault(body, message, address),
			accept: () => this.#accepted(validateOnly),
		};
	}

	answerFor(reason: string): Answer {
		if (!isFcmReason(reason)) throw new Error(`FCM's table has no word "${reason}"`);
		return fcmAnswer(FCM_REASONS[reason], reason);
	}

	reasonIn(address: string): string | undefined {
		return fcmReasonIn(address);
	}

	#requestFault(request: WireRequest): Answer | undefined {
		const project = /^\/v1\/projects\/([^/?]+)\/messages:send$/.exec(request.path)?.[1];
		if (project === undefined || request.method !== 'POST')
			return page(404, 'The requested URL was not found on this server.');
		const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
		if (bearer === undefined) return word('CREDENTIALS_MISSING');
		if (!this.tokens.isLive(bearer)) return word('ACCESS_TOKEN_EXPIRED');
		if (decodeURIComponent(project) !== this.projectId) return word('CONSUMER_INVALID');
		const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
		return type === 'application/json' ? undefined : page(415, 'The Content-Type must be application/json.');
	}

	#accepted(validateOnly: boolean): Answer {
		this.#lastMessage += 1;
		const id = validateOnly
			? 'fake_message_id'
			: `0:${Date.now()}${String(this.#lastMessage).padStart(6, '0')}%${randomInt(0xffff).toString(16)}`;
		return {
			status: 200,
			headers: { 'content-type': 'application/json; charset=UTF-8' },
			body: JSON.stringify({ name: `projects/${this.projectId}/messages/${id}` }, null, 2),
		};
	}
}

const word = (reason: FcmReason): Answer => fcmAnswer(FCM_REASONS[reason], reason);
const page = (status: number, message: string): Answer => fcmAnswer({ status, message, html: true }, `HTTP ${status}`);

function targetOf(message: Record<string, unknown> | undefined): string {
	for (const target of TARGETS) {
		const value = message?.[target];
		if (typeof value === 'string') return value;
	}
	return '';
}

function bodyFault(
	body: Record<string, unknown> | undefined,
	message: Record<string, unknown> | undefined,
	address: string,
): Answer | undefined {
	if (!body)
		return fault({
			status: 400,
			word: 'INVALID_ARGUMENT',
			message: 'Invalid JSON payload received. Unexpected token.',
		});
	const wrong = messageFault(body, message);
	if (wrong) return fault(wrong);
	if (typeof message?.token === 'string' && !isRegistrationToken(address)) return word('INVALID_TOKEN');
	if (typeof message?.fid === 'string' && !isInstallationId(address) && fcmReasonIn(address) === undefined) {
		return fault({
			...FCM_REASONS.INVALID_TOKEN_FIELD,
			violations: [{ field: 'message.fid', description: 'The installation id is not valid' }],
		});
	}
	return undefined;
}

const fault = (refusal: FcmRefusal): Answer => fcmAnswer(refusal, refusal.word ?? `HTTP ${refusal.status}`);
