import { compileMessageRequest, compileNotification, type Notification } from '../../push/messages';
import type { ChannelType } from '../../push/model';
import { previewMessage } from '../../push/templates';

const OPTIONS = {
	substitutions: {},
	title: 'sample',
	appName: 'Shop',
	now: Date.UTC(2026, 10, 25, 9, 41),
	timeZone: 'Europe/Berlin',
};

function preview(notification: Notification, ...channels: ChannelType[]) {
	return previewMessage(() => compileNotification(notification), { ...OPTIONS, channels });
}

const svgOf = (notification: Notification, channel: ChannelType = 'APNS') => preview(notification, channel).svg;
const raw = (payload: object): Notification => ({ raw: { apns: JSON.stringify(payload) } });

/** The texts of a picture, line by line. */
function linesIn(svg: string): string[] {
	return [...svg.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map(([, line = '']) => line);
}

describe('the picture of the lock screens', () => {
	test('shows the time and the date of the time zone, the name of the app, title, subtitle and body', () => {
		const lines = linesIn(svgOf({ title: 'T', subtitle: 'S', body: 'B' }));
		expect(lines).toEqual(['Wednesday, November 25', '10:41', 'S', 'T', 'now', 'S', 'B', 'iOS']);
		expect(linesIn(svgOf({ title: 'T', body: 'B' }, 'GCM'))).toEqual(
			expect.arrayContaining(['Shop · now', 'T', 'B', 'Android']),
		);
	});

	test('the app’s name takes the place of a title on an iPhone', () => {
		expect(linesIn(svgOf({ body: 'B' }))).toContain('Shop');
	});

	test.each<ChannelType>(['APNS', 'GCM'])('breaks long texts and ends them with an ellipsis on %s', (channel) => {
		const word = 'wording ';
		const lines = linesIn(svgOf({ title: word.repeat(20), body: word.repeat(80) }, channel)).filter((line) =>
			line.startsWith('wording'),
		);
		expect(lines.length).toBeGreaterThan(2);
		expect(lines.length).toBeLessThan(8);
		expect(lines.filter((line) => line.endsWith('…'))).toHaveLength(2);
	});

	test('never cuts an emoji in two', () => {
		const family = '👩‍👩‍👧‍👦';
		for (const line of linesIn(svgOf({ title: family.repeat(40), body: family.repeat(200) }))) {
			if (line.includes('👩')) expect(line.replace('…', '').replaceAll(family, '').trim()).toBe('');
		}
	});

	test.each([
		['Hebrew', 'היא תגיע היום', true],
		['Arabic after a number', '14:00 تصل اليوم', true],
		['English with a Hebrew word', 'Shalom שלום', false],
		['Japanese', '日本語', false],
	])('%s is written from its own side', (_what, body, fromTheRight) => {
		for (const channel of ['APNS', 'GCM'] as const) {
			expect(svgOf({ body }, channel).includes('direction="rtl"')).toBe(fromTheRight);
		}
	});

	test('has a place for a picture only when there is one', () => {
		for (const channel of ['APNS', 'GCM'] as const) {
			expect(svgOf({ body: 'B', imageUrl: 'https://x' }, channel)).toContain('-picture"');
			expect(svgOf({ body: 'B' }, channel)).not.toContain('-picture"');
		}
	});

	test.each<[string, Notification, ChannelType, string]>([
		['a silent push', { silent: true, data: { a: 1 } }, 'APNS', 'the app gets the data.'],
		['data for Google', { data: { a: 1 } }, 'GCM', 'the app gets the data.'],
		['a badge alone', { badge: 3 }, 'APNS', 'the number on the app’s icon changes.'],
		['a sound alone', { sound: 'default' }, 'APNS', 'a sound is played.'],
		['a call', { title: 'Ann', data: { a: 1 } }, 'APNS_VOIP', 'and shows the incoming call.'],
		[
			'a Live Activity',
			raw({ aps: { event: 'update', timestamp: 1, 'content-state': {} } }),
			'APNS',
			'the Live Activity changes.',
		],
		['widgets', { apns: { pushType: 'widgets' } }, 'APNS', 'the app gets the data.'],
		['texts as data', { title: 'T', fcm: { dataOnly: true } }, 'GCM', 'from the data (AWS’s libraries do).'],
		['what is refused', { title: 'x'.repeat(5_000) }, 'APNS', 'Not sent. The message is'],
	])('says what is seen of %s', (_what, notification, channel, words) => {
		expect(linesIn(svgOf(notification, channel)).join('\n')).toContain(words);
	});

	test('of AWS’s style shows what its libraries would', () => {
		const make = () =>
			compileMessageRequest(
				{ Addresses: { t: { ChannelType: 'GCM' } }, MessageConfiguration: { GCMMessage: { Title: 'T', Body: 'B' } } },
				{ style: 'aws' },
			).message;
		const { svg } = previewMessage(make, { ...OPTIONS, channels: ['GCM'] });
		expect(linesIn(svg)).toEqual(expect.arrayContaining(['T', 'B', 'Shown only if the app builds it']));
	});
});

describe('the page', () => {
	test('has the size against the limit, what travels beside the payload, and the payload', () => {
		const { html, channels } = preview({ body: 'B', collapseId: 'order', timeToLiveSeconds: 60 }, 'APNS', 'ADM');
		expect(channels.map(({ bytes, limit }) => [bytes, limit])).toEqual([
			[30, 4096],
			[12, 6144],
		]);
		expect(html).toContain('30 of 4,096 bytes');
		expect(html).toContain('push type alert · priority 10 · time to live (s) 60 · collapse id order');
		expect(html).toContain('&quot;consolidationKey&quot;: &quot;order&quot;');
	});
});
