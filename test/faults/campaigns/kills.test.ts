import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../../scripts/build';
import { buildPrograms, PROGRAMS } from '../../bench/build';
import { Child } from '../../bench/children';
import { ADDRESS, deviceOf } from '../../bench/clients/devices';
import type { SinkAddress, SinkReport } from '../../bench/sink/types';
import { loadFixtures } from '../../simulators/pki/fixtures';
import { logged } from '../../campaigns/fixture';
import { describePostgres, postgresPlace, sqlitePlace, type StorePlace } from '../../store/stores';
import { openStore, type Store } from '../../../push/store';
import { SQLITE_WORKER } from '../../store/stores';
import { random, sleep } from '../store/processes';
import type { ChildTask } from './child';

/** Numbers of the devices start here: whoever checks a credential asks for a device with only zeros. */
const FIRST = 1;

const ROOT = join(__dirname, '../../..');

const RECIPIENTS = Number(process.env.FAULTS_RECIPIENTS ?? 100_000);

/** `FAULTS_KILLS=20` for the long run. */
const KILLS = Number(process.env.FAULTS_KILLS ?? 3);

/** From a request to its answer: many are in flight when a process is killed. */
const DELAY_MS = 20;

/** Results answered and not yet written when a process dies, at most: see docs/decisions. */
const UNWRITTEN = 5_000;

const PATIENCE_MS = 240_000;

jest.setTimeout(900_000);

let sink: Child;
let origin: string;
let fixtures: Awaited<ReturnType<typeof loadFixtures>>;

beforeAll(async () => {
	await ensureBuilt();
	await buildPrograms();
	fixtures = await loadFixtures(join(PROGRAMS, 'fixtures'));
	sink = new Child('sink.js');
	const { key, certificate } = fixtures.server;
	({ origin } = await sink.ask<SinkAddress>({ command: 'start', identity: { key, cert: certificate } }, 60_000));
});

afterAll(async () => await sink.end());

/** A process that runs n8n's engine with the built package. */
class Process {
	readonly lines: string[] = [];

	errors = '';

	readonly ended: Promise<number | null>;

	readonly child: ChildProcess;

	constructor(folder: string, task: ChildTask) {
		this.child = spawn(
			process.execPath,
			[join(ROOT, 'scripts/run.js'), join(__dirname, 'child.ts'), JSON.stringify(task)],
			{ env: { ...process.env, N8N_USER_FOLDER: folder, N8N_ENCRYPTION_KEY: 'the key of this n8n instance' } },
		);
		this.child.stdout?.on('data', (data: Buffer) => this.lines.push(...data.toString().split('\n').filter(Boolean)));
		this.child.stderr?.on('data', (data: Buffer) => (this.errors += data.toString()));
		this.ended = once(this.child, 'close').then(() => this.child.exitCode);
	}

	says(text: string): boolean {
		return this.lines.some((line) => line.includes(text));
	}

	async kill(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.ended;
	}
}

class Scene {
	readonly folder = mkdtempSync(join(tmpdir(), 'push-kills-'));

	readonly file = join(this.folder, 'people.csv');

	applicationId = '';

	readonly processes: Process[] = [];

	#store: Promise<Store> | undefined;

	constructor(
		readonly place: StorePlace,
		readonly store: ChildTask['store'],
	) {
		const rows = Array.from({ length: RECIPIENTS }, (_, n) => `${ADDRESS.apns(FIRST + n)},Person ${n}`);
		writeFileSync(this.file, `device,name\n${rows.join('\n')}\n`);
	}

	process(task: ChildTask): Process {
		const started = new Process(this.folder, { ...task, ...(this.store ? { store: this.store } : {}) });
		this.processes.push(started);
		return started;
	}

	async prepare(): Promise<void> {
		await sink.ask({ command: 'configure', settings: { shape: 'apns', delayMs: DELAY_MS, maxStreams: 1_000 } }, 60_000);
		const { apnsKeys, authority } = fixtures;
		const setUp = this.process({ job: 'setUp', apnsKey: apnsKeys.both, origin, ca: authority.certificate });
		expect({ code: await setUp.ended, errors: setUp.errors }).toEqual({ code: 0, errors: '' });
		this.applicationId = setUp.lines.join().replace('application ', '');
	}

	async start(): Promise<Process> {
		return this.process({ job: 'start', applicationId: this.applicationId, file: this.file });
	}

	async campaign() {
		const store = await this.#look();
		const [campaign] = (await store.campaigns.list({ limit: 1 })).items;
		const counts = campaign ? await store.campaigns.counts(campaign.number) : [];
		return { campaign, recorded: counts.reduce((sum, { recipients }) => sum + recipients, 0) };
	}

	async until(what: (seen: Awaited<ReturnType<Scene['campaign']>>) => boolean): Promise<void> {
		const end = Date.now() + PATIENCE_MS;
		while (!what(await this.campaign())) {
			const broken = this.processes.find(({ errors }) => errors !== '');
			if (broken) throw new Error(broken.errors);
			if (Date.now() > end) throw new Error(`It took too long: ${JSON.stringify(await this.campaign())}`);
			await sleep(100);
		}
	}

