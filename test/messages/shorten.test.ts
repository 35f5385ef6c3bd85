import fc from 'fast-check';
import { compileMessageRequest, compileNotification, isRefusal, type Notification } from '../../push/messages';
import type { ChannelType, Recipient } from '../../push/model';
import { jsonOf, jsonText, recipient, refusalOf } from './content';

const LIMIT: Partial<Record<ChannelType, number>> = { APNS: 4096, APNS_VOIP: 5120, GCM: 4096, BAIDU: 4096, ADM: 6144 };

function shortened(notification: Notification, channelType: ChannelType, own: Partial<Recipient> = {}) {
	const message = compileNotification(notification, { shortenToFit: true });
	return { rendered: message.render(recipient(channelType, own)), warnings: () => message.warnings };
}

function bodyOf(rendered: Parameters<typeof jsonOf>[0]): string {
	return String(Reflect.get(Object(Reflect.get(Object(jsonOf(rendered).aps), 'alert')), 'body'));
}

describe('shortening to fit', () => {
	test.each(['APNS', 'APNS_VOIP', 'GCM', 'BAIDU', 'ADM'] as const)(
		'uses the space %s has, and says so',
		(channelType) => {
			const { rendered, warnings } = shortened({ title: 'T', body: 'word '.repeat(3_000) }, channelType);
			expect(isRefusal(rendered)).toBe(false);
			if (isRefusal(rendered)) return;
			const limit = LIMIT[channelType] ?? 0;
			expect(rendered.bytes).toBeLessThanOrEqual(limit);
			// An ellipsis has three bytes, and blanks before it are dropped.
			expect(rendered.bytes).toBeGreaterThan(limit - 20);
			expect(jsonText(rendered)).toMatch(/word w?o?r?d?…/);
			expect(warnings().join()).toContain('shortened');
		},
	);

	test('leaves what fits alone', () => {
		const { rendered, warnings } = shortened({ title: 'T', body: 'B…' }, 'APNS');
		expect(jsonOf(rendered)).toEqual({ aps: { alert: { title: 'T', body: 'B…' } } });
		expect(warnings()).toEqual([]);
	});

	test('never cuts what people see as one character', () => {
		const family = '👨‍👩‍👧‍👦';
		for (let pad = 0; pad < 30; pad++) {
			const body = bodyOf(shortened({ title: 'x'.repeat(pad), body: family.repeat(300) }, 'APNS').rendered);
			expect(body.replaceAll(family, '')).toBe('…');
		}
	});

	test('cuts each recipient’s own text, filled in', () => {
		const message = compileNotification({ title: 'T', body: 'Hi {{name}} {{text}}' }, { shortenToFit: true });
		const textFor = (own: Partial<Recipient>) => bodyOf(message.render(recipient('APNS', own)));
		const text = ['long "quoted" '.repeat(500)];
		expect(textFor({ substitutions: { name: ['Ann'], text } })).toMatch(/^Hi Ann long "quoted".*…$/);
		expect(textFor({ substitutions: { name: ['Bob'], text: ['short'] } })).toBe('Hi Bob short');
		const own = { bodyOverride: 'Own {{text}}', substitutions: { text } };
		expect(textFor(own)).toMatch(/^Own long.*…$/);
	});

	test('refuses as before what is too long without its body, and raw payloads', () => {
		const data = { k: 'x'.repeat(5_000) };
		expect(refusalOf(shortened({ body: 'B'.repeat(100), data }, 'APNS').rendered).reason).toBe('PayloadTooLarge');
		const raw = { apns: JSON.stringify({ aps: { alert: 'x'.repeat(5_000) } }) };
		expect(refusalOf(shortened({ raw }, 'APNS').rendered).reason).toBe('PayloadTooLarge');
		expect(refusalOf(compileNotification({ body: 'B'.repeat(5_000) }).render(recipient('APNS'))).reason).toBe(
			'PayloadTooLarge',
		);
	});

	test('in AWS’s style too', () => {
		const request = {
			Addresses: { a: { ChannelType: 'GCM' } },
			MessageConfiguration: { GCMMessage: { Title: 'T', Body: 'word '.repeat(2_000) } },
		};
		const { message, recipients } = compileMessageRequest(request, { style: 'aws', shortenToFit: true });
		const [to] = recipients;
		expect(to && isRefusal(message.render(to))).toBe(false);
	});

	test('whatever the text, the result fits, is JSON, and begins as the text does', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'grapheme', minLength: 500, maxLength: 3_000 }),
				fc.constantFrom<ChannelType>('APNS', 'GCM', 'ADM', 'BAIDU'),
				(text, channelType) => {
					const body = `${text}${'ü"'.repeat(3_000)}`.replaceAll('{{', '(');
					const { rendered } = shortened({ body }, channelType);
					if (isRefusal(rendered)) throw new Error(rendered.message);
					expect(rendered.bytes).toBeLessThanOrEqual(LIMIT[channelType] ?? 0);
					const found = JSON.stringify(JSON.parse(jsonText(rendered)));
					expect(found).toContain('…');
				},
			),
			{ numRuns: 50 },
		);
	});
});
