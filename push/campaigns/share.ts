import type { Campaign, Clock } from '../model';
import type { CampaignRepository } from '../store';

/** A runner that said nothing for this long counts no more, ms. */
const GONE_MS = 7_000;

/** Whoever comes to a campaign that others work on waits until they have noticed, ms. */
const NOTICE_MS = 1_500;

/**
 * How processes that work on one campaign share its rate: each sends at an equal part of it. Who comes says so first
 * and waits until the others have slowed down; the part of one that died is taken up once it is not seen any more. So
 * the sum is never above the campaign's rate, and below it only for a few seconds.
 */
export class RunnerShare {
	#others = 0;

	#count = 0;

	#counted = 0;

	#since: number;

	/** When this process began to take part, monotonic ms. */
	#began: number | undefined;

	/** It counts among those who share the rate. */
	#isIn = false;

	#perSecond = 0;

	constructor(
		private readonly parts: {
			readonly campaigns: CampaignRepository;
			readonly campaign: Campaign;
			readonly owner: string;
			readonly clock: Clock;
		},
	) {
		this.#since = parts.clock.monotonic();
	}

	/** Results per second of this process, over the last two seconds or so. */
	get perSecond(): number {
		return this.#perSecond;
	}

	count(): void {
		this.#count += 1;
	}

	/** Before it sends: nothing happens if it is in already. */
	async join(): Promise<void> {
		if (this.#isIn) return;
		this.#isIn = true;
		this.#began ??= this.parts.clock.monotonic();
		await this.#say(0);
		await this.look();
		if (this.#others > 0) await new Promise<void>((resolve) => this.parts.clock.after(NOTICE_MS, resolve));
	}

	/** Who else is there? */
	async look(): Promise<void> {
		const { campaigns, campaign, owner, clock } = this.parts;
		const there = await campaigns.runners(campaign.number, clock.now() - GONE_MS);
		this.#others = there.filter((runner) => runner.owner !== owner).length;
	}

	async tell(): Promise<void> {
		const now = this.parts.clock.monotonic();
		const seconds = Math.max(0.001, (now - this.#since) / 1_000);
		this.#perSecond = (this.#count - this.#counted) / seconds;
		this.#counted = this.#count;
		this.#since = now;
		if (this.#isIn) await this.#say(this.#perSecond);
	}

	/** It has nothing to send for now: its part of the rate is free for the others. */
	async rest(): Promise<void> {
		if (this.#isIn) await this.leave();
	}

	async leave(): Promise<void> {
		this.#isIn = false;
		await this.parts.campaigns.left(this.parts.campaign.number, this.parts.owner);
	}

	/** This process's part of the campaign's rate, messages per second. */
	rateOf(rate: number | undefined): number | undefined {
		return rate === undefined ? undefined : rate / (1 + this.#others);
	}

	/** What is left of the ramp, ms: a campaign climbs it once per run, not with every send of it. */
	rampLeft(rampUpMs: number): number {
		const now = this.parts.clock.monotonic();
		return Math.max(0, rampUpMs - (now - (this.#began ?? now)));
	}

	async #say(perSecond: number): Promise<void> {
		const { campaigns, campaign, owner, clock } = this.parts;
		await campaigns.seen(campaign.number, owner, clock.now(), perSecond);
	}
}
