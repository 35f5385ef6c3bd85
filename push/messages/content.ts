import type { DeliveryResult, Recipient } from '../model';

/** apns-push-type words (providers.md 1.6). */
export const APNS_PUSH_TYPES = [
	'alert',
	'background',
	'voip',
	'complication',
	'fileprovider',
	'mdm',
	'location',
	'liveactivity',
	'pushtotalk',
	'widgets',
	'controls',
] as const;

export type ApnsPushType = (typeof APNS_PUSH_TYPES)[number];

/** The JSON of one channel, filled for one recipient. A message without holes renders the same object every time. */
export type ChannelContent = ApnsContent | FcmContent | BaiduContent | AdmContent;

interface ContentBase {
	/** Bytes of UTF-8 as the provider counts them against its limit. */
	readonly bytes: number;
	/** A second copy replaces the first on the device (collapse id or key set). */
	readonly collapsible: boolean;
}

export interface ApnsContent extends ContentBase {
	readonly provider: 'apns';
	readonly pushType: ApnsPushType;
	/** Replaces the credential's bundle id (plus suffix) as the topic. */
	readonly topic?: string;
	readonly priority?: 1 | 5 | 10;
	/** Seconds; 0 = now or never; absent = Apple's own storage policy. */
	readonly timeToLiveSeconds?: number;
	readonly collapseId?: string;
	/** The request body. */
	readonly payload: string;
}

export interface FcmContent extends ContentBase {
	readonly provider: 'fcm';
	/** JSON text of FCM's `Message` without a target; the provider puts `token` (or `fid`) in. */
	readonly message: string;
	readonly validateOnly: boolean;
}

export interface BaiduContent extends ContentBase {
	readonly provider: 'baidu';
	/** 0 transparent, 1 notification (providers.md 3.2). */
	readonly messageType: 0 | 1;
	/** JSON text of `msg`. */
	readonly message: string;
	readonly expiresSeconds?: number;
	/** 3 Android, 4 iOS. */
	readonly deviceType?: 3 | 4;
	/** iOS: 1 development, 2 production. */
	readonly deployStatus?: 1 | 2;
	readonly topicId?: string;
}

export interface AdmContent extends ContentBase {
	readonly provider: 'adm';
	/** The request body: `data`, `notification`, `consolidationKey`, `expiresAfter`, `priority`, `md5`. */
	readonly body: string;
}

/** Why no content could be made for a recipient; becomes its result without any request. */
export interface RenderRefusal {
	readonly refused: true;
	/** Our word: `MissingSubstitution`, `PayloadTooLarge`, `NoContent`, `InvalidRawContent`, ... */
	readonly reason: string;
	readonly statusCode: number;
	readonly message: string;
	/** Every recipient of this message on this channel is refused the same way. */
	readonly stops?: 'message';
}

export type Rendered = ChannelContent | RenderRefusal;

/** A message compiled once and filled per recipient. Pure; usable for any number of recipients. */
export interface CompiledMessage {
	render(recipient: Recipient): Rendered;
	/** Things the author should know ("priority 10 was changed to 5: background pushes must use it"). */
	readonly warnings: readonly string[];
}

export function isRefusal(rendered: Rendered): rendered is RenderRefusal {
	return 'refused' in rendered;
}

export type { DeliveryResult, Recipient };
