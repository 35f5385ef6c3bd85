import type { Outcome } from '../../model';
import type { Answer, ResponseHeaders } from '../../transport/types';
import { isObject, type JsonObject, readObject, textOf } from '../answerJson';
import { classOfStatus } from '../httpStatus';
import { parseRetryAfter } from '../retryAfter';
import { transportOutcome } from '../transportOutcome';
import {
	BAD_FIELD,
	BAD_TOKEN,
	DEVICE_QUOTA,
	ERROR_INFO,
	ERROR_INFO_REASONS,
	FCM_ERROR,
	FCM_ERROR_CODES,
	type FcmFacts,
	type FcmRow,
	RPC_STATUS,
	RPC_STATUSES,
	rowOfHttpStatus,
	TOO_BIG,
} from './reasons';

export interface FcmContext {
	readonly origin: string;
	readonly projectId: string;
	readonly clientEmail: string;
	readonly validateOnly: boolean;
	/** Epoch ms, for Retry-After dates. */
	readonly nowMs: number;
}

interface FieldViolation {
	readonly field: string;
	readonly description: string;
}

/** What FCM said went wrong, as far as it can be read. */
interface FcmFailure {
	readonly errorCode: string | undefined;
	readonly reason: string | undefined;
	readonly status: string | undefined;
	readonly message: string;
	readonly violations: readonly FieldViolation[];
	/** Subjects and descriptions of QuotaFailure. */
	readonly quotas: readonly string[];
	readonly retryDelaySeconds: number | undefined;
}

const VALIDATED = 'Valid; FCM checked it and sent nothing.';
const LONGEST_DETAIL = 300;
const LONGEST_DELAY_SECONDS = 3600;

/**
 * FCM's answer to one message. The order is FcmError.errorCode, ErrorInfo.reason, error.status, HTTP status; the
 * text is read only to split INVALID_ARGUMENT, which is about the token or about the message (FCM: ErrorCode).
 */
