import type { Arrival, Failure } from './types';

/** One request as an endpoint read it off the wire. */
export interface WireRequest {
	readonly connection: Peer;
	readonly method: string;
	readonly path: string;
	/** Lower-case names; the first value where a name came twice. */
	readonly headers: Record<string, string>;
	readonly headerNames: string[];
	readonly body: string;
}

/** What the provider may know about the other end. One object per connection. */
export interface Peer {
	/** From 1. */
	readonly id: number;
	/** DER of the verified client certificate. */
	readonly certificate?: Buffer;
}

export interface Answer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** The table's word for it; goes into the arrival. */
	readonly reason?: string;
}

/** What a strict reading of a request came to. */
export interface Judgement {
	readonly address: string;
	/** Absent: nothing wrong with it. */
	readonly refusal?: Answer;
	readonly accept: () => Answer;
}

/** A provider's push service behind an endpoint. */
export interface PushService {
	judge(request: WireRequest): Judgement;
	/** The answer for a word of the reason table. @throws {Error} when the table has no such word. */
	answerFor(reason: string, request?: WireRequest): Answer;
	/** The reason a magic address carries. */
	reasonIn(address: string): string | undefined;
	/** Last touch on every answer (ids that are echoed). */
	finish?(answer: Answer, request: WireRequest): Answer;
}

/** What an endpoint is to do with one request. */
export interface Plan {
	readonly arrival: Arrival;
	readonly answer: Answer;
	readonly delayMs: number;
	/** The rule that matched, with its transport faults. */
	readonly fault?: Failure;
}

const KEPT_ARRIVALS = 200_000;

/** Keeps what arrived and decides what to answer: the strict reading first, then failures on demand, then magic addresses. */
export class Desk {
	latencyMs = 0;

	readonly #arrivals: Arrival[] = [];

	readonly #rules: Array<{ failure: Failure; left: number }> = [];

	constructor(
		private readonly service: PushService,
		private readonly startedAt: number,
		private readonly kept = KEPT_ARRIVALS,
	) {}

	get arrivals(): readonly Arrival[] {
		return this.#arrivals;
	}

	fail(failure: Failure): void {
		// A typing mistake must surface in the test that made it, not as a strange answer later.
		if (failure.reason !== undefined) this.service.answerFor(failure.reason);
		this.#rules.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY });
	}

	reset(): void {
		this.#arrivals.length = 0;
		this.#rules.length = 0;
		this.latencyMs = 0;
	}

	decide(request: WireRequest): Plan {
		const judgement = this.service.judge(request);
		const rule = judgement.refusal ? undefined : this.#take(judgement.address);
		const answer = this.#answer(request, judgement, rule);
		const arrival = this.#record(request, judgement.address);
		const finished = this.service.finish?.(answer, request) ?? answer;
		return { arrival, answer: finished, delayMs: this.latencyMs + (rule?.delayMs ?? 0), fault: rule };
	}

	#answer(request: WireRequest, judgement: Judgement, rule: Failure | undefined): Answer {
		if (judgement.refusal) return judgement.refusal;
		if (rule && (rule.reason !== undefined || rule.status !== undefined)) return this.#literal(rule, request);
		const reason = this.service.reasonIn(judgement.address);
		return reason === undefined ? judgement.accept() : this.service.answerFor(reason, request);
	}

	#literal(rule: Failure, request: WireRequest): Answer {
		const base: Answer =
			rule.reason === undefined ? { status: rule.status ?? 500 } : this.service.answerFor(rule.reason, request);
		return {
			status: rule.status ?? base.status,
			headers: { ...base.headers, ...rule.headers },
			body: rule.body ?? base.body,
			reason: base.reason,
		};
	}

	#take(address: string): Failure | undefined {
		for (const [index, rule] of this.#rules.entries()) {
			if (rule.failure.address !== undefined && rule.failure.address !== address) continue;
			rule.left -= 1;
			if (rule.left <= 0) this.#rules.splice(index, 1);
			return rule.failure;
		}
		return undefined;
	}

	#record(request: WireRequest, address: string): Arrival {
		const arrival: Arrival = {
			at: performance.now() - this.startedAt,
			connection: request.connection.id,
			path: request.path,
			headers: request.headers,
			headerNames: request.headerNames,
			body: request.body,
			address,
			status: 0,
		};
		// Forgetting one by one would move the whole array each time.
		if (this.#arrivals.length >= this.kept) this.#arrivals.splice(0, Math.ceil(this.kept / 10));
		this.#arrivals.push(arrival);
		return arrival;
	}
}
