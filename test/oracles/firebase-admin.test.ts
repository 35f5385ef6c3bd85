import http2 from 'node:http2';
import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { getMessaging, type Message } from 'firebase-admin/messaging';
import type { Notification } from '../../push/messages';
import { type Arrival, type Simulators, startSimulators } from '../simulators';
import { bodyOf, engineAt, onlyArrival, sendOurs } from './wire';

const NOW = Date.now();
const inSeconds = (seconds: number) => String(Math.floor(NOW / 1000) + seconds);

type TheirMessage = Omit<Extract<Message, { token: string }>, 'token'>;

const BACKGROUND = { 'apns-push-type': 'background', 'apns-priority': '5' };

const CASES: Record<string, { readonly ours: Notification; readonly theirs: TheirMessage }> = {
	'a title and a body': {
		ours: { title: 'Hello', body: 'Wörld "quoted" 😀' },
		theirs: { notification: { title: 'Hello', body: 'Wörld "quoted" 😀' } },
	},
	'a picture': {
		ours: { title: 'T', body: 'B', imageUrl: 'https://i.example/p.png' },
		theirs: {
			notification: { title: 'T', body: 'B', imageUrl: 'https://i.example/p.png' },
			apns: { payload: { aps: { mutableContent: true } } },
		},
	},
	'data and a URL': {
		ours: { title: 'T', body: 'B', data: { n: '1', o: { k: 'v' } }, action: 'URL', url: 'https://x.example' },
		theirs: { notification: { title: 'T', body: 'B' }, data: { n: '1', o: '{"k":"v"}', url: 'https://x.example' } },
	},
	'sound, badge, category, thread and subtitle': {
		ours: { title: 'T', subtitle: 'S', body: 'B', sound: 'default', badge: 3, category: 'C', threadId: 'th' },
		theirs: {
			notification: { title: 'T', body: 'B' },
			android: { notification: { sound: 'default', notificationCount: 3 } },
			apns: {
				payload: {
					aps: {
						alert: { title: 'T', subtitle: 'S', body: 'B' },
						sound: 'default',
						badge: 3,
						category: 'C',
						threadId: 'th',
					},
				},
			},
		},
	},
	'collapse key, normal priority and time to live': {
		ours: { title: 'T', body: 'B', collapseId: 'score', priority: 'normal', timeToLiveSeconds: 90 },
		theirs: {
			notification: { title: 'T', body: 'B' },
			android: { collapseKey: 'score', priority: 'normal', ttl: 90_000 },
			apns: { headers: { 'apns-collapse-id': 'score', 'apns-priority': '5', 'apns-expiration': inSeconds(90) } },
		},
	},
	'high priority, now or never': {
		ours: { title: 'T', body: 'B', priority: 'high', timeToLiveSeconds: 0 },
		theirs: {
			notification: { title: 'T', body: 'B' },
			android: { priority: 'high', ttl: 0 },
			apns: { headers: { 'apns-expiration': '0' } },
		},
	},
	'Android’s own fields': {
		ours: {
			title: 'T',
			body: 'B',
			fcm: {
				androidChannelId: 'orders',
				icon: 'ic_push',
				color: '#ff8800',
				tag: 'tag',
				clickAction: 'OPEN',
				ticker: 'tick',
				sticky: true,
				visibility: 'SECRET',
				notificationPriority: 'PRIORITY_LOW',
				restrictedPackageName: 'com.example.app',
				directBootOk: true,
				analyticsLabel: 'label',
			},
		},
		theirs: {
			notification: { title: 'T', body: 'B' },
			android: {
				restrictedPackageName: 'com.example.app',
				directBootOk: true,
				notification: {
					channelId: 'orders',
					icon: 'ic_push',
					color: '#ff8800',
					tag: 'tag',
					clickAction: 'OPEN',
					ticker: 'tick',
					sticky: true,
					visibility: 'secret',
					priority: 'low',
				},
			},
			fcmOptions: { analyticsLabel: 'label' },
		},
	},
	'localised texts': {
		ours: { fcm: { titleLocKey: 'TK', titleLocArgs: ['a'], bodyLocKey: 'BK', bodyLocArgs: ['b', 'c'] } },
		theirs: {
			android: { notification: { titleLocKey: 'TK', titleLocArgs: ['a'], bodyLocKey: 'BK', bodyLocArgs: ['b', 'c'] } },
			apns: {
				payload: { aps: { alert: { titleLocKey: 'TK', titleLocArgs: ['a'], locKey: 'BK', locArgs: ['b', 'c'] } } },
			},
		},
	},
	'every other field of AndroidNotification and AndroidConfig': {
		ours: {
			title: 'T',
			body: 'B',
			fcm: {
				eventTime: '2026-12-31T18:00:00.000Z',
				localOnly: true,
				defaultSound: true,
				defaultVibrateTimings: false,
				vibrateTimings: [1, 2, 3],
				defaultLightSettings: false,
				lightColor: '#ff000033',
				lightOnSeconds: 1,
				lightOffSeconds: 2,
				proxy: 'IF_PRIORITY_LOWERED',
				bandwidthConstrainedOk: true,
				restrictedSatelliteOk: true,
			},
		},
		theirs: {
			notification: { title: 'T', body: 'B' },
			android: {
				bandwidthConstrainedOk: true,
				restrictedSatelliteOk: true,
				notification: {
					eventTimestamp: new Date('2026-12-31T18:00:00.000Z'),
					localOnly: true,
					defaultSound: true,
					defaultVibrateTimings: false,
					vibrateTimingsMillis: [1000, 2000, 3000],
					defaultLightSettings: false,
					lightSettings: { color: '#ff000033', lightOnDurationMillis: 1000, lightOffDurationMillis: 2000 },
					proxy: 'if_priority_lowered',
				},
			},
		},
	},
	'a web push part and overrides for iPhones': {
		ours: {
			title: 'T',
			body: 'B',
			fcm: {
				webpush: {
					headers: { TTL: 60, Urgency: 'high' },
					data: { k: 'v' },
					notification: { title: 'W', requireInteraction: true, actions: [{ action: 'a', title: 'A' }] },
					fcmOptions: { link: 'https://x.example' },
				},
				apnsOverride: {
					headers: { 'apns-priority': 5 },
					payload: { aps: { 'interruption-level': 'passive' }, own: 'key' },
				},
			},
		},
		theirs: {
			notification: { title: 'T', body: 'B' },
			webpush: {
				headers: { TTL: '60', Urgency: 'high' },
				data: { k: 'v' },
				notification: { title: 'W', requireInteraction: true, actions: [{ action: 'a', title: 'A' }] },
				fcmOptions: { link: 'https://x.example' },
			},
			apns: {
				headers: { 'apns-priority': '5' },
				payload: { aps: { 'interruption-level': 'passive' }, own: 'key' },
			},
		},
	},
	'a Live Activity through Google': {
		ours: { title: 'T', body: 'B', fcm: { liveActivityAddress: 'activity' } },
		theirs: { notification: { title: 'T', body: 'B' }, apns: { liveActivityToken: 'activity' } },
	},
	'a silent push': {
		ours: { silent: true, data: { sync: 'true' } },
		theirs: {
			data: { sync: 'true' },
			android: { priority: 'normal' },
			apns: { headers: BACKGROUND, payload: { aps: { contentAvailable: true } } },
		},
	},
	'everything as data': {
		ours: { title: 'T', body: 'B', data: { k: 'v' }, fcm: { dataOnly: true } },
		theirs: {
			data: { k: 'v', title: 'T', body: 'B' },
			apns: { headers: BACKGROUND, payload: { aps: { contentAvailable: true } } },
		},
	},
	'a raw v1 message': {
		ours: { raw: { fcm: '{"message":{"notification":{"title":"T"},"webpush":{"headers":{"TTL":"9"}}}}' } },
		theirs: { notification: { title: 'T' }, webpush: { headers: { TTL: '9' } } },
	},
};

