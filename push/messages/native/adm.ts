import { createHash } from 'node:crypto';
import { CHANNELS } from '../../model';
import type { AdmContent } from '../content';
import { compileJson, Embedded, Slot } from '../json';
import type { Tree, TreeObject } from '../json';
import type { ChannelPlan } from '../plan';
import { noContent } from '../refusal';
import { checkTimeToLive } from '../size';
import { compileText, Filling, mayHavePlaceholders } from '../substitution';
import { isEmpty, orAbsent, stringValues, withKey, withTapTarget } from './data';
import { leaveOut } from './fields';
import type { Fields, Warn } from './fields';

/** Amazon: ADM message structure. `notification` is shown by the system, `data` is the app's. */
export function admPlan(fields: Fields, warn: Warn): ChannelPlan {
	const { title, body, silent, adm } = fields;
	const quiet =
		silent ||
		adm.dataOnly === true ||
		[title, body, adm.titleLocKey, adm.bodyLocKey].every((shown) => shown === undefined);
	const data = dataOf(fields, quiet, warn);
	if (quiet && !silent && isEmpty(data)) noContent('ADM', 'Give it a title, a body or data, or make it a silent push.');
	leaveOut(warn, CHANNELS.ADM.label, leftOut(fields));
	const strings = stringValues(data);
	return admPlanOf({
		notification: quiet ? undefined : orAbsent(notificationOf(fields)),
		// One of the two must be there; a silent push may have nothing to say.
		data: isEmpty(strings) && !quiet ? undefined : strings,
		consolidationKey: fields.collapseId,
		expiresAfter: fields.timeToLiveSeconds === undefined ? undefined : expiresAfter(fields.timeToLiveSeconds, warn),
		priority: fields.priority,
		md5: adm.md5 && !isEmpty(strings) ? dataChecksum(strings) : undefined,
	});
}

/**
 * ADM's limit is on `data`; what is shown travels with it, so `notification` is counted too: the UTF-8 bytes of the
 * JSON of both.
 */
const COUNTED: ReadonlySet<string> = new Set(['data', 'notification']);

export function admPlanOf(body: TreeObject): ChannelPlan {
	const key = body.consolidationKey;
	return {
		json: compileJson(body, COUNTED),
		limit: CHANNELS.ADM.payloadLimit,
		...(typeof key === 'string' ? { collapseId: key } : {}),
		finish: ({ text, bytes }): AdmContent => ({ provider: 'adm', body: text, bytes, collapsible: key !== undefined }),
	};
}

/** Amazon takes 1 s at least: "now or never" becomes that. */
export function expiresAfter(seconds: number, warn: Warn): number {
	if (seconds === 0) {
		warn(`${CHANNELS.ADM.label} keeps a message for 1 s at least: time to live 0 became 1 there.`);
		return 1;
	}
	checkTimeToLive(seconds, 'ADM');
	return seconds;
}

/** Amazon: `md5` of "key:value" pairs of `data`, joined by commas, in the order of the keys' UTF-8 bytes; base64. */
export function dataChecksum(strings: TreeObject): Tree {
	const pairs = Object.entries(strings)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ({ bytes: Buffer.from(key), key, read: reader(value ?? '') }))
		.sort((one, other) => Buffer.compare(one.bytes, other.bytes));
	const digest = (filling: Filling) =>
		createHash('md5')
			.update(pairs.map(({ key, read }) => `${key}:${read(filling)}`).join(','))
			.digest('base64');
	const common = compileJson({ strings }).isCommon;
	return common ? digest(new Filling(undefined, undefined, 'keep', 0)) : new Slot(digest);
}

function reader(value: Tree): (filling: Filling) => string {
	if (value instanceof Slot) return value.read;
	if (value instanceof Embedded) {
		const template = compileJson({ value: value.tree });
		return (filling) => template.fill(filling).text.slice('{"value":'.length, -1);
	}
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	if (!mayHavePlaceholders(text)) return () => text;
	const template = compileText(text);
	return (filling) => filling.text(template);
}

function dataOf(fields: Fields, quiet: boolean, warn: Warn): TreeObject {
	if (fields.silent) return fields.data;
	const data = withTapTarget(fields.data, fields, warn);
	if (!quiet) return data;
	const { title, body, imageUrl, sound } = fields;
	return Object.entries({ title, body, imageUrl, sound }).reduce(
		(all, [key, value]) => withKey(all, key, value, warn),
		data,
	);
}

function notificationOf({ title, body, imageUrl, sound, adm }: Fields): TreeObject {
	return {
		title,
		body,
		image: imageUrl,
		icon: adm.icon,
		color: adm.color,
		sound,
		tag: adm.tag,
		click_action: adm.clickAction,
		title_loc_key: adm.titleLocKey,
		title_loc_args: adm.titleLocKey ? adm.titleLocArgs : undefined,
		body_loc_key: adm.bodyLocKey,
		body_loc_args: adm.bodyLocKey ? adm.bodyLocArgs : undefined,
	};
}

function leftOut({ subtitle, badge, category, threadId, silent }: Fields): Record<string, unknown> {
	return silent ? {} : { subtitle, badge, category, thread: threadId };
}
