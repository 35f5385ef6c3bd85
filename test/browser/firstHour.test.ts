import type { Browser } from 'playwright-core';

import { storeOfThisN8n } from '../../scripts/simulatorCredentials';
import { FullN8n, OWNER } from '../full-n8n/harness';
import { describeInBrowser, launchBrowser } from './chromium';
import { Editor } from './editor';
import { picture } from './pictures';

const MINUTE = 60_000;

describeInBrowser('the first hour of a new user', () => {
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
		'finds the nodes by what people look for',
		async () => {
			await editor.newWorkflow('Search');
			for (const words of ['push', 'notification', 'apns', 'fcm', 'firebase', 'ios', 'android', 'kindle']) {
				const own = (await editor.search(words)).filter((name) =>
					['Send Push', 'Toggle Channel', 'Manage App'].includes(name),
				);
				expect([words, own[0], own.length]).toEqual([words, 'Send Push', 3]);
			}
			await editor.search('push');
			await picture(editor.page, 'panel');
		},
		2 * MINUTE,
	);
});
