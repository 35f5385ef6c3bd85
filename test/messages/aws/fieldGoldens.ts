import type { Cell, Column, Patch } from './fieldMatrix';

/** When the clock stands at 1,700,000,000 s. */
const IN_A_MINUTE = '1700000060';

/** The same data in both styles; the native one has `native` besides. */
function data(patch: Patch, native: Patch = {}): Pick<Cell, 'aws' | 'native'> {
	return { aws: { json: { data: patch } }, native: { json: { ...native, data: { ...patch, ...dataOf(native) } } } };
}

function dataOf({ data: own }: Patch): object {
	return typeof own === 'object' && own !== null ? own : {};
}

/** Baidu has the keys in `custom_content`. */
function custom(patch: Patch, native: Patch = {}, ownKeys: Patch = {}): Pick<Cell, 'aws' | 'native'> {
	return {
		aws: { json: { custom_content: patch } },
		native: { json: { ...native, custom_content: { ...patch, ...ownKeys } } },
	};
}

const same = (json: Patch, headers: Patch = {}): Pick<Cell, 'aws' | 'native'> => ({
	aws: { json, headers },
	native: { json, headers },
});

const header = (headers: Patch) => same({}, headers);

const DEEP_LINK = { 'pinpoint.openApp': null, 'pinpoint.deeplink': 'app://x' };
const URL = { 'pinpoint.openApp': null, 'pinpoint.url': 'https://x' };
const DATA = { 'pinpoint.jsonBody': '{"k":"v\\""}' };
const SILENT = { 'pinpoint.notification.silentPush': '1' };
const FILLED = { 'pinpoint.notification.body': 'y"' };

const own = {
	deepLink: { Action: 'DEEP_LINK', Url: 'app://x' },
	url: { Action: 'URL', Url: 'https://x' },
	data: { Data: { k: 'v"' } },
	silent: { SilentPush: true },
	substitutions: { Body: '{{x}}', Substitutions: { x: ['y"', 'z'] } },
};

