import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openStore } from '../../../push/store';
import { postgresPlace, pushStoreFields, SQLITE_WORKER, type StorePlace } from '../../store/stores';
import { sleep } from '../store/processes';
import type { ChildTask } from './child';
import { type Provider, Scene } from './scene';

const ROOT = join(__dirname, '../../..');

/** A process that runs n8n's engine with the built package. */
export class Process {
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

	async says(line: string): Promise<void> {
		while (!this.lines.includes(line)) {
			if (this.child.exitCode !== null) throw new Error(`It ended without saying "${line}": ${this.errors}`);
			await sleep(10);
		}
	}

	async kill(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.ended;
	}
}

/** A campaign that such processes work on. */
export class EngineScene extends Scene {
	applicationId = '';

	constructor(
		private readonly sink: Provider,
		place: StorePlace,
		readonly store: ChildTask['store'],
		private readonly processes: Process[] = [],
	) {
		super(sink, place, () => processes.find(({ errors }) => errors !== '')?.errors);
	}

	process(task: ChildTask): Process {
		const started = new Process(this.folder, { ...task, ...(this.store ? { store: this.store } : {}) });
		this.processes.push(started);
		return started;
	}

	async prepare(): Promise<void> {
		await this.sink.reset();
		const { apnsKey, origin, ca } = this.sink;
		const setUp = this.process({ job: 'setUp', apnsKey, origin, ca });
		expect({ code: await setUp.ended, errors: setUp.errors }).toEqual({ code: 0, errors: '' });
		this.applicationId = setUp.lines.join().replace('application ', '');
	}

	/** @param more another source than the file */
	start(more: Partial<ChildTask> = { file: this.file }): Process {
		return this.process({ job: 'start', applicationId: this.applicationId, ...more });
	}

	override async close(): Promise<void> {
		for (const { child } of this.processes) child.kill('SIGKILL');
		await super.close();
	}
}

export function sqliteScene(provider: Provider): EngineScene {
	const scene: EngineScene = new EngineScene(
		provider,
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

export function postgresScene(provider: Provider): EngineScene {
	const place = postgresPlace();
	return new EngineScene(provider, place, pushStoreFields(place.options));
}
