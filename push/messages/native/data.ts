import { Embedded, Slot } from '../json';
import type { Tree, TreeObject } from '../json';
import { refuse } from '../refusal';
import type { Fields, Warn } from './fields';

/** FCM and ADM take only strings: numbers are written out, objects become JSON texts, null is no value at all. */
export function stringValues(data: TreeObject): TreeObject {
	return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, stringValue(value)]));
}

function stringValue(value: Tree | undefined): Tree | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'string' || value instanceof Slot || value instanceof Embedded) return value;
	return typeof value === 'object' ? new Embedded(value) : String(value);
}

/** Adds the target of the tap as `deeplink` or `url`; a key of the author's own stays. */
export function withTapTarget(data: TreeObject, { action, url }: Fields, warn: Warn): TreeObject {
	if (url === undefined || action === undefined || action === 'OPEN_APP') return data;
	return withKey(data, action === 'URL' ? 'url' : 'deeplink', url, warn);
}

/** Adds a key unless the author uses it. */
export function withKey(data: TreeObject, key: string, value: Tree | undefined, warn: Warn): TreeObject {
	if (value === undefined) return data;
	if (!Object.hasOwn(data, key)) return { ...data, [key]: value };
	warn(`The data has its own key "${key}": it goes out as it is, not the notification's ${key}.`);
	return data;
}

export function isEmpty(tree: TreeObject): boolean {
	return Object.values(tree).every((value) => value === undefined);
}

/** Undefined instead of an object without members. */
export function orAbsent(tree: TreeObject): TreeObject | undefined {
	return isEmpty(tree) ? undefined : tree;
}

/** FCM: Message.data. Keys Google keeps for itself. */
export function checkFcmKeys(data: TreeObject): void {
	for (const key of Object.keys(data)) {
		if (!['from', 'message_type', 'gcm'].includes(key) && !/^(?:google|gcm)\./.test(key)) continue;
		refuse(
			'ReservedDataKey',
			`Google keeps the data key "${key}" for itself (from, message_type, gcm, google.*, gcm.*). Rename it.`,
		);
	}
}