/** By column, then by member: what each ✓ of the matrix puts on the wire. */
export const GOLDENS: Readonly<Record<Column, Readonly<Record<string, Cell>>>> = {
	APNS: {
		Action: {
			own: own.deepLink,
			aws: { json: { data: { pinpoint: { deeplink: 'app://x' } } } },
			native: { json: { deeplink: 'app://x', data: { pinpoint: { deeplink: 'app://x' } } } },
		},
		Url: {
			own: own.url,
			aws: { json: { data: { pinpoint: { deeplink: 'https://x' } } } },
			native: { json: { url: 'https://x', data: { pinpoint: { deeplink: 'https://x' } } } },
		},
		Body: { own: { Body: 'Wörld' }, ...same({ aps: { alert: { body: 'Wörld' } } }) },
		Title: { own: { Title: '"Hi"' }, ...same({ aps: { alert: { title: '"Hi"' } } }) },
		Data: {
			own: own.data,
			aws: { json: { data: { pinpoint: { jsonBody: { k: 'v"' } }, jsonBody: { k: 'v"' } } } },
			native: { json: { k: 'v"', data: { pinpoint: { jsonBody: { k: 'v"' } }, jsonBody: { k: 'v"' } } } },
		},
		SilentPush: {
			own: own.silent,
			...same({ aps: { alert: null, 'content-available': 1 } }, { pushType: 'background', priority: 5 }),
		},
		Substitutions: { own: own.substitutions, ...same({ aps: { alert: { body: 'y"' } } }) },
		RawContent: { own: { RawContent: '{"aps":{"alert":"R"},"k":1}' }, whole: { aps: { alert: 'R' }, k: 1 } },
		Sound: { own: { Sound: 'chime.caf' }, ...same({ aps: { sound: 'chime.caf' } }) },
		MediaUrl: {
			own: { MediaUrl: 'https://m' },
			...same({ aps: { 'mutable-content': 1 }, data: { 'media-url': 'https://m' } }),
		},
		Badge: { own: { Badge: 0 }, ...same({ aps: { badge: 0 } }) },
		Category: { own: { Category: 'C' }, ...same({ aps: { category: 'C' } }) },
		ThreadId: { own: { ThreadId: 'th' }, ...same({ aps: { 'thread-id': 'th' } }) },
		CollapseId: { own: { CollapseId: 'c' }, ...header({ collapseId: 'c', collapsible: true }) },
		Priority: { own: { Priority: 'normal' }, ...header({ priority: 5 }) },
		TimeToLive: { own: { TimeToLive: 60 }, ...header({ timeToLiveSeconds: 60 }) },
		APNSPushType: {
			own: { APNSPushType: 'complication' },
			...header({ pushType: 'complication', priority: null }),
		},
		PreferredAuthenticationMethod: { own: { PreferredAuthenticationMethod: 'TOKEN' } },
	},
	GCM: {
		Action: { own: own.deepLink, ...data(DEEP_LINK, { data: { deeplink: 'app://x' } }) },
		Url: { own: own.url, ...data(URL, { data: { url: 'https://x' } }) },
		Body: {
			own: { Body: 'Wörld' },
			...data({ 'pinpoint.notification.body': 'Wörld' }, { notification: { body: 'Wörld' } }),
		},
		Title: {
			own: { Title: '"Hi"' },
			...data({ 'pinpoint.notification.title': '"Hi"' }, { notification: { title: '"Hi"' } }),
		},
		Data: { own: own.data, ...data(DATA, { data: { k: 'v"' } }) },
		SilentPush: {
			own: own.silent,
			...data(SILENT, {
				notification: null,
				android: { priority: 'NORMAL' },
				apns: {
					headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
					payload: { aps: { 'content-available': 1 } },
				},
			}),
		},
		Substitutions: { own: own.substitutions, ...data(FILLED, { notification: { body: 'y"' } }) },
		RawContent: {
			own: { RawContent: '{"fcmV1Message":{"message":{"notification":{"title":"R"}}}}' },
			whole: { notification: { title: 'R' } },
		},
		Sound: {
			own: { Sound: 'chime' },
			...data(
				{ 'pinpoint.notification.sound': 'chime' },
				{ android: { notification: { sound: 'chime' } }, apns: { payload: { aps: { sound: 'chime' } } } },
			),
		},
		ImageUrl: {
			own: { ImageUrl: 'https://i' },
			...data(
				{ 'pinpoint.notification.imageUrl': 'https://i' },
				{ notification: { image: 'https://i' }, apns: { payload: { aps: { 'mutable-content': 1 } } } },
			),
		},
		ImageIconUrl: {
			own: { ImageIconUrl: 'https://l' },
			...data({ 'pinpoint.notification.imageIconUrl': 'https://l' }),
		},
		SmallImageIconUrl: {
			own: { SmallImageIconUrl: 'https://s' },
			...data({ 'pinpoint.notification.imageSmallIconUrl': 'https://s' }),
		},
		IconReference: {
			own: { IconReference: 'ic' },
			...data({ 'pinpoint.notification.icon': 'ic' }, { android: { notification: { icon: 'ic' } } }),
		},
		CollapseKey: {
			own: { CollapseKey: 'c' },
			aws: { json: { android: { collapse_key: 'c' } }, headers: { collapsible: true } },
			native: {
				json: { android: { collapse_key: 'c' }, apns: { headers: { 'apns-collapse-id': 'c' } } },
				headers: { collapsible: true },
			},
		},
		RestrictedPackageName: {
			own: { RestrictedPackageName: 'a.b' },
			...same({ android: { restricted_package_name: 'a.b' } }),
		},
		Priority: {
			own: { Priority: '5' },
			aws: { json: { android: { priority: 'NORMAL' } } },
			native: { json: { android: { priority: 'NORMAL' }, apns: { headers: { 'apns-priority': '5' } } } },
		},
		TimeToLive: {
			own: { TimeToLive: 60 },
			aws: { json: { android: { ttl: '60s' } } },
			native: { json: { android: { ttl: '60s' }, apns: { headers: { 'apns-expiration': IN_A_MINUTE } } } },
		},
		PreferredAuthenticationMethod: { own: { PreferredAuthenticationMethod: 'KEY' } },
	},
	BAIDU: {
		Action: { own: own.deepLink, ...custom(DEEP_LINK, { pkg_content: 'app://x' }, { deeplink: 'app://x' }) },
		Url: { own: own.url, ...custom(URL, { open_type: 1, url: 'https://x' }, { url: 'https://x' }) },
		Body: {
			own: { Body: 'Wörld' },
			...same({ description: 'Wörld', custom_content: { 'pinpoint.notification.body': 'Wörld' } }),
		},
		Title: {
			own: { Title: '"Hi"' },
			...same({ title: '"Hi"', custom_content: { 'pinpoint.notification.title': '"Hi"' } }),
		},
		Data: { own: own.data, ...custom(DATA, {}, { k: 'v"' }) },
		SilentPush: {
			own: own.silent,
			whole: {
				'pinpoint.notification.title': 'T',
				'pinpoint.notification.body': 'B',
				'pinpoint.notification.silentPush': '1',
				'pinpoint.openApp': 'true',
				'pinpoint.campaign.campaign_id': '_DIRECT',
			},
			...header({ messageType: 0 }),
		},
		Substitutions: { own: own.substitutions, ...same({ description: 'y"', custom_content: FILLED }) },
		RawContent: {
			own: { RawContent: '{"title":"R","description":"D"}' },
			whole: { title: 'R', description: 'D' },
		},
		Sound: { own: { Sound: 'chime' }, ...custom({ 'pinpoint.notification.sound': 'chime' }) },
		ImageUrl: { own: { ImageUrl: 'https://i' }, ...custom({ 'pinpoint.notification.imageUrl': 'https://i' }) },
		ImageIconUrl: {
			own: { ImageIconUrl: 'https://l' },
			...custom({ 'pinpoint.notification.imageIconUrl': 'https://l' }),
		},
		SmallImageIconUrl: {
			own: { SmallImageIconUrl: 'https://s' },
			...custom({ 'pinpoint.notification.imageSmallIconUrl': 'https://s' }),
		},
		IconReference: { own: { IconReference: 'ic' }, ...custom({ 'pinpoint.notification.icon': 'ic' }) },
		TimeToLive: { own: { TimeToLive: 60 }, ...header({ expiresSeconds: 60 }) },
	},
	ADM: {
		Action: { own: own.deepLink, ...data(DEEP_LINK, { data: { deeplink: 'app://x' } }) },
		Url: { own: own.url, ...data(URL, { data: { url: 'https://x' } }) },
		Body: {
			own: { Body: 'Wörld' },
			...data({ 'pinpoint.notification.body': 'Wörld' }, { notification: { body: 'Wörld' } }),
		},
		Title: {
			own: { Title: '"Hi"' },
			...data({ 'pinpoint.notification.title': '"Hi"' }, { notification: { title: '"Hi"' } }),
		},
		Data: { own: own.data, ...data(DATA, { data: { k: 'v"' } }) },
		SilentPush: { own: own.silent, ...data(SILENT, { notification: null }) },
		Substitutions: { own: own.substitutions, ...data(FILLED, { notification: { body: 'y"' } }) },
		RawContent: { own: { RawContent: '{"data":{"k":"v"}}' }, whole: { data: { k: 'v' } } },
		Sound: {
			own: { Sound: 'chime' },
			...data({ 'pinpoint.notification.sound': 'chime' }, { notification: { sound: 'chime' } }),
		},
		ImageUrl: {
			own: { ImageUrl: 'https://i' },
			...data({ 'pinpoint.notification.imageUrl': 'https://i' }, { notification: { image: 'https://i' } }),
		},
		ImageIconUrl: {
			own: { ImageIconUrl: 'https://l' },
			...data({ 'pinpoint.notification.imageIconUrl': 'https://l' }),
		},
		SmallImageIconUrl: {
			own: { SmallImageIconUrl: 'https://s' },
			...data({ 'pinpoint.notification.imageSmallIconUrl': 'https://s' }),
		},
		IconReference: {
			own: { IconReference: 'ic' },
			...data({ 'pinpoint.notification.icon': 'ic' }, { notification: { icon: 'ic' } }),
		},
		ConsolidationKey: { own: { ConsolidationKey: 'c' }, ...same({ consolidationKey: 'c' }, { collapsible: true }) },
		ExpiresAfter: { own: { ExpiresAfter: '60' }, ...same({ expiresAfter: 60 }) },
		MD5: {
			own: { MD5: 'given==' },
			aws: { json: { md5: 'given==' } },
			// Native data is more than the caller knew of: the checksum is made anew.
			native: { json: { md5: 'U/L6B6wcePuvxRilhI1fXA==' } },
		},
	},
};
