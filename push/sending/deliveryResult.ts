import { type DeliveryResult, OUTCOME_CLASS, type Outcome, type ProviderId } from '../model';
import type { Flight } from './flight';

const WAVE =
	'So many refusals of this kind usually mean a wrong environment, topic or project: check the credential and the ' +
	'channel before any address is removed.';

/** What the result needs besides the flight and its outcome. */
export interface ResultContext {
	/** Monotonic ms. */
	readonly now: number;
	readonly provider: ProviderId | undefined;
	readonly retryAfterSeconds: number | undefined;
	/** A wave of ambiguous token refusals is going on. */
	readonly suspicious: boolean;
	readonly warnings: readonly string[] | undefined;
	readonly applicationId: string | undefined;
	readonly campaignId: string | undefined;
}

/** Thousands of results share a millisecond. */
let isoOf = { epoch: NaN, text: '' };

function iso(epoch: number): string {
	if (isoOf.epoch !== epoch) isoOf = { epoch, text: new Date(epoch).toISOString() };
	return isoOf.text;
}

/** One recipient's end, in the vocabulary of results. Keys without a value are left out. */
export function deliveryResult(flight: Flight, outcome: Outcome, context: ResultContext): DeliveryResult {
	const facts = OUTCOME_CLASS[outcome.class];
	const inWave = context.suspicious && outcome.guarded === true && outcome.class === 'token';
	const result: DeliveryResult = {
		ref: flight.recipient.ref,
		address: flight.recipient.address,
		channelType: flight.recipient.channelType,
		deliveryStatus: outcome.status ?? facts.status,
		statusCode: outcome.statusCode ?? facts.statusCode,
		statusMessage: inWave ? `${outcome.message} ${WAVE}`.trimStart() : outcome.message,
		tokenAction: inWave && outcome.tokenAction === 'remove' ? 'suspect' : outcome.tokenAction,
		possibleDuplicate: flight.possibleDuplicate,
		attempts: flight.attempts,
		latencyMs: 0,
	};
	if (flight.attempts > 0 && flight.firstTryAt !== undefined) {
		result.latencyMs = Math.max(0, Math.round(context.now - flight.firstTryAt));
		result.sentAt = iso(flight.sentAt);
	}
	const messageId =
		outcome.messageId ?? (context.provider === 'apns' && flight.attempts > 0 ? flight.messageId : undefined);
	if (messageId !== undefined) result.messageId = messageId;
	copyDetails(result, outcome);
	if (context.retryAfterSeconds !== undefined) result.retryAfterSeconds = context.retryAfterSeconds;
	if (context.warnings !== undefined) result.warnings = context.warnings;
	if (outcome.unsent) result.unsent = true;
	if (context.applicationId !== undefined) result.applicationId = context.applicationId;
	if (context.campaignId !== undefined) result.campaignId = context.campaignId;
	if (flight.recipient.traceId !== undefined) result.traceId = flight.recipient.traceId;
	return result;
}

function copyDetails(result: DeliveryResult, outcome: Outcome): void {
	if (outcome.updatedToken !== undefined) result.updatedToken = outcome.updatedToken;
	if (outcome.providerStatus !== undefined) result.providerStatus = outcome.providerStatus;
	if (outcome.providerReason !== undefined) result.providerReason = outcome.providerReason;
	if (outcome.providerMessage !== undefined) result.providerMessage = outcome.providerMessage;
	if (outcome.invalidSince !== undefined) result.invalidSince = outcome.invalidSince;
}
