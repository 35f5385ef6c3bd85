import { OUTCOME_CLASS, type Outcome, type OutcomeClass } from '../../model';
import type { Answer } from '../../transport/types';
import { parseRetryAfter } from '../retryAfter';
import { transportOutcome, type Unanswered } from '../transportOutcome';
import { REASON_TABLE, type ReasonContext, type ReasonRow } from './reasonTable';
import { knownReason, type ApnsReason } from './reasons';

/** What is known about a push whose answer is read. */
export interface SentPush extends ReasonContext {
	readonly origin: string;
	readonly messageId: string;
	/** See PreparedContent. */
	readonly topicIsCredentials: boolean;
	/** Epoch ms when the app registered the address, if the caller knows. */
	readonly registeredAt: number | undefined;
	/** Epoch ms */
	readonly now: number;
	/** The refused connection had worked before, so a new one may help against InvalidProviderToken. */
	readonly connectionHadWorked: boolean;
}

export type Response = Extract<Answer, { kind: 'response' }>;

interface AnswerBody {
	readonly reason?: string;
	readonly timestamp?: number;
}

const LABEL = 'APNs';

/** `{"reason":"…","timestamp":…}`; anything else (a gateway's HTML) reads as nothing. */
function readBody(body: string): AnswerBody {
	if (body === '' || body.length > 10_000) return {};
	let parsed: unknown;
	try {
		parsed = JSON.parse(body);
	} catch {
		return {};
	}
	if (typeof parsed !== 'object' || parsed === null) return {};
	const reason = 'reason' in parsed ? parsed.reason : undefined;
	const timestamp = 'timestamp' in parsed ? parsed.timestamp : undefined;
	return {
		...(typeof reason === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(reason) ? { reason } : {}),
		...(typeof timestamp === 'number' && Number.isFinite(timestamp) && timestamp > 0 ? { timestamp } : {}),
	};
}

/** What a status means when its reason is missing or new to us. */
function classOfStatus(status: number): OutcomeClass {
	if (status >= 500 && status < 600) return 'temporary';
	switch (status) {
		case 400:
		case 411:
		case 413:
		case 415:
			return 'payload';
		case 404:
		case 405:
			return 'client-bug';
		case 401:
			return 'auth-refresh';
		case 403:
			return 'config';
		case 408:
			return 'temporary';
		case 410:
			return 'token';
		case 425:
		case 429:
			return 'throttle-sender';
		default:
			return 'unknown';
	}
}

const CLASS_ADVICE: Readonly<Partial<Record<OutcomeClass, string>>> = {
	payload: 'Check the message.',
	'client-bug': 'Check the recipient and, if one is set, the custom endpoint.',
	'auth-refresh': 'Check the credential.',
	config: 'Check the credential and the bundle id.',
	token: 'The device token is probably dead.',
	'throttle-sender': 'Send more slowly, and try again later.',
	temporary: 'Try again in 15 minutes.',
};

/** The status to report: the provider's own for refusals of ours and its troubles, the class's otherwise. */
function statusCodeOf(outcomeClass: OutcomeClass, status: number): number {
	switch (outcomeClass) {
		case 'token':
		case 'throttle-sender':
			return OUTCOME_CLASS[outcomeClass].statusCode;
		case 'payload':
			return status === 413 ? 413 : 400;
		default:
			return status;
	}
}

function unknownReason(response: Response, reason: string | undefined, push: SentPush): Outcome {
	const outcomeClass = classOfStatus(response.status);
	const advice = CLASS_ADVICE[outcomeClass] ?? 'Check the custom endpoint, if one is set.';
	const word = reason === undefined ? 'without a reason' : `(${reason})`;
	return {
		class: outcomeClass,
		statusCode: statusCodeOf(outcomeClass, response.status),
		message: `APNs ${push.environment} answered with status ${response.status} ${word}. ${advice}`,
		// Only Apple's two named reasons condemn an address.
		tokenAction: outcomeClass === 'token' ? 'suspect' : 'keep',
		...(outcomeClass === 'token' ? { guarded: true } : {}),
		...(outcomeClass === 'config' ? { stops: 'client' as const } : {}),
		...(outcomeClass === 'throttle-sender' ? { backoffMs: 60_000 } : {}),
		...(outcomeClass === 'temporary' ? { adviseSeconds: 900 } : {}),
	};
}

function stopsOf(row: ReasonRow, push: SentPush): Outcome['stops'] {
	if (row.stops === 'topic') return push.topicIsCredentials ? 'client' : 'message';
	return row.stops;
}

