import { PushError } from '../../model';
import type { Text, Tree, TreeObject } from '../json';
import { isTreeObject, NotJson, toTree } from '../json';
import type { AdmExtras, ApnsExtras, BaiduExtras, FcmExtras, Notification, TapAction } from '../notification';
import type { Overrides } from '../plan';
import { COLLAPSE_ID_LIMIT } from '../size';
import { mayHavePlaceholders } from '../substitution';

/** A checked Notification: empty texts are absent, `data` is a tree, title and body may be a recipient's own. */
export interface Fields {
	readonly title?: Text;
	readonly subtitle?: string;
	readonly body?: Text;
	readonly data: TreeObject;
	readonly action?: TapAction;
	readonly url?: string;
	readonly imageUrl?: string;
	readonly sound?: string;
	readonly badge?: number;
	readonly category?: string;
	readonly threadId?: string;
	readonly collapseId?: string;
	readonly priority?: 'high' | 'normal';
	readonly timeToLiveSeconds?: number;
	readonly silent: boolean;
	/** ADM: a checksum of `data` made by the caller. */
	readonly checksum?: string;
	readonly apns: ApnsExtras;
	readonly fcm: FcmExtras;
	readonly baidu: BaiduExtras;
	readonly adm: AdmExtras;
}

/** Where a channel says what it leaves out. */
export type Warn = (sentence: string) => void;

/**
 * What is wrong with a notification whatever the channel is said here, once.
 * @throws {PushError} `InvalidMessage`
 */
export function checkNotification(notification: Notification): Fields {
	return {
		title: text(notification.title),
		subtitle: text(notification.subtitle),
		body: text(notification.body),
		data: dataTree(notification.data),
		...checkAction(notification),
		imageUrl: text(notification.imageUrl),
		sound: text(notification.sound),
		badge: wholeNumber('The badge', notification.badge),
		category: text(notification.category),
		threadId: text(notification.threadId),
		collapseId: checkCollapseId(text(notification.collapseId)),
		priority: oneOf('The priority', notification.priority, ['high', 'normal']),
		timeToLiveSeconds: wholeNumber('The time to live (seconds)', notification.timeToLiveSeconds),
		silent: notification.silent === true,
		apns: checkApns(notification.apns),
		fcm: withoutEmpty(notification.fcm ?? {}),
		baidu: withoutEmpty(notification.baidu ?? {}),
		adm: withoutEmpty(notification.adm ?? {}),
	};
}

export function withOverrides(fields: Fields, { title, body }: Overrides): Fields {
	if (!title && !body) return fields;
	return { ...fields, title: title ?? fields.title, body: body ?? fields.body };
}

function invalid(message: string, hint?: string): never {
	throw new PushError('InvalidMessage', message, hint === undefined ? {} : { hint });
}

/** Editors hand over empty texts for fields nobody filled. */
function text(value: string | undefined): string | undefined {
	return value === undefined || value === null || value === '' ? undefined : String(value);
}

function withoutEmpty<Extras extends object>(extras: Extras): Extras {
	const kept = { ...extras };
	for (const key of Object.keys(kept)) {
		const value: unknown = Reflect.get(kept, key);
		if (value === '' || value === null) Reflect.deleteProperty(kept, key);
	}
	return kept;
}

function dataTree(data: unknown): TreeObject {
	if (data === undefined || data === null || data === '') return {};
	const hint = 'Give it as a JSON object, for example {"orderId": "42"}.';
	let tree: Tree;
	try {
		tree = toTree(data);
	} catch (error) {
		const why = error instanceof NotJson ? error.message : 'it is not plain data';
		return invalid(`The data cannot be written as JSON: ${why}.`, hint);
	}
	return isTreeObject(tree) ? tree : invalid('The data is not a JSON object.', hint);
}

function checkAction(notification: Notification): Pick<Fields, 'action' | 'url'> {
	const action = oneOf('The action', notification.action, ['OPEN_APP', 'DEEP_LINK', 'URL']);
	const url = text(notification.url);
	if (action === undefined || action === 'OPEN_APP') return { action };
	if (url === undefined) {
		return invalid(
			action === 'URL'
				? 'The action opens a URL, but none is given.'
				: 'The action opens a deep link, but none is given.',
			'Fill in the URL, or choose the action that opens the app.',
		);
	}
	if (action === 'URL' && !/^https?:\/\//i.test(url) && !mayHavePlaceholders(url)) {
		return invalid(
			'The URL to open does not start with https:// or http://.',
			'For an address inside the app choose "deep link".',
		);
	}
	return { action, url };
}

function checkCollapseId(collapseId: string | undefined): string | undefined {
	if (collapseId === undefined || mayHavePlaceholders(collapseId)) return collapseId;
	const bytes = Buffer.byteLength(collapseId);
	if (bytes <= COLLAPSE_ID_LIMIT) return collapseId;
	return invalid(
		`The collapse id is ${bytes} bytes long; at most ${COLLAPSE_ID_LIMIT} are allowed.`,
		'Use a shorter one.',
	);
}

function checkApns(apns: ApnsExtras | undefined): ApnsExtras {
	const extras: ApnsExtras = withoutEmpty(apns ?? {});
	if (extras.priority !== undefined && ![1, 5, 10].includes(extras.priority)) {
		return invalid('The APNs priority is not 10, 5 or 1.');
	}
	// Live Activities are ranked by any numbers.
	if (extras.liveActivityEvent === undefined) inRange('The relevance score', extras.relevanceScore);
	inRange('The volume of the critical sound', extras.criticalVolume);
	return extras;
}

function inRange(what: string, value: number | undefined): void {
	if (value === undefined || (typeof value === 'number' && value >= 0 && value <= 1)) return;
	invalid(`${what} is not a number from 0 to 1.`);
}

function wholeNumber(what: string, value: number | undefined): number | undefined {
	if (value === undefined || value === null) return undefined;
	// Programs without types hand over "3" for 3.
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
	return invalid(`${what} is not a whole number from 0 up.`);
}

function oneOf<Word extends string>(what: string, value: Word | undefined, words: readonly Word[]): Word | undefined {
	if (value === undefined || value === null || String(value) === '') return undefined;
	if (words.includes(value)) return value;
	return invalid(`${what} is not one of ${words.join(', ')}.`);
}

/** Warns of fields the service has no place for. */
export function leaveOut(warn: Warn, label: string, fields: Readonly<Record<string, unknown>>): void {
	const named = Object.entries(fields)
		.filter(([, value]) => value !== undefined && value !== false)
		.map(([name]) => name);
	if (named.length > 0) warn(`${label} has no place for ${named.join(', ')}: left out there.`);
}
