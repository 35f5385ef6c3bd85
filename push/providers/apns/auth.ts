import { SignJWT } from 'jose';
import { type Clock, PushError, TurnClock } from '../../model';
import type { ApnsKeyIdentity } from './credential';

const MINUTE = 60_000;
/** A new token after this; Apple refuses tokens older than 60 min. */
const RENEW_AFTER_MS = 45 * MINUTE;
/** Never a new token before this: Apple answers TooManyProviderTokenUpdates. */
const KEEP_FOR_MS = 20 * MINUTE;
/** `iat` lies this far back, so that a clock slightly ahead of Apple's makes no token from the future. */
const BACKDATE_SECONDS = 10;

/** One provider token (JWT) of one key. */
export interface IssuedToken {
	/** Value of the authorization header. Secret. */
	readonly authorization: string;
	/** Epoch ms by the machine's clock. */
	readonly issuedAt: number;
	readonly issuedMonotonic: number;
}

/** The provider tokens of a process: one per key, shared by every client and connection that uses the key. */
export interface ProviderTokens {
	/** The token to use now, if it is at hand. */
	current(identity: ApnsKeyIdentity): IssuedToken | undefined;
	/**
	 * The token to use now, signed when needed; concurrent callers share one signing.
	 * @throws {PushError} `InvalidCredential` when the key cannot sign
	 */
	obtain(identity: ApnsKeyIdentity): Promise<IssuedToken>;
	/**
	 * Makes a new token after `used` was refused as too old.
	 * @returns false when the present one is younger than 20 min, so that another would not help
	 */
	renew(identity: ApnsKeyIdentity, used: IssuedToken | undefined): Promise<boolean>;
	/** ms since the token was made. */
	ageMs(token: IssuedToken): number;
}

async function sign(identity: ApnsKeyIdentity, clock: Clock): Promise<IssuedToken> {
	const issuedAt = clock.now();
	try {
		const jwt = await new SignJWT({})
			.setProtectedHeader({ alg: 'ES256', kid: identity.keyId })
			.setIssuer(identity.teamId)
			.setIssuedAt(Math.floor(issuedAt / 1000) - BACKDATE_SECONDS)
			.sign(identity.signingKey);
		return { authorization: `bearer ${jwt}`, issuedAt, issuedMonotonic: clock.monotonic() };
	} catch {
		// No cause: what failed held the key.
		throw new PushError('InvalidCredential', `The key ${identity.keyId} cannot sign a provider token.`, {
			hint: 'Enter the .p8 file again as developer.apple.com gave it to you.',
		});
	}
}

/** Provider tokens by "Establishing a token-based connection to APNs": renewed at 45 min, never under 20 min. */
export function createProviderTokens(clock: Clock): ProviderTokens {
	const issued = new Map<string, IssuedToken>();
	const turn = new TurnClock(clock);
	const signing = new Map<string, Promise<IssuedToken>>();

	/** The larger of both clocks' answers: a sleeping machine stops one of them, setting the time bends the other. */
	const ageMs = (token: IssuedToken, by: Pick<Clock, 'now' | 'monotonic'> = clock): number =>
		Math.max(by.now() - token.issuedAt, by.monotonic() - token.issuedMonotonic);

	function current(identity: ApnsKeyIdentity): IssuedToken | undefined {
		const token = issued.get(identity.hash);
		return token && ageMs(token, turn) < RENEW_AFTER_MS ? token : undefined;
	}

	function issue(identity: ApnsKeyIdentity): Promise<IssuedToken> {
		const running = signing.get(identity.hash);
		if (running) return running;
		const made = sign(identity, clock)
			.then((token) => {
				for (const [hash, old] of issued) if (ageMs(old) > 2 * RENEW_AFTER_MS) issued.delete(hash);
				issued.set(identity.hash, token);
				return token;
			})
			.finally(() => signing.delete(identity.hash));
		signing.set(identity.hash, made);
		return made;
	}

	return {
		ageMs: (token) => ageMs(token),
		current,
		obtain: async (identity) => current(identity) ?? (await issue(identity)),
		async renew(identity, used) {
			const present = issued.get(identity.hash);
			// Somebody else renewed it while this request was under way.
			if (present && used && present !== used) return true;
			if (present && ageMs(present) < KEEP_FOR_MS) return false;
			await issue(identity);
			return true;
		},
	};
}
