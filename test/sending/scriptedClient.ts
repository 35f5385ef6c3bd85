import type { ApnsContent, ChannelContent, CompiledMessage, Rendered } from '../../push/messages/content';
import type { ChannelType, DeliveryResult, Outcome, ProviderId, Random, Recipient } from '../../push/model';
import { CHANNELS } from '../../push/model';
import type { ProviderClient, ProviderPace, SendAttempt } from '../../push/providers/provider';
import {
	ActiveSends,
	type SendBatch,
	type SendOptions,
	ThrottleRegistry,
	Turns,
	createSender,
} from '../../push/sending';
import type { SenderPorts } from '../../push/sending/types';
import { FakeClock, fixedRandom } from './fakeClock';

export const OK: Outcome = { class: 'ok', message: '', tokenAction: 'keep', providerStatus: 200 };

export function outcome(of: Pick<Outcome, 'class'> & Partial<Outcome>): Outcome {
	return { message: `It was ${of.class}.`, tokenAction: 'keep', ...of };
}

export interface Sent {
	readonly at: number;
	readonly address: string;
	readonly attempt: SendAttempt;
	readonly content: ChannelContent;
}

/** What a try comes to: an outcome after `latencyMs`, or after its own delay; `silence` = never by itself. */
export type Scripted = Outcome | { readonly outcome: Outcome; readonly afterMs: number } | 'silence';

export interface ClientSetup {
	readonly channelType?: ChannelType;
	readonly key?: string;
	readonly pace?: Partial<ProviderPace>;
	readonly capacity?: number;
	readonly latencyMs?: number;
	/** @param tryNumber of this address, from 1 */
	readonly script?: (address: string, tryNumber: number) => Scripted;
	readonly warnings?: () => readonly string[];
	readonly renew?: (outcome: Outcome) => Promise<boolean>;
	/** What a request that is taken back ends with; undefined: never anything. */
	readonly cancelled?: Outcome | undefined;
	/** Keeps the sends only as counts, for long lists. */
	readonly forgetful?: boolean;
}

const CANCELLED: Outcome = outcome({ class: 'cancelled', message: 'Stopped: the message may have been delivered.' });

/** The provider port with a script in place of a provider. */
export class ScriptedClient implements ProviderClient {
	readonly channelType: ChannelType;

	readonly provider: ProviderId;

	readonly key: string;

	readonly pace: ProviderPace;

	capacity: number;

	readonly sent: Sent[] = [];

	count = 0;

	inFlight = 0;

	maxInFlight = 0;

	renewals = 0;

	readonly #tries = new Map<string, number>();

	constructor(
		private readonly clock: FakeClock,
		private readonly setup: ClientSetup = {},
	) {
		this.channelType = setup.channelType ?? 'APNS';
		this.provider = CHANNELS[this.channelType].provider;
		this.key = setup.key ?? `key of ${this.channelType}`;
		this.pace = { rampUpMs: 0, inFlight: 1000, attempts: 3, maxBackoffMs: 60_000, ...setup.pace };
		this.capacity = setup.capacity ?? 1_000_000;
	}

	get addresses(): string[] {
		return this.sent.map(({ address }) => address);
	}

	warnings(): readonly string[] {
		return this.setup.warnings?.() ?? [];
	}

	send(content: ChannelContent, recipient: Recipient, attempt: SendAttempt, done: (outcome: Outcome) => void) {
		const { address } = recipient;
		this.count += 1;
		this.inFlight += 1;
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
		if (!this.setup.forgetful) this.sent.push({ at: this.clock.monotonic(), address, attempt, content });
		let answered = false;
		const answer = (end: Outcome) => {
			if (answered) return;
			answered = true;
			this.inFlight -= 1;
			done(end);
		};
		this.#follow(this.#scripted(address), answer);
		return {
			cancel: () => {
				const end = 'cancelled' in this.setup ? this.setup.cancelled : CANCELLED;
				if (end) queueMicrotask(() => answer(end));
			},
		};
	}

