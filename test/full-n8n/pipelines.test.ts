import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { at, PACKAGE_NAME, ROOT } from '../../scripts/fullN8n';
import type { N8nCredential } from '../../scripts/simulatorCredentials';
import { badCredentials, sandboxOnlyKey, secretsIn, tokensShown } from './cases';
import { exampleWorkflow, FullN8n } from './harness';

const MINUTE = 60_000;

let n8n: FullN8n;
let commandRun: unknown;

beforeAll(async () => {
	n8n = await FullN8n.prepare((simulators) => [...badCredentials(simulators), sandboxOnlyKey(simulators)]);
	commandRun = await n8n.execute('pushSendDemo');
	await n8n.start();
	await n8n.session.activate('pushWebhookDemo', 'push');
	await n8n.session.activate('pushMessagesDemo', 'messages');
}, 20 * MINUTE);

afterAll(async () => {
	await n8n?.close();
}, MINUTE);

async function webhook(body: unknown, path = 'push'): Promise<{ status: number; body: unknown }> {
	return await n8n.webhook(path, body);
}

describe('what n8n lists', () => {
	interface Listed {
		name: string;
		iconUrl?: string | { light: string; dark: string };
		testedBy?: string;
	}
	let manifest: { n8n: { nodes: string[]; credentials: string[] } };
	let nodes: Listed[];
	let credentials: Listed[];

	beforeAll(async () => {
		manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
		const [nodeTypes, credentialTypes] = await Promise.all([
			n8n.session.get('/types/nodes.json'),
			n8n.session.get('/types/credentials.json'),
		]);
		nodes = (Array.isArray(nodeTypes.body) ? nodeTypes.body : []).filter(({ name }) =>
			name.startsWith(`${PACKAGE_NAME}.`),
		);
		credentials = Array.isArray(credentialTypes.body) ? credentialTypes.body : [];
	});

	const className = (file: string) => file.split('/').at(-1)?.split('.')[0] ?? '';
	const typeName = (file: string) => className(file).charAt(0).toLowerCase() + className(file).slice(1);

	it('has every node of the package, and Send Push as a tool too', () => {
		const names = nodes.map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining(manifest.n8n.nodes.map((file) => `${PACKAGE_NAME}.${typeName(file)}`)),
		);
		expect(names).toContain(`${PACKAGE_NAME}.sendPushTool`);
	});

	it('has every credential of the package', () => {
		const names = credentials.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(manifest.n8n.credentials.map(typeName)));
	});

	it('serves the icon of each of them, for light and dark', async () => {
		const own = new Set(manifest.n8n.credentials.map(typeName));
		const urls = [...nodes, ...credentials.filter(({ name }) => own.has(name))].flatMap(({ name, iconUrl }) =>
			typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [iconUrl ?? `no icon for ${name}`],
		);
		const answers = await Promise.all(
			urls.map(async (url) => {
				const answer = await fetch(`${n8n.origin}/${url}`);
				return [url, answer.status, answer.headers.get('content-type')?.split(';')[0]];
			}),
		);
		expect(answers).toEqual(urls.map((url) => [url, 200, 'image/svg+xml']));
	});
});

