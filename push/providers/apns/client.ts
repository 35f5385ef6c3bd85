import type { ApnsContent, ChannelContent } from '../../messages/content';
import type { ApnsEnvironment, ChannelType, CredentialInspection, Outcome, Recipient } from '../../model';
import { credentialKey } from '../../security/hash';
import type { Answer, Http2Settings, RequestHandle, Transport, TransportRequest } from '../../transport/types';
import type { ProviderClient, ProviderDeps, ProviderPace, SendAttempt } from '../provider';
import type { IssuedToken, ProviderTokens } from './auth';
import { describeIdentity, inspectionOf, type ApnsIdentity, type ApnsKeyIdentity } from './credential';
import { expiryWarnings } from './identity';
import { cannotSign, certificateExpired, VALID, wrongContent } from './localOutcomes';
import {
	devicePath,
	HeaderCache,
	haveSameSettings,
	prepareContent,
	readMessageId,
	refusePayload,
	type LocalRefusal,
	type PreparedContent,
} from './request';
import {
	acceptedOutcome,
	clockDifference,
	isAccepted,
	refusedOutcome,
	unansweredOutcome,
	type SentPush,
} from './response';
import { linkOf, tokensOf, type Link } from './shared';

const MINUTE = 60_000;

/** Apple: "Establishing a connection to APNs"; it publishes no rate limit. */
const PACE: ProviderPace = { rampUpMs: 0, inFlight: 2_000, attempts: 3, maxBackoffMs: 60_000 };

const CONNECTIONS: Omit<Http2Settings, 'firstRequestAlone'> = {
	maxConnections: 4,
	maxStreams: 900,
	idleCloseMs: 10 * MINUTE,
	pingAfterIdleMs: MINUTE,
	pingTimeoutMs: 5_000,
	connectTimeoutMs: 10_000,
};

const OTHER_CHANNEL: Readonly<Partial<Record<ChannelType, ChannelType>>> = {
	APNS: 'APNS_SANDBOX',
	APNS_SANDBOX: 'APNS',
	APNS_VOIP: 'APNS_VOIP_SANDBOX',
	APNS_VOIP_SANDBOX: 'APNS_VOIP',
};

const NOTHING_TO_CANCEL: RequestHandle = { cancel: () => undefined };

/** With which token, and in which epoch of the connections, a refused request had been sent. */
interface Evidence {
	readonly issued: IssuedToken | undefined;
	readonly epoch: number;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** One for each push. A class and no literal: see docs/decisions/0008-what-dies-young.md. */
class OwnHeaders {
	[name: string]: string;

	constructor(messageId: string) {
		this['apns-id'] = messageId;
	}
}

/** One push under way, and its request: one object for both, as there are very many of them. */
class Push implements TransportRequest {
	readonly method = 'POST';

	readonly wellFormed = true;

	headers = NO_HEADERS;

	readonly ownHeaders: Readonly<Record<string, string>>;

	constructor(
		readonly prepared: PreparedContent,
		readonly path: string,
		readonly body: string,
		readonly messageId: string,
		readonly registeredAt: number | undefined,
		readonly timeoutMs: number,
	) {
		this.ownHeaders = new OwnHeaders(messageId);
	}
}

export interface ApnsClientOptions {
	readonly identity: ApnsIdentity;
	readonly channelType: ChannelType;
	readonly environment: ApnsEnvironment;
	readonly origin: string;
	/** Checks have connections of their own: Apple slows down a connection after a refusal. */
	readonly purpose: 'send' | 'check';
}

/** One APNs credential on one channel. */
export class ApnsClient implements ProviderClient {
	readonly provider = 'apns';

	readonly channelType: ChannelType;

	readonly key: string;

	readonly pace = PACE;

	readonly inspection: CredentialInspection;

	readonly #options: ApnsClientOptions;

	readonly #deps: ProviderDeps;

	readonly #transport: Transport;

	readonly #tokens: ProviderTokens;

	readonly #link: Link;

	readonly #headers: HeaderCache;

