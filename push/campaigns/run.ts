import { type Campaign, CAMPAIGN_ENDS, type Clock, type DeliveryResult, type SendOrigin } from '../model';
import type { DeliveryLog } from '../results';
import { isSuccess } from './outcome';
import type { ResultStream, SendBatch, SendOptions } from '../sending/types';
import type { ClaimedBatch, Store } from '../store';
import { ActiveBatch } from './activeBatch';
import { Breaker } from './breaker';
import type { CampaignDefinition } from './definition';
import type { Preparer } from './prepare';
import { Recorder } from './recorder';
import { RunnerShare } from './share';

/** How long a batch is kept without a sign of life of its owner, and how often that is given, ms. */
export const LEASE_MS = 20_000;
const EXTEND_MS = 5_000;

/** How often it is looked whether somebody paused or cancelled the campaign, ms. */
const LOOK_MS = 500;

/** Nothing is waited for longer than this within an execution, ms. */
export const LONGEST_PAUSE_MS = 60_000;

/** Batches claimed at once. */
const CLAIM = 2;

/** While rows are still being read, it is looked for them this often (ms), so many times. */
const INTAKE_LOOK_MS = 25;
const INTAKE_LOOKS = 20;

/** Recipients marked as possibly in flight ahead of the sender: so many seconds' worth. */
const AHEAD_SECONDS = 0.2;
const LARGEST_SLICE = 500;

/**
 * Recipients of one run whose outcome is not in the store: requests in flight, and answers not yet written. So many
 * can be sent twice when it is killed. A rate of 25,000/s at 50 ms takes 1,250; the rest is for what is being written.
 */
export const WINDOW = 3_000;

export interface RunParts {
	readonly store: Store;
	readonly clock: Clock;
	readonly campaign: Campaign;
	readonly definition: CampaignDefinition;
	readonly preparer: Preparer;
	readonly origin: SendOrigin;
	readonly log: Pick<DeliveryLog, 'announce'>;
	/** Names this runner among all of all processes. */
	readonly owner: string;
	/** Sends for the campaign's application. */
	send(source: AsyncIterable<SendBatch>, options: SendOptions): ResultStream;
	/** Waits until the present turn of the event loop has room for work of a few ms. */
	room(): Promise<void>;
	/** Stops within a second. */
	readonly signal?: AbortSignal;
	/** Told of every result that is final. */
	onResult?(result: DeliveryResult): void;
	/** Told every two seconds. */
	onProgress?(perSecond: number): void;
	/** The rows are still being read, by this very process. */
	intakeRuns?(): boolean;
}

/** Why a run is over. */
export type RunEnd =
	| { readonly kind: 'finished' }
	/** Everything in the store is sent, but not all rows have come there, and nobody seems to bring them. */
	| { readonly kind: 'unread' }
	/** Nothing can be done before this moment (epoch ms). */
	| { readonly kind: 'idle'; readonly nextAt: number }
	/** By the signal. */
	| { readonly kind: 'stopped' }
	/** The campaign is no longer to run: paused or, for good, cancelled or deleted. */
	| { readonly kind: 'left'; readonly forGood: boolean }
	/** Too many failures for one reason, or a fault that meets everybody. */
	| { readonly kind: 'broken'; readonly reason: string };

/** One process's part in a campaign: claims batches, sends them, and records what becomes of them. */
export class CampaignRun {
	readonly #recorder: Recorder;

	readonly #active: ActiveBatch[] = [];

	#claimed: ClaimedBatch[] = [];

	/** Prepared, and not begun. */
	#ready: ActiveBatch[] = [];

	#filling: Promise<void> = Promise.resolve();

	#isFilling = false;

	readonly #breaker: Breaker | undefined;

	readonly #share: RunnerShare;

	/** Ends the present send. */
	#stop = new AbortController();

	/** The send that the campaign's end fell into was ended. */
	#endedInTime = false;

	#end: RunEnd | undefined;

