import { setTimeout as sleep } from 'node:timers/promises';

import { at } from '../../scripts/fullN8n';
import { isListening, receiver, sender, setUp, Sink } from './deliveryWorkflows';
import { FullN8n } from './harness';

const MINUTE = 60_000;

let n8n: FullN8n;
let sink: Sink;

beforeAll(async () => {
	sink = await Sink.open();
	n8n = await FullN8n.prepare(() => [], [setUp(), sender(), receiver(sink.url)]);
	await n8n.start();
	await n8n.session.activate('set-up-results', 'set-up-results');
	await n8n.session.activate('send-many', 'send-many');
	expect(await n8n.webhook('set-up-results', {})).toMatchObject({ status: 200 });
	expect((await n8n.session.publish('receive-failures')).status).toBe(200);
	await isListening(() => n8n.log());
}, 20 * MINUTE);

afterAll(async () => {
	await n8n?.close();
	sink?.close();
}, MINUTE);

/** `count` devices from number `from` on, one in ten of them dead. */
function devices(from: number, count: number): { all: string[]; dead: string[] } {
	const { production } = n8n.simulators.apns;
	const all = Array.from({ length: count }, (_, n) =>
		n % 10 === 3 ? production.addressFor('Unregistered', from + n) : production.goodAddress(from + n),
	);
	return { all, dead: all.filter((_, n) => n % 10 === 3) };
}

it(
	'10,000 pushes, one in ten to a dead token: the trigger brings exactly the failures, in batches of up to 500',
	async () => {
		const { all, dead } = devices(0, 10_000);
		const sent = await n8n.webhook('send-many', { devices: all });
		expect(sent.body).toMatchObject({ recipients: 10_000, failed: 1_000 });
		await sink.until(() => sink.addresses().length >= 1_000);
		await sleep(1_000);
		expect(sink.addresses().sort()).toEqual([...dead].sort());
		expect(Math.max(...sink.batches.map(({ length }) => length))).toBe(500);
		expect(sink.batches.length).toBeLessThanOrEqual(4);
	},
	2 * MINUTE,
);

it(
	'a single result starts the workflow too',
	async () => {
		sink.batches.length = 0;
		const { dead, all } = devices(20_000, 10);
		await n8n.webhook('send-many', { devices: all });
		await sink.until(() => sink.addresses().length >= 1);
		expect(sink.addresses()).toEqual(dead);
	},
	MINUTE,
);

it(
	'killed while a batch is under way, and started again: nothing is missing, and only that batch comes twice',
	async () => {
		sink.batches.length = 0;
		sink.hold = true;
		const { all, dead } = devices(30_000, 10_000);
		await n8n.webhook('send-many', { devices: all });
		await sink.until(() => sink.batches.length === 1);
		await n8n.kill();
		sink.hold = false;
		const [first = []] = sink.batches;
		await n8n.start();
		await sink.until(() => sink.addresses().length >= 1_000 + first.length);
		await sleep(3_000);
		expect([...new Set(sink.addresses())].sort()).toEqual([...dead].sort());
		expect(sink.addresses()).toHaveLength(1_000 + first.length);
	},
	4 * MINUTE,
);

it('n8n shows an execution of the trigger for each batch', async () => {
	const { body } = await n8n.session.get(
		`/rest/executions?filter=${encodeURIComponent(JSON.stringify({ workflowId: 'receive-failures' }))}`,
	);
	const results = at(body, 'results');
	expect(Array.isArray(results) && results.length).toBeGreaterThanOrEqual(4);
});