	/** The content that was prepared last: of a static message it is the same for everybody. */
	#content: ApnsContent | undefined;

	#prepared: PreparedContent | LocalRefusal | undefined;

	/** Shared by all requests of one token and epoch. */
	#newest: Evidence = { issued: undefined, epoch: 0 };

	readonly #evidence = new WeakMap<Outcome, Evidence>();

	constructor(options: ApnsClientOptions, deps: ProviderDeps) {
		const { identity, channelType, origin } = options;
		const { ca, proxyUrl } = identity.connection;
		const poolKey = credentialKey('apns', options.purpose, identity.hash, origin, ca ?? '', proxyUrl ?? '');
		this.#options = options;
		this.inspection = inspectionOf(identity);
		this.#deps = deps;
		this.channelType = channelType;
		this.key = credentialKey('apns', channelType, identity.hash, identity.bundleId, origin);
		this.#tokens = tokensOf(deps);
		this.#link = linkOf(deps, poolKey);
		this.#headers = new HeaderCache(deps.clock);
		this.#transport = deps.transports.http2(
			{
				origin,
				...(ca ? { ca } : {}),
				...(proxyUrl ? { proxyUrl } : {}),
				...(identity.kind === 'certificate'
					? { clientCertificate: { cert: identity.tls.cert, key: identity.tls.key } }
					: {}),
			},
			poolKey,
			{ ...CONNECTIONS, firstRequestAlone: identity.kind === 'key' },
		);
	}

	get capacity(): number {
		return this.#transport.capacity;
	}

	warnings(): readonly string[] {
		const { identity } = this.#options;
		if (identity.kind === 'key') return [];
		return expiryWarnings(identity.facts, this.#deps.clock.now());
	}

	send(
		content: ChannelContent,
		recipient: Recipient,
		attempt: SendAttempt,
		done: (outcome: Outcome) => void,
	): RequestHandle {
		const push = this.#prepare(content, recipient, attempt);
		if (!(push instanceof Push)) return soon(push.refused, done);
		if (attempt.validateOnly) return soon({ ...VALID, messageId: push.messageId }, done);
		const { identity } = this.#options;
		if (identity.kind === 'certificate') return this.#request(push, undefined, done);
		const issued = this.#tokens.current(identity);
		return issued ? this.#request(push, issued, done) : this.#requestWithNewToken(push, identity, done);
	}

	async renewAuthorization(outcome: Outcome): Promise<boolean> {
		const { identity } = this.#options;
		const evidence = this.#evidence.get(outcome);
		if (outcome.providerReason === 'InvalidProviderToken' || outcome.providerReason === 'UnrelatedKeyIdInToken') {
			const renewal = this.#link.renewalFor(evidence?.epoch ?? this.#link.epoch);
			if (renewal === 'yes') this.#renewConnections(outcome.providerReason);
			return renewal !== 'no';
		}
		return identity.kind === 'key' ? await this.#tokens.renew(identity, evidence?.issued) : false;
	}

	/** Puts the connections out of use once nothing more is to be asked. */
	leave(): void {
		this.#transport.renewConnections('Check finished');
	}

	#renewConnections(reason: string): void {
		this.#link.noteRenewed();
		this.#transport.renewConnections(reason);
	}