/** The table's row as an outcome. */
function fromRow(reason: ApnsReason, push: SentPush): Outcome {
	const row = REASON_TABLE[reason];
	const stops = stopsOf(row, push);
	const outcome: Outcome = {
		class: row.class,
		message: row.sentence(push),
		tokenAction: row.tokenAction,
		...(row.statusCode === undefined ? {} : { statusCode: row.statusCode }),
		...(row.guarded ? { guarded: true } : {}),
		...(stops === undefined ? {} : { stops }),
		...(row.backoffMs === undefined ? {} : { backoffMs: row.backoffMs }),
		...(row.adviseSeconds === undefined ? {} : { adviseSeconds: row.adviseSeconds }),
	};
	// A token that worked a moment ago can be refused by one connection alone: one try on a new one.
	return reason === 'InvalidProviderToken' && push.connectionHadWorked
		? { ...outcome, class: 'auth-refresh' }
		: outcome;
}

/** A 410 tells since when the address is dead: one registered later is alive again. */
function guardByTime(outcome: Outcome, timestamp: number | undefined, push: SentPush): Outcome {
	if (outcome.class !== 'token' || timestamp === undefined) return outcome;
	const dated = { ...outcome, invalidSince: timestamp };
	if (push.registeredAt === undefined || push.registeredAt <= timestamp) return dated;
	return {
		...dated,
		tokenAction: 'keep',
		message:
			'APNs reported this device token dead, but the app registered it again after that: keep it and try again. ' +
			`(${outcome.providerReason ?? 'status 410'})`,
	};
}

export function isAccepted(response: Response): boolean {
	return response.status >= 200 && response.status < 300;
}

/** One for each push that APNs took. A class and no literal: see docs/decisions/0008-what-dies-young.md. */
class Accepted implements Outcome {
	readonly class = 'ok';

	readonly message = '';

	readonly tokenAction = 'keep';

	constructor(
		readonly messageId: string,
		readonly providerStatus: number,
	) {}
}

/** The outcome of a push that APNs took; `apns-id` is what it calls it. */
export function acceptedOutcome(response: Response, messageId: string): Outcome {
	return new Accepted(response.headers['apns-id'] ?? messageId, response.status);
}

/** What a refusal of APNs means (Apple: "Handling notification responses from APNs"). Never throws. */
export function refusedOutcome(response: Response, push: SentPush): Outcome {
	const messageId = response.headers['apns-id'] ?? push.messageId;
	const { reason: word, timestamp } = readBody(response.body);
	const reason = knownReason(word);
	const retryAfterSeconds = parseRetryAfter(response.headers['retry-after'], push.now);
	const outcome: Outcome = {
		...(reason ? fromRow(reason, push) : unknownReason(response, word, push)),
		messageId,
		providerStatus: response.status,
		...(word === undefined ? {} : { providerReason: word }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	};
	return guardByTime(outcome, timestamp, push);
}

/** APNs says goodbye with `{"reason":"…"}` in GOAWAY; the transport hands the word on as `GOAWAY NO_ERROR: Shutdown`. */
function goawayReason(answer: Unanswered): ApnsReason | undefined {
	if (!('detail' in answer)) return undefined;
	return knownReason(/(?:"reason"\s*:\s*"|GOAWAY \w+: )(\w{1,64})/.exec(answer.detail)?.[1]);
}

/** How far the machine's clock is from the `date` of the answer; undefined within a minute. */
export function clockDifference(response: Response, now: number): string | undefined {
	const theirs = Date.parse(response.headers.date ?? '');
	const minutes = Math.round((now - theirs) / 60_000);
	if (Number.isNaN(minutes) || minutes === 0) return undefined;
	return `${Math.abs(minutes)} ${Math.abs(minutes) === 1 ? 'minute' : 'minutes'} ${minutes < 0 ? 'behind' : 'ahead'}`;
}

/** What no answer means: a reason in APNs's farewell counts when it is about the credential or a shutdown. */
export function unansweredOutcome(answer: Unanswered, push: SentPush): Outcome {
	const general: Outcome = { ...transportOutcome(answer, LABEL, push.origin), messageId: push.messageId };
	const reason = goawayReason(answer);
	if (!reason) return general;
	const row = REASON_TABLE[reason];
	if (row.class === 'config') {
		const processed = general.processed === undefined ? {} : { processed: general.processed };
		const outcome = fromRow(reason, push);
		// What goes again with a new provider token must surely not have arrived.
		if (answer.kind === 'lost' && outcome.class === 'auth-refresh') return general;
		return { ...outcome, messageId: push.messageId, providerReason: reason, ...processed };
	}
	if (answer.kind === 'refused' && row.newConnection) return { ...general, backoffMs: 0, providerReason: reason };
	return general;
}
