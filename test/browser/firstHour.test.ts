import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

import { ROOT } from '../../scripts/fullN8n';
import { storeOfThisN8n } from '../../scripts/simulatorCredentials';
import { FullN8n, OWNER } from '../full-n8n/harness';
import { describeInBrowser, launchBrowser } from './chromium';
import { Editor, VIEWPORT } from './editor';
import { picture } from './pictures';

const MINUTE = 60_000;

/** The two devices that docs/getting-started.md gives to copy: one that works, one that is gone. */
async function devicesOfThePage(): Promise<string[]> {
	const page = await readFile(join(ROOT, 'docs', 'getting-started.md'), 'utf8');
	const [, block = ''] = /```text\n([^`]*)```/.exec(page) ?? [];
	return block.trim().split(/\s+/);
}

describeInBrowser('the first hour, as docs/getting-started.md tells it', () => {
	let n8n: FullN8n;
	let browser: Browser;
	let editor: Editor;

	beforeAll(async () => {
		// As "npm start" prepares it.
		n8n = await FullN8n.prepare(() => [storeOfThisN8n]);
		await n8n.start();
		browser = await launchBrowser();
		editor = await Editor.login(browser, n8n.origin, OWNER);
	}, 20 * MINUTE);

	afterAll(async () => {
		await browser?.close();
		await n8n?.close();
	}, MINUTE);

	it(
		'finds the nodes by what people look for, Send Push first',
		async () => {
			await editor.newWorkflow('Search');
			for (const words of ['push', 'notification', 'apns', 'fcm', 'firebase', 'ios', 'android', 'kindle']) {
				const own = (await editor.search(words)).filter((name) =>
					['Send Push', 'Toggle Channel', 'Manage App'].includes(name),
				);
				expect([words, own[0], own.length]).toEqual([words, 'Send Push', 3]);
			}
		},
		2 * MINUTE,
	);

	it(
		'makes an application',
		async () => {
			await editor.newWorkflow('Set up');
			await editor.search('push');
			await picture(editor.page, editor.page, 'panel');
			await editor.add({ search: 'push', node: 'Manage App', action: 'Create an application' });
			await editor.type('name', 'Shop');
			expect(await editor.executeStep()).toBe(true);
			await picture(editor.page, editor.at('ndv'), 'application');
			expect(await editor.rows()).toEqual([expect.objectContaining({ name: 'Shop' })]);
			await editor.closeNode();
		},
		2 * MINUTE,
	);

	it(
		'switches the channel of Google on',
		async () => {
			await editor.add({ search: 'push', node: 'Toggle Channel', action: 'Enable channels' });
			expect(await editor.pick('application', 'Shop')).toEqual(['Shop']);
			await editor.choose('channels', 'Google (FCM)');
			await editor.attach('Simulator: FCM');
			expect(await editor.executeStep()).toBe(true);
			await picture(editor.page, editor.at('ndv'), 'channel');
			expect(await editor.rows()).toEqual([expect.objectContaining({ channelType: 'GCM', enabled: 'true' })]);
			await editor.closeNode();
			expect(await editor.node('Toggle Channel').innerText()).toContain('enable, Google, Shop');
		},
		2 * MINUTE,
	);

	it(
		'sends, and shows who got it and who did not',
		async () => {
			const devices = await devicesOfThePage();
			const changing = () =>
				editor
					.at('output-panel')
					.locator('.vjs-tree-node')
					.filter({ hasText: /"(applicationId|messageId|sentAt|latencyMs)"/ });
			await editor.newWorkflow('First push');
			await editor.add({ search: 'push', node: 'Send Push', action: 'Send a push notification' });
			await editor.pick('application', 'Shop', 'sho');
			await editor.choose('recipientSource', 'List');
			await editor.type('recipientList', devices.join('\n'));
			await editor.type('title', 'Hello');
			await editor.type('body', 'My first push');
			await editor.page.setViewportSize({ width: 1280, height: 1130 });
			await editor.at('parameter-input-resource').scrollIntoViewIfNeeded();
			await picture(editor.page, editor.at('ndv'), 'send');
			await editor.page.setViewportSize(VIEWPORT);
			expect(await editor.executeStep()).toBe(true);

			expect(await editor.outputs()).toEqual(['Sent Branch (1 item)', 'Failed Branch (1 item)']);
			expect(await editor.hints()).toEqual([expect.stringContaining('1 of 2 addresses are dead. Connect a clean-up')]);
			expect(await editor.rows('Sent')).toEqual([
				expect.objectContaining({ address: devices[0], deliveryStatus: 'SUCCESSFUL', tokenAction: 'keep' }),
			]);
			await editor.display('JSON');
			await picture(editor.page, editor.at('output-panel'), 'sent', changing());
			expect(await editor.rows('Failed')).toEqual([
				expect.objectContaining({ address: devices[1], providerReason: 'UNREGISTERED', tokenAction: 'remove' }),
			]);
			await editor.display('JSON');
			await picture(editor.page, editor.at('output-panel'), 'failed', changing());
			await editor.closeNode();
			expect(await editor.node('Send a push notification').innerText()).toContain('send: Google, Shop');
			await picture(editor.page, editor.page, 'canvas');

			const arrived = n8n.simulators.fcm.arrivals.filter(({ address }) => address === devices[0]);
			expect(arrived.map(({ body }) => JSON.parse(body))).toEqual([
				{
					message: expect.objectContaining({
						token: devices[0],
						notification: { title: 'Hello', body: 'My first push' },
					}),
				},
			]);
		},
		3 * MINUTE,
	);
});
