import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openStore } from '../../../push/store';
import { describePostgres, postgresPlace, SQLITE_WORKER, type StorePlace } from '../../store/stores';
import { random, sleep } from '../store/processes';
import type { ChildTask } from './child';
import { Provider, Scene } from './scene';

/** Processes that run n8n's engine, killed at full speed; n8n.test.ts kills the full n8n. */
const ROOT = join(__dirname, '../../..');

const KILLS = 3;

jest.setTimeout(900_000);

let provider: Provider;

beforeAll(async () => {
	provider = await Provider.start();
});

afterAll(async () => await provider.end());

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

	async kill(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.ended;
	}
}

/** A campaign that such processes work on. */
class EngineScene extends Scene {
	applicationId = '';

	constructor(
		place: StorePlace,
		readonly store: ChildTask['store'],
		private readonly processes: Process[] = [],
	) {
		super(provider, place, () => processes.find(({ errors }) => errors !== '')?.errors);
	}

	process(task: ChildTask): Process {
		const started = new Process(this.folder, { ...task, ...(this.store ? { store: this.store } : {}) });
		this.processes.push(started);
		return started;
	}

	async prepare(): Promise<void> {
		await provider.reset();
		const { apnsKey, origin, ca } = provider;
		const setUp = this.process({ job: 'setUp', apnsKey, origin, ca });
		expect({ code: await setUp.ended, errors: setUp.errors }).toEqual({ code: 0, errors: '' });
		this.applicationId = setUp.lines.join().replace('application ', '');
	}

	start(): Process {
		return this.process({ job: 'start', applicationId: this.applicationId, file: this.file });
	}

	override async close(): Promise<void> {
		for (const { child } of this.processes) child.kill('SIGKILL');
		await super.close();
	}
}

function sqliteScene(): EngineScene {
	const scene: EngineScene = new EngineScene(
		{
			open: async () => {
				const file = join(scene.folder, '.n8n', 'storage', 'n8n-nodes-push-notifications', 'push.sqlite');
				return await openStore({ kind: 'sqlite', file, workerPath: SQLITE_WORKER });
			},
			remove: async () => {},
		},
		undefined,
	);
	return scene;
}

function postgresScene(): EngineScene {
	const place = postgresPlace();
	const { host, port, database, user, schema } = place.options;
	return new EngineScene(place, {
		kind: 'postgres',
		connectBy: 'fields',
		host,
		port,
		database,
		user,
		schema,
		tls: 'off',
	});
}

/** Kills one process after the other; the campaign is never touched but by the runner. */
async function killAgainAndAgain(scene: EngineScene, together: number): Promise<number> {
	const first = scene.start();
	await scene.until(({ campaign }) => campaign?.intake === 'DONE');
	const processes: Process[] = [first];
	while (processes.length < together) processes.push(scene.process({ job: 'run' }));
	let kills = 0;
	while (kills < KILLS) {
		if (!(await scene.untilItSends())) break;
		await sleep(random() * 600);
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
			const first = scene.start();
			await scene.until(({ campaign }) => (campaign?.rows ?? 0) > 0);
			await first.kill();
			const second = scene.start();
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
