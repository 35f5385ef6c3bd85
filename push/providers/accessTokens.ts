import type { Clock, Outcome, Random } from '../model';
import type { Answer, Transport, TransportFactory, TransportRequest } from '../transport/types';

/** One try at the token endpoint, at most, ms. */
export const TOKEN_TIMEOUT_MS = 10_000;
/** First try plus retries of one exchange. */
const TRIES = 3;
/** A token is renewed this long before it expires, ms (short-lived ones: at half their life). */
const RENEW_EARLY_MS = 300_000;
/** A Retry-After longer than this ends the exchange instead of being waited for, ms. */
const LONGEST_PAUSE_MS = 5_000;
/** After an exchange that failed for want of an answer, nobody asks again for this long, ms. */
const COOL_DOWN_MS = 5_000;
/** The same after a renewal ahead of time: the old token still serves. */
const BACKGROUND_COOL_DOWN_MS = 30_000;
/** Credentials whose tokens are kept; the least recently opened one goes first. */
const MAX_SLOTS = 1_000;

/** What asking for a token came to. A refusal is told to every message that waited for it. */
export type TokenReading =
	| { readonly ok: true; readonly accessToken: string; readonly lifetimeSeconds: number }
	| { readonly ok: false; readonly outcome: Outcome };

/** How the token of one credential is asked for. */
export interface TokenGrant {
	/** Hash over everything the token depends on, the secret included: equal keys share a token. */
	readonly key: string;
	readonly transport: Transport;
	/** Made anew for each try, because assertions carry the time. */
	request(): Promise<TransportRequest>;
	read(answer: Answer): TokenReading;
}

interface HeldToken {
	readonly value: string;
	/** Monotonic ms. */
	readonly renewAt: number;
	readonly expiresAt: number;
	/** Fetched because the one before it was refused. */
	readonly replacement: boolean;
}

type Waiter = (reading: TokenReading) => void;

interface TokenDeps {
	readonly clock: Clock;
	readonly random: Random;
}

/**
 * The access token of one credential: fetched by whoever needs it first, waited for by all others (single-flight),
 * renewed ahead of its end while the old one still serves.
 */
export class TokenSlot {
	#grant: TokenGrant;

	readonly #deps: TokenDeps;

	#held: HeldToken | undefined;

	/** Those waiting for the exchange under way; absent when none is. */
	#waiters: Set<Waiter> | undefined;

	/** Monotonic ms before which no exchange is started, and what is said meanwhile. */
	#quietUntil = 0;

	#quietOutcome: Outcome | undefined;

	/** The last token was refused, and none has been accepted since. */
	#doubted = false;

	/** A replacement the provider refused as well. */
	#refusedReplacement: string | undefined;

	constructor(grant: TokenGrant, deps: TokenDeps) {
		this.#grant = grant;
		this.#deps = deps;
	}

	/** From now on the token is asked for in this way: the connections of an earlier client may be closed. */
	askWith(grant: TokenGrant): void {
		this.#grant = grant;
	}

