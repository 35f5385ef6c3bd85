import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { byId, type Home, home, type NodeSettings } from './applications/harness';
import { jsonOf, push } from './setup';

/** What n8n's date picker stores, and what people and expressions write; all the same moment in this zone. */
const ZONE = 'Asia/Kathmandu';
const MOMENT = Date.parse('2090-01-10T09:00:00+05:45');
const WRITTEN: ReadonlyArray<readonly [string, string]> = [
	['the date picker', '2090-01-10T09:00:00'],
	['an ISO text with its offset', '2090-01-10T04:15:00+01:00'],
	['a Luxon DateTime', "={{ DateTime.fromISO('2090-01-10T09:00:00') }}"],
	['a DateTime in another zone', "={{ DateTime.fromISO('2090-01-10T03:15:00Z', { zone: 'utc' }) }}"],
	['a text with a DateTime', "=  {{ DateTime.fromISO('2090-01-10T09:00:00') }}"],
	['a JavaScript Date', "={{ new Date('2090-01-10T03:15:00Z') }}"],
	['epoch milliseconds', `={{ ${MOMENT} }}`],
	['a date of an item', '={{ $json.at }}'],
];

const REFUSED: ReadonlyArray<readonly [string, string]> = [
	['10.01.2090 09:00', '10.01.2090 09:00'],
	['2090-02-30T09:00:00', '2090-02-30T09:00:00'],
	['={{ "soon" }}', 'soon'],
	["={{ DateTime.fromISO('nonsense') }}", 'Invalid DateTime'],
	["={{ new Date('nonsense') }}", 'Invalid Date'],
];

