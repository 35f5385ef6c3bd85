import { ENDED } from './clients/types';

/** Results held against what the sink saw; all of them numbers of devices. */
export interface Judgement {
	/** No result at all. */
	readonly lost: number;
	/** Reported as accepted, but never accepted. */
	readonly falseSuccess: number;
	/** Reported as failed, but accepted. */
	readonly falseFailure: number;
	/** Accepted more than once, and the result does not say that this may be. */
	readonly doubledUnsaid: number;
	readonly doubledSaid: number;
	/** Reported as unknown although the acceptance had been answered. */
	readonly needlesslyUnknown: number;
	readonly unknown: number;
	/** Reported as failed or refused, and it was. */
	readonly failed: number;
	/** All that must be 0 for results to be believed. */
	readonly wrong: number;
}

/**
 * @param ends what the client reported, by device
 * @param accepted how often the sink accepted, by device
 * @param untold 1 where the client could not know
 */
export function judge(ends: Uint8Array, accepted: Uint8Array, untold: Uint8Array): Judgement {
	const count = {
		lost: 0,
		falseSuccess: 0,
		falseFailure: 0,
		doubledUnsaid: 0,
		doubledSaid: 0,
		needlesslyUnknown: 0,
		unknown: 0,
		failed: 0,
	};
	for (let device = 0; device < ends.length; device++) {
		const times = accepted[device] ?? 0;
		const end = (ends[device] ?? 0) & 3;
		const saidDouble = ((ends[device] ?? 0) & ENDED.saidDouble) !== 0;
		if (times > 1 && saidDouble) count.doubledSaid += 1;
		if (times > 1 && !saidDouble) count.doubledUnsaid += 1;
		if (end === ENDED.never) count.lost += 1;
		else if (end === ENDED.accepted) count.falseSuccess += times === 0 ? 1 : 0;
		else if (end === ENDED.unknown) {
			count.unknown += 1;
			if (times > 0 && untold[device] !== 1) count.needlesslyUnknown += 1;
		} else if (times > 0) count.falseFailure += 1;
		else count.failed += 1;
	}
	const { lost, falseSuccess, falseFailure, doubledUnsaid, needlesslyUnknown } = count;
	return { ...count, wrong: lost + falseSuccess + falseFailure + doubledUnsaid + needlesslyUnknown };
}
