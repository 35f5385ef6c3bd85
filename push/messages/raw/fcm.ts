import { isTreeObject } from '../json';
import type { Tree, TreeObject } from '../json';
import { isEmpty, orAbsent } from '../native/data';
import { apnsExpiration, fcmPlanOf } from '../native/fcm';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import { noContent } from '../refusal';
import { checkTimeToLive } from '../size';
import { legacyMessage } from './legacyGcm';
import type { LegacyScope } from './legacyGcm';
import { flagAt } from './legacyValues';
import { strictAps } from './strictAps';

/**
 * Raw content for Google in any of three shapes: AWS's wrapper `fcmV1Message`, the v1 request `{message}`, or the
 * legacy format, which Google no longer takes and which is translated. Targets are taken out: the address is the
 * target. What the content says itself wins over the fields beside it.
 */
export function rawFcmPlan(raw: TreeObject, fields: Fields, warn: Warn, scope: LegacyScope): ChannelPlan {
	if (fields.timeToLiveSeconds !== undefined) checkTimeToLive(fields.timeToLiveSeconds, 'GCM');
	const request = requestOf(raw, warn, scope);
	const message = withStrictAps(withOuter(withoutTarget(request.message), fields, scope), warn);
	if (isEmpty(message)) noContent('GCM', 'The raw payload is empty.');
	return fcmPlanOf(message, { validateOnly: request.validateOnly });
}

/** What goes on to an iPhone is as strict as if it went there directly. */
function withStrictAps(message: TreeObject, warn: Warn): TreeObject {
	const { apns } = message;
	const payload = isTreeObject(apns) ? apns.payload : undefined;
	if (!isTreeObject(apns) || !isTreeObject(payload) || !isTreeObject(payload.aps)) return message;
	const aps = strictAps(payload.aps, warn);
	return aps === payload.aps ? message : { ...message, apns: { ...apns, payload: { ...payload, aps } } };
}

interface V1Request {
	readonly message: TreeObject;
	readonly validateOnly: boolean;
}

function requestOf(raw: TreeObject, warn: Warn, scope: LegacyScope): V1Request {
	const wrapped = raw.fcmV1Message;
	if (isTreeObject(wrapped)) return v1Request(isTreeObject(wrapped.message) ? wrapped : { message: wrapped });
	if (isTreeObject(raw.message)) return v1Request(raw);
	return { message: legacyMessage(raw, warn, scope), validateOnly: flagAt(raw, 'dry_run') };
}

function v1Request(request: TreeObject): V1Request {
	return {
		message: isTreeObject(request.message) ? request.message : {},
		validateOnly: (request.validate_only ?? request.validateOnly) === true,
	};
}

/** FCM: the members of Message that name a target, and its output-only name. */
const TARGETS: ReadonlySet<string> = new Set(['token', 'fid', 'topic', 'condition', 'name']);

function withoutTarget(message: TreeObject): TreeObject {
	return Object.fromEntries(Object.entries(message).filter(([key]) => !TARGETS.has(key)));
}

function withOuter(message: TreeObject, fields: Fields, scope: LegacyScope): TreeObject {
	const { timeToLiveSeconds, priority, collapseId, fcm } = fields;
	const android = fillHoles(message.android, [
		['ttl', 'ttl', timeToLiveSeconds === undefined ? undefined : `${timeToLiveSeconds}s`],
		['priority', 'priority', priority?.toUpperCase()],
		['collapse_key', 'collapseKey', collapseId],
		['restricted_package_name', 'restrictedPackageName', fcm.restrictedPackageName],
	]);
	return { ...message, android, apns: scope === 'everywhere' ? withOuterApns(message.apns, fields) : message.apns };
}

function withOuterApns(apns: Tree | undefined, { timeToLiveSeconds, priority, collapseId }: Fields): Tree | undefined {
	const own = isTreeObject(apns) ? apns.headers : undefined;
	const headers = fillHoles(own, [
		[
			'apns-expiration',
			'apns-expiration',
			timeToLiveSeconds === undefined ? undefined : apnsExpiration(timeToLiveSeconds),
		],
		['apns-priority', 'apns-priority', priority === 'normal' ? '5' : undefined],
		['apns-collapse-id', 'apns-collapse-id', collapseId],
	]);
	return headers === own ? apns : { ...(isTreeObject(apns) ? apns : {}), headers };
}

/** Google's parser takes both spellings of a name; giving both would be an error. */
type Hole = readonly [name: string, otherSpelling: string, value: Tree | undefined];

function fillHoles(own: Tree | undefined, holes: readonly Hole[]): Tree | undefined {
	const known = isTreeObject(own) ? own : {};
	const missing = holes.filter(([name, other]) => known[name] === undefined && known[other] === undefined);
	const added = orAbsent(Object.fromEntries(missing.map(([name, , value]) => [name, value])));
	return added ? { ...known, ...added } : own;
}
