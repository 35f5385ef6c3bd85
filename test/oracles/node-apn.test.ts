import apn from '@parse/node-apn';
import type { ApnsPushType, Notification } from '../../push/messages';
import type { ChannelType } from '../../push/model';
import { type ApnsSimulator, type Simulators, startSimulators } from '../simulators';
import { bodyOf, engineAt, onlyArrival, sendOurs } from './wire';

/** Headers that change what a device does. The rest is each sender's own: apns-id, authorization, sizes. */
const HEADERS = ['apns-topic', 'apns-push-type', 'apns-priority', 'apns-expiration', 'apns-collapse-id'];

const NOW = Date.now();
const inSeconds = (seconds: number) => Math.floor(NOW / 1000) + seconds;

/** Apple: Sending notification requests to APNs, apns-topic. */
const SUFFIX: Readonly<Partial<Record<ApnsPushType, string>>> = {
	voip: '.voip',
	complication: '.complication',
	fileprovider: '.pushkit.fileprovider',
	location: '.location-query',
	liveactivity: '.push-type.liveactivity',
	pushtotalk: '.voip-ptt',
	widgets: '.push-type.widgets',
	controls: '.push-type.controls',
};

interface Case {
	readonly ours: Notification;
	/** The same, in node-apn's words; topic and push type are added. */
	readonly theirs: Record<string, unknown>;
	readonly pushType?: ApnsPushType;
	readonly channelType?: ChannelType;
}

const CASES: Record<string, Case> = {
	'a title and a body': {
		ours: { title: 'Hello', body: 'Wörld "quoted" 😀' },
		theirs: { alert: { title: 'Hello', body: 'Wörld "quoted" 😀' } },
	},
	'a subtitle, sound, badge, category and thread': {
		ours: { title: 'T', subtitle: 'S', body: 'B', sound: 'default', badge: 3, category: 'C', threadId: 'th' },
		theirs: {
			alert: { title: 'T', body: 'B' },
			subtitle: 'S',
			sound: 'default',
			badge: 3,
			category: 'C',
			threadId: 'th',
		},
	},
	'a badge alone': { ours: { badge: 0 }, theirs: { badge: 0 } },
	'data and a deep link': {
		ours: {
			title: 'T',
			body: 'B',
			data: { order: { id: 7, lines: [1, null] } },
			action: 'DEEP_LINK',
			url: 'app://o/7',
		},
		theirs: {
			alert: { title: 'T', body: 'B' },
			payload: { order: { id: 7, lines: [1, null] }, deeplink: 'app://o/7' },
		},
	},
	'a picture': {
		ours: { title: 'T', body: 'B', imageUrl: 'https://i.example/p.png' },
		theirs: {
			alert: { title: 'T', body: 'B' },
			mutableContent: true,
			payload: { data: { 'media-url': 'https://i.example/p.png' } },
		},
	},
	'localised texts': {
		ours: { apns: { titleLocKey: 'TK', titleLocArgs: ['a'], locKey: 'BK', locArgs: ['b'], launchImage: 'l.png' } },
		theirs: { alert: {}, titleLocKey: 'TK', titleLocArgs: ['a'], locKey: 'BK', locArgs: ['b'], launchImage: 'l.png' },
	},
	'a critical sound, interruption level, relevance, target and filter': {
		ours: {
			title: 'T',
			body: 'B',
			sound: 'alarm.caf',
			apns: {
				criticalVolume: 0.5,
				interruptionLevel: 'critical',
				relevanceScore: 0.25,
				targetContentId: 'win',
				filterCriteria: 'work',
				contentAvailable: true,
			},
		},
		theirs: {
			alert: { title: 'T', body: 'B' },
			sound: { critical: 1, name: 'alarm.caf', volume: 0.5 },
			interruptionLevel: 'critical',
			relevanceScore: 0.25,
			targetContentIdentifier: 'win',
			filterCriteria: 'work',
			contentAvailable: true,
		},
	},
	'collapse id, normal priority and an expiry': {
		ours: { title: 'T', body: 'B', collapseId: 'score', priority: 'normal', timeToLiveSeconds: 90 },
		theirs: { alert: { title: 'T', body: 'B' }, collapseId: 'score', priority: 5, expiry: inSeconds(90) },
	},
	'now or never': {
		ours: { title: 'T', body: 'B', priority: 'high', timeToLiveSeconds: 0 },
		theirs: { alert: { title: 'T', body: 'B' }, priority: 10, expiry: 0 },
	},
	'a silent push': {
		ours: { silent: true, data: { sync: true } },
		theirs: { contentAvailable: true, priority: 5, payload: { sync: true } },
		pushType: 'background',
	},
	'a VoIP push': {
		ours: { body: 'Ann calls', data: { caller: 'Ann' }, timeToLiveSeconds: 0 },
		theirs: { alert: { body: 'Ann calls' }, payload: { caller: 'Ann' }, expiry: 0 },
		pushType: 'voip',
		channelType: 'APNS_VOIP',
	},
	'a localised subtitle': {
		ours: { apns: { locKey: 'BK', subtitleLocKey: 'SK', subtitleLocArgs: ['a', 'b'] } },
		theirs: { alert: {}, locKey: 'BK', subtitleLocKey: 'SK', subtitleLocArgs: ['a', 'b'] },
	},
	'mutable content and a lowest priority': {
		ours: { title: 'T', body: 'B', apns: { mutableContent: true, priority: 1 } },
		theirs: { alert: { title: 'T', body: 'B' }, mutableContent: true, priority: 1 },
	},
	'a Safari push': {
		ours: { title: 'T', body: 'B', apns: { urlArgs: ['flight', 'A998'] } },
		theirs: { alert: { title: 'T', body: 'B' }, urlArgs: ['flight', 'A998'] },
	},
	'a Live Activity that starts': {
		ours: {
			title: 'T',
			body: 'B',
			sound: 'default',
			priority: 'high',
			apns: {
				liveActivityEvent: 'start',
				attributesType: 'DeliveryAttributes',
				attributes: { order: 7 },
				contentState: { stop: 1 },
				staleDate: inSeconds(900),
				inputPushAddress: true,
			},
		},
		theirs: {
			alert: { title: 'T', body: 'B', sound: 'default' },
			timestamp: inSeconds(0),
			event: 'start',
			attributesType: 'DeliveryAttributes',
			attributes: { order: 7 },
			contentState: { stop: 1 },
			staleDate: inSeconds(900),
			inputPushToken: 1,
		},
		pushType: 'liveactivity',
	},
	'a Live Activity that is updated': {
		ours: {
			priority: 'normal',
			apns: { liveActivityEvent: 'update', contentState: { stop: 2 }, relevanceScore: 75 },
		},
		theirs: {
			priority: 5,
			timestamp: inSeconds(0),
			event: 'update',
			contentState: { stop: 2 },
			relevanceScore: 75,
		},
		pushType: 'liveactivity',
	},
	'a Live Activity that ends': {
		ours: {
			priority: 'high',
			apns: { liveActivityEvent: 'end', contentState: { stop: 3 }, dismissalDate: inSeconds(60) },
		},
		theirs: {
			timestamp: inSeconds(0),
			event: 'end',
			contentState: { stop: 3 },
			dismissalDate: inSeconds(60),
		},
		pushType: 'liveactivity',
	},
	'widgets that reload': {
		ours: { priority: 'high', apns: { pushType: 'widgets' } },
		theirs: { contentChanged: true },
		pushType: 'widgets',
	},
	'controls that reload': {
		ours: { priority: 'high', apns: { pushType: 'controls' } },
		theirs: { contentChanged: true },
		pushType: 'controls',
	},
	'a complication': {
		ours: { priority: 'high', data: { steps: 9 }, apns: { pushType: 'complication' } },
		theirs: { rawPayload: { aps: {}, steps: 9 } },
		pushType: 'complication',
	},
	'a location query': {
		ours: { priority: 'high', apns: { pushType: 'location' } },
		theirs: { rawPayload: { aps: {} } },
		pushType: 'location',
	},
	'a push to talk': {
		ours: { data: { speaker: 'Ann' }, apns: { pushType: 'pushtotalk' } },
		theirs: { rawPayload: { aps: {}, speaker: 'Ann' }, expiry: 0 },
		pushType: 'pushtotalk',
	},
	'a file provider': {
		ours: { priority: 'high', data: { 'container-identifier': 'c', domain: 'd' }, apns: { pushType: 'fileprovider' } },
		theirs: { rawPayload: { 'container-identifier': 'c', domain: 'd' } },
		pushType: 'fileprovider',
	},
	'device management': {
		ours: { priority: 'high', data: { mdm: 'magic' }, apns: { pushType: 'mdm' } },
		theirs: { mdm: 'magic' },
		pushType: 'mdm',
	},
	'a raw payload': {
		ours: { raw: { apns: '{"aps":{"alert":"x","badge":2},"k":["v"]}' }, collapseId: 'c' },
		theirs: { rawPayload: { aps: { alert: 'x', badge: 2 }, k: ['v'] }, collapseId: 'c' },
	},
};

