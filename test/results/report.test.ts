import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { type ChannelType, type DeliveryResult } from '../../push/model';
import { foldMetrics, prometheusText, readMetrics, reportData, trimMetrics } from '../../push/results';
import { renderReport } from '../../push/report';
import type { Store } from '../../push/store';
import { sqlitePlace } from '../store/stores';
import { DEAD, result, SUSPECT } from './samples';

const APP = 'a'.repeat(32);
const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 23, 8);

const FAILURES: ReadonlyArray<Partial<DeliveryResult>> = [
	DEAD,
	DEAD,
	DEAD,
	SUSPECT,
	{
		deliveryStatus: 'THROTTLED',
		statusCode: 429,
		statusMessage: 'Too many.',
		providerReason: 'TooManyRequests',
		attempts: 3,
	},
	{ deliveryStatus: 'TEMPORARY_FAILURE', statusCode: 503, providerReason: 'ServiceUnavailable', attempts: 3 },
	{ deliveryStatus: 'UNKNOWN_FAILURE', statusCode: 500, providerReason: 'ConnectionLost' },
	{ deliveryStatus: 'OPT_OUT', providerReason: 'Suppressed', attempts: 0 },
];

/** Two days that look like two days: more by day than by night, a campaign that goes badly. */
async function record(store: Store): Promise<void> {
	const channels: ChannelType[] = ['APNS', 'GCM', 'GCM', 'ADM'];
	for (let hour = 0; hour < 48; hour++) {
		const busy = 30 + Math.round(60 * (1 + Math.sin(((hour - 6) / 24) * 2 * Math.PI)));
		const campaign = hour === 12 ? 'black-friday' : hour === 31 ? 'winter-sale-reminder' : undefined;
		const results = Array.from({ length: campaign ? busy * 3 : busy }, (_, n) => {
			const failure = n % (campaign === 'black-friday' ? 4 : 11) === 0 ? FAILURES[(n + hour) % FAILURES.length] : {};
			return result({
				channelType: channels[n % channels.length] ?? 'APNS',
				address: `device-${hour}-${n}`,
				latencyMs: 30 + ((n * 37 + hour * 11) % 120) + (n % 29 === 0 ? 900 : 0),
				...failure,
			});
		});
		await store.deliveryLog.append([
			{
				at: START + hour * HOUR + 60_000,
				applicationId: APP,
				origin: {},
				results,
				...(campaign ? { campaignId: campaign } : {}),
			},
		]);
	}
}

const where = sqlitePlace();
let store: Store;

beforeAll(async () => {
	store = await where.open();
	await record(store);
});

afterAll(async () => {
	await store.close();
	await where.remove();
});

const range = { since: START, until: START + 48 * HOUR };

test('figures are the same however finely they are read, and counted once', async () => {
	await foldMetrics(store);
	await foldMetrics(store);
	const sums = [];
	for (const resolution of [60, 3_600, 86_400] as const) {
		const points = await readMetrics(store, { ...range, resolution });
		sums.push(points.reduce((sum, { tally }) => sum + (tally.statuses.SUCCESSFUL ?? 0), 0));
	}
	expect(sums[0]).toBeGreaterThan(3_000);
	expect(new Set(sums).size).toBe(1);
	const kinds = await readMetrics(store, { ...range, resolution: 86_400, dimensions: ['kind'] });
	expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['direct', 'campaign']));
});