	/** What the sink counted against what the campaign recorded. */
	async judge(kills: number): Promise<void> {
		const seen = await sink.ask<SinkReport>({ command: 'report' }, 60_000);
		const store = await this.#look();
		const [campaign] = (await store.campaigns.list({ limit: 1 })).items;
		const results = await logged(store, campaign?.id ?? '');
		const recorded = new Uint8Array(RECIPIENTS);
		const marked = new Uint8Array(RECIPIENTS);
		for (const { address, possibleDuplicate } of results) {
			const device = deviceOf(address) - FIRST;
			recorded[device] = (recorded[device] ?? 0) + 1;
			if (possibleDuplicate) marked[device] = 1;
		}
		let missed = 0;
		let doubles = 0;
		let unmarked = 0;
		for (let device = 0; device < RECIPIENTS; device += 1) {
			const times = seen.acceptedByDevice[FIRST + device] ?? 0;
			if (times === 0) missed += 1;
			if (times > 1) doubles += times - 1;
			if (times > 1 && !marked[device]) unmarked += 1;
		}
		const once = recorded.filter((times) => times === 1).length;
		console.log(
			`${kills} kills: ${missed} missed, ${doubles} doubled (${marked.filter(Boolean).length} marked), at most ${seen.maxInFlight} in flight`,
		);
		expect({ missed, unmarked, once, state: campaign?.state }).toEqual({
			missed: 0,
			unmarked: 0,
			once: RECIPIENTS,
			state: 'COMPLETED',
		});
		expect(doubles).toBeLessThanOrEqual(kills * (seen.maxInFlight + UNWRITTEN));
	}

	/** The store as somebody else sees it. */
	async #look(): Promise<Store> {
		this.#store ??= this.place.open();
		return await this.#store;
	}

	async close(): Promise<void> {
		for (const { child } of this.processes) child.kill('SIGKILL');
		await (await this.#store)?.close();
		await this.place.remove();
		await rm(this.folder, { recursive: true, force: true });
	}
}

function sqliteScene(): Scene {
	const place = sqlitePlace();
	const scene = new Scene(place, undefined);
	const file = join(scene.folder, '.n8n', 'storage', 'n8n-nodes-push-notifications', 'push.sqlite');
	return Object.assign(scene, {
		place: {
			open: async () => await openStore({ kind: 'sqlite', file, workerPath: SQLITE_WORKER }),
			remove: place.remove,
		},
	});
}

function postgresScene(): Scene {
	const place = postgresPlace();
	const { host, port, database, user, schema } = place.options;
	return new Scene(place, { kind: 'postgres', connectBy: 'fields', host, port, database, user, schema, tls: 'off' });
}

/** Kills one process after the other; the campaign is never touched but by the runner. */
async function killAgainAndAgain(scene: Scene, together: number): Promise<number> {
	const first = await scene.start();
	await scene.until(({ campaign }) => campaign?.intake === 'DONE');
	const processes: Process[] = [first];
	while (processes.length < together) processes.push(scene.process({ job: 'run' }));
	let kills = 0;
	while (kills < KILLS) {
		const { recorded } = await scene.campaign();
		// Somewhere while it is sending, not while processes start.
		await scene.until(({ campaign, recorded: now }) => now > recorded || campaign?.state === 'COMPLETED');
		await sleep(random() * 600);
		if ((await scene.campaign()).campaign?.state === 'COMPLETED') break;
		const victim = processes.splice(Math.floor(random() * processes.length), 1)[0];
		await victim?.kill();
		kills += 1;
		processes.push(scene.process({ job: 'run' }));
	}
	await scene.until(({ campaign }) => campaign?.state === 'COMPLETED');
	for (const left of processes) await left.kill();
	expect(processes.map(({ errors }) => errors).join('')).toBe('');
	return kills;
}

describe('processes killed in the middle of a campaign', () => {
	test('SQLite: everybody is reached, doubles are what was in flight, and all of them are marked', async () => {
		const scene = sqliteScene();
		try {
			await scene.prepare();
			const kills = await killAgainAndAgain(scene, 1);
			expect(kills).toBeGreaterThan(0);
			await scene.judge(kills);
		} finally {
			await scene.close();
		}
	});

	test('SQLite: killed while the file is read, started again with the same key', async () => {
		const scene = sqliteScene();
		try {
			await scene.prepare();
			const first = await scene.start();
			await scene.until(({ campaign }) => (campaign?.rows ?? 0) > 0);
			await first.kill();
			const second = await scene.start();
			expect({ code: await second.ended, errors: second.errors }).toEqual({ code: 0, errors: '' });
			const runner = scene.process({ job: 'run' });
			await scene.until(({ campaign }) => campaign?.state === 'COMPLETED');
			await runner.kill();
			await scene.judge(1);
		} finally {
			await scene.close();
		}
	});
});

describePostgres('two processes on one campaign', () => {
	test('PostgreSQL: everybody is reached, doubles are what was in flight, and all of them are marked', async () => {
		const scene = postgresScene();
		try {
			await scene.prepare();
			const kills = await killAgainAndAgain(scene, 2);
			expect(kills).toBeGreaterThan(0);
			await scene.judge(kills);
		} finally {
			await scene.close();
		}
	});
});
