import { createHash } from 'node:crypto';
import { PushError } from '../model';
import { canonicalJson } from '../security/auditChain';
import type { Context } from './context';

/** How long the response to a key is kept, ms. */
const KEPT_MS = 24 * 3_600_000;

/** How long the same key waits for the execution that has it, and how often it looks, ms. */
const WAIT_MS = 60_000;
const LOOK_MS = 250;

const KEY_LIMIT = 256;

/** Old keys removed with each new one: the table never grows faster than it shrinks. */
const TRIM = 20;

/**
 * Does `work` once per key: the same key and request again gets the recorded response, also while the first is still
 * at it. A failure before anything was sent gives the key back.
 * @throws {PushError} `Conflict` when the key was used for another request, or the first execution does not end
 */
export async function once<T>(
	{ store, clock }: Context,
	applicationId: string,
	key: string,
	request: unknown,
	work: (sent: () => void) => Promise<T>,
	decode: (response: unknown) => T,
): Promise<{ readonly value: T; readonly replayed: boolean }> {
	if (key.length > KEY_LIMIT) {
		throw new PushError(
			'InvalidRequest',
			`The idempotency key has ${key.length} characters; ${KEY_LIMIT} are allowed.`,
		);
	}
	const requestHash = createHash('sha256').update(canonicalJson(request)).digest('hex');
	const deadline = clock.monotonic() + WAIT_MS;
	for (;;) {
		const now = clock.now();
		const claim = await store.idempotency.claim(applicationId, key, requestHash, now, now + KEPT_MS);
		if (claim.state === 'new') break;
		if (claim.state === 'done') {
			if (claim.requestHash !== requestHash) throw otherRequest(key);
			return { value: decode(JSON.parse(claim.response)), replayed: true };
		}
		if (clock.monotonic() >= deadline) throw stillRunning(key, claim.since);
		await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
	}
	await store.idempotency.trim(clock.now(), TRIM);
	let anythingSent = false;
	try {
		const value = await work(() => {
			anythingSent = true;
		});
		await store.idempotency.complete(applicationId, key, JSON.stringify(value));
		return { value, replayed: false };
	} catch (error) {
		// What may have left must not be sent again by a retry.
		if (!anythingSent) await store.idempotency.release(applicationId, key);
		throw error;
	}
}

function otherRequest(key: string): PushError {
	return new PushError(
		'Conflict',
		`The idempotency key "${key.slice(0, 64)}" was used in the last 24 hours for another request; nothing was sent.`,
		{
			hint: 'Use a key that changes with the message, for example the id of the event that caused it.',
		},
	);
}

function stillRunning(key: string, since: number): PushError {
	const at = new Date(since).toISOString();
	return new PushError(
		'Conflict',
		`Another execution has been sending with the idempotency key "${key.slice(0, 64)}" since ${at}; nothing was sent again.`,
		{
			hint: 'If that execution was killed, its messages may have left: check the devices, then use another key.',
		},
	);
}
