import type { ProviderId } from '../model';
import type { ApnsPushType } from './content';

/** What a tap opens: AWS's three actions (aws-push-api.md 3.2). */
export type TapAction = 'OPEN_APP' | 'DEEP_LINK' | 'URL';

/**
 * One notification in plain words, for any of the four providers: what Send to Devices is filled with.
 * Each channel takes what it has a place for; `warnings` of the compiled message name what it leaves out.
 */
export interface Notification {
	readonly title?: string;
	readonly subtitle?: string;
	readonly body?: string;
	/** The app's own keys: top level beside `aps` (APNs), `data` (FCM, ADM; values become strings), `custom_content` (Baidu). */
	readonly data?: Readonly<Record<string, unknown>>;
	readonly action?: TapAction;
	/** Target of DEEP_LINK and URL. */
	readonly url?: string;
	readonly imageUrl?: string;
	/** `default`, or the name of a sound in the app. */
	readonly sound?: string;
	/** iOS: the number on the icon, 0 removes it. Android: `notification_count`. */
	readonly badge?: number;
	readonly category?: string;
	readonly threadId?: string;
	/** Same id replaces: `apns-collapse-id`, `collapse_key`, `consolidationKey`. At most 64 bytes. */
	readonly collapseId?: string;
	readonly priority?: 'high' | 'normal';
	/** Seconds the provider keeps it for a device that is offline; 0 = now or never. */
	readonly timeToLiveSeconds?: number;
	/** Wakes the app, shows nothing: only `data` goes. */
	readonly silent?: boolean;
	readonly apns?: ApnsExtras;
	readonly fcm?: FcmExtras;
	readonly baidu?: BaiduExtras;
	readonly adm?: AdmExtras;
	/** JSON text sent as written in place of all of the above, per provider. Headers (collapse id, priority, ...) still apply. */
	readonly raw?: Readonly<Partial<Record<ProviderId, string>>>;
}

/** Apple's own (providers.md 1.5 to 1.7). */
export interface ApnsExtras {
	readonly pushType?: ApnsPushType;
	/** Topic in place of the credential's bundle id and suffix. */
	readonly topic?: string;
	/** In place of `priority`: 10 at once, 5 power-considerate, 1 never wakes. */
	readonly priority?: 1 | 5 | 10;
	readonly interruptionLevel?: 'passive' | 'active' | 'time-sensitive' | 'critical';
	readonly relevanceScore?: number;
	readonly mutableContent?: boolean;
	readonly contentAvailable?: boolean;
	readonly targetContentId?: string;
	readonly filterCriteria?: string;
	readonly launchImage?: string;
	/** Volume 0 to 1 makes the sound a critical one (entitlement needed). */
	readonly criticalVolume?: number;
	readonly titleLocKey?: string;
	readonly titleLocArgs?: readonly string[];
	readonly subtitleLocKey?: string;
	readonly subtitleLocArgs?: readonly string[];
	readonly locKey?: string;
	readonly locArgs?: readonly string[];
	/** Makes it a push for a Live Activity; its token is the activity's own, or the app's push-to-start token. */
	readonly liveActivityEvent?: 'start' | 'update' | 'end';
	/** What the activity shows; must decode as the app's `ContentState`. */
	readonly contentState?: Readonly<Record<string, unknown>>;
	/** `start`: the name of the app's `ActivityAttributes` type, and its values. */
	readonly attributesType?: string;
	readonly attributes?: Readonly<Record<string, unknown>>;
	/** Epoch seconds, or ISO 8601 with its offset: from then on the activity counts as out of date. */
	readonly staleDate?: number | string;
	/** `end`, epoch seconds or ISO 8601 with its offset: when it goes from the lock screen; in the past = at once. */
	readonly dismissalDate?: number | string;
	/** `start`: asks the app for the token of updates. */
	readonly inputPushAddress?: boolean;
	/** `start`: subscribes the activity to a broadcast channel (base64 id). */
	readonly inputPushChannel?: string;
	/** Safari website push: values for the `%@` of its URL format. */
	readonly urlArgs?: readonly string[];
}

/** Google's own (providers.md 2.4). */
export interface FcmExtras {
	readonly androidChannelId?: string;
	readonly icon?: string;
	/** `#rrggbb` */
	readonly color?: string;
	readonly tag?: string;
	readonly clickAction?: string;
	readonly ticker?: string;
	readonly sticky?: boolean;
	readonly visibility?: 'PRIVATE' | 'PUBLIC' | 'SECRET';
	readonly notificationPriority?:
		| 'PRIORITY_MIN'
		| 'PRIORITY_LOW'
		| 'PRIORITY_DEFAULT'
		| 'PRIORITY_HIGH'
		| 'PRIORITY_MAX';
	readonly restrictedPackageName?: string;
	readonly analyticsLabel?: string;
	readonly directBootOk?: boolean;
	readonly titleLocKey?: string;
	readonly titleLocArgs?: readonly string[];
	readonly bodyLocKey?: string;
	readonly bodyLocArgs?: readonly string[];
	/** ISO 8601 with its offset: when that happened which the notification is about; sorts and shows by it. */
	readonly eventTime?: string;
	/** Not shown on paired devices such as watches. */
	readonly localOnly?: boolean;
	readonly defaultSound?: boolean;
	readonly defaultVibrateTimings?: boolean;
	/** Seconds off, on, off, on ... */
	readonly vibrateTimings?: readonly number[];
	readonly defaultLightSettings?: boolean;
	/** `#rrggbb` or `#rrggbbaa`; on and off in seconds. */
	readonly lightColor?: string;
	readonly lightOnSeconds?: number;
	readonly lightOffSeconds?: number;
	/** Whether Android may hand it to another of the user's devices. */
	readonly proxy?: 'ALLOW' | 'DENY' | 'IF_PRIORITY_LOWERED';
	readonly bandwidthConstrainedOk?: boolean;
	readonly restrictedSatelliteOk?: boolean;
	/** iPhones: a Live Activity through FCM; FCM sets push type and topic. */
	readonly liveActivityAddress?: string;
	/** Everything as `data`, nothing shown by the system: the app builds the notification. */
	readonly dataOnly?: boolean;
	/** FCM's WebpushConfig: headers, data, notification, fcm_options. */
	readonly webpush?: Readonly<Record<string, unknown>>;
	/** Merged into what is made for iPhones; wins over it. */
	readonly apnsOverride?: Readonly<Record<string, unknown>>;
	/** Merged into what is made for Android; wins over it. */
	readonly androidOverride?: Readonly<Record<string, unknown>>;
}

/** Baidu's own (providers.md 3.2). */
export interface BaiduExtras {
	readonly messageType?: 'notification' | 'transparent';
	readonly deviceType?: 'android' | 'ios';
	/** iOS only. */
	readonly deployStatus?: 'development' | 'production';
	readonly notificationBuilderId?: number;
	/** Bits: 4 sound, 2 vibrate, 1 clearable. */
	readonly notificationBasicStyle?: number;
	readonly pkgContent?: string;
	readonly topicId?: string;
}

/** Amazon's own (providers.md 4.2). */
export interface AdmExtras {
	readonly icon?: string;
	readonly color?: string;
	readonly tag?: string;
	readonly clickAction?: string;
	readonly titleLocKey?: string;
	readonly titleLocArgs?: readonly string[];
	readonly bodyLocKey?: string;
	readonly bodyLocArgs?: readonly string[];
	/** Adds the checksum of `data`. */
	readonly md5?: boolean;
	/** Everything as `data`, nothing shown by the system. */
	readonly dataOnly?: boolean;
}
