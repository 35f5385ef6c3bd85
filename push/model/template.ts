/** The texts of a template for one service, in AWS's words (Amazon Pinpoint: PushNotificationTemplateRequest). */
export interface DefaultTemplatePart {
	Action?: 'OPEN_APP' | 'DEEP_LINK' | 'URL';
	Body?: string;
	Sound?: string;
	Title?: string;
	Url?: string;
}

export interface ApnsTemplatePart extends DefaultTemplatePart {
	MediaUrl?: string;
	RawContent?: string;
}

export interface AndroidTemplatePart extends DefaultTemplatePart {
	ImageIconUrl?: string;
	ImageUrl?: string;
	RawContent?: string;
	SmallImageIconUrl?: string;
}

/** What a template says: a part for all services, and parts that say more or something else on one of them. */
export interface TemplateContent {
	ADM?: AndroidTemplatePart;
	APNS?: ApnsTemplatePart;
	Baidu?: AndroidTemplatePart;
	Default?: DefaultTemplatePart;
	GCM?: AndroidTemplatePart;
	/** JSON text: values for recipients that bring none. */
	DefaultSubstitutions?: string;
}

/** A named message with versions; kept for the whole store, as AWS keeps it for the account. */
export interface PushTemplate {
	readonly name: string;
	readonly tags: Readonly<Record<string, string>>;
	/** What a send without a version takes. */
	readonly activeVersion: number;
	/** The highest number given so far; never given again, also when that version was deleted. */
	readonly latestVersion: number;
	/** Epoch ms. */
	readonly createdAt: number;
	readonly updatedAt: number;
	/** From 1, plus one per change of anything in it. */
	readonly revision: number;
}

export interface PushTemplateVersion {
	readonly name: string;
	/** From 1. */
	readonly version: number;
	readonly content: TemplateContent;
	readonly description?: string;
	/** Epoch ms. */
	readonly createdAt: number;
	readonly updatedAt: number;
}
