import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

import { at, ROOT } from '../../scripts/fullN8n';
import { storeOfThisN8n } from '../../scripts/simulatorCredentials';
import { chain, collect, packageNode } from '../full-n8n/applicationWorkflows';
import { exampleNames, FullN8n, OWNER } from '../full-n8n/harness';
import { describeInBrowser, launchBrowser } from './chromium';
import { Editor } from './editor';

const MINUTE = 60_000;

const file = (name: string) => join(ROOT, 'docs', 'workflows', `${name}.json`);

const application = { __rl: true, mode: 'name', value: 'Checked' };

/** An application with a channel of Google and one of Amazon. */
function setUp(): object {
	const credentials = {
		fcmServiceAccountApi: { id: 'simFcm', name: 'Simulator: FCM' },
		amazonDeviceMessagingApi: { id: 'simAdm', name: 'Simulator: ADM' },
	};
	return chain('set-up', [
		packageNode('Create', 'manageApp', { name: 'Checked' }),
		packageNode('Enable', 'toggleChannel', { application, channels: ['GCM', 'ADM'] }, credentials),
		collect(['Create', 'Enable']),
	]);
}

/** A send for the application, to the device that a web request names. */
function sending(): object {
	return chain('send', [
		packageNode('Send', 'sendPush', { application, channel: 'GCM', recipientField: 'body.device', title: 'Hello' }),
		collect(['Send']),
	]);
}

describeInBrowser('the pipelines of docs/workflows, imported in the editor', () => {
	let n8n: FullN8n;
	let browser: Browser;
	let editor: Editor;

	beforeAll(async () => {
		n8n = await FullN8n.prepare(() => [storeOfThisN8n], [setUp(), sending()]);
		await n8n.start();
		await n8n.session.activate('set-up', 'set-up');
		await n8n.session.activate('send', 'send');
		await n8n.webhook('set-up', {});
		browser = await launchBrowser();
		editor = await Editor.login(browser, n8n.origin, OWNER);
	}, 20 * MINUTE);

	afterAll(async () => {
		await browser?.close();
		await n8n?.close();
	}, MINUTE);

	it(
		'all open with every node known, nothing missing and a note that explains them',
		async () => {
			for (const name of await exampleNames()) {
				const workflow: unknown = JSON.parse(await readFile(file(name), 'utf8'));
				const nodes: unknown[] = Object.values(at(workflow, 'nodes') ?? {});
				const isNote = (node: unknown) => at(node, 'type') === 'n8n-nodes-base.stickyNote';
				await editor.importFile(file(name));
				await expect(editor.countNodes()).resolves.toEqual({
					nodes: nodes.filter((node) => !isNote(node)).length,
					notes: nodes.filter(isNote).length,
					issues: 0,
				});
				expect([name, nodes.filter(isNote).length > 0]).toEqual([name, true]);
			}
		},
		5 * MINUTE,
	);

	it.each(['send-push', 'applications'])(
		'%s runs at a click',
		async (name) => {
			await editor.importFile(file(name));
			expect(await editor.executeWorkflow()).toContain('Workflow executed successfully');
		},
		2 * MINUTE,
	);

	it(
		'credential-check mails the channel that its provider refuses, and no other',
		async () => {
			n8n.simulators.adm.token.fail({ reason: 'invalid_client' });
			await editor.importFile(file('credential-check'));
			expect(await editor.executeWorkflow()).toContain('Workflow executed successfully');
			expect(n8n.simulators.mailbox.mails).toHaveLength(1);
			const [mail] = n8n.simulators.mailbox.mails;
			expect(mail).toMatchObject({ from: 'n8n@example.com', to: ['ops@example.com'] });
			expect(mail?.data).toContain('Subject: 1 push credentials need attention');
			expect(mail?.data).toContain('ADM of application');
			expect(mail?.data).not.toContain('GCM of application');
		},
		2 * MINUTE,
	);

	it(
		'approval asks back in the chat, and sends after the click only',
		async () => {
			const { fcm } = n8n.simulators;
			fcm.reset();
			await editor.importFile(file('approval'));
			await editor.chat('Hello {{name}}');
			await editor.page.getByText('Send “Hello {{name}}” to 3 devices?').waitFor();
			expect(fcm.arrivals).toEqual([]);
			await editor.page.getByRole('button', { name: 'Send', exact: true }).click();
			await editor.page.getByText('2 of 3 devices got it. Dead addresses: 1.').first().waitFor();
			const bodies = fcm.arrivals.map(({ body }): unknown => at(JSON.parse(body), 'message', 'notification', 'body'));
			expect(bodies.sort()).toEqual(['Hello Ann', 'Hello Ben', 'Hello Cleo']);
		},
		2 * MINUTE,
	);

	it(
		'approval sends nothing when the answer is no',
		async () => {
			n8n.simulators.fcm.reset();
			await editor.importFile(file('approval'));
			await editor.chat('Hello {{name}}');
			await editor.page.getByRole('button', { name: 'Do not send' }).click();
			await editor.page.getByText('Nothing was sent.').first().waitFor();
			expect(n8n.simulators.fcm.arrivals).toEqual([]);
		},
		2 * MINUTE,
	);

	it(
		'alarm mails what the trigger shows when nothing happens: a sample',
		async () => {
			n8n.simulators.mailbox.reset();
			await editor.importFile(file('alarm'));
			expect(await editor.executeWorkflow()).toContain('Workflow executed successfully');
			const [mail] = n8n.simulators.mailbox.mails;
			expect(mail?.data).toContain('Subject: Alarm: push failures above 20 percent');
			expect(mail?.data).toMatch(/44 percent +!/);
		},
		2 * MINUTE,
	);

	it(
		'the trigger listens while a workflow is built, and takes what another workflow sends',
		async () => {
			const device = n8n.simulators.fcm.addressFor('UNREGISTERED');
			await editor.startWith({ search: 'push result', node: 'Push Delivery Result', action: 'On invalid token' });
			await editor.at('trigger-execute-button').click();
			await editor.at('ndv').getByText('Stop Listening').first().waitFor();
			await n8n.webhook('send', { device });
			await editor.at('node-run-status-success').waitFor();
			expect(await editor.rows()).toEqual([
				expect.objectContaining({ address: device, verdict: 'dead', reason: 'UNREGISTERED', advice: 'Delete it.' }),
			]);
		},
		2 * MINUTE,
	);
});
