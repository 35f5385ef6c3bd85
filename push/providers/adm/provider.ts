import type { ChannelContent } from '../../messages/content';
import {
	type ChannelCredential,
	type ChannelType,
	type CredentialReport,
	type Outcome,
	PushError,
	type Recipient,
} from '../../model';
import type { Http1Settings, RequestHandle, Transport } from '../../transport/types';
import { type TokenSlot, tokenSlot } from '../accessTokens';
import { renewToken, sendWithToken } from '../bearerSend';
import { targetAt } from '../endpoints';
import { answerLocally, validLocally, wrongContent } from '../localOutcome';
import type { Provider, ProviderClient, ProviderDeps, ProviderPace, SendAttempt } from '../provider';
import { admTokenGrant } from './auth';
import { type AdmProfile, readAdmCredential } from './credential';
import { admHeaders, admPath, refuseAdmAddress } from './request';
import { interpretAdm } from './response';

const HTTP1: Http1Settings = { maxConnections: 30, idleCloseMs: 60_000, connectTimeoutMs: 10_000 };

/** Amazon publishes no rates; it answers 429 when it has had enough. */
const PACE: ProviderPace = { ratePerSecond: 100, rampUpMs: 0, inFlight: 30, attempts: 3, maxBackoffMs: 60_000 };

class AdmClient implements ProviderClient {
	readonly provider = 'adm';

	readonly channelType = 'ADM';

	readonly key: string;

	readonly pace = PACE;

	readonly #profile: AdmProfile;

	readonly #deps: ProviderDeps;

	readonly #transport: Transport;

	readonly #slot: TokenSlot;

	#headersToken = '';

	#headers: Readonly<Record<string, string>> = {};

	constructor(profile: AdmProfile, deps: ProviderDeps) {
		this.key = profile.key;
		this.#profile = profile;
		this.#deps = deps;
		this.#transport = deps.transports.http1(targetAt(profile.origin, profile.connection), profile.key, HTTP1);
		this.#slot = tokenSlot(admTokenGrant(profile, deps), deps);
	}

	get capacity(): number {
		return this.#transport.capacity;
	}

	warnings(): readonly string[] {
		return [];
	}

	send(
		content: ChannelContent,
		recipient: Recipient,
		attempt: SendAttempt,
		done: (outcome: Outcome) => void,
	): RequestHandle {
		if (content.provider !== 'adm') return answerLocally(wrongContent('ADM', content.provider), done);
		const { address } = recipient;
		const refusal = refuseAdmAddress(address);
		if (refusal) return answerLocally(refusal, done);
		if (attempt.validateOnly) return answerLocally(validLocally('ADM'), done);
		const { origin } = this.#profile;
		return sendWithToken(
			{
				slot: this.#slot,
				transport: this.#transport,
				request: (token) => ({
					method: 'POST',
					path: admPath(address),
					headers: this.#headersFor(token),
					body: content.body,
					timeoutMs: attempt.timeoutMs,
				}),
				interpret: (answer) => interpretAdm(answer, { origin, registrationId: address, nowMs: this.#deps.clock.now() }),
				refusedAgain: () =>
					'Amazon refuses every access token of this security profile, also a new one. Check the custom endpoints, if set, and that the profile may use Device Messaging.',
			},
			done,
		);
	}

	renewAuthorization(outcome: Outcome): Promise<boolean> {
		return renewToken(this.#slot, outcome);
	}

	#headersFor(token: string): Readonly<Record<string, string>> {
		if (token !== this.#headersToken) {
			this.#headers = admHeaders(token);
			this.#headersToken = token;
		}
		return this.#headers;
	}
}

/** Amazon Device Messaging. */
export const admProvider: Provider = {
	id: 'adm',
	async open(credential: ChannelCredential, channelType: ChannelType, deps: ProviderDeps): Promise<ProviderClient> {
		if (channelType !== 'ADM') {
			throw new PushError(
				'InvalidCredential',
				`A security profile of Amazon cannot send on the channel ${channelType}.`,
				{
					hint: 'Use it on ADM.',
				},
			);
		}
		return new AdmClient(readAdmCredential(credential), deps);
	},
	async check(credential: ChannelCredential, deps: ProviderDeps): Promise<CredentialReport> {
		const reading = await tokenSlot(admTokenGrant(readAdmCredential(credential), deps), deps).renew();
		return {
			ok: reading.ok,
			message: reading.ok ? 'Amazon accepts the client id and the client secret for ADM.' : reading.outcome.message,
			channels: reading.ok ? ['ADM'] : [],
			warnings: [],
		};
	},
};
