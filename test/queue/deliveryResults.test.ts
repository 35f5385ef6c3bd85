import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

import { ensureBuilt } from '../../scripts/build';
import { importIntoN8n, installN8n, installPackage, type RunningN8n, Session, startN8n } from '../../scripts/fullN8n';
import { simulatorCredentials } from '../../scripts/simulatorCredentials';
import { isListening, receiver, sender, setUp, Sink } from '../full-n8n/deliveryWorkflows';
import { type Simulators, startSimulators } from '../simulators';
import { postgresPlace, pushStoreFields } from '../store/stores';

const MINUTE = 60_000;
const OWNER = { email: 'owner@example.com', password: 'Not-a-real-1' };

const name = `n8n_queue_${randomBytes(4).toString('hex')}`;
const store = postgresPlace();
const { host, port, database, user } = store.options;
const STORE = { pushStoreApi: { id: 'pgStore', name: 'PostgreSQL' } };

/** The same for the main process and for its worker. */
const QUEUE: NodeJS.ProcessEnv = {
	EXECUTIONS_MODE: 'queue',
	QUEUE_BULL_REDIS_HOST: '127.0.0.1',
	QUEUE_BULL_REDIS_PORT: '6379',
	QUEUE_BULL_PREFIX: name,
	N8N_REDIS_KEY_PREFIX: name,
	DB_TYPE: 'postgresdb',
	DB_POSTGRESDB_HOST: host,
	DB_POSTGRESDB_PORT: String(port),
	DB_POSTGRESDB_DATABASE: database,
	DB_POSTGRESDB_USER: user,
	DB_POSTGRESDB_SCHEMA: name,
	N8N_ENCRYPTION_KEY: 'the key of this n8n in queue mode',
	N8N_LOG_LEVEL: 'debug',
};

/** See test/setup/bundles.js. */
const withServices =
	process.env.PUSH_TEST_POSTGRES === 'yes' && process.env.PUSH_TEST_REDIS === 'yes' ? describe : describe.skip;

withServices('queue mode: sent on a worker, received on the main process', () => {
	let simulators: Simulators;
	let sink: Sink;
	let program: string;
	let folder: string;
	let main: RunningN8n;
	let worker: RunningN8n;

	const startMain = async () => await startN8n(program, { userFolder: folder, env: QUEUE });

	beforeAll(async () => {
		const say = (line: string) => process.stderr.write(`${line}\n`);
		program = await installN8n(say);
		await ensureBuilt(say);
		folder = await mkdtemp(join(tmpdir(), 'push-queue-'));
		[simulators, sink] = await Promise.all([startSimulators(), Sink.open()]);
		await inPostgres(`CREATE SCHEMA "${name}"`);
		await installPackage(folder);
		const credentials = [
			...simulatorCredentials(simulators),
			{ id: 'pgStore', name: 'PostgreSQL', type: 'pushStoreApi', data: pushStoreFields(store.options) },
		];
		await importIntoN8n(program, folder, 'credentials', credentials, QUEUE);
		await importIntoN8n(program, folder, 'workflow', [setUp(STORE), sender(STORE), receiver(sink.url, STORE)], QUEUE);
		main = await startMain();
		worker = await startN8n(program, { userFolder: folder, env: QUEUE, command: 'worker' });
		const session = await Session.open(main.origin, OWNER);
		for (const path of ['set-up-results', 'send-many']) await session.activate(path, path);
		expect(await webhook('set-up-results', {})).toMatchObject({ status: 200 });
		expect((await session.publish('receive-failures')).status).toBe(200);
		await isListening(() => main.log());
	}, 20 * MINUTE);

	afterAll(async () => {
		await Promise.all([main?.stop(), worker?.stop()]);
		await simulators?.close();
		sink?.close();
		await inPostgres(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
		await store.remove();
		await rm(folder, { recursive: true, force: true });
	}, 2 * MINUTE);

	async function webhook(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
		const answer = await fetch(`${main.origin}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return { status: answer.status, body: await answer.json() };
	}

	function devices(from: number, count: number): { all: string[]; dead: string[] } {
		const { production } = simulators.apns;
		const all = Array.from({ length: count }, (_, n) =>
			n % 10 === 3 ? production.addressFor('Unregistered', from + n) : production.goodAddress(from + n),
		);
		return { all, dead: all.filter((_, n) => n % 10 === 3) };
	}

	it(
		'the trigger brings exactly the failures of 10,000 pushes',
		async () => {
			const { all, dead } = devices(0, 10_000);
			const sent = await webhook('send-many', { devices: all });
			expect(sent.body).toMatchObject({ recipients: 10_000, failed: 1_000 });
			await sink.until(() => sink.addresses().length >= 1_000);
			await sleep(1_000);
			expect(sink.addresses().sort()).toEqual([...dead].sort());
			// It was the worker that sent: the main process has no connection to the provider.
			expect(worker.log()).toContain('Running node "Send" finished successfully');
			expect(main.log()).not.toContain('Running node "Send" started');
		},
		2 * MINUTE,
	);

	it(
		'the main process killed while a batch is under way, and started again: nothing is missing',
		async () => {
			sink.batches.length = 0;
			sink.hold = true;
			const { all, dead } = devices(20_000, 10_000);
			await webhook('send-many', { devices: all });
			await sink.until(() => sink.batches.length === 1);
			await main.kill();
			sink.hold = false;
			main = await startMain();
			await sink.until(() => new Set(sink.addresses()).size >= 1_000);
			await sleep(3_000);
			expect([...new Set(sink.addresses())].sort()).toEqual([...dead].sort());
			// Only the batch whose end the main process did not hear of may have come twice.
			expect(sink.addresses().length).toBeLessThanOrEqual(1_500);
		},
		4 * MINUTE,
	);
});

async function inPostgres(sql: string): Promise<void> {
	const client = new Client({ host, port, database, user });
	await client.connect();
	await client.query(sql);
	await client.end();
}
