import { randomUUID } from 'node:crypto';
import type { ApnsEnvironment } from '../../../push/model';
import type { Answer, Judgement, Peer, PushService, WireRequest } from '../desk';
import type { ApnsKeyFixture } from '../pki/fixtures';
import { apnsReasonIn, isDeviceToken } from './addresses';
import { certificateFacts, type CertificateFacts } from './certificate-facts';
import { ProviderTokens } from './provider-token';
import { apnsRefusal, isApnsReason, type ApnsReason } from './reasons';
import { headerFault, payloadFault, topicFault, type TopicRights } from './request-rules';

const UPDATE_INTERVAL_MS = 20 * 60_000;

/** What APNs remembers of a connection: one team, one key, one provider token per 20 minutes. */
interface Bond {
	teamId: string;
	keyId: string;
	token: string;
	/** Epoch ms at which `token` came first. */
	since: number;
}

/** Reads requests as strictly as APNs does (Apple: "Sending notification requests to APNs"). */
export class ApnsService implements PushService {
	readonly tokens: ProviderTokens;

	readonly #bonds = new WeakMap<Peer, Bond>();

	readonly #certificates = new WeakMap<Peer, CertificateFacts>();

	constructor(
		private readonly environment: ApnsEnvironment,
		keys: readonly ApnsKeyFixture[],
		private readonly now: () => number,
		private readonly trusted: (connection: Peer) => void,
	) {
		this.tokens = new ProviderTokens(keys, environment, now);
	}

	judge(request: WireRequest): Judgement {
		const address = /^\/3\/device\/([^/?#]*)$/.exec(request.path)?.[1] ?? '';
		const fault = this.#fault(request, address);
		return {
			address,
			refusal: fault === undefined ? undefined : apnsRefusal(fault, this.now()),
			accept: () => ({ status: 200 }),
		};
	}

	answerFor(reason: string): Answer {
		if (!isApnsReason(reason)) throw new Error(`APNs has no reason "${reason}"`);
		return apnsRefusal(reason, this.now());
	}

	reasonIn(address: string): string | undefined {
		return apnsReasonIn(address);
	}

	finish(answer: Answer, request: WireRequest): Answer {
		const ids: Record<string, string> = { 'apns-id': request.headers['apns-id'] ?? randomUUID() };
		if (this.environment === 'sandbox') ids['apns-unique-id'] = randomUUID();
		return { ...answer, headers: { ...ids, ...answer.headers } };
	}

	#fault(request: WireRequest, address: string): ApnsReason | undefined {
		if (!request.path.startsWith('/3/device/')) return 'BadPath';
		if (request.method !== 'POST') return 'MethodNotAllowed';
		if (request.path === '/3/device/') return 'MissingDeviceToken';
		if (address === '') return 'BadPath';
		const rights = this.#rights(request);
		if (typeof rights === 'string') return rights;
		return (
			headerFault(request) ??
			topicFault(request, rights) ??
			payloadFault(request) ??
			(isDeviceToken(address, this.environment) ? undefined : 'BadDeviceToken')
		);
	}

	#rights(request: WireRequest): TopicRights | ApnsReason {
		const { connection } = request;
		// With a client certificate the authorization header is not even looked at.
		if (connection.certificate) return this.#certificateRights(connection, connection.certificate);
		const jwt = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
		if (jwt === undefined) return 'MissingProviderToken';
		const token = this.tokens.verify(jwt);
		if (typeof token === 'string') return token;
		const refusal = this.#bind(connection, { ...token, token: jwt, since: this.now() });
		if (refusal !== undefined) return refusal;
		this.trusted(connection);
		return { bundleId: token.bundleId };
	}

	#bind(connection: Peer, next: Bond): ApnsReason | undefined {
		const bond = this.#bonds.get(connection);
		if (bond?.token === next.token) return undefined;
		if (bond && bond.teamId !== next.teamId) return 'InvalidProviderToken';
		if (bond && bond.keyId !== next.keyId) return 'UnrelatedKeyIdInToken';
		if (bond && next.since - bond.since < UPDATE_INTERVAL_MS) return 'TooManyProviderTokenUpdates';
		this.#bonds.set(connection, next);
		return undefined;
	}

	#certificateRights(connection: Peer, der: Buffer): TopicRights | ApnsReason {
		const facts = this.#certificates.get(connection) ?? certificateFacts(der);
		this.#certificates.set(connection, facts);
		return facts.environments.includes(this.environment) ? facts : 'BadCertificateEnvironment';
	}
}
