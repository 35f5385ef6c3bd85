import { PushError } from './errors';

const MINUTE = 60_000;
const DAY = 24 * 60;
const DAY_MS = DAY * MINUTE;

/**
 * The civil time of one zone. Offsets come from Intl and are kept per quarter of an hour: all changes of all zones of
 * the last decades fall on one, and a million recipients of a zone ask for the same few.
 */
export class Zone {
	readonly #format: Intl.DateTimeFormat;

	readonly #offsets = new Map<number, number>();

	/** @throws {RangeError} for a name that Intl does not know */
	constructor(name: string) {
		this.#format = new Intl.DateTimeFormat('en-US', {
			timeZone: name,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
	}

	/** ms that local time is ahead of UTC at this moment (epoch ms). */
	offset(at: number): number {
		const quarter = Math.floor(at / (15 * MINUTE));
		const known = this.#offsets.get(quarter);
		if (known !== undefined) return known;
		if (this.#offsets.size >= 1_000) this.#offsets.clear();
		const offset = this.#ask(quarter * 15 * MINUTE);
		this.#offsets.set(quarter, offset);
		return offset;
	}

	/** Minutes (with fractions) since local midnight. */
	minuteOfDay(at: number): number {
		const minutes = (at + this.offset(at)) / MINUTE;
		return minutes - Math.floor(minutes / DAY) * DAY;
	}

	/**
	 * When the clock on the wall shows this. A time that a change of the clock skips is counted on past the change
	 * (2:30 is then 3:30); one that comes twice is the first of the two.
	 * @param wall what the clock shows, as epoch ms as if the zone were UTC
	 * @returns epoch ms
	 */
	momentOf(wall: number): number {
		// No offset is as large as a day: one of these is that of the moment, also where the clock changes in between.
		const [one, other] = [this.offset(wall - DAY_MS), this.offset(wall + DAY_MS)];
		const first = wall - Math.max(one, other);
		return wall - first === this.offset(first) ? first : wall - Math.min(one, other);
	}

	#ask(at: number): number {
		const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
		for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
		const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
		return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
	}
}

/** The zones of a process, each asked of Intl once. */
export class Zones {
	readonly #known = new Map<string, Zone | undefined>();

	/** @throws {PushError} `InvalidRequest` for a name that is no time zone */
	get(name: string): Zone {
		const zone = this.find(name);
		if (zone) return zone;
		throw new PushError('InvalidRequest', `"${name.slice(0, 40)}" is not a time zone.`, {
			hint: 'Write one as the IANA names it, for example Europe/Berlin or UTC.',
		});
	}

	/** Undefined for a name that is no time zone. */
	find(name: string): Zone | undefined {
		if (this.#known.has(name)) return this.#known.get(name);
		if (this.#known.size >= 2_000) this.#known.clear();
		const zone = open(name);
		this.#known.set(name, zone);
		return zone;
	}
}

function open(name: string): Zone | undefined {
	try {
		return new Zone(name);
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}
