import type { Outcome, Random } from '../model';

const FIRST_DELAY_MS = 1000;
const FIRST_FREE_DELAY_MS = 50;
const MAX_FREE_DELAY_MS = 2000;

/**
 * How long to wait before the next try: the provider's own word exactly, else exponential with jitter,
 * `min(cap, first * 2^n) * random(0.5 to 1)`, so that recipients refused together do not come back together.
 * @param retriesBefore 0 before the second try
 * @returns ms
 */
export function retryDelayMs(outcome: Outcome, retriesBefore: number, maxBackoffMs: number, random: Random): number {
	if (outcome.retryAfterSeconds !== undefined) return outcome.retryAfterSeconds * 1000;
	return jittered((outcome.backoffMs ?? FIRST_DELAY_MS) * 2 ** retriesBefore, maxBackoffMs, random);
}

/**
 * The wait after a request that was surely not processed: none the first time, then growing, so that a peer that
 * refuses everything is not hammered.
 * @returns ms
 */
export function freeRetryDelayMs(freeTriesBefore: number, random: Random): number {
	if (freeTriesBefore === 0) return 0;
	return jittered(FIRST_FREE_DELAY_MS * 2 ** (freeTriesBefore - 1), MAX_FREE_DELAY_MS, random);
}

function jittered(delayMs: number, capMs: number, random: Random): number {
	return Math.min(capMs, delayMs) * (0.5 + random.fraction() / 2);
}