describe('date fields', () => {
	let here: Home;
	let id: string;
	let made = 0;

	beforeAll(async () => {
		here = await home();
		const create = { resource: 'application', operation: 'create', name: 'Shop', additionalFields: {} };
		id = String((await here.run('manageApp', create)).json[0]?.id);
		const enable = { operation: 'enable', application: byId(id), channels: ['ADM'] };
		await here.run('toggleChannel', enable, { select: ['amazonDeviceMessagingApi'] });
	});

	beforeEach(() => here.around.simulators.reset());

	afterAll(async () => await here.close());

	const item = (fields: IDataObject = {}) => ({ at: new Date(MOMENT).toISOString(), name: 'Ann', ...fields });

	const start = async (campaignSettings: INodeParameters, settings: Partial<NodeSettings> = {}, key?: string) => {
		const parameters = { recipientsFrom: 'items', channel: 'ADM', title: 'Hello', campaignSettings };
		const campaignKey = key ?? `key ${++made}`;
		return await here.run(
			'sendPush',
			{ resource: 'campaign', operation: 'start', application: byId(id), campaignKey, ...parameters },
			{ items: [item({ device: here.around.simulators.adm.goodAddress(1) })], timezone: ZONE, ...settings },
		);
	};

	const direct = async (parameters: INodeParameters, device: string) =>
		await push(here.around, { parameters: { title: 'T', ...parameters }, items: [item({ device })], timezone: ZONE });

	const google = () => here.around.simulators.fcm.arrivals.map(({ body }) => JSON.parse(body).message);

	describe.each(WRITTEN)('as %s', (_what, written) => {
		test('are Start At and Stop At of a campaign', async () => {
			const { json, error } = await start({ startAt: written, stopAt: '2090-01-10T10:00:00' });
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ state: 'PENDING', nextRunAt: new Date(MOMENT).toISOString() }]);
		});

		test('are Event Time, which Google takes only with an offset', async () => {
			const device = here.around.simulators.fcm.goodAddress();
			const { sent, failed, error } = await direct({ channel: 'GCM', fcmOptions: { eventTime: written } }, device);
			expect([error, jsonOf(failed), sent.length]).toEqual([undefined, [], 1]);
			expect(google()).toMatchObject([{ android: { notification: { event_time: '2090-01-10T03:15:00.000Z' } } }]);
		});

		test('are Stale Date and Dismissal Date of a Live Activity', async () => {
			const apnsOptions = {
				liveActivityEvent: 'end',
				contentState: '{"stops":3}',
				staleDate: written,
				dismissalDate: written,
			};
			const device = here.around.simulators.apns.production.goodAddress();
			const { failed, error } = await direct({ channel: 'APNS', apnsOptions }, device);
			expect([error, jsonOf(failed)]).toEqual([undefined, []]);
			const [arrival] = here.around.simulators.apns.production.arrivals;
			const seconds = MOMENT / 1_000;
			expect(JSON.parse(arrival?.body ?? '{}').aps).toMatchObject({ 'stale-date': seconds, 'dismissal-date': seconds });
		});
	});

	test.each<[string, string, INodeParameters]>([
		['sendPush', 'collection', { resource: 'result', operation: 'getMany' }],
		['manageApp', 'collection', { resource: 'audit', operation: 'getMany' }],
		['manageApp', 'parameter', { resource: 'metrics', operation: 'get', range: 'between' }],
	])('of %s, each in a %s, are Since and Until: %j', async (node, place, operation) => {
		await start({});
		const find = async (since: string, until: string) => {
			const span = place === 'collection' ? { filters: { since, until } } : { since, until };
			const { json, error } = await here.run(node, { ...operation, ...span }, { timezone: ZONE });
			expect(error).toBeUndefined();
			return json.length;
		};
		const local = (hours: number) => new Date(Date.now() + (5.75 + hours) * 3_600_000).toISOString().slice(0, 19);
		for (const [early, before, after] of [
			[local(-2), local(-1), local(1)],
			['={{ $now.minus({ hours: 2 }) }}', '={{ $now.minus({ hours: 1 }) }}', '={{ $now.plus({ hours: 1 }) }}'],
			['={{ Date.now() - 7200000 }}', '={{ new Date(Date.now() - 3600000) }}', '={{ Date.now() + 3600000 }}'],
		] as const) {
			expect(await find(before, after)).toBeGreaterThan(0);
			expect(await find(early, before)).toBe(0);
		}
	});

	test('of a report are read alike', async () => {
		const span = { since: '={{ $now.minus({ hours: 2 }) }}', until: '={{ $now }}' };
		const report = { resource: 'metrics', operation: 'report', range: 'between', ...span };
		const { json, error } = await here.run('manageApp', report);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(1);
	});

	test.each(REFUSED)('%s is refused with an example', async (written, shown) => {
		const sentence = (label: string) => `${label} is not a date in ISO 8601: "${shown}".`;
		const advice =
			'Write it like 2027-01-10T09:00:00, in the time zone of the workflow (Asia/Kathmandu), or like 2027-01-10T09:00:00Z, in UTC.';
		const campaign = await start({ startAt: written });
		expect(campaign.error).toEqual({ message: sentence('Start At'), description: advice });
		const since = { resource: 'metrics', operation: 'get', range: 'between', since: written };
		expect((await here.run('manageApp', since)).error?.message).toBe(sentence('Since'));
		const event = await direct({ channel: 'GCM', fcmOptions: { eventTime: written } }, 'd');
		expect(event.error?.message).toBe(sentence('Event Time'));
	});

	test('a DateTime in a text is written in ISO 8601, without quotes', async () => {
		const title = "={{ DateTime.fromISO('2090-01-10T09:00:00') }}";
		const body = "={{ new Date('2090-01-10T03:15:00Z') }}";
		await direct({ channel: 'GCM', title, body }, here.around.simulators.fcm.goodAddress());
		const notification = { title: '2090-01-10T09:00:00.000+05:45', body: '2090-01-10T03:15:00.000Z' };
		expect(google()).toMatchObject([{ notification }]);
	});

	test('an Event Time may be each recipient’s own', async () => {
		const fcmOptions = { eventTime: '{{at}}' };
		await direct({ channel: 'GCM', fcmOptions }, here.around.simulators.fcm.goodAddress());
		expect(google()).toMatchObject([{ android: { notification: { event_time: '2090-01-10T03:15:00.000Z' } } }]);
	});

	test('a time zone that there is not is named', async () => {
		const { error } = await start({ startAt: '2090-01-10T09:00:00' }, { timezone: 'Middle-earth/Shire' });
		expect(error?.message).toBe('The time zone of the workflow, "Middle-earth/Shire", is none that this n8n knows.');
	});

	test('a Start that is repeated keeps the times of the first one, also when they are counted from now', async () => {
		const relative = {
			startAt: '={{ $now.plus({ minutes: 5 }) }}',
			stopAt: '={{ $now.plus({ hours: 1 }) }}',
		};
		const first = await start(relative, {}, 'retried');
		const again = await start(relative, {}, 'retried');
		const later = await start({ startAt: '2090-01-10T09:00:00' }, {}, 'retried');
		expect([again.error, later.error]).toEqual([undefined, undefined]);
		const [{ id: campaignId, nextRunAt } = {}] = first.json;
		expect(nextRunAt).toEqual(expect.any(String));
		for (const { json } of [again, later]) {
			expect(json).toMatchObject([{ id: campaignId, nextRunAt, resumed: true, state: 'PENDING' }]);
		}
	});
});