describe('Google’s server gets from us what firebase-admin sends', () => {
	let simulators: Simulators;
	let app: App | undefined;
	const engine = engineAt(NOW);

	beforeAll(async () => {
		simulators = await startSimulators();
		redirectFirebase(simulators);
	});

	afterAll(async () => {
		jest.restoreAllMocks();
		if (app) await deleteApp(app);
		await engine.close(0);
		await simulators.close();
	});

	async function captureOurs(notification: Notification, address: string): Promise<Arrival> {
		simulators.fcm.reset();
		const credentials = { fcm: simulators.credentials.fcm };
		await sendOurs(engine, credentials, notification, { address, channelType: 'GCM' }, NOW);
		return onlyArrival(simulators.fcm.arrivals);
	}

	/** firebase-admin gets the access token we were given: how each of the two obtains one is not compared here. */
	async function captureTheirs(message: TheirMessage, token: string, bearer: string): Promise<Arrival> {
		simulators.fcm.reset();
		app ??= initializeApp({
			projectId: projectOf(simulators),
			credential: { getAccessToken: async () => ({ access_token: bearer, expires_in: 3600 }) },
		});
		const { responses } = await getMessaging(app).sendEach([{ ...message, token }]);
		expect(responses).toEqual([expect.objectContaining({ success: true })]);
		return onlyArrival(simulators.fcm.arrivals);
	}

	test.each(Object.entries(CASES))('%s', async (_what, given) => {
		const address = simulators.fcm.goodAddress();
		const ours = await captureOurs(given.ours, address);
		const bearer = (ours.headers.authorization ?? '').replace(/^Bearer /, '');
		const theirs = await captureTheirs(given.theirs, address, bearer);
		expect(ours.path).toBe(theirs.path);
		expect(mediaType(ours)).toBe(mediaType(theirs));
		expect(bodyOf(ours)).toEqual(withOurSpelling(bodyOf(theirs)));
	});
});

