import { randomBytes } from 'node:crypto';
import type { Answer, WireRequest } from './desk';
import type { Failure, TokenSimulator } from './types';

/** What an OAuth token endpoint answers. */
export type TokenVerdict =
	| { readonly ok: true; readonly scope: string }
	| { readonly ok: false; readonly status: number; readonly error: string; readonly description: string };

export interface OauthOptions {
	readonly url: string;
	/** `ya29.` at Google, `Atc|` at Amazon. */
	readonly tokenPrefix: string;
	readonly tokenType: string;
	/** `expires_in`. */
	readonly lifetimeSeconds: number;
	readonly startedAt: number;
	readonly now: () => number;
	/** Amazon names the scope in its answer. */
	readonly showScope: boolean;
	verify(form: URLSearchParams, request: WireRequest): TokenVerdict;
	/** The refusal for a word of the endpoint's error table; undefined when there is none such. */
	refusalFor(word: string): TokenVerdict | undefined;
}

/** RFC 6749 token endpoint: hands out access tokens and knows which of them live. */
export class OauthEndpoint implements TokenSimulator {
	readonly requests: Array<{ at: number; status: number; error?: string }> = [];

	lifetimeSeconds: number;

	/** Access token to the epoch ms at which it ends. */
	readonly #tokens = new Map<string, number>();

	readonly #rules: Array<{ failure: Failure; left: number }> = [];

	constructor(private readonly options: OauthOptions) {
		this.lifetimeSeconds = options.lifetimeSeconds;
	}

	get url(): string {
		return this.options.url;
	}

	fail(failure: Failure): void {
		if (failure.reason !== undefined && !this.options.refusalFor(failure.reason)) {
			throw new Error(`The token endpoint has no error "${failure.reason}"`);
		}
		this.#rules.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY });
	}

	expireAll(): void {
		this.#tokens.clear();
	}

	reset(): void {
		this.requests.length = 0;
		this.#rules.length = 0;
		this.lifetimeSeconds = this.options.lifetimeSeconds;
	}

	/** Whether this very token was given out here and has not run out. */
	isLive(token: string): boolean {
		const end = this.#tokens.get(token);
		return end !== undefined && end > this.options.now();
	}

	decide(request: WireRequest): { answer: Answer; delayMs: number; fault?: Failure } {
		const rule = this.#take();
		const answer = this.#answer(request, rule);
		const failed = rule?.silence === true || rule?.cutConnection === true;
		this.requests.push({
			at: performance.now() - this.options.startedAt,
			status: failed ? 0 : answer.status,
			...(answer.reason === undefined ? {} : { error: answer.reason }),
		});
		return { answer, delayMs: rule?.delayMs ?? 0, fault: rule };
	}

	#answer(request: WireRequest, rule: Failure | undefined): Answer {
		const form = new URLSearchParams(request.body);
		const wrong = this.#wrongRequest(request);
		const demanded = rule?.reason === undefined ? undefined : this.options.refusalFor(rule.reason);
		const verdict = wrong ?? demanded ?? this.options.verify(form, request);
		if (rule?.status !== undefined && !wrong) return literal(rule, verdict);
		return verdict.ok ? this.#grant(verdict.scope) : withHeaders(refusal(verdict), rule);
	}

	#wrongRequest(request: WireRequest): TokenVerdict | undefined {
		if (request.method !== 'POST')
			return { ok: false, status: 405, error: 'invalid_request', description: 'Use POST.' };
		const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
		if (type === 'application/x-www-form-urlencoded') return undefined;
		return {
			ok: false,
			status: 400,
			error: 'invalid_request',
			description: 'Content-Type must be application/x-www-form-urlencoded.',
		};
	}

	#grant(scope: string): Answer {
		const token = `${this.options.tokenPrefix}${randomBytes(60).toString('base64url')}`;
		this.#tokens.set(token, this.options.now() + this.lifetimeSeconds * 1000);
		const body = {
			access_token: token,
			expires_in: this.lifetimeSeconds,
			token_type: this.options.tokenType,
			...(this.options.showScope ? { scope } : {}),
		};
		return { status: 200, headers: { 'Content-Type': 'application/json; charset=UTF-8' }, body: JSON.stringify(body) };
	}

	#take(): Failure | undefined {
		const rule = this.#rules[0];
		if (!rule) return undefined;
		rule.left -= 1;
		if (rule.left <= 0) this.#rules.shift();
		return rule.failure;
	}
}

function refusal(verdict: Exclude<TokenVerdict, { ok: true }>): Answer {
	return {
		status: verdict.status,
		headers: { 'Content-Type': 'application/json; charset=utf-8' },
		body: JSON.stringify({ error: verdict.error, error_description: verdict.description }),
		reason: verdict.error,
	};
}

function literal(rule: Failure, verdict: TokenVerdict): Answer {
	const base = verdict.ok ? { status: 500, body: '' } : refusal(verdict);
	return withHeaders({ ...base, status: rule.status ?? base.status, body: rule.body ?? base.body }, rule);
}

const withHeaders = (answer: Answer, rule: Failure | undefined): Answer => ({
	...answer,
	headers: { ...answer.headers, ...rule?.headers },
});
