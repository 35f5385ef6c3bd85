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
import { targetAt } from '../endpoints';
import { answerLocally, validLocally, wrongContent } from '../localOutcome';
import type { Provider, ProviderClient, ProviderDeps, ProviderPace, SendAttempt } from '../provider';
import { type BaiduApp, readBaiduCredential } from './credential';
import { baiduRequest, refuseBaiduAddress, singleDeviceFields } from './request';
import { interpretBaidu } from './response';

const HTTP1: Http1Settings = { maxConnections: 20, idleCloseMs: 30_000, connectTimeoutMs: 10_000 };

/** Baidu publishes no rates; these leave it room. */
const PACE: ProviderPace = { ratePerSecond: 50, rampUpMs: 0, inFlight: 20, attempts: 3, maxBackoffMs: 60_000 };

const CHECK_TIMEOUT_MS = 15_000;

class BaiduClient implements ProviderClient {
	readonly provider = 'baidu';

	readonly channelType = 'BAIDU';

	readonly key: string;

	readonly pace = PACE;

	readonly #app: BaiduApp;

	readonly #deps: ProviderDeps;

	readonly #transport: Transport;

	/** Which run of signatures a request belongs to; a refusal for its age begins the next one. */
	#run = 0;

	/** The run began with a refusal, and nothing signed in it has been accepted yet. */
	#doubted = false;

	/** From this run on freshly signed requests were found too old as well. */
	#hopelessFrom = Number.POSITIVE_INFINITY;

	constructor(app: BaiduApp, deps: ProviderDeps) {
		this.key = app.key;
		this.#app = app;
		this.#deps = deps;
		this.#transport = deps.transports.http1(targetAt(app.origin, app.connection), app.key, HTTP1);
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
		if (content.provider !== 'baidu') return answerLocally(wrongContent('Baidu', content.provider), done);
		const refusal = refuseBaiduAddress(recipient.address);
		if (refusal) return answerLocally(refusal, done);
		if (attempt.validateOnly) return answerLocally(validLocally('Baidu'), done);
		return this.call('push/single_device', singleDeviceFields(content, recipient.address), attempt.timeoutMs, done);
	}

	/** One signed call of any method. */
	call(
		method: string,
		fields: ReadonlyArray<readonly [string, string]>,
		timeoutMs: number,
		done: (outcome: Outcome) => void,
	): RequestHandle {
		const run = this.#run;
		const { clock } = this.#deps;
		const request = baiduRequest({ app: this.#app, method, fields, nowMs: clock.now(), timeoutMs });
		return this.#transport.request(request, (answer) =>
			done(this.#settle(run, interpretBaidu(answer, this.#app.origin, clock.now()))),
		);
	}

	/** Every request is signed anew, with the time of its making: all it takes is to send it again. */
	renewAuthorization(outcome: Outcome): Promise<boolean> {
		return Promise.resolve(outcome.class === 'auth-refresh');
	}

	/** Found too old once: signed again. Found too old freshly signed: it is the clock, and more signing will not help. */
	#settle(run: number, outcome: Outcome): Outcome {
		if (outcome.class === 'ok' || outcome.class === 'token' || outcome.class === 'duplicate') {
			if (run === this.#run) {
				this.#doubted = false;
				this.#hopelessFrom = Number.POSITIVE_INFINITY;
			}
			return outcome;
		}
		if (outcome.class !== 'auth-refresh') return outcome;
		if (run === this.#run) {
			if (this.#doubted) this.#hopelessFrom = Math.min(run, this.#hopelessFrom);
			this.#doubted = true;
			this.#run += 1;
		}
		return run >= this.#hopelessFrom ? { ...outcome, class: 'config', stops: 'client' } : outcome;
	}
}

/** Baidu Cloud Push, REST 3.0. */
export const baiduProvider: Provider = {
	id: 'baidu',
	open(credential: ChannelCredential, channelType: ChannelType, deps: ProviderDeps): Promise<ProviderClient> {
		return openClient(credential, channelType, deps);
	},
	async check(credential: ChannelCredential, deps: ProviderDeps): Promise<CredentialReport> {
		const client = await openClient(credential, 'BAIDU', deps);
		// Asks for a page of the application's topics: needs a good signature, touches no device.
		const fields: ReadonlyArray<readonly [string, string]> = [
			['start', '0'],
			['limit', '1'],
		];
		const outcome = await new Promise<Outcome>((resolve) => {
			client.call('topic/query_list', fields, CHECK_TIMEOUT_MS, resolve);
		});
		// "No data" is an answer to somebody Baidu knows.
		const ok = outcome.class === 'ok' || outcome.class === 'duplicate' || outcome.providerReason === '30605';
		return {
			ok,
			message: ok ? 'Baidu accepts the API key and the secret key.' : outcome.message,
			channels: ok ? ['BAIDU'] : [],
			warnings: [],
		};
	},
};

async function openClient(
	credential: ChannelCredential,
	channelType: ChannelType,
	deps: ProviderDeps,
): Promise<BaiduClient> {
	if (channelType !== 'BAIDU') {
		throw new PushError('InvalidCredential', `Keys of Baidu cannot send on the channel ${channelType}.`, {
			hint: 'Use them on BAIDU.',
		});
	}
	return new BaiduClient(readBaiduCredential(credential), deps);
}
