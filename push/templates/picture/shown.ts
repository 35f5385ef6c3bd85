import type { ApnsPushType, ChannelContent } from '../../messages';

/** What a phone shows of a message, read back from the very payload it would get. */
export interface Shown {
	readonly title?: string;
	readonly subtitle?: string;
	readonly body?: string;
	readonly imageUrl?: string;
	/** Why the system itself shows no notification; absent when it does. */
	readonly nothing?: Nothing;
}

/**
 * `appOnly`: the app may build one of the data. `badge`, `sound`: only that is noticed. `activity`: a Live Activity
 * changes. `call`: the app is woken and reports a call.
 */
export type Nothing = 'silent' | 'appOnly' | 'badge' | 'sound' | 'activity' | 'call';

/** Never throws: a payload that was written by hand may hold anything. */
export function shownOf(content: ChannelContent): Shown {
	switch (content.provider) {
		case 'apns':
			return shownOnIphone(objectIn(content.payload), content.pushType);
		case 'fcm':
			return shownByGoogle(objectIn(content.message));
		case 'adm':
			return shownByAmazon(objectIn(content.body));
		case 'baidu':
			return shownByBaidu(objectIn(content.message), content.messageType);
	}
}

/** Only alerts are shown by the system; a Live Activity may bring one along. */
function shownOnIphone(payload: object, pushType: ApnsPushType): Shown {
	if (pushType === 'voip') return { nothing: 'call' };
	if (pushType === 'alert') return shownByApple(payload);
	if (pushType !== 'liveactivity') return { nothing: 'silent' };
	const shown = shownByApple(payload);
	return shown.nothing === undefined ? shown : { nothing: 'activity' };
}

function shownByApple(payload: object): Shown {
	const aps = member(payload, 'aps');
	const alert: unknown = Reflect.get(aps, 'alert');
	const texts = typeof alert === 'object' && alert !== null ? alert : {};
	const imageUrl = text(member(payload, 'data'), 'media-url');
	return orNothing(
		{
			...named('title', text(texts, 'title') ?? text(texts, 'title-loc-key')),
			...named('subtitle', text(texts, 'subtitle')),
			...named('body', typeof alert === 'string' ? alert : (text(texts, 'body') ?? text(texts, 'loc-key'))),
			...named('imageUrl', imageUrl),
		},
		quietly(aps),
	);
}

function quietly(aps: object): Nothing {
	if (Object.hasOwn(aps, 'badge')) return 'badge';
	return Object.hasOwn(aps, 'sound') ? 'sound' : 'silent';
}

function shownByGoogle(message: object): Shown {
	const common = member(message, 'notification');
	const own = member(member(message, 'android'), 'notification');
	const shown = {
		...named('title', text(own, 'title') ?? text(common, 'title') ?? text(own, 'title_loc_key')),
		...named('body', text(own, 'body') ?? text(common, 'body') ?? text(own, 'body_loc_key')),
		...named('imageUrl', text(own, 'image') ?? text(common, 'image')),
	};
	return Object.keys(shown).length > 0 ? shown : builtByTheApp(member(message, 'data'));
}

function shownByAmazon(body: object): Shown {
	const notification = member(body, 'notification');
	const shown = {
		...named('title', text(notification, 'title')),
		...named('body', text(notification, 'body')),
		...named('imageUrl', text(notification, 'image')),
	};
	return Object.keys(shown).length > 0 ? shown : builtByTheApp(member(body, 'data'));
}

function shownByBaidu(message: object, messageType: 0 | 1): Shown {
	if (Reflect.get(message, 'aps') !== undefined) return shownByApple(message);
	const shown = { ...named('title', text(message, 'title')), ...named('body', text(message, 'description')) };
	if (messageType === 1 && Object.keys(shown).length > 0) return shown;
	return builtByTheApp({ ...message, ...member(message, 'custom_content') });
}

/** Data alone: AWS's libraries, or the app's own code, make a notification of it. */
function builtByTheApp(data: object): Shown {
	if (text(data, 'pinpoint.notification.silentPush') === '1') return { nothing: 'silent' };
	const shown = {
		...named('title', text(data, 'pinpoint.notification.title') ?? text(data, 'title')),
		...named('body', text(data, 'pinpoint.notification.body') ?? text(data, 'body')),
		...named('imageUrl', text(data, 'pinpoint.notification.imageUrl') ?? text(data, 'imageUrl')),
	};
	return { ...shown, nothing: Object.keys(shown).length > 0 ? 'appOnly' : 'silent' };
}

function orNothing(shown: Shown, why: Nothing): Shown {
	return shown.title === undefined && shown.subtitle === undefined && shown.body === undefined
		? { ...shown, nothing: why }
		: shown;
}

function named<Name extends 'title' | 'subtitle' | 'body' | 'imageUrl'>(name: Name, value: string | undefined) {
	return value === undefined || value === '' ? {} : { [name]: value };
}

function objectIn(json: string): object {
	try {
		const value: unknown = JSON.parse(json);
		return typeof value === 'object' && value !== null ? value : {};
	} catch {
		return {};
	}
}

function member(parent: object, name: string): object {
	const value: unknown = Object.hasOwn(parent, name) ? Reflect.get(parent, name) : undefined;
	return typeof value === 'object' && value !== null ? value : {};
}

function text(parent: object, name: string): string | undefined {
	const value: unknown = Object.hasOwn(parent, name) ? Reflect.get(parent, name) : undefined;
	return typeof value === 'string' ? value : undefined;
}
