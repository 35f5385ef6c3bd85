import type { Clock } from '../model';
import { type Pace, Pacer, type PermitSource } from './pacer';

/** One send's part in a throttle. */
export interface ThrottleLane {
	/**
	 * Permits for up to `count` messages, to be used at once.
	 * @returns how many it used; fewer than offered means: nothing more until it says {@link Membership.wake}.
	 */
	offer(count: number): number;
	/** It wanted permits, and there are none at all before this moment (monotonic ms). May be told again. */
	paused(until: number): void;
}

export interface Membership {
	/** It wants permits. */
	wake(): void;
	leave(): void;
}

/** Without a cap, lanes that compete take turns of this many. */
const TURN = 64;
const SLOWEST = 1 / 16;
const RECOVERY_EVERY_MS = 1000;
const RECOVERY_STEP = 0.1;

class Member implements Membership {
	hungry = false;

	present = true;

	constructor(
		readonly lane: ThrottleLane,
		readonly pace: Pace,
		private readonly throttle: Throttle,
	) {}

	wake(): void {
		this.throttle.wake(this);
	}

	leave(): void {
		this.throttle.leave(this);
	}
}

/**
 * The gate in front of one client, shared by all sends of the process: hands the permits of its source to the sends
 * that want them, turn by turn. Its pace is the highest that any of its present sends asks for, within the lowest `most`.
 */
export class Throttle {
	readonly #members = new Set<Member>();

	#hungry: Member[] = [];

	#pumping = false;

	#pausedUntil = -Infinity;

	#fraction = 1;

	#recoveredAt = -Infinity;

	#slowedAt = -Infinity;

	#armedFor = Infinity;

	#disarm: (() => void) | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly source: PermitSource = new Pacer(),
		private readonly onEmpty: () => void = () => {},
	) {}

	/** Monotonic ms; in the past when nothing is paused. */
	get pausedUntil(): number {
		return this.#pausedUntil;
	}

	/** Monotonic ms before which nothing may be sent, because of a pause or of the pace; at the earliest `now`. */
	opensAt(now: number): number {
		return Math.max(this.#pausedUntil, this.source.nextAt(now));
	}

	get isEmpty(): boolean {
		return this.#members.size === 0;
	}

	join(lane: ThrottleLane, pace: Pace): Membership {
		const member = new Member(lane, pace, this);
		this.#members.add(member);
		this.#settlePace();
		return member;
	}

	/** Nobody sends before `until` (monotonic ms). A later end that is already set stays. */
	pause(until: number): void {
		this.#pausedUntil = Math.max(this.#pausedUntil, until);
		this.#pump();
	}

	/**
	 * The provider says that the whole sender is too fast: pause, then go on at half the rate, which grows back by
	 * 10 % of the full rate each second. Answers of requests that were under way do not halve it again.
	 */
	slowDown(until: number): void {
		const now = this.clock.monotonic();
		if (now >= this.#pausedUntil && now - this.#slowedAt >= RECOVERY_EVERY_MS) {
			this.#slowedAt = now;
			this.#fraction = Math.max(SLOWEST, this.#fraction / 2);
			this.source.slowTo(this.#fraction, now);
		}
		this.#recoveredAt = Math.max(now, until, this.#pausedUntil);
		this.pause(until);
	}

	/** @internal of {@link Member} */
	wake(member: Member): void {
		if (!member.present) return;
		if (!member.hungry) {
			if (this.#hungry.length === 0 && !this.#pumping) this.source.demand(this.clock.monotonic());
			member.hungry = true;
			this.#hungry.push(member);
		}
		this.#pump();
	}

	/** @internal of {@link Member} */
	leave(member: Member): void {
		if (!member.present) return;
		member.present = false;
		this.#members.delete(member);
		this.#hungry = this.#hungry.filter((other) => other !== member);
		if (this.#members.size === 0) this.onEmpty();
		else this.#settlePace();
		this.#pump();
	}

	#settlePace(): void {
		let best: Pace | undefined;
		let most = Infinity;
		for (const { pace } of this.#members) {
			most = Math.min(most, pace.most ?? Infinity);
			const faster = !best || pace.ratePerSecond > best.ratePerSecond;
			const sooner = best?.ratePerSecond === pace.ratePerSecond && pace.rampUpMs < best.rampUpMs;
			if (faster || sooner) best = pace;
		}
		if (!best) return;
		const ratePerSecond = Math.min(best.ratePerSecond, most);
		this.source.setPace({ ratePerSecond, rampUpMs: best.rampUpMs }, this.clock.monotonic());
	}

	#pump(): void {
		if (this.#pumping) return;
		this.#pumping = true;
		try {
			this.#serve(this.clock.monotonic());
		} finally {
			this.#pumping = false;
		}
	}

	#serve(now: number): void {
		if (this.#hungry.length > 0 && now < this.#pausedUntil) {
			for (const member of [...this.#hungry]) member.lane.paused(this.#pausedUntil);
		} else if (this.#hungry.length > 0) {
			this.#recover(now);
			let permits = this.source.available(now);
			while (permits >= 1 && this.#hungry.length > 0) permits -= this.#round(permits);
		}
		if (this.#hungry.length === 0) this.#disarmTimer();
		else this.#arm(Math.max(this.opensAt(now), now + 1), now);
	}

	/** One offer to each hungry lane; the permits are shared evenly, and who did not get one is first next time. */
	#round(permits: number): number {
		const round = this.#hungry;
		this.#hungry = [];
		let left = permits;
		let served = 0;
		for (const member of round) {
			if (left < 1) break;
			const even = Math.ceil(left / (round.length - served));
			served += 1;
			left -= this.#offer(member, round.length === 1 ? even : Math.min(TURN, even));
		}
		// The remainder of an even share goes to the first: next time that is another.
		const first = served === round.length ? this.#hungry.shift() : undefined;
		if (first) this.#hungry.push(first);
		this.#hungry = [...round.slice(served), ...this.#hungry].filter((member) => member.present);
		return permits === Infinity ? 0 : permits - left;
	}

	#offer(member: Member, count: number): number {
		if (!member.present) return 0;
		member.hungry = false;
		const used = member.lane.offer(count);
		if (used > 0) this.source.use(used);
		if (used === count && member.present && !member.hungry) {
			member.hungry = true;
			this.#hungry.push(member);
		}
		return used;
	}

	#recover(now: number): void {
		if (this.#fraction === 1) return;
		const steps = Math.floor((now - this.#recoveredAt) / RECOVERY_EVERY_MS);
		if (steps < 1) return;
		this.#recoveredAt += steps * RECOVERY_EVERY_MS;
		this.#fraction = Math.min(1, this.#fraction + steps * RECOVERY_STEP);
		this.source.slowTo(this.#fraction, now);
	}

	#arm(at: number, now: number): void {
		if (this.#disarm && this.#armedFor <= at) return;
		this.#disarmTimer();
		this.#armedFor = at;
		this.#disarm = this.clock.after(Math.ceil(at - now), () => {
			this.#disarm = undefined;
			this.#armedFor = Infinity;
			this.#pump();
		});
	}

	#disarmTimer(): void {
		this.#disarm?.();
		this.#disarm = undefined;
		this.#armedFor = Infinity;
	}
}
