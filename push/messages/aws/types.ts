import type { ChannelType, DeliveryStatus } from '../../model';

/**
 * The bodies of AWS's SendMessages as they travel (Amazon Pinpoint API, 2016-12-01): names and spelling are AWS's.
 * Members for SMS, e-mail and voice are accepted and ignored.
 */
export type MessageSubstitutions = Record<string, string[]>;

export type MessageAction = 'OPEN_APP' | 'DEEP_LINK' | 'URL';

export interface AddressConfiguration {
	BodyOverride?: string;
	/** One of the push channels, in any case; `FCM` stands for `GCM`. */
	ChannelType?: string;
	Context?: Record<string, string>;
	RawContent?: string;
	Substitutions?: MessageSubstitutions;
	TitleOverride?: string;
}

export interface DefaultPushNotificationMessage {
	Action?: MessageAction;
	Body?: string;
	Data?: Record<string, string>;
	SilentPush?: boolean;
	Substitutions?: MessageSubstitutions;
	Title?: string;
	Url?: string;
}

interface RawPushMessage extends DefaultPushNotificationMessage {
	RawContent?: string;
	Sound?: string;
}

interface AndroidPushMessage extends RawPushMessage {
	IconReference?: string;
	ImageIconUrl?: string;
	ImageUrl?: string;
	SmallImageIconUrl?: string;
}

export interface GCMMessage extends AndroidPushMessage {
	CollapseKey?: string;
	PreferredAuthenticationMethod?: string;
	Priority?: string;
	RestrictedPackageName?: string;
	/** Seconds. */
	TimeToLive?: number;
}

export interface BaiduMessage extends AndroidPushMessage {
	/** Seconds. */
	TimeToLive?: number;
}

export interface ADMMessage extends AndroidPushMessage {
	ConsolidationKey?: string;
	/** Seconds, as a string. */
	ExpiresAfter?: string;
	MD5?: string;
}

export interface APNSMessage extends RawPushMessage {
	APNSPushType?: string;
	Badge?: number;
	Category?: string;
	CollapseId?: string;
	MediaUrl?: string;
	PreferredAuthenticationMethod?: string;
	Priority?: string;
	ThreadId?: string;
	/** Seconds. */
	TimeToLive?: number;
}

export interface DefaultMessage {
	Body?: string;
	Substitutions?: MessageSubstitutions;
}

export interface DirectMessageConfiguration {
	ADMMessage?: ADMMessage;
	APNSMessage?: APNSMessage;
	BaiduMessage?: BaiduMessage;
	DefaultMessage?: DefaultMessage;
	DefaultPushNotificationMessage?: DefaultPushNotificationMessage;
	GCMMessage?: GCMMessage;
	EmailMessage?: object;
	SMSMessage?: object;
	VoiceMessage?: object;
}

export interface MessageTemplate {
	Name?: string;
	Version?: string;
}

export interface TemplateConfiguration {
	PushTemplate?: MessageTemplate;
	EmailTemplate?: MessageTemplate;
	SMSTemplate?: MessageTemplate;
	VoiceTemplate?: MessageTemplate;
	InAppTemplate?: MessageTemplate;
}

export interface MessageRequest {
	/** By address: the device tokens. */
	Addresses?: Record<string, AddressConfiguration>;
	Context?: Record<string, string>;
	Endpoints?: Record<string, object>;
	MessageConfiguration?: DirectMessageConfiguration;
	TemplateConfiguration?: TemplateConfiguration;
	TraceId?: string;
}

/** AWS's enumeration has no TIMEOUT any more. */
export type MessageDeliveryStatus = Exclude<DeliveryStatus, 'TIMEOUT'>;

export interface MessageResult {
	DeliveryStatus: MessageDeliveryStatus;
	MessageId?: string;
	StatusCode: number;
	StatusMessage?: string;
	UpdatedToken?: string;
}

export interface MessageResponse {
	ApplicationId: string;
	RequestId?: string;
	/** By address, exactly as in the request. */
	Result?: Record<string, MessageResult>;
}

/** The JSON text in `StatusMessage` of a push a provider refused; all values are strings. */
export interface PushStatusMessage {
	errorMessage: string;
	channelType: ChannelType;
	pushProviderStatusCode: string;
	pushProviderError: string;
	pushProviderResponse: string;
}