	constructor(private readonly parts: RunParts) {
		const { store, campaign, origin, clock, definition, owner, log } = parts;
		this.#recorder = new Recorder({
			batches: store.campaignBatches,
			campaign,
			origin,
			now: () => clock.now(),
			announce: (logged) => log.announce(logged),
			lost: (batch) => this.#lose(batch),
			room: parts.room,
		});
		const { breaker } = definition;
		this.#breaker = breaker && new Breaker(breaker.percent, breaker.window);
		this.#share = new RunnerShare({ campaigns: store.campaigns, campaign, owner, clock });
	}

	/** Works until nothing is left to do, or somebody says stop. @throws {PushError} `StoreUnavailable`, and what the send throws */
	async run(): Promise<RunEnd> {
		const { signal } = this.parts;
		const onAbort = () => this.#finish({ kind: 'stopped' });
		if (signal?.aborted) return { kind: 'stopped' };
		signal?.addEventListener('abort', onAbort);
		const timers = [
			this.#every(LOOK_MS, async () => await this.#look()),
			this.#every(EXTEND_MS, async () => await this.#extend()),
			this.#every(2_000, async () => {
				await this.#share.tell();
				this.parts.onProgress?.(this.#share.perSecond);
			}),
		];
		try {
			while (!this.#end) await this.#round();
			return this.#end;
		} finally {
			signal?.removeEventListener('abort', onAbort);
			for (const stop of timers) stop();
			await this.#leave();
		}
	}

	/** One send: until the store has nothing that can go now. */
	async #round(): Promise<void> {
		this.#stop = new AbortController();
		await this.#share.join();
		if (this.#end) return;
		const { parts } = this;
		const rate = this.#share.rateOf(parts.definition.ratePerSecond);
		const slice = sliceOf(rate);
		const options: SendOptions = {
			campaignId: parts.campaign.id,
			signal: this.#stop.signal,
			lookAhead: slice,
			window: WINDOW,
			...(rate === undefined ? {} : { ratePerSecond: rate }),
			...(parts.definition.rampUpMs === undefined ? {} : { rampUpMs: this.#share.rampLeft(parts.definition.rampUpMs) }),
		};
		for await (const results of parts.send(this.#source(slice, rate), options)) await this.#take(results);
		await this.#filling;
		await this.#lookAgain();
		await this.#recorder.settled();
		if (!this.#end && this.#ready.length === 0 && this.#claimed.length === 0) await this.#wait();
	}

	/** Ends when nothing is left, and when what was decided about the rest is no longer true. */
	async *#source(slice: number, rate: number | undefined): AsyncGenerator<SendBatch> {
		while (this.#goesOn(rate)) {
			if (this.#ready.length === 0) await this.#fill(rate);
			const batch = this.#ready.shift();
			if (!batch) return;
			// The one after it is looked through while this one is sent; a failure shows when it is waited for.
			this.#fill(rate).catch(() => undefined);
			while (batch.hasMore) {
				const now = this.parts.clock.now();
				if (now >= batch.validUntil || !this.#goesOn(rate)) {
					this.#ready.unshift(batch);
					return;
				}
				const messages = batch.take(slice, now);
				// Ahead of the sending: whoever takes over after a crash must know who may have been reached.
				await this.#recorder.write([batch.part()]);
				if (!batch.lost) yield* handOut(batch, messages);
			}
		}
	}

	/** Who was not sent to in time, or before the send was broken off, goes back to the store and is looked through anew. */
	async #lookAgain(): Promise<void> {
		const now = this.parts.clock.now();
		this.#ready = this.#ready.filter(({ validUntil }) => now < validUntil);
		const left = this.#active.filter((batch) => batch.hasMore && !this.#ready.includes(batch));
		for (const batch of left) batch.stop();
		await this.#write(left);
	}

	/** Another send begins when this process's part of the rate has changed. */
	#goesOn(rate: number | undefined): boolean {
		return !this.#stop.signal.aborted && this.#share.rateOf(this.parts.definition.ratePerSecond) === rate;
	}

	/** Gets a batch ready, if there is one. */
	async #fill(rate: number | undefined): Promise<void> {
		if (this.#isFilling) return await this.#filling;
		this.#isFilling = true;
		this.#filling = this.#prepareNext(rate).finally(() => {
			this.#isFilling = false;
		});
		await this.#filling;
	}

	async #prepareNext(rate: number | undefined): Promise<void> {
		const { store, campaign, owner, clock, preparer } = this.parts;
		for (let waited = 0; this.#ready.length === 0 && this.#goesOn(rate); ) {
			const claimed = this.#claimed.shift();
			if (claimed) {
				const batch = new ActiveBatch(await preparer.prepare(claimed, clock.now()), owner);
				this.#active.push(batch);
				if (batch.hasMore) this.#ready.push(batch);
				else await this.#write([batch]);
				continue;
			}
			const now = clock.now();
			// With a low rate one batch lasts long enough, and the others are left for other processes.
			const limit = rate === undefined || rate > 4_000 ? CLAIM : 1;
			const found = await store.campaignBatches.claim(campaign.number, { owner, now, until: now + LEASE_MS, limit });
			this.#claimed.push(...found);
			if (found.length > 0) continue;
			if (!this.parts.intakeRuns?.() || waited >= INTAKE_LOOKS) return;
			waited += 1;
			await this.#sleep(INTAKE_LOOK_MS);
		}
	}

	async #take(results: readonly DeliveryResult[]): Promise<void> {
		const { clock, definition, onResult } = this.parts;
		const now = clock.now();
		const isOver = this.#isExpired(now) || (this.#end?.kind === 'left' && this.#end.forGood);
		const policy = { horizonMs: definition.retryHorizonMs, stopAt: definition.stopAt, isOver };
		const touched = new Set<ActiveBatch>();
		let batch: ActiveBatch | undefined;
		for (const result of results) {
			if (!batch?.holds(result.ref)) batch = this.#active.find((one) => one.holds(result.ref));
			if (!batch) continue;
			touched.add(batch);
			const fate = batch.settle(result, now, policy);
			if (fate.kind === 'unsent') {
				if (fate.fault !== undefined) this.#finish({ kind: 'broken', reason: fate.fault });
				continue;
			}
			this.#share.count();
			this.#breaker?.add(isSuccess(result.deliveryStatus) ? '' : (result.providerReason ?? String(result.statusCode)));
			if (fate.kind === 'final') onResult?.(result);
		}
		const tripped = this.#breaker?.tripped;
		if (tripped) {
			const { percent, reason } = tripped;
			const { window = 0 } = definition.breaker ?? {};
			this.#finish({ kind: 'broken', reason: `${percent} % of the last ${window} recipients failed with ${reason}.` });
		}
		await this.#write([...touched]);
	}

	async #write(batches: readonly ActiveBatch[]): Promise<void> {
		const parts = batches.filter(({ lost }) => !lost).map((batch) => batch.part());
		for (const batch of batches) if (batch.isOver) this.#forget(batch);
		await this.#recorder.write(parts);
	}

	#forget(batch: ActiveBatch): void {
		const place = this.#active.indexOf(batch);
		if (place !== -1) this.#active.splice(place, 1);
	}

	/** Nothing could be claimed: is the campaign over, or when does it go on? */
	async #wait(): Promise<void> {
		const { store, campaign, clock } = this.parts;
		const from = clock.monotonic();
		while (!this.#end) {
			const current = await store.campaigns.get(campaign.id);
			const { unfinished, nextAt } = await store.campaignBatches.outlook(campaign.number);
			const now = clock.now();
			if (unfinished === 0 && current?.intake === 'DONE') return this.#finish({ kind: 'finished' });
			if (nextAt !== undefined && nextAt <= now) return;
			if (unfinished === 0 && this.parts.intakeRuns?.()) return await this.#sleep(INTAKE_LOOK_MS);
			const idle = clock.monotonic() - from;
			const nobodyReads = current?.intake === 'INTERRUPTED' && !this.parts.intakeRuns?.();
			if (nextAt === undefined && (nobodyReads || idle > LEASE_MS)) return this.#finish({ kind: 'unread' });
			const wake = nextAt ?? now + LOOK_MS;
			// Who is still to come may go at once.
			const reads = this.parts.intakeRuns?.() === true;
			if (wake - now > LONGEST_PAUSE_MS - idle && !reads) return this.#finish({ kind: 'idle', nextAt: wake });
			await this.#share.rest();
			// Others may be done sooner than their leases say.
			await this.#sleep(Math.min(LOOK_MS, wake - now));
		}
	}

	async #look(): Promise<void> {
		this.#endInTime();
		const { state } = (await this.parts.store.campaigns.get(this.parts.campaign.id)) ?? {};
		if (state !== 'RUNNING' && state !== 'WAITING') {
			this.#finish({ kind: 'left', forGood: state === undefined || CAMPAIGN_ENDS.has(state) });
		}
		await this.#share.look();
	}

	/** At the campaign's end: what the sender still holds is not sent either. */
	#endInTime(): void {
		if (this.#endedInTime || !this.#isExpired(this.parts.clock.now())) return;
		this.#endedInTime = true;
		this.#stop.abort();
	}

	#isExpired(now: number): boolean {
		const { stopAt } = this.parts.definition;
		return stopAt !== undefined && now >= stopAt;
	}

	async #extend(): Promise<void> {
		const { store, campaign, owner, clock } = this.parts;
		await store.campaignBatches.extend(campaign.number, owner, clock.now() + LEASE_MS);
	}

	/** What was claimed and not sent goes back at once: nobody has to wait for a lease. */
	async #leave(): Promise<void> {
		const { store, campaign, owner } = this.parts;
		// What is being looked through now would be held until its lease is over.
		await this.#filling.catch(() => undefined);
		for (const batch of this.#active) batch.stop();
		await this.#write([...this.#active]).catch(() => undefined);
		await this.#recorder.settled().finally(async () => {
			await store.campaignBatches.release(campaign.number, owner, this.#claimed);
			await this.#share.leave();
		});
	}

	#finish(end: RunEnd): void {
		this.#end ??= end;
		this.#stop.abort();
	}

	#lose(number: number): void {
		const batch = this.#active.find((one) => one.number === number);
		if (!batch) return;
		batch.lost = true;
		// It may come back to this very run, and be claimed like any other.
		this.#forget(batch);
	}

	async #sleep(ms: number): Promise<void> {
		await new Promise<void>((resolve) => {
			const wake = () => {
				disarm();
				this.#stop.signal.removeEventListener('abort', wake);
				resolve();
			};
			const disarm = this.parts.clock.after(ms, wake);
			this.#stop.signal.addEventListener('abort', wake);
		});
	}

	/** Does something again and again, never twice at the same time. A failing store shows where it matters. */
	#every(ms: number, work: () => Promise<void>): () => void {
		const { clock } = this.parts;
		let disarm = () => {};
		let over = false;
		const again = () => {
			if (!over) disarm = clock.after(ms, () => void work().then(again, again));
		};
		again();
		return () => {
			over = true;
			disarm();
		};
	}
}

/** What is not read any more goes back to its batch. */
function* handOut(batch: ActiveBatch, messages: readonly SendBatch[]): Generator<SendBatch> {
	let handed = 0;
	try {
		for (const message of messages) {
			handed += 1;
			yield message;
		}
	} finally {
		for (const message of messages.slice(handed)) batch.giveBack(message);
	}
}

/** @param rate messages per second of this process */
function sliceOf(rate: number | undefined): number {
	if (rate === undefined) return LARGEST_SLICE;
	return Math.min(LARGEST_SLICE, Math.ceil(rate * AHEAD_SECONDS));
}
