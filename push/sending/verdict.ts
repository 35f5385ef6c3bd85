import type { Outcome, Random } from '../model';
import { freeRetryDelayMs, retryDelayMs } from './backoff';
import type { Flight } from './flight';
import { authorizationFailed, reportLost, STOPPED } from './outcomes';

/** Requests refused unprocessed, in one recipient's life, before its refusals count as tries. */
const MAX_FREE_TRIES = 20;

/** The limits of one send on one client. */
export interface RetryRules {
	/** First try plus retries. */
	readonly attempts: number;
	readonly maxBackoffMs: number;
	/** From the recipient's first try, ms. */
	readonly maximumWaitMs: number;
	/** Whether this recipient may be sent again after a lost answer. */
	readonly sendAgain: boolean;
	readonly random: Random;
}

/** What becomes of a recipient after an answer. */
export type Verdict =
	| { readonly kind: 'final'; readonly outcome: Outcome; readonly retryAfterSeconds?: number }
	| { readonly kind: 'retry'; readonly delayMs: number }
	| { readonly kind: 'renew' };

/** @param now monotonic ms; the flight has landed with this outcome */
export function judge(flight: Flight, outcome: Outcome, rules: RetryRules, now: number): Verdict {
	switch (outcome.class) {
		case 'auth-refresh':
			return flight.renewed ? { kind: 'final', outcome: authorizationFailed(outcome) } : { kind: 'renew' };
		case 'temporary':
		case 'throttle-device':
		case 'throttle-sender':
			return retryOrGiveUp(flight, outcome, rules, now);
		case 'ambiguous':
		case 'timeout':
			return rules.sendAgain
				? sendAgainOrReport(flight, outcome, rules, now)
				: { kind: 'final', outcome: reportLost(outcome) };
		case 'ok':
		case 'duplicate':
		case 'token':
		case 'payload':
		case 'config':
		case 'client-bug':
		case 'unknown':
			return { kind: 'final', outcome };
		case 'cancelled':
			return { kind: 'final', outcome: outcome.processed === false ? STOPPED : outcome };
	}
}

function retryOrGiveUp(flight: Flight, outcome: Outcome, rules: RetryRules, now: number): Verdict {
	if (outcome.retryInRun === false) return giveUp(outcome, outcome.retryAfterSeconds ?? outcome.adviseSeconds);
	const delayMs = delayAfter(flight, outcome, rules);
	if (hasTriesLeft(flight, outcome, rules) && isInTime(flight, delayMs, rules, now)) return { kind: 'retry', delayMs };
	return giveUp(outcome, advice(outcome, delayMs));
}

function sendAgainOrReport(flight: Flight, outcome: Outcome, rules: RetryRules, now: number): Verdict {
	const delayMs = delayAfter(flight, outcome, rules);
	if (hasTriesLeft(flight, outcome, rules) && isInTime(flight, delayMs, rules, now)) return { kind: 'retry', delayMs };
	return { kind: 'final', outcome: reportLost(outcome) };
}

/** Seconds after which the caller may try again: the provider's word, its documentation's, or the next back-off. */
export function advice(outcome: Outcome, delayMs: number): number {
	return outcome.retryAfterSeconds ?? outcome.adviseSeconds ?? Math.max(1, Math.ceil(delayMs / 1000));
}

/** The provider finds the whole sender too fast: all its sends are to wait. */
export function closesGate(outcome: Outcome): boolean {
	return outcome.class === 'throttle-sender' && outcome.retryInRun !== false;
}

function giveUp(outcome: Outcome, retryAfterSeconds: number | undefined): Verdict {
	return { kind: 'final', outcome, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

function isFree(outcome: Outcome): boolean {
	return outcome.processed === false && outcome.backoffMs === 0;
}

/** ms to wait before the flight's next try. */
export function delayAfter(
	flight: Flight,
	outcome: Outcome,
	rules: Pick<RetryRules, 'maxBackoffMs' | 'random'>,
): number {
	if (isFree(outcome) && outcome.retryAfterSeconds === undefined) {
		return freeRetryDelayMs(Math.max(0, flight.freeTries - 1), rules.random);
	}
	return retryDelayMs(outcome, Math.max(0, flight.tries - 1), rules.maxBackoffMs, rules.random);
}

function hasTriesLeft(flight: Flight, outcome: Outcome, rules: RetryRules): boolean {
	return isFree(outcome) ? flight.freeTries < MAX_FREE_TRIES : flight.tries < rules.attempts;
}

function isInTime(flight: Flight, delayMs: number, rules: RetryRules, now: number): boolean {
	return now + delayMs - (flight.firstTryAt ?? now) <= rules.maximumWaitMs;
}
