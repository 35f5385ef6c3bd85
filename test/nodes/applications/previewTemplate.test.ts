import type { INodeParameters } from 'n8n-workflow';
import { byName, type Home, home } from './harness';

describe('the preview of a template', () => {
	let here: Home;

	beforeAll(async () => {
		here = await home();
		const created = await here.run('manageApp', {
			resource: 'template',
			operation: 'create',
			name: 'order',
			templateTitle: 'Hi {{name | "friend"}} <b>',
			templateBody: 'Order {{order.id}} has {{#each items}}{{title}}{{#unless @last}}, {{/unless}}{{/each}}',
			templateImageUrl: 'https://example.com/a.png',
		});
		expect(created.error).toBeUndefined();
	});

	afterAll(async () => await here.close());

	const preview = async (parameters: INodeParameters = {}) => {
		const sample = { name: 'Ann', order: { id: 7 }, items: [{ title: 'Tea' }, { title: 'Pie' }] };
		const all = { resource: 'template', operation: 'preview', template: byName('order') };
		const run = await here.run('manageApp', { ...all, sampleValues: JSON.stringify(sample), ...parameters });
		const file = (name: string) => Buffer.from(run.items[0]?.binary?.[name]?.data ?? '', 'base64').toString('utf8');
		return {
			...run,
			channels: Object(run.json[0]?.channels),
			html: file('html'),
			svg: file('svg'),
			binary: run.items[0]?.binary,
		};
	};

	test('shows the exact payload of each channel with its size, and sends nothing', async () => {
		const { channels, json } = await preview({ previewChannels: ['APNS', 'GCM', 'ADM', 'BAIDU'] });
		expect(json[0]).toMatchObject({ name: 'order', version: 1 });
		for (const { payload, bytes, channel, fits } of channels) {
			expect(fits).toBe(true);
			expect(JSON.parse(payload)).toEqual(expect.any(Object));
			if (channel === 'APNS') expect(bytes).toBe(Buffer.byteLength(payload));
		}
		expect(JSON.parse(channels[0].payload)).toMatchObject({
			aps: { alert: { title: 'Hi Ann <b>', body: 'Order 7 has Tea, Pie' }, sound: 'default', 'mutable-content': 1 },
		});
		expect(channels[0].headers).toMatchObject({ pushType: 'alert', priority: 10 });
		expect(JSON.parse(channels[1].payload)).toMatchObject({ notification: { title: 'Hi Ann <b>' } });
		expect(here.around.simulators.fcm.arrivals).toEqual([]);
	});

	test('puts out a page and a picture, escaped, without anything from elsewhere', async () => {
		const { html, svg, binary } = await preview({ previewOptions: { appName: '<script>' } });
		expect(binary?.html).toMatchObject({ mimeType: 'text/html', fileName: 'order.html' });
		expect(binary?.svg).toMatchObject({ mimeType: 'image/svg+xml', fileName: 'order.svg' });
		expect(html).toContain(svg);
		expect(svg).toContain('Hi Ann &lt;b&gt;');
		expect(svg).toContain('Order 7 has Tea, Pie');
		for (const text of [html, svg]) {
			expect(text).not.toContain('<b>');
			expect(text).not.toContain('<script');
			expect(text).not.toMatch(/(?:src|href)=/);
		}
	});

	test('says why a recipient would be refused', async () => {
		const { channels, svg, html } = await preview({ sampleValues: '{}' });
		expect(channels[0]).toMatchObject({ fits: false, refusal: { reason: 'MissingSubstitution' } });
		expect(svg).toContain('Not sent.');
		expect(html).toContain('{{order.id}}');
	});

	test('in AWS’s style the picture says that only the app shows it', async () => {
		const { svg, channels } = await preview({ previewChannels: ['GCM'], previewOptions: { style: 'aws' } });
		expect(JSON.parse(channels[0].payload).data).toMatchObject({ 'pinpoint.notification.title': 'Hi Ann <b>' });
		expect(svg).toContain('Shown only if the app builds it');
	});

	test('a channel that does not exist is refused', async () => {
		expect((await preview({ previewChannels: ['SMS'] })).error?.message).toContain('not a push channel');
	});
});
