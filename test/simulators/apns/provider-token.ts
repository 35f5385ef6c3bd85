import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { ApnsEnvironment } from '../../../push/model';
import { parseObject } from '../json';
import type { ApnsKeyFixture } from '../pki/fixtures';
import type { ApnsReason } from './reasons';

const HOUR_SECONDS = 3600;
const MAX_REMEMBERED = 10_000;

export interface ProviderToken {
	readonly keyId: string;
	readonly teamId: string;
	readonly bundleId: string;
	/** Epoch seconds. */
	readonly issuedAt: number;
}

/** Verifies provider tokens (Apple: "Establishing a token-based connection to APNs"); each text once. */
export class ProviderTokens {
	readonly #keys: ReadonlyMap<string, { fixture: ApnsKeyFixture; publicKey: KeyObject }>;

	readonly #seen = new Map<string, ProviderToken | ApnsReason>();

	constructor(
		keys: readonly ApnsKeyFixture[],
		private readonly environment: ApnsEnvironment,
		private readonly now: () => number,
	) {
		this.#keys = new Map(
			keys.map((fixture) => [fixture.keyId, { fixture, publicKey: createPublicKey(fixture.privateKey) }]),
		);
	}

	/** Distinct texts seen. */
	get distinct(): number {
		return this.#seen.size;
	}

	reset(): void {
		this.#seen.clear();
	}

	verify(jwt: string): ProviderToken | ApnsReason {
		let verdict = this.#seen.get(jwt);
		if (verdict === undefined) {
			verdict = this.#read(jwt);
			if (this.#seen.size < MAX_REMEMBERED) this.#seen.set(jwt, verdict);
		}
		if (typeof verdict === 'string') return verdict;
		const age = this.now() / 1000 - verdict.issuedAt;
		if (age < 0) return 'InvalidProviderToken';
		return age > HOUR_SECONDS ? 'ExpiredProviderToken' : verdict;
	}

	#read(jwt: string): ProviderToken | ApnsReason {
		const parts = jwt.split('.');
		const [head = '', claims = '', signature = ''] = parts;
		if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return 'InvalidProviderToken';
		const header = parseObject(Buffer.from(head, 'base64url').toString('utf8'));
		const payload = parseObject(Buffer.from(claims, 'base64url').toString('utf8'));
		if (!header || !payload || header.alg !== 'ES256' || typeof header.kid !== 'string') return 'InvalidProviderToken';
		const key = this.#keys.get(header.kid);
		if (!key || payload.iss !== key.fixture.teamId) return 'InvalidProviderToken';
		if (typeof payload.iat !== 'number' || !Number.isFinite(payload.iat)) return 'InvalidProviderToken';
		const raw = Buffer.from(signature, 'base64url');
		// A DER signature is refused like any other wrong one: JWS wants R and S side by side (RFC 7518 3.4).
		const genuine =
			raw.length === 64 &&
			verify('sha256', Buffer.from(`${head}.${claims}`), { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, raw);
		if (!genuine) return 'InvalidProviderToken';
		if (!key.fixture.environments.includes(this.environment)) return 'BadEnvironmentKeyIdInToken';
		const { keyId, teamId, bundleId } = key.fixture;
		return { keyId, teamId, bundleId, issuedAt: payload.iat };
	}
}