export function interpretFcm(answer: Answer, context: FcmContext): Outcome {
	if (answer.kind !== 'response') return transportOutcome(answer, 'FCM', context.origin);
	const body = readObject(answer.body);
	if (answer.status >= 200 && answer.status < 300) return accepted(answer.status, body, context);
	const failure = readFailure(body);
	const row = rowFor(failure, answer.status);
	const facts: FcmFacts = { ...context, detail: detailOf(failure) };
	const known = failure.errorCode ?? failure.reason ?? failure.status;
	const retryAfterSeconds = waitAskedFor(failure, answer.headers, context.nowMs);
	return {
		class: row.class,
		...statusCodeOf(row, answer.status),
		message: row.say(facts),
		tokenAction: row.tokenAction ?? 'keep',
		...(row.stops === undefined ? {} : { stops: row.stops }),
		...(row.guarded === undefined ? {} : { guarded: row.guarded }),
		...(row.backoffMs === undefined ? {} : { backoffMs: row.backoffMs }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		providerStatus: answer.status,
		...(known === undefined ? {} : { providerReason: known }),
		...(failure.message === '' ? {} : { providerMessage: failure.message }),
	};
}

function accepted(status: number, body: JsonObject | undefined, context: FcmContext): Outcome {
	if (body === undefined) {
		return {
			class: 'unknown',
			message: `${context.origin} answered HTTP ${status} with something that is not FCM's answer: it is not known whether the message was sent. Check the custom endpoint and any proxy in between.`,
			tokenAction: 'keep',
			providerStatus: status,
		};
	}
	const name = textOf(body.name);
	return {
		class: 'ok',
		message: context.validateOnly ? VALIDATED : '',
		tokenAction: 'keep',
		providerStatus: status,
		...(name === undefined ? {} : { messageId: name }),
	};
}

function readFailure(body: JsonObject | undefined): FcmFailure {
	const error = isObject(body?.error) ? body.error : {};
	const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
	return {
		errorCode: firstText(details, 'google.firebase.fcm.v1.FcmError', 'errorCode'),
		reason: firstText(details, 'google.rpc.ErrorInfo', 'reason'),
		status: textOf(error.status),
		message: textOf(error.message) ?? '',
		violations: listIn(details, 'google.rpc.BadRequest', 'fieldViolations').map((violation) => ({
			field: textOf(violation.field) ?? '',
			description: textOf(violation.description) ?? '',
		})),
		quotas: listIn(details, 'google.rpc.QuotaFailure', 'violations').flatMap((violation) => [
			textOf(violation.subject) ?? '',
			textOf(violation.description) ?? '',
		]),
		retryDelaySeconds: seconds(firstText(details, 'google.rpc.RetryInfo', 'retryDelay')),
	};
}

function ofType(details: readonly JsonObject[], type: string): readonly JsonObject[] {
	return details.filter((detail) => textOf(detail['@type'])?.endsWith(`/${type}`) ?? false);
}

function firstText(details: readonly JsonObject[], type: string, key: string): string | undefined {
	for (const detail of ofType(details, type)) {
		const text = textOf(detail[key]);
		if (text !== undefined) return text;
	}
	return undefined;
}

function listIn(details: readonly JsonObject[], type: string, key: string): readonly JsonObject[] {
	return ofType(details, type).flatMap((detail) => {
		const list = detail[key];
		return Array.isArray(list) ? list.filter(isObject) : [];
	});
}

/** A protobuf Duration in JSON: `"30s"`, `"1.500s"`; rounded up. */
function seconds(duration: string | undefined): number | undefined {
	const match = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(duration ?? '');
	return match ? Math.min(LONGEST_DELAY_SECONDS, Math.ceil(Number(match[1]))) : undefined;
}

function rowFor(failure: FcmFailure, status: number): FcmRow {
	const named = namedRow(failure) ?? rowOfHttpStatus(status, classOfStatus(status));
	if (named === FCM_ERROR.INVALID_ARGUMENT) return splitInvalidArgument(failure, named);
	if (named === FCM_ERROR.QUOTA_EXCEEDED && failure.quotas.some((text) => /device/i.test(text))) return DEVICE_QUOTA;
	return named;
}

function namedRow(failure: FcmFailure): FcmRow | undefined {
	const errorCode = FCM_ERROR_CODES.find((code) => code === failure.errorCode);
	const byCode = errorCode === undefined ? null : FCM_ERROR[errorCode];
	if (byCode) return byCode;
	const reason = ERROR_INFO_REASONS.find((name) => name === failure.reason);
	if (reason !== undefined) return ERROR_INFO[reason];
	const rpcStatus = RPC_STATUSES.find((name) => name === failure.status);
	return (rpcStatus === undefined ? null : RPC_STATUS[rpcStatus]) ?? undefined;
}

/** Only FCM's own words about the token condemn it: a wrong message must never cost an address. */
function splitInvalidArgument(failure: FcmFailure, undecided: FcmRow): FcmRow {
	const { violations, message } = failure;
	if (/not a valid FCM registration token/i.test(message)) return BAD_TOKEN;
	if (violations.some(({ field }) => field === 'message.token' || field === 'message.fid')) return BAD_TOKEN;
	// Topics and conditions are the recipient's own, as tokens are: they say nothing about the message of the others.
	if (violations.some(({ field }) => field === 'message.topic' || field === 'message.condition')) return undecided;
	if (/too (?:big|large|long)|payload size|exceeds? .*(?:size|bytes)/i.test(message)) return TOO_BIG;
	if (violations.length > 0 || /data payload key/i.test(message)) return BAD_FIELD;
	return undecided;
}

function detailOf(failure: FcmFailure): string {
	const fields = failure.violations.map(({ field, description }) => [field, description].filter(Boolean).join(': '));
	const text = fields.length > 0 ? fields.join('; ') : failure.message;
	return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, LONGEST_DETAIL);
}

function waitAskedFor(failure: FcmFailure, headers: ResponseHeaders, nowMs: number): number | undefined {
	const header = parseRetryAfter(headers['retry-after'], nowMs);
	if (header === undefined || failure.retryDelaySeconds === undefined) return header ?? failure.retryDelaySeconds;
	return Math.max(header, failure.retryDelaySeconds);
}

/** FCM's own status where the row names none: 500, 502, 503 tell different stories. */
function statusCodeOf(row: FcmRow, status: number): { statusCode?: number } {
	if (row.statusCode !== undefined) return { statusCode: row.statusCode };
	if (row.class === 'config') return { statusCode: status === 401 || status === 403 ? status : 400 };
	return row.class === 'temporary' || row.class === 'unknown' ? { statusCode: status } : {};
}