/**
 * The two exceptions, both of spelling; Google's parser takes either:
 * `android.priority`: firebase-admin passes on `high` and `normal` as given; FCM's words are in capitals, as ours are.
 * `fcm_options`: firebase-admin leaves its own `fcmOptions.analyticsLabel` as it is; FCM's REST names have underscores.
 */
function withOurSpelling(body: unknown): unknown {
	const { message, ...rest } = objectOf(body);
	const { android, fcmOptions, ...others } = objectOf(message);
	return {
		...rest,
		message: {
			...others,
			...(android === undefined ? {} : { android: androidInCapitals(objectOf(android)) }),
			...(fcmOptions === undefined ? {} : { fcm_options: { analytics_label: objectOf(fcmOptions).analyticsLabel } }),
		},
	};
}

function androidInCapitals({ priority, ...config }: Record<string, unknown>): Record<string, unknown> {
	return typeof priority === 'string' ? { ...config, priority: priority.toUpperCase() } : config;
}

function objectOf(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Case and blanks mean nothing in a media type. */
function mediaType(arrival: Arrival): string {
	return (arrival.headers['content-type'] ?? '').replaceAll(' ', '').toLowerCase();
}

function projectOf({ credentials }: Simulators): string {
	const account: unknown = JSON.parse(credentials.fcm.serviceAccountJson);
	return String(objectOf(account).project_id);
}

/**
 * Its host is a constant, and its `:scheme` has a colon too many, which strict servers (ours, node's) answer with
 * PROTOCOL_ERROR: connections to Google are led to the simulator and the pseudo-header is mended.
 */
function redirectFirebase({ fcm, ca }: Simulators): void {
	const connect = http2.connect;
	jest.spyOn(http2, 'connect').mockImplementation((authority, options, listener) => {
		if (String(authority) !== 'https://fcm.googleapis.com') {
			return connect(authority, typeof options === 'function' ? {} : options, listener);
		}
		const session = connect(fcm.origin, { ca });
		const request = session.request.bind(session);
		session.request = (headers, ...others) => request({ ...headers, ':scheme': 'https' }, ...others);
		return session;
	});
}
