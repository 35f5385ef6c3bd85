import type { Outcome } from '../../model';
import type { Answer } from '../../transport/types';
import { type JsonObject, readObject, textOf } from '../answerJson';
import { classOfStatus } from '../httpStatus';
import { parseRetryAfter } from '../retryAfter';
import { transportOutcome } from '../transportOutcome';
import { ADM_REASON, ADM_REASONS, rowOfHttpStatus } from './reasons';

export interface AdmContext {
	readonly origin: string;
	/** The id that was sent to. */
	readonly registrationId: string;
	/** Epoch ms, for Retry-After dates. */
	readonly nowMs: number;
}

/** Node's HTTP clients give header names in lower case. */
const REQUEST_ID = 'x-amzn-requestid';

/** ADM's answer to one message; the `reason` decides, else the HTTP status. */
export function interpretAdm(answer: Answer, context: AdmContext): Outcome {
	if (answer.kind !== 'response') return transportOutcome(answer, 'ADM', context.origin);
	const { status, headers } = answer;
	const body = readObject(answer.body);
	const messageId = textOf(headers[REQUEST_ID]);
	const common = { providerStatus: status, ...(messageId === undefined ? {} : { messageId }) };
	if (status >= 200 && status < 300) return { ...accepted(status, body, context), ...common };
	const reason = textOf(body?.reason);
	const known = ADM_REASONS.find((name) => name === reason);
	const row = known === undefined ? rowOfHttpStatus(status, classOfStatus(status)) : ADM_REASON[known];
	const said = textOf(body?.message) ?? textOf(body?.error_description);
	const waits = row.class === 'temporary' || row.class === 'throttle-sender';
	const retryAfterSeconds = waits ? parseRetryAfter(headers['retry-after'], context.nowMs) : undefined;
	return {
		class: row.class,
		...(row.statusCode === undefined ? {} : { statusCode: row.statusCode }),
		message: row.message,
		tokenAction: row.tokenAction ?? 'keep',
		...(row.stops === undefined ? {} : { stops: row.stops }),
		...(row.guarded === undefined ? {} : { guarded: row.guarded }),
		...(row.backoffMs === undefined ? {} : { backoffMs: row.backoffMs }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		...(reason === undefined ? {} : { providerReason: reason }),
		...(said === undefined ? {} : { providerMessage: said }),
		...common,
	};
}

/** A canonical id that differs from the one used is the one to use from now on. */
function accepted(status: number, body: JsonObject | undefined, context: AdmContext): Outcome {
	if (body === undefined) {
		return {
			class: 'unknown',
			message: `${new URL(context.origin).host} gave an answer that is not ADM's (HTTP ${status}): it is not known whether the message was sent. Check the custom endpoint and any proxy in between.`,
			tokenAction: 'keep',
		};
	}
	const canonical = textOf(body.registrationID);
	const replaced = canonical !== undefined && canonical !== context.registrationId;
	return {
		class: 'ok',
		message: '',
		...(replaced ? { tokenAction: 'replace', updatedToken: canonical } : { tokenAction: 'keep' }),
	};
}
