import { type Outcome, PushError } from '../model';
import type { Answer, RequestHandle, Transport, TransportRequest } from '../transport/types';
import type { TokenReading, TokenSlot } from './accessTokens';

/** A push with an OAuth access token: what is particular to the provider. */
export interface BearerExchange {
	readonly slot: TokenSlot;
	readonly transport: Transport;
	request(accessToken: string): TransportRequest;
	/** `auth-refresh` for every refusal of the token. */
	interpret(answer: Answer): Outcome;
	/** Why a token that was just given out is refused all the same. */
	refusedAgain(outcome: Outcome): string;
}

/**
 * Sends with the credential's token, waiting for one where there is none yet. A token the provider refuses is thrown
 * away; a second one refused in a row makes the outcome `config`, because a third would fare no better.
 */
export function sendWithToken(exchange: BearerExchange, done: (outcome: Outcome) => void): RequestHandle {
	const token = exchange.slot.current();
	return token === undefined ? waitForToken(exchange, done) : sendNow(exchange, token, done);
}

function sendNow(exchange: BearerExchange, token: string, done: (outcome: Outcome) => void): RequestHandle {
	return exchange.transport.request(exchange.request(token), (answer) => done(settle(exchange, token, answer)));
}

function waitForToken(exchange: BearerExchange, done: (outcome: Outcome) => void): RequestHandle {
	let sent: RequestHandle | undefined;
	let waiting = true;
	exchange.transport.warmUp();
	const forget = exchange.slot.obtain((reading) => {
		waiting = false;
		if (reading.ok) sent = sendNow(exchange, reading.accessToken, done);
		else done(reading.outcome);
	});
	return {
		cancel() {
			if (sent) return sent.cancel();
			if (!waiting) return;
			waiting = false;
			forget();
			queueMicrotask(() => done(exchange.interpret({ kind: 'cancelled', written: false })));
		},
	};
}

function settle(exchange: BearerExchange, token: string, answer: Answer): Outcome {
	const outcome = exchange.interpret(answer);
	switch (outcome.class) {
		case 'auth-refresh':
			if (exchange.slot.reject(token)) return outcome;
			return { ...outcome, class: 'config', message: exchange.refusedAgain(outcome), stops: 'client' };
		case 'ok':
		case 'token':
		case 'payload':
			exchange.slot.accept(token);
			return outcome;
		default:
			return outcome;
	}
}

/**
 * Gets another token after one was refused. Where the token endpoint gives no answer for now, the next try waits for
 * it; where it says no, that is the better explanation.
 * @returns false for an outcome that has nothing to do with the token
 * @throws {PushError} `CredentialRefused` when the token endpoint refuses the credential
 */
export async function renewToken(slot: TokenSlot, outcome: Outcome): Promise<boolean> {
	if (outcome.class !== 'auth-refresh') return false;
	const reading = await new Promise<TokenReading>((resolve) => {
		slot.obtain(resolve);
	});
	if (reading.ok || reading.outcome.class === 'temporary') return true;
	throw new PushError('CredentialRefused', reading.outcome.message);
}