describe('the Test button of a credential', () => {
	it.each(['simApnsKey', 'simApnsCertificate', 'simFcm', 'simBaidu', 'simAdm'])('accepts %s', async (id) => {
		expect(await n8n.testCredential(id)).toEqual({ status: 'OK', message: expect.stringMatching(/^[A-Z].*\.$/s) });
	});

	it('says that a key works for the sandbox only', async () => {
		expect(await n8n.testCredential('sandboxOnlyKey')).toEqual({
			status: 'OK',
			message: expect.stringMatching(/sandbox/i),
		});
	});

	it.each([
		['badApnsKey', /\.p8/],
		['badApnsKeyId', /ZZZZZZZZZZ.*InvalidProviderToken/],
		['badP12Password', /password is wrong/],
		['badServiceAccount', /not a service account/],
		['badBaiduSecret', /secret key is wrong/],
		['badAdmSecret', /client secret is wrong/],
	])('says in a sentence what is wrong with %s', async (id, words) => {
		const { status, message } = await n8n.testCredential(id);
		expect(status).toBe('Error');
		expect(message).toMatch(words);
		expect(message).toMatch(/^[A-Z].*\.$/s);
		expect(message).not.toMatch(/\bat .*:\d+:\d+|undefined|\[object/);
		const own = n8n.credentials.filter((credential: N8nCredential) => credential.id === id);
		for (const secret of secretsIn(own)) expect(message).not.toContain(secret);
	});
});

describe('a workflow started by a web request', () => {
	it('answers with the result of a device that got it', async () => {
		const device = n8n.simulators.fcm.goodAddress(7);
		const answer = await webhook({ channel: 'FCM', device, title: 'Hello', body: 'From a webhook' });
		expect(answer.status).toBe(200);
		expect(answer.body).toEqual([
			expect.objectContaining({
				address: device,
				channelType: 'GCM',
				deliveryStatus: 'SUCCESSFUL',
				statusCode: 200,
				tokenAction: 'keep',
				messageId: expect.stringContaining('projects/'),
			}),
		]);
		const arrived = n8n.simulators.fcm.arrivals.filter(({ address }) => address === device);
		expect(arrived).toHaveLength(1);
		expect(JSON.parse(arrived[0]?.body ?? '')).toMatchObject({ message: { token: device } });
		expect(arrived[0]?.body).toContain('From a webhook');
	});

	it('answers with good and bad devices of one request', async () => {
		const { production } = n8n.simulators.apns;
		const device = [production.goodAddress(8), production.addressFor('Unregistered', 8)];
		const answer = await webhook({ channel: 'APNS', device, title: 'Hello', body: 'Two devices' });
		expect(answer.body).toEqual([
			expect.objectContaining({ address: device[0], deliveryStatus: 'SUCCESSFUL', messageId: expect.any(String) }),
			expect.objectContaining({
				address: device[1],
				deliveryStatus: 'PERMANENT_FAILURE',
				statusCode: 410,
				providerReason: 'Unregistered',
				tokenAction: 'remove',
			}),
		]);
	});

	it('answers with a result, not with an error, for a channel nobody knows', async () => {
		const answer = await webhook({ channel: 'PIGEON', device: 'x', title: 'Hello', body: 'World' });
		expect(answer.status).toBe(200);
		expect(answer.body).toEqual([
			expect.objectContaining({
				deliveryStatus: 'PERMANENT_FAILURE',
				statusMessage: expect.stringContaining('PIGEON'),
			}),
		]);
	});
});

describe('an AWS message request over HTTP', () => {
	it('is answered with its message response', async () => {
		const { fcm, apns } = n8n.simulators;
		const [good, gone] = [fcm.goodAddress(11), apns.sandbox.addressFor('Unregistered', 11)];
		const answer = await webhook(
			{
				Addresses: { [good]: { ChannelType: 'GCM' }, [gone]: { ChannelType: 'APNS_SANDBOX' } },
				MessageConfiguration: { DefaultPushNotificationMessage: { Action: 'OPEN_APP', Title: 'Hello', Body: 'AWS' } },
			},
			'messages',
		);
		expect(answer.status).toBe(200);
		expect(at(answer.body, 'Result')).toEqual({
			[good]: expect.objectContaining({ DeliveryStatus: 'SUCCESSFUL', StatusCode: 200 }),
			[gone]: expect.objectContaining({ DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: 410 }),
		});
	});
});

describe('a workflow started from the command line', () => {
	const NODES = { Apple: [2, 2], Google: [2, 2], Baidu: [2, 1], Amazon: [2, 1] } as const;

	it.each(Object.entries(NODES))('puts the devices of %s on Sent and Failed', (node, counts) => {
		const outputs = [0, 1].map((branch) =>
			at(commandRun, 'data', 'resultData', 'runData', node, 0, 'data', 'main', branch),
		);
		expect(outputs.map((items) => (Array.isArray(items) ? items.length : 0))).toEqual(counts);
	});

	it('runs to the end with every device accounted for', async () => {
		expect(at(commandRun, 'status')).toBe('success');
		const workflow = await exampleWorkflow('send-push');
		const lists = (Array.isArray(at(workflow, 'nodes')) ? Object.values(at(workflow, 'nodes') ?? {}) : [])
			.map((node) => at(node, 'parameters', 'recipientList'))
			.filter((list) => typeof list === 'string');
		const text = JSON.stringify(commandRun);
		const devices = lists.flatMap((list) => list.split('\n'));
		expect(devices).toHaveLength(14);
		for (const device of devices) expect(text).toContain(`"address":${JSON.stringify(device)}`);
	});
});

describe('the Stop button', () => {
	it('ends a send that waits for an answer', async () => {
		const { adm } = n8n.simulators;
		const device = adm.goodAddress(9);
		adm.fail({ address: device, silence: true });
		const waiting = webhook({ channel: 'ADM', device, title: 'Hello', body: 'Nobody answers' });
		const id = await runningExecution();
		const stopped = await n8n.session.post(`/rest/executions/${id}/stop`, {});
		expect([stopped.status, at(stopped.body, 'status')]).toEqual([200, 'canceled']);
		expect((await waiting).status).toBe(500);
		expect(at((await n8n.session.get(`/rest/executions/${id}`)).body, 'status')).toBe('canceled');
	}, 30_000);

	async function runningExecution(): Promise<string> {
		for (let attempt = 0; attempt < 100; attempt++) {
			const { body } = await n8n.session.get(`/rest/executions?filter=${encodeURIComponent('{"status":["running"]}')}`);
			const id = at(body, 'results', 0, 'id');
			if (typeof id === 'string' && n8n.simulators.adm.connections.open > 0) return id;
			await sleep(100);
		}
		throw new Error('n8n lists no running execution');
	}
});

describe('secrets', () => {
	let secrets: string[];

	beforeAll(() => {
		const tokens = tokensShown(n8n.simulators);
		secrets = [...secretsIn(n8n.credentials), ...tokens];
		// Key and certificate connections show no token; the others showed one each at least.
		expect(tokens.length).toBeGreaterThan(2);
		expect(secrets.length).toBeGreaterThan(15);
	});

	it("are not in n8n's log at its most talkative, and no stack trace of this package is", () => {
		const log = n8n.log();
		expect(log).toContain('Editor is now accessible');
		expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
		expect(log).not.toMatch(new RegExp(`at .*${PACKAGE_NAME}/dist`));
	});

	it('are not in the executions n8n keeps', async () => {
		const { body } = await n8n.session.get('/rest/executions');
		const list: unknown = at(body, 'results');
		const ids = Array.isArray(list) ? list.map((execution) => String(at(execution, 'id'))) : [];
		const kept = await Promise.all(
			ids.map(async (id) => JSON.stringify(await n8n.session.get(`/rest/executions/${id}`))),
		);
		const text = kept.join('\n');
		expect(text).toContain(n8n.simulators.fcm.goodAddress(7));
		expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
	});
});
