/** The sample requests of AWS's push guide, with the slips of its JSON mended (quotes, True, a bare token). */
export const TOKEN = 'a1b2c3d4';

function request(channelType: string, messages: object) {
	return { Addresses: { [TOKEN]: { ChannelType: channelType } }, MessageConfiguration: messages };
}

export const GCM_SIMPLE = request('GCM', {
	GCMMessage: {
		Action: 'URL',
		Body: 'This is a sample message',
		Priority: 'normal',
		SilentPush: true,
		Title: 'My sample message',
		TimeToLive: 30,
		Url: 'https://www.example.com',
	},
});

export const LEGACY_RAW = {
	notification: {
		title: 'string',
		body: 'string',
		android_channel_id: 'string',
		body_loc_args: ['string'],
		body_loc_key: 'string',
		click_action: 'string',
		color: 'string',
		icon: 'string',
		sound: 'string',
		tag: 'string',
		title_loc_args: ['string'],
		title_loc_key: 'string',
	},
	data: { message: 'hello in data' },
};

export const GCM_LEGACY_RAW = request('GCM', {
	GCMMessage: { RawContent: JSON.stringify(LEGACY_RAW), TimeToLive: 309744 },
});

export const V1_MESSAGE = {
	notification: { title: 'string', body: 'string' },
	android: {
		priority: 'high',
		notification: { title: 'string', body: 'string', channel_id: 'string', visibility: 'VISIBILITY_UNSPECIFIED' },
		data: { customAndroidDataKey: 'priority message' },
		ttl: '10023.32s',
	},
	apns: {
		payload: { aps: { alert: { subtitle: 'string', 'title-loc-args': ['string'], title: 'string' } } },
	},
	webpush: {
		notification: { permission: 'granted', maxActions: 2, actions: ['title'], tag: 'tag', dir: 'rtl', lang: 'en-US' },
		data: { webpushKey: 'priority message' },
	},
	data: { testDataKey: 'priority message', testDataKeyNum: '100' },
};

export const GCM_V1_RAW = request('GCM', {
	GCMMessage: { RawContent: JSON.stringify({ fcmV1Message: { message: V1_MESSAGE } }), TimeToLive: 309744 },
});

export const SAFARI_RAW =
	'{"aps":{"alert": { "title": "Title of my message", "body": "This is a push notification for the Safari browser." },"content-available": 1,"url-args": [""]}}';

export const SAFARI = request('APNS', { APNSMessage: { RawContent: SAFARI_RAW } });

export const APNS_RAW =
	'{"aps" : {"alert" : {"title" : "Game Request","subtitle" : "Five Card Draw","body" : "Bob wants to play poker"},"category" : "GAME_INVITATION"},"gameID" : "12345678"}';

export const APNS = request('APNS', { APNSMessage: { RawContent: APNS_RAW } });

/** The JavaScript sample picks one of these by the service. */
export const JS_APNS = request('APNS', {
	APNSMessage: {
		Action: 'URL',
		Body: 'This is a sample message',
		Priority: 'normal',
		SilentPush: false,
		Title: 'Test message',
		TimeToLive: 30,
		Url: 'https://www.example.com',
	},
});

export const JS_BAIDU = request('BAIDU', {
	BaiduMessage: {
		Action: 'URL',
		Body: 'This is a sample message',
		SilentPush: false,
		Title: 'Test message',
		TimeToLive: 30,
		Url: 'https://www.example.com',
	},
});

export const JS_ADM = request('ADM', {
	ADMMessage: {
		Action: 'URL',
		Body: 'This is a sample message',
		SilentPush: false,
		Title: 'Test message',
		Url: 'https://www.example.com',
	},
});