test('Prometheus reads counters and a histogram that add up', async () => {
	const text = await prometheusText(store, range.until);
	const value = (pattern: RegExp) =>
		[...text.matchAll(pattern)].reduce((sum, [, number = '0']) => sum + Number(number), 0);
	const data = await reportData(store, { ...range, title: 'T', now: range.until });
	expect(value(/^push_messages_total\{.*\} (\d+)$/gm)).toBe(data.total.total);
	expect(value(/_bucket\{.*le="\+Inf"\} (\d+)$/gm)).toBe(value(/_count\{.*\} (\d+)$/gm));
	expect(text).toMatch(/^# TYPE push_latency_milliseconds histogram$/m);
	expect(text).toContain(`push_failures_total{application="${APP}",channel="GCM",reason="Unregistered"}`);
});

test('a report is one page without any request, and says what matters', async () => {
	const data = await reportData(store, { ...range, title: 'Shop <b>November</b>', now: range.until });
	const { html, svg } = renderReport(data);
	expect(html).not.toMatch(/<script|src=|href="http|@import|url\(http/);
	expect(html).toContain('Shop &lt;b&gt;November&lt;/b&gt;');
	expect(html).toContain('Unregistered is the most frequent reason');
	expect(svg).toMatch(/^<svg /);
	expect(svg).not.toContain('var(--');
	expect(html.length).toBeLessThan(400_000);
});

test('a report of a time in which nothing was sent says so', async () => {
	const data = await reportData(store, { since: 0, until: HOUR, title: 'Silence', now: HOUR });
	expect(renderReport(data).html).toContain('Nothing was sent in this time.');
	await expect(reportData(store, { since: 5, until: 5, title: '', now: 5 })).rejects.toMatchObject({
		code: 'InvalidRequest',
	});
});

describe('a report of', () => {
	const DAY = 24 * HOUR;
	let own: Store;
	let place: ReturnType<typeof sqlitePlace>;

	beforeEach(async () => {
		place = sqlitePlace();
		own = await place.open();
	});

	afterEach(async () => {
		await own.close();
		await place.remove();
	});

	const send = async (at: string, count: number) =>
		await own.deliveryLog.append([
			{ at: Date.parse(at), applicationId: APP, origin: {}, results: Array.from({ length: count }, () => result()) },
		]);

	test('failures with markup for a reason shows it as text', async () => {
		const providerReason = '"><script>alert(1)</script>';
		await own.deliveryLog.append([
			{ at: START, applicationId: APP, origin: {}, results: [result({ ...DEAD, providerReason })] },
		]);
		const { html, svg } = renderReport(await reportData(own, { ...range, title: '', now: range.until }));
		expect(html).toContain('&lt;script&gt;alert(1)');
		expect(html + svg).not.toContain('<script');
	});

	test('three hours of which the minutes are gone shows hours', async () => {
		await send('2026-11-01T01:10:00Z', 7);
		const [since, now] = [Date.parse('2026-11-01T00:00:00Z'), Date.parse('2026-11-22T00:00:00Z')];
		await foldMetrics(own);
		await trimMetrics(own, now);
		const data = await reportData(own, { since, until: since + 3 * HOUR, title: '', now });
		expect(data.periods.map(({ figures }) => figures.total)).toEqual([0, 7, 0]);
		expect(data.total.total).toBe(7);
	});

	test('November in Berlin counts November, in days of Berlin', async () => {
		await send('2026-10-31T12:00:00+01:00', 100);
		await send('2026-11-01T00:30:00+01:00', 1);
		await send('2026-11-01T23:30:00+01:00', 2);
		await send('2026-11-30T23:30:00+01:00', 4);
		const [since, until] = [Date.parse('2026-11-01T00:00:00+01:00'), Date.parse('2026-12-01T00:00:00+01:00')];
		const data = await reportData(own, { since, until, title: '', now: until });
		const totals = data.periods.map(({ figures }) => figures.total);
		expect([totals.length, totals[0], totals.at(-1), data.total.total]).toEqual([30, 3, 4, 7]);
		expect(renderReport(data).svg).toContain('>1 Nov<');
		expect(renderReport(data).svg).not.toContain('31 Oct<');
		expect(data.periods[1]?.period).toBe(since + DAY);
	});
});

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
	existsSync(path),
);

/** Without a Chromium it skips visibly; under CI=true it runs and fails. */
const withBrowser = BROWSER !== undefined || process.env.CI === 'true' ? test : test.skip;

withBrowser.each([
	['desktop', 1_100, 'light'],
	['desktop', 1_100, 'dark'],
	['phone', 390, 'light'],
	['phone', 390, 'dark'],
] as const)(
	'on a %s of %i px in %s everything is inside and readable',
	async (device, width, colorScheme) => {
		const data = await reportData(store, { ...range, title: 'Push notifications of Shop', now: range.until });
		const folder = await mkdtemp(join(tmpdir(), 'push-report-'));
		const browser = await chromium.launch({ executablePath: BROWSER ?? '', args: ['--no-sandbox'] });
		try {
			const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
			const requests: string[] = [];
			page.on('request', (request) => requests.push(request.url()));
			const file = join(folder, 'report.html');
			await writeFile(file, renderReport(data).html);
			await page.goto(`file://${file}`);
			expect(requests).toHaveLength(1);
			const [scrollWidth, smallest, paper] = await page
				.evaluate(
					`[document.documentElement.scrollWidth,
					Math.min(...[...document.querySelectorAll('svg text')].filter((text) => text.getBoundingClientRect().width > 0)
						.map((text) => text.getBoundingClientRect().height)),
					getComputedStyle(document.body).backgroundColor]`,
				)
				.then((found) => (Array.isArray(found) ? found : []));
			expect(scrollWidth).toBeLessThanOrEqual(width);
			// px on the screen: a 12 px font is some 14 px high.
			expect(smallest).toBeGreaterThan(11);
			expect(paper).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 29)' : 'rgb(246, 247, 249)');
			const pictures = join(__dirname, '..', '..', '.cache', 'screenshots');
			await mkdir(pictures, { recursive: true });
			await page.screenshot({ path: join(pictures, `report-${device}-${colorScheme}.png`), fullPage: true });
		} finally {
			await browser.close();
			await rm(folder, { recursive: true, force: true });
		}
	},
	60_000,
);
