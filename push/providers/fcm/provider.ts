import type { ChannelContent } from '../../messages/content';
import {
	type ChannelCredential,
	type ChannelType,
	type CredentialReport,
	type Outcome,
	PushError,
	type Recipient,
} from '../../model';
import type { Http2Settings, RequestHandle, Transport } from '../../transport/types';
import { type TokenSlot, tokenSlot } from '../accessTokens';
import { renewToken, sendWithToken } from '../bearerSend';
import { targetAt } from '../endpoints';
import { answerLocally, wrongContent } from '../localOutcome';
import type { Provider, ProviderClient, ProviderDeps, ProviderPace, SendAttempt } from '../provider';
import { fcmTokenGrant } from './auth';
import { type FcmAccount, readFcmCredential } from './credential';
import { fcmBody, fcmHeaders, fcmPath, refuseFcmAddress } from './request';
import { interpretFcm } from './response';

/** FCM allows 100 streams a connection, closes idle ones itself and answers frequent PINGs with GOAWAY. */
const HTTP2: Http2Settings = {
	maxConnections: 10,
	maxStreams: 100,
	firstRequestAlone: false,
	idleCloseMs: 180_000,
	pingTimeoutMs: 10_000,
	connectTimeoutMs: 10_000,
};

/** Google asks senders to ramp up over a minute at least (FCM: Scale, traffic ramp-up). */
const PACE: ProviderPace = { ratePerSecond: 500, rampUpMs: 60_000, inFlight: 1_000, attempts: 4, maxBackoffMs: 60_000 };

const CHECK_TIMEOUT_MS = 15_000;
/** An address no app ever got; FCM says so once it has accepted the sender. */
const NO_DEVICE = 'credential-check-of-n8n-no-device';
const CHECK_CONTENT: ChannelContent = {
	provider: 'fcm',
	message: '{"data":{"check":"1"}}',
	validateOnly: true,
	bytes: 6,
	collapsible: false,
};

class FcmClient implements ProviderClient {
	readonly provider = 'fcm';

	readonly channelType = 'GCM';

	readonly key: string;

	readonly pace = PACE;

	readonly slot: TokenSlot;

	readonly #account: FcmAccount;

	readonly #deps: ProviderDeps;

	readonly #transport: Transport;

	readonly #path: string;

	#headersToken = '';

	#headers: Readonly<Record<string, string>> = {};

	constructor(account: FcmAccount, deps: ProviderDeps) {
		this.key = account.key;
		this.#account = account;
		this.#deps = deps;
		this.#path = fcmPath(account.projectId);
		this.#transport = deps.transports.http2(targetAt(account.origin, account.connection), account.key, HTTP2);
		this.slot = tokenSlot(fcmTokenGrant(account, deps), deps);
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
		if (content.provider !== 'fcm') return answerLocally(wrongContent('FCM', content.provider), done);
		const refusal = refuseFcmAddress(recipient.address, recipient.addressKind);
		if (refusal) return answerLocally(refusal, done);
		const validateOnly = content.validateOnly || attempt.validateOnly;
		const { origin, projectId, clientEmail } = this.#account;
		return sendWithToken(
			{
				slot: this.slot,
				transport: this.#transport,
				request: (token) => ({
					method: 'POST',
					path: this.#path,
					headers: this.#headersFor(token),
					body: fcmBody(content, recipient.address, validateOnly, recipient.addressKind),
					timeoutMs: attempt.timeoutMs,
				}),
				interpret: (answer) =>
					interpretFcm(answer, { origin, projectId, clientEmail, validateOnly, nowMs: this.#deps.clock.now() }),
				refusedAgain: () =>
					`FCM refuses every access token of ${clientEmail}, also a new one. Check the clock of the n8n server, the custom endpoints if set, and that the account belongs to project ${projectId}.`,
			},
			done,
		);
	}

	renewAuthorization(outcome: Outcome): Promise<boolean> {
		return renewToken(this.slot, outcome);
	}

	#headersFor(token: string): Readonly<Record<string, string>> {
		if (token !== this.#headersToken) {
			this.#headers = fcmHeaders(token);
			this.#headersToken = token;
		}
		return this.#headers;
	}
}

/** Firebase Cloud Messaging, HTTP v1. */
export const fcmProvider: Provider = {
	id: 'fcm',
	async open(credential: ChannelCredential, channelType: ChannelType, deps: ProviderDeps): Promise<ProviderClient> {
		if (channelType !== 'GCM') {
			throw new PushError(
				'InvalidCredential',
				`A service account of Google cannot send on the channel ${channelType}.`,
				{
					hint: 'Use it on GCM (FCM).',
				},
			);
		}
		return new FcmClient(readFcmCredential(credential), deps);
	},
	async check(credential: ChannelCredential, deps: ProviderDeps): Promise<CredentialReport> {
		const account = readFcmCredential(credential);
		const client = new FcmClient(account, deps);
		const reading = await client.slot.renew();
		if (!reading.ok) return refused(reading.outcome.message);
		const outcome = await new Promise<Outcome>((resolve) => {
			const recipient: Recipient = { ref: 0, address: NO_DEVICE, channelType: 'GCM' };
			const attempt: SendAttempt = { messageId: deps.random.uuid(), timeoutMs: CHECK_TIMEOUT_MS, validateOnly: true };
			client.send(CHECK_CONTENT, recipient, attempt, resolve);
		});
		// FCM looks at the token only once it has accepted the sender.
		if (outcome.class !== 'token' && outcome.class !== 'ok') return refused(outcome.message);
		return {
			ok: true,
			message: `FCM accepts ${account.clientEmail} for project ${account.projectId}.`,
			channels: ['GCM'],
			warnings: [],
		};
	},
};

function refused(message: string): CredentialReport {
	return { ok: false, message, channels: [], warnings: [] };
}
