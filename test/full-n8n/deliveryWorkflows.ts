import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { chain, packageNode } from './applicationWorkflows';

const APNS = { apnsKeyApi: { id: 'simApnsKey', name: 'Simulator: APNs key' } };

export const APPLICATION = { __rl: true, mode: 'name', value: 'Results' };

/** Makes the application and turns its channel on. */
export function setUp(credentials: object = {}): object {
	return chain('set-up-results', [
		packageNode('Create', 'manageApp', { name: 'Results' }, credentials),
		packageNode(
			'Enable',
			'toggleChannel',
			{ application: APPLICATION, channels: ['APNS'] },
			{ ...APNS, ...credentials },
		),
	]);
}

/** Workflow A: sends to the devices in the body of its webhook, and answers with the summary. */
export function sender(credentials: object = {}): object {
	return chain('send-many', [
		packageNode(
			'Send',
			'sendPush',
			{
				application: APPLICATION,
				channel: 'APNS',
				recipientSource: 'list',
				recipientList: '={{ $json.body.devices.join(",") }}',
				title: 'Hello',
				options: { results: 'summary' },
			},
			credentials,
		),
	]);
}

/** Workflow B: starts with failed results and hands each batch of addresses to a server. */
export function receiver(url: string, credentials: object = {}): object {
	const node = (name: string, type: string, parameters: object, more: object = {}) => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...more,
	});
	return {
		id: 'receive-failures',
		name: 'receive-failures',
		active: false,
		nodes: [
			node(
				'Failures',
				'n8n-nodes-push-notifications.deliveryResultTrigger',
				{ event: 'result', results: 'failed', application: APPLICATION, options: { batchSize: 500, maximumWait: 2 } },
				{ credentials },
			),
			node(
				'Hand Over',
				'n8n-nodes-base.httpRequest',
				{
					method: 'POST',
					url,
					sendBody: true,
					contentType: 'raw',
					rawContentType: 'application/json',
					body: '={{ JSON.stringify($input.all().map((item) => item.json.address)) }}',
					options: {},
				},
				{ typeVersion: 4.2, executeOnce: true },
			),
		],
		connections: { Failures: { main: [[{ node: 'Hand Over', type: 'main', index: 0 }]] } },
		settings: {},
	};
}

/** n8n takes a workflow into service some moments after it said so. */
export async function isListening(log: () => string): Promise<void> {
	const deadline = performance.now() + 60_000;
	while (performance.now() < deadline) {
		const [, outcome] = /outbox record.*"workflowId": "receive-failures", "result": "(\w+)"/.exec(log()) ?? [];
		if (outcome === 'failed') throw new Error(`The trigger could not be started:\n${log().slice(-4_000)}`);
		if (outcome !== undefined) return;
		await sleep(100);
	}
	throw new Error('n8n has not started the trigger within a minute');
}

/** Where workflow B puts what it gets. */
export class Sink {
	readonly batches: string[][] = [];

	/** While set, answers wait. */
	hold = false;

	private constructor(
		readonly url: string,
		private readonly server: ReturnType<typeof createServer>,
	) {}

	static async open(): Promise<Sink> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('The sink has no port');
		const sink = new Sink(`http://127.0.0.1:${address.port}/`, server);
		server.on('request', (request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => void sink.take(body).then(() => response.end('{}')));
		});
		return sink;
	}

	addresses(): string[] {
		return this.batches.flat();
	}

	/** Waits until `done` says so, at most a minute. */
	async until(done: () => boolean): Promise<void> {
		const deadline = performance.now() + 60_000;
		while (!done()) {
			if (performance.now() > deadline) throw new Error(`Only ${this.addresses().length} addresses arrived`);
			await sleep(50);
		}
	}

	close(): void {
		this.server.closeAllConnections();
		this.server.close();
	}

	private async take(body: string): Promise<void> {
		const batch: unknown = JSON.parse(body);
		if (Array.isArray(batch)) this.batches.push(batch.map(String));
		while (this.hold) await sleep(20);
	}
}
