import type { ChannelType } from '../../push';
import type { Notification } from '../../push/messages';
import { type PushSimulator, type Simulators, startSimulators } from '../simulators';
import { engineAt, onlyArrival, sendOurs } from './wire';

const NOW = Date.now();

const EVERYTHING: Notification = {
	title: 'Title "quoted"',
	subtitle: 'Subtitle',
	body: 'Bödy 😀\n',
	data: { n: 1, s: 'x', o: { deep: ['y'] }, z: null },
	action: 'DEEP_LINK',
	url: 'app://orders/1',
	imageUrl: 'https://images.example/1.png',
	sound: 'default',
	badge: 2,
	category: 'ORDERS',
	threadId: 'orders',
	collapseId: 'order-1',
	priority: 'high',
	timeToLiveSeconds: 3600,
	apns: { interruptionLevel: 'time-sensitive', relevanceScore: 1 },
	fcm: { color: '#ff8800', androidChannelId: 'orders', visibility: 'PRIVATE', notificationPriority: 'PRIORITY_HIGH' },
	baidu: { notificationBuilderId: 0, notificationBasicStyle: 7 },
	adm: { md5: true, tag: 'orders' },
};

const MESSAGES: Record<string, Notification> = {
	'everything at once': EVERYTHING,
	'a silent push': { silent: true, data: { sync: 1 }, adm: { md5: true } },
	'a silent push in a hurry, without data': { silent: true, priority: 'high', timeToLiveSeconds: 0 },
	'a title alone': { title: 'T' },
};

/** The simulators check what the real services check: header rules, field types, checksums, sizes. */
describe('strict servers take', () => {
	let simulators: Simulators;
	const engine = engineAt(NOW);

	beforeAll(async () => {
		simulators = await startSimulators();
	});

	afterAll(async () => {
		await engine.close(0);
		await simulators.close();
	});

	const simulatorOf: Readonly<Record<ChannelType, () => PushSimulator>> = {
		APNS: () => simulators.apns.production,
		APNS_SANDBOX: () => simulators.apns.sandbox,
		APNS_VOIP: () => simulators.apns.production,
		APNS_VOIP_SANDBOX: () => simulators.apns.sandbox,
		GCM: () => simulators.fcm,
		BAIDU: () => simulators.baidu,
		ADM: () => simulators.adm,
	};

	const channels: ChannelType[] = ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'BAIDU', 'ADM'];
	const cases = Object.entries(MESSAGES).flatMap(([what, message]) =>
		channels.map((channelType) => [what, channelType, message] as const),
	);

	test.each(cases)('%s on %s', async (_what, channelType, message) => {
		const simulator = simulatorOf[channelType]();
		simulator.reset();
		const { apnsKey: apns, fcm, baidu, adm } = simulators.credentials;
		const address = simulator.goodAddress();
		await sendOurs(engine, { apns, fcm, baidu, adm }, message, { address, channelType }, NOW);
		expect(onlyArrival(simulator.arrivals).status).toBe(200);
	});
});