describe('Apple’s server gets from us what node-apn sends', () => {
	let simulators: Simulators;
	let apns: ApnsSimulator;
	let provider: apn.Provider;
	const engine = engineAt(NOW);

	beforeAll(async () => {
		simulators = await startSimulators();
		apns = simulators.apns.production;
		const { privateKey, keyId, teamId } = simulators.credentials.apnsKey;
		const { hostname, port } = new URL(apns.origin);
		provider = new apn.Provider({
			token: { key: privateKey, keyId, teamId },
			address: hostname,
			port: Number(port),
			ca: [simulators.ca],
		});
	});

	afterAll(async () => {
		await new Promise<void>((resolve) => {
			provider.shutdown(resolve);
		});
		await engine.close(0);
		await simulators.close();
	});

	async function captureTheirs({ theirs, pushType = 'alert' }: Case, address: string) {
		apns.reset();
		const note = new apn.Notification();
		note.topic = `${simulators.credentials.apnsKey.bundleId}${SUFFIX[pushType] ?? ''}`;
		// Its types lack "controls".
		Reflect.set(note, 'pushType', pushType);
		for (const [name, value] of Object.entries(theirs)) Reflect.set(note, name, value);
		expect((await provider.send(note, address)).failed).toEqual([]);
		return onlyArrival(apns.arrivals);
	}

	async function captureOurs({ ours, channelType = 'APNS' }: Case, address: string) {
		apns.reset();
		await sendOurs(engine, { apns: simulators.credentials.apnsKey }, ours, { address, channelType }, NOW);
		return onlyArrival(apns.arrivals);
	}

	test.each(Object.entries(CASES))('%s', async (_what, given) => {
		const address = apns.goodAddress();
		const theirs = await captureTheirs(given, address);
		const ours = await captureOurs(given, address);
		expect(ours.path).toBe(theirs.path);
		for (const name of HEADERS) expect([name, ours.headers[name]]).toEqual([name, theirs.headers[name]]);
		expect(bodyOf(ours)).toEqual(bodyOf(theirs));
	});
});
