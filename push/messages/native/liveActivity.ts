import { readMoment } from '../../model';
import { isTreeObject, NotJson, Slot, toTree } from '../json';
import type { Tree, TreeObject } from '../json';
import type { ApnsExtras } from '../notification';
import { refuse } from '../refusal';
import { orAbsent } from './data';
import type { Fields } from './fields';

/** Apple ignores an update that is older than what it shows: the second it is sent in. */
const TIMESTAMP = new Slot(({ now }) => String(Math.floor(now / 1000)), 'second', 'bare');

/** Apple: Starting and updating Live Activities with ActivityKit push notifications. */
export function liveActivityAps({ apns, title, body, sound }: Fields): TreeObject {
	const { liveActivityEvent: event } = apns;
	if (event === undefined) {
		return refuse(
			'InvalidField',
			'A Live Activity needs its event: start, update or end. Choose one, or give a raw payload for Apple.',
		);
	}
	const shown = title !== undefined || body !== undefined;
	if (event === 'start' && (!shown || !apns.attributesType || !apns.attributes)) {
		refuse(
			'InvalidField',
			'To start a Live Activity, Apple demands a title or body, the attributes type and the attributes. Fill them in.',
		);
	}
	if (event !== 'end' && !apns.contentState) {
		refuse('InvalidField', 'A Live Activity needs its content state. Give it as a JSON object.');
	}
	return {
		timestamp: TIMESTAMP,
		event,
		'content-state': objectOf(apns.contentState, 'content state'),
		'stale-date': momentOf(apns.staleDate, 'stale date'),
		'dismissal-date': event === 'end' ? momentOf(apns.dismissalDate, 'dismissal date') : undefined,
		'relevance-score': apns.relevanceScore,
		alert: shown ? orAbsent({ title, body, sound }) : undefined,
		...(event === 'start' ? startOf(apns) : {}),
	};
}

function startOf(apns: ApnsExtras): TreeObject {
	return {
		'attributes-type': apns.attributesType,
		attributes: objectOf(apns.attributes, 'attributes'),
		'input-push-token': apns.inputPushAddress ? 1 : undefined,
		'input-push-channel': apns.inputPushChannel,
	};
}

function objectOf(value: unknown, what: string): Tree | undefined {
	if (value === undefined) return undefined;
	try {
		const tree = toTree(value);
		if (isTreeObject(tree)) return tree;
	} catch (error) {
		if (!(error instanceof NotJson)) throw error;
	}
	return refuse('InvalidField', `The ${what} of the Live Activity is not a JSON object.`);
}

/** Epoch seconds. */
function momentOf(moment: number | string | undefined, what: string): number | undefined {
	if (moment === undefined || moment === '') return undefined;
	const at = readMoment(moment);
	if (at !== undefined && at >= 0) return Math.floor(at / 1_000);
	return refuse(
		'InvalidField',
		`The ${what} of the Live Activity is not a moment with its offset from UTC. Give it like 2026-12-31T18:00:00Z, or in epoch seconds.`,
	);
}
