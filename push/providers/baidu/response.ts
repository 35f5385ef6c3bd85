import type { Outcome, OutcomeClass } from '../../model';
import type { Answer } from '../../transport/types';
import { isObject, type JsonObject, readObject } from '../answerJson';
import { classOfStatus } from '../httpStatus';
import { parseRetryAfter } from '../retryAfter';
import { transportOutcome } from '../transportOutcome';
import { BAD_CHANNEL_ID, BAIDU_CODES, BAIDU_ERROR, type BaiduRow } from './reasons';

/** A string, or an integer of more digits than a double keeps exactly. */
const STRING_OR_BIG_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

const BACKOFF_MS = 2_000;

/**
 * Reads an answer with the digits of its big integers kept: they become texts (`request_id`, `msg_id`).
 * @returns undefined when it is not a JSON object
 */
export function readBaiduBody(body: string): JsonObject | undefined {
	return readObject(body.replace(STRING_OR_BIG_INTEGER, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

/** Baidu's answer to one call. The code in the body decides, whatever the HTTP status says. */
export function interpretBaidu(answer: Answer, origin: string, nowMs: number): Outcome {
	if (answer.kind !== 'response') return transportOutcome(answer, 'Baidu', origin);
	const { status } = answer;
	const body = readBaiduBody(answer.body);
	const code = digits(body?.error_code);
	const requestId = digits(body?.request_id);
	if (code !== undefined && code !== '0') {
		const said = typeof body?.error_msg === 'string' ? body.error_msg : '';
		const row = rowFor(code, said, status);
		const retryAfterSeconds = waits(row.class) ? parseRetryAfter(answer.headers['retry-after'], nowMs) : undefined;
		return {
			...outcomeOf(row),
			providerStatus: status,
			providerReason: code,
			...(said === '' ? {} : { providerMessage: said }),
			...(requestId === undefined ? {} : { messageId: requestId }),
			...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		};
	}
	if (status >= 200 && status < 300 && body !== undefined) return accepted(status, body, requestId);
	return withoutCode(status, origin, parseRetryAfter(answer.headers['retry-after'], nowMs));
}

function accepted(status: number, body: JsonObject, requestId: string | undefined): Outcome {
	const params = isObject(body.response_params) ? body.response_params : {};
	const messageId = digits(params.msg_id) ?? requestId;
	return {
		class: 'ok',
		message: '',
		tokenAction: 'keep',
		providerStatus: status,
		...(messageId === undefined ? {} : { messageId }),
	};
}

function rowFor(code: string, said: string, status: number): BaiduRow {
	const known = BAIDU_CODES.find((name) => name === code);
	if (known === '30602' && /\bchannel_id\b/i.test(said)) return BAD_CHANNEL_ID;
	if (known !== undefined) return BAIDU_ERROR[known];
	// An error inside HTTP 200 must not pass for a success.
	const fallback = status >= 200 && status < 300 ? 'unknown' : classOfStatus(status);
	return {
		class: fallback,
		...backoffOf(fallback),
		message: `Baidu answered with code ${code}, which this version does not know (HTTP ${status}). Look it up at push.baidu.com.`,
	};
}

function outcomeOf(row: BaiduRow): Outcome {
	return {
		class: row.class,
		...(row.statusCode === undefined ? {} : { statusCode: row.statusCode }),
		message: row.message,
		tokenAction: row.tokenAction ?? 'keep',
		...(row.stops === undefined ? {} : { stops: row.stops }),
		...(row.backoffMs === undefined ? {} : { backoffMs: row.backoffMs }),
		...(row.retryInRun === undefined ? {} : { retryInRun: row.retryInRun }),
		...(row.adviseSeconds === undefined ? {} : { adviseSeconds: row.adviseSeconds }),
	};
}

/** A gateway's page, or a body cut short: only the HTTP status is left. */
function withoutCode(status: number, origin: string, retryAfterSeconds: number | undefined): Outcome {
	const fallback = status >= 200 && status < 300 ? 'unknown' : classOfStatus(status);
	const where = `${new URL(origin).host} gave an answer that is not Baidu's (HTTP ${status})`;
	return {
		class: fallback,
		...(fallback === 'temporary' ? { statusCode: status } : {}),
		...backoffOf(fallback),
		...(waits(fallback) && retryAfterSeconds !== undefined ? { retryAfterSeconds } : {}),
		message: waits(fallback)
			? `${where}. Try again later.`
			: `${where}: it is not known whether the message was sent. Check the custom endpoint and any proxy in between.`,
		tokenAction: 'keep',
		providerStatus: status,
	};
}

function waits(outcome: OutcomeClass): boolean {
	return outcome === 'temporary' || outcome === 'throttle-sender';
}

function backoffOf(outcome: OutcomeClass): { backoffMs?: number } {
	return waits(outcome) ? { backoffMs: BACKOFF_MS } : {};
}

/** A number or text of digits, as text. */
function digits(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