	async renewAuthorization(refusal: Outcome): Promise<boolean> {
		this.renewals += 1;
		return (await this.setup.renew?.(refusal)) ?? false;
	}

	#scripted(address: string): Scripted {
		if (!this.setup.script) return OK;
		const tryNumber = (this.#tries.get(address) ?? 0) + 1;
		this.#tries.set(address, tryNumber);
		return this.setup.script(address, tryNumber);
	}

	#follow(scripted: Scripted, answer: (outcome: Outcome) => void): void {
		if (scripted === 'silence') return;
		const [end, afterMs] =
			'outcome' in scripted ? [scripted.outcome, scripted.afterMs] : [scripted, this.setup.latencyMs ?? 0];
		if (afterMs > 0) this.clock.after(afterMs, () => answer(end));
		else queueMicrotask(() => answer(end));
	}
}

export const CONTENT: ApnsContent = {
	provider: 'apns',
	pushType: 'alert',
	payload: '{}',
	bytes: 2,
	collapsible: false,
};

/** A message that renders the same for everybody. */
export function message(rendered: Rendered | ((recipient: Recipient) => Rendered) = CONTENT): CompiledMessage {
	return { render: typeof rendered === 'function' ? rendered : () => rendered, warnings: [] };
}

export function recipient(address: string, ref = 0, channelType: ChannelType = 'APNS'): Recipient {
	return { ref, address, channelType };
}

/** n recipients `device-0` ... in batches. */
export function* batches(n: number, of: CompiledMessage = message(), size = 1000, channelType: ChannelType = 'APNS') {
	for (let start = 0; start < n; start += size) {
		const count = Math.min(size, n - start);
		const recipients = Array.from({ length: count }, (_, i) =>
			recipient(`device-${start + i}`, start + i, channelType),
		);
		yield { message: of, recipients } satisfies SendBatch;
	}
}

export interface Bench {
	readonly clock: FakeClock;
	readonly throttles: ThrottleRegistry;
	readonly random: Random;
	/** Channels without a client are refused. */
	send(source: AsyncIterable<SendBatch> | Iterable<SendBatch>, options?: SendOptions): AsyncIterator<DeliveryResult[]>;
	/** Everything a send comes to, the clock being turned as needed. */
	all(source: AsyncIterable<SendBatch> | Iterable<SendBatch>, options?: SendOptions): Promise<DeliveryResult[]>;
	/** The same, while somebody else turns the clock. */
	collect(source: AsyncIterable<SendBatch> | Iterable<SendBatch>, options?: SendOptions): Promise<DeliveryResult[]>;
}

/** A fake clock turns on within one turn of the event loop. */
const TURNS = new Turns({ monotonic: () => 0 });

/** A sender on a fake clock with these clients. */
export function bench(
	clock: FakeClock,
	clients: readonly ScriptedClient[],
	ports?: SenderPorts,
	random = fixedRandom(),
	sends = new ActiveSends(),
): Bench {
	const throttles = new ThrottleRegistry({ clock });
	const sender = createSender(
		ports ?? {
			clientFor: async (channelType) =>
				clients.find((client) => client.channelType === channelType) ?? {
					refused: true,
					reason: 'ChannelNotConfigured',
					statusCode: 400,
					message: `No channel of type ${channelType}.`,
				},
		},
		{ clock, random, throttles, sends, turns: TURNS },
	);
	return {
		clock,
		throttles,
		random,
		send: (source, options = {}) => sender.send(source, options)[Symbol.asyncIterator](),
		collect: async (source, options = {}) => await collect(sender.send(source, options)),
		all: async (source, options = {}) => await clock.until(collect(sender.send(source, options))),
	};
}

export async function collect(stream: AsyncIterable<DeliveryResult[]>): Promise<DeliveryResult[]> {
	const results: DeliveryResult[] = [];
	for await (const batch of stream) results.push(...batch);
	return results;
}

/** The result of the only recipient. */
export function only(results: readonly DeliveryResult[]): DeliveryResult {
	const [first] = results;
	if (!first || results.length !== 1) throw new Error(`One result expected, got ${results.length}`);
	return first;
}
