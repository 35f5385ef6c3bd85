import { isTreeObject } from '../json';
import type { TreeObject } from '../json';
import { refuse } from '../refusal';
import { checkTimeToLive } from '../size';

/**
 * Members of Google's old request as that API took them: a flag may be 1 or a text, a number a text. What it did not
 * take is refused with its name, since nobody would see that it is missing.
 */
export function objectAt(legacy: TreeObject, name: string): TreeObject {
	const value = legacy[name] ?? {};
	return isTreeObject(value) ? value : wrong(name, 'an object');
}

export function textAt(legacy: TreeObject, name: string): string | undefined {
	const value = legacy[name] ?? undefined;
	if (value === undefined || typeof value === 'string') return value;
	return typeof value === 'number' ? String(value) : wrong(name, 'a text');
}

export function flagAt(legacy: TreeObject, name: string): boolean {
	const value = legacy[name] ?? false;
	if (value === true || value === 1 || value === 'true' || value === '1') return true;
	return value === false || value === 0 || value === 'false' || value === '0' ? false : wrong(name, 'true or false');
}

export function priorityOf(legacy: TreeObject): 'high' | 'normal' | undefined {
	switch (textAt(legacy, 'priority')?.toLowerCase()) {
		case undefined:
		case '':
			return undefined;
		case 'high':
		case '10':
			return 'high';
		case 'normal':
		case '5':
			return 'normal';
		default:
			return wrong('priority', 'high or normal');
	}
}

/** `time_to_live`, in seconds. */
export function secondsOf({ time_to_live: value }: TreeObject): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const seconds = typeof value === 'string' ? Number(value) : value;
	if (typeof seconds !== 'number' || !Number.isInteger(seconds))
		return wrong('time_to_live', 'a whole number of seconds');
	checkTimeToLive(seconds, 'GCM');
	return seconds;
}

function wrong(name: string, what: string): never {
	return refuse(
		'InvalidRawContent',
		`"${name}" of the raw payload for Google is not ${what}, so it cannot be translated to FCM v1. Correct it.`,
	);
}
