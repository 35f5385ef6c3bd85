import { type DeliveryResult, OUTCOME_CLASS, type Outcome, type ProviderId } from '../model';
import type { Flight } from './flight';

const WAVE =
	'So many refusals of this kind usually mean a wrong environment, topic or project: check the credential and the ' +
	'channel before any address is removed.';

/** What the result needs besides the flight and its outcome. */
export interface ResultContext {
	/** Monotonic ms. */
	now: number;
	provider: ProviderId | undefined;
	retryAfterSeconds: number | undefined;
	/** A wave of ambiguous token refusals is going on. */
	suspicious: boolean;
	warnings: readonly string[] | undefined;
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
	const result: DeliveryResult = new Result(flight, outcome, context);
	copyDetails(result, outcome);
	if (context.retryAfterSeconds !== undefined) result.retryAfterSeconds = context.retryAfterSeconds;
	if (context.warnings !== undefined) result.warnings = context.warnings;
	if (outcome.unsent) result.unsent = true;
	if (context.applicationId !== undefined) result.applicationId = context.applicationId;
	if (context.campaignId !== undefined) result.campaignId = context.campaignId;
	if (flight.recipient.traceId !== undefined) result.traceId = flight.recipient.traceId;
	return result;
}

/**
 * What every result says, and what nearly every answer adds. A class and no literal, as there is one per recipient:
 * see docs/decisions/0008-what-dies-young.md.
 */
class Result implements DeliveryResult {
	readonly ref: number;

	readonly address: string;

	readonly channelType: DeliveryResult['channelType'];

	readonly deliveryStatus: DeliveryResult['deliveryStatus'];

	readonly statusCode: number;

	readonly statusMessage: string;

	readonly tokenAction: DeliveryResult['tokenAction'];

	readonly possibleDuplicate: boolean;

	readonly attempts: number;

	readonly latencyMs: number;

	declare sentAt?: string;

	declare messageId?: string;

	declare providerStatus?: number;

	constructor(flight: Flight, outcome: Outcome, context: ResultContext) {
		const { recipient, attempts } = flight;
		const facts = OUTCOME_CLASS[outcome.class];
		this.ref = recipient.ref;
		this.address = recipient.address;
		this.channelType = recipient.channelType;
		this.deliveryStatus = outcome.status ?? facts.status;
		this.statusCode = outcome.statusCode ?? facts.statusCode;
		this.statusMessage = messageOf(outcome, context);
		this.tokenAction = actionOf(outcome, context);
		this.possibleDuplicate = flight.possibleDuplicate;
		this.attempts = attempts;
		this.latencyMs = latencyOf(flight, context);
		if (attempts > 0 && flight.firstTryAt !== undefined) this.sentAt = iso(flight.sentAt);
		const messageId = outcome.messageId ?? (context.provider === 'apns' && attempts > 0 ? flight.messageId : undefined);
		if (messageId !== undefined) this.messageId = messageId;
		if (outcome.providerStatus !== undefined) this.providerStatus = outcome.providerStatus;
	}
}

function isInWave(outcome: Outcome, context: ResultContext): boolean {
	return context.suspicious && outcome.guarded === true && outcome.class === 'token';
}

function messageOf(outcome: Outcome, context: ResultContext): string {
	return isInWave(outcome, context) ? `${outcome.message} ${WAVE}`.trimStart() : outcome.message;
}

function actionOf(outcome: Outcome, context: ResultContext): DeliveryResult['tokenAction'] {
	return outcome.tokenAction === 'remove' && isInWave(outcome, context) ? 'suspect' : outcome.tokenAction;
}

function latencyOf(flight: Flight, { now }: ResultContext): number {
	if (flight.attempts === 0 || flight.firstTryAt === undefined) return 0;
	return Math.max(0, Math.round(now - flight.firstTryAt));
}

function copyDetails(result: DeliveryResult, outcome: Outcome): void {
	if (outcome.updatedToken !== undefined) result.updatedToken = outcome.updatedToken;
	if (outcome.providerReason !== undefined) result.providerReason = outcome.providerReason;
	if (outcome.providerMessage !== undefined) result.providerMessage = outcome.providerMessage;
	if (outcome.invalidSince !== undefined) result.invalidSince = outcome.invalidSince;
}