	#prepare(content: ChannelContent, recipient: Recipient, attempt: SendAttempt): Push | LocalRefusal {
		if (content.provider !== 'apns') return { refused: wrongContent(content.provider) };
		const expired = this.#expired();
		if (expired) return expired;
		const prepared = this.#prepareContent(content);
		if ('refused' in prepared) return prepared;
		const path = devicePath(recipient.address);
		if (typeof path !== 'string') return path;
		// Ids that were drawn are as they should be.
		const messageId = recipient.messageId === undefined ? attempt.messageId : readMessageId(attempt.messageId);
		if (typeof messageId !== 'string') return messageId;
		return new Push(prepared, path, content.payload, messageId, recipient.registeredAt, attempt.timeoutMs);
	}

	#prepareContent(content: ApnsContent): PreparedContent | LocalRefusal {
		const last = this.#content;
		const prepared = this.#prepared;
		if (content === last && prepared) return prepared;
		if (last && prepared && !('refused' in prepared) && haveSameSettings(content, last)) {
			const refusal = refusePayload(content, prepared.pushType);
			if (!refusal) this.#content = content;
			return refusal ?? prepared;
		}
		this.#content = content;
		this.#prepared = prepareContent(content, this.channelType, this.#options.identity);
		return this.#prepared;
	}

	#expired(): LocalRefusal | undefined {
		const { identity } = this.#options;
		if (identity.kind === 'key' || this.#deps.clock.now() <= identity.facts.notAfter) return undefined;
		return { refused: certificateExpired(this.warnings().join(' ')) };
	}

	#request(push: Push, issued: IssuedToken | undefined, done: (outcome: Outcome) => void): RequestHandle {
		push.headers = this.#headers.headersFor(push.prepared, issued?.authorization);
		const { epoch } = this.#link;
		if (this.#newest.issued !== issued || this.#newest.epoch !== epoch) this.#newest = { issued, epoch };
		const evidence = this.#newest;
		return this.#transport.request(push, (answer) => done(this.#interpret(answer, push, evidence)));
	}

	#requestWithNewToken(push: Push, identity: ApnsKeyIdentity, done: (outcome: Outcome) => void): RequestHandle {
		let handle: RequestHandle | undefined;
		let waiting = true;
		this.#transport.warmUp();
		const begin = async (): Promise<void> => {
			const issued = await this.#tokens.obtain(identity).catch(cannotSign);
			if (!waiting) return;
			waiting = false;
			if ('class' in issued) done(issued);
			else handle = this.#request(push, issued, done);
		};
		void begin();
		return {
			cancel: () => {
				handle?.cancel();
				if (!waiting) return;
				waiting = false;
				const outcome = unansweredOutcome({ kind: 'cancelled', written: false }, this.#sentPush(push, undefined));
				queueMicrotask(() => done(outcome));
			},
		};
	}

	#interpret(answer: Answer, push: Push, evidence: Evidence): Outcome {
		if (answer.kind !== 'response') return unansweredOutcome(answer, this.#sentPush(push, evidence));
		// Also a refused device shows that the credential was accepted.
		if (answer.status < 500 && answer.status !== 401 && answer.status !== 403) this.#link.noteWorked(evidence.epoch);
		if (isAccepted(answer)) return acceptedOutcome(answer, push.messageId);
		const clockOff = clockDifference(answer, this.#deps.clock.now());
		const outcome = refusedOutcome(answer, { ...this.#sentPush(push, evidence), clockOff });
		if (outcome.class === 'auth-refresh') this.#evidence.set(outcome, evidence);
		const farewell = outcome.providerReason === 'Shutdown' || outcome.providerReason === 'IdleTimeout';
		if (farewell && this.#link.shouldLeave(evidence.epoch)) this.#renewConnections(outcome.providerReason ?? '');
		return outcome;
	}

	#sentPush(push: Push, evidence: Evidence | undefined): SentPush {
		const { identity, environment, origin } = this.#options;
		const issued = evidence?.issued;
		return {
			credential: describeIdentity(identity),
			environment,
			otherChannel: OTHER_CHANNEL[this.channelType] ?? this.channelType,
			topic: push.prepared.topic,
			topicIsCredentials: push.prepared.topicIsCredentials,
			pushType: push.prepared.pushType,
			origin,
			messageId: push.messageId,
			registeredAt: push.registeredAt,
			now: this.#deps.clock.now(),
			clockOff: undefined,
			tokenAgeSeconds: issued ? Math.round(this.#tokens.ageMs(issued) / 1000) : undefined,
			connectionHadWorked: evidence !== undefined && (evidence.epoch < this.#link.epoch || this.#link.worked),
		};
	}
}

function soon(outcome: Outcome, done: (outcome: Outcome) => void): RequestHandle {
	queueMicrotask(() => done(outcome));
	return NOTHING_TO_CANCEL;
}