	/** The token, if one can be used at once. Starts the renewal when it is due, without waiting for it. */
	current(): string | undefined {
		const held = this.#held;
		if (!held) return undefined;
		const now = this.#deps.clock.monotonic();
		if (now >= held.expiresAt) {
			this.#held = undefined;
			return undefined;
		}
		if (now >= held.renewAt && !this.#waiters && now >= this.#quietUntil) void this.#exchange(new Set(), true);
		return held.value;
	}

	/**
	 * Gets a token, asking for one where needed. `done` is called once, never before this returns.
	 * @returns takes the wish back; `done` is not called any more
	 */
	obtain(done: Waiter): () => void {
		const value = this.current();
		const quiet = this.#quietFor();
		if (value === undefined && quiet === undefined) return this.#wait(done);
		let wanted = true;
		queueMicrotask(() => {
			if (!wanted) return;
			if (quiet !== undefined && value === undefined) done({ ok: false, outcome: quiet });
			else done({ ok: true, accessToken: value ?? '', lifetimeSeconds: 0 });
		});
		return () => {
			wanted = false;
		};
	}

	/** Asks the token endpoint even though a token is at hand (joins an exchange under way). */
	async renew(): Promise<TokenReading> {
		return await new Promise((resolve) => {
			this.#wait(resolve);
		});
	}

	/**
	 * The provider refused this token: it is not used again.
	 * @returns whether another one may help; false when this one already replaced a refused one and never worked
	 */
	reject(value: string): boolean {
		if (value === this.#refusedReplacement) return false;
		if (value !== this.#held?.value) return true;
		const hopeless = this.#held.replacement && this.#doubted;
		this.#held = undefined;
		this.#doubted = true;
		if (hopeless) this.#refusedReplacement = value;
		return !hopeless;
	}

	/** The provider took this token. */
	accept(value: string): void {
		if (value === this.#held?.value) this.#doubted = false;
	}

	#quietFor(): Outcome | undefined {
		const leftMs = this.#quietUntil - this.#deps.clock.monotonic();
		if (this.#waiters || leftMs <= 0 || !this.#quietOutcome) return undefined;
		return { ...this.#quietOutcome, retryAfterSeconds: Math.ceil(leftMs / 1000) };
	}

	#wait(done: Waiter): () => void {
		const waiters = this.#waiters ?? new Set<Waiter>();
		const waiter: Waiter = (reading) => done(reading);
		waiters.add(waiter);
		if (!this.#waiters) void this.#exchange(waiters, false);
		return () => {
			waiters.delete(waiter);
		};
	}

	async #exchange(waiters: Set<Waiter>, ahead: boolean): Promise<void> {
		this.#waiters = waiters;
		const reading = this.#keep(await this.#ask(waiters, ahead), ahead);
		this.#waiters = undefined;
		for (const waiter of waiters) waiter(reading);
	}

	async #ask(waiters: ReadonlySet<Waiter>, ahead: boolean): Promise<TokenReading> {
		for (let tries = 1; ; tries++) {
			const reading = await this.#askOnce();
			if (reading.ok || reading.outcome.class !== 'temporary' || tries === TRIES) return reading;
			const pauseMs = this.#pauseMs(reading.outcome, tries);
			const unwanted = waiters.size === 0 && !ahead;
			if (unwanted || pauseMs > LONGEST_PAUSE_MS) return reading;
			await new Promise<void>((resolve) => {
				this.#deps.clock.after(pauseMs, resolve, ahead ? 'background' : undefined);
			});
		}
	}

	/** Retry-After, else 1 s and 2 s, shortened by up to a half so that many processes do not ask in step. */
	#pauseMs(outcome: Outcome, tries: number): number {
		if (outcome.retryAfterSeconds !== undefined) return outcome.retryAfterSeconds * 1000;
		return 1000 * 2 ** (tries - 1) * (0.5 + this.#deps.random.fraction() / 2);
	}

	async #askOnce(): Promise<TokenReading> {
		let request: TransportRequest;
		try {
			request = await this.#grant.request();
		} catch {
			// What a crypto library says about a key may quote the key.
			return { ok: false, outcome: UNSIGNED };
		}
		const answer = await new Promise<Answer>((resolve) => {
			// The whole try counts, connecting included: a stuck server must not hold every message for ever.
			const stopTimer = this.#deps.clock.after(TOKEN_TIMEOUT_MS, () => {
				resolve({ kind: 'timeout', afterMs: TOKEN_TIMEOUT_MS });
				handle.cancel();
			});
			const handle = this.#grant.transport.request(request, (answered) => {
				stopTimer();
				resolve(answered);
			});
		});
		return this.#grant.read(answer);
	}

	#keep(reading: TokenReading, ahead: boolean): TokenReading {
		const now = this.#deps.clock.monotonic();
		this.#quietUntil = 0;
		this.#quietOutcome = undefined;
		if (reading.ok) {
			const lifeMs = reading.lifetimeSeconds * 1000;
			this.#held = {
				value: reading.accessToken,
				expiresAt: now + lifeMs,
				renewAt: now + lifeMs - Math.min(RENEW_EARLY_MS, lifeMs / 2),
				replacement: this.#doubted,
			};
			return reading;
		}
		if (reading.outcome.class !== 'temporary' && !ahead) return reading;
		const asked = (reading.outcome.retryAfterSeconds ?? 0) * 1000;
		const quietMs = Math.max(asked, ahead ? BACKGROUND_COOL_DOWN_MS : COOL_DOWN_MS);
		this.#quietUntil = now + quietMs;
		if (ahead) return reading;
		this.#quietOutcome = reading.outcome;
		return { ok: false, outcome: { ...reading.outcome, retryAfterSeconds: Math.ceil(quietMs / 1000) } };
	}
}

const UNSIGNED: Outcome = {
	class: 'config',
	message:
		'The request for an access token could not be signed with the key of the credential. Create a new key and enter it.',
	tokenAction: 'keep',
	providerReason: 'KeyCannotSign',
	stops: 'client',
	processed: false,
};

/** The tokens of one engine: clients opened with the same credential find the same slot. */
class AccessTokens {
	readonly #slots = new Map<string, TokenSlot>();

	slot(grant: TokenGrant, deps: TokenDeps): TokenSlot {
		const slot = this.#slots.get(grant.key) ?? new TokenSlot(grant, deps);
		slot.askWith(grant);
		this.#slots.delete(grant.key);
		this.#slots.set(grant.key, slot);
		for (const oldest of this.#slots.keys()) {
			if (this.#slots.size <= MAX_SLOTS) break;
			this.#slots.delete(oldest);
		}
		return slot;
	}
}

/** An engine is known by its transports: it has exactly one factory of them for its whole life. */
const ENGINES = new WeakMap<TransportFactory, AccessTokens>();

/** The token of a credential, shared by all clients of one engine. */
export function tokenSlot(grant: TokenGrant, deps: TokenDeps & { readonly transports: TransportFactory }): TokenSlot {
	const tokens = ENGINES.get(deps.transports) ?? new AccessTokens();
	ENGINES.set(deps.transports, tokens);
	return tokens.slot(grant, deps);
}
