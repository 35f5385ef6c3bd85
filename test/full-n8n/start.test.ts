import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { at, importIntoN8n, installN8n, n8nCommand, ROOT } from '../../scripts/fullN8n';
import { exampleWorkflow } from './harness';

const MINUTE = 60_000;

/** `npm start` in a folder of its own, as a process of its own. */
class Start {
	output = '';

	private readonly child: ChildProcess;

	readonly ended: Promise<number | null>;

	constructor(...args: string[]) {
		this.child = spawn(
			process.execPath,
			[join(ROOT, 'scripts', 'run.js'), join(ROOT, 'scripts', 'start.ts'), ...args],
			{
				// From any folder.
				cwd: tmpdir(),
				stdio: ['ignore', 'pipe', 'pipe'],
			},
		);
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
		}
		this.ended = once(this.child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
	}

	/** Waits until it says so. */
	async says(text: string): Promise<void> {
		while (!this.output.includes(text)) {
			const next = await Promise.race([
				once(this.child.stdout ?? this.child, 'data').then(() => 'more' as const),
				this.ended,
			]);
			if (next !== 'more' && !this.output.includes(text))
				throw new Error(`It ended without saying "${text}":\n${this.output}`);
		}
	}

	async stop(): Promise<number | null> {
		if (this.child.exitCode === null) this.child.kill('SIGTERM');
		return await this.ended;
	}
}

describe('npm start', () => {
	let folder: string;
	let program: string;
	const starts: Start[] = [];

	const start = (...args: string[]): Start => {
		const started = new Start('--folder', folder, ...args);
		starts.push(started);
		return started;
	};

	beforeAll(async () => {
		program = await installN8n((line) => process.stderr.write(`${line}\n`));
		folder = await mkdtemp(join(tmpdir(), 'push-start-'));
	}, 20 * MINUTE);

	afterAll(async () => {
		for (const started of starts) await started.stop();
		await rm(folder, { recursive: true, force: true });
	}, MINUTE);

	it(
		'checks that n8n lists the package, and ends',
		async () => {
			const checking = start('--check');
			expect([await checking.ended, checking.output]).toEqual([0, expect.stringContaining('sendPush')]);
		},
		2 * MINUTE,
	);

	it(
		'gives n8n every example and the credentials they name, and one of a Push Store',
		async () => {
			const examples = (await readdir(join(ROOT, 'docs', 'workflows'))).filter((file) => file.endsWith('.json'));
			const workflows = await exported('workflow');
			expect(workflows).toHaveLength(examples.length);
			const ids = workflows.map((workflow) => at(workflow, 'id'));
			expect(ids).toEqual(expect.arrayContaining(['pushSendDemo', 'pushAppDemo']));
			const types = (await exported('credentials')).map((credential) => at(credential, 'type'));
			expect(types.sort()).toEqual([
				'amazonDeviceMessagingApi',
				'apnsCertificateApi',
				'apnsKeyApi',
				'baiduPushApi',
				'fcmServiceAccountApi',
				'postgresSourceApi',
				'pushStoreApi',
				'smtp',
			]);
		},
		MINUTE,
	);

	/** Everything of a kind that n8n has now. */
	async function exported(kind: 'workflow' | 'credentials'): Promise<unknown[]> {
		const file = join(folder, `all-${kind}.json`);
		await n8nCommand(program, folder, [`export:${kind}`, '--all', `--output=${file}`]);
		const all: unknown = JSON.parse(await readFile(file, 'utf8'));
		return Array.isArray(all) ? all : [];
	}

	it('keeps the password to itself', async () => {
		const { mode } = await stat(join(folder, 'start.json'));
		expect(mode & 0o077).toBe(0);
	});

	it(
		"keeps the user's changes, says how to log in, answers webhooks and stops everything at the end",
		async () => {
			const workflow = await exampleWorkflow('send-push');
			const renamed = { ...Object.fromEntries(Object.entries(workflow ?? {})), name: 'Renamed by the user' };
			await importIntoN8n(program, folder, 'workflow', [renamed]);

			const serving = start();
			await serving.says('Ctrl-C stops everything');
			const origin = /Address\s+(http:\S+)/.exec(serving.output)?.[1] ?? '';
			const { owner } = JSON.parse(await readFile(join(folder, 'start.json'), 'utf8'));
			expect(serving.output).toContain(owner.password);
			const body = /-d '(.*)'/.exec(serving.output)?.[1] ?? '';
			const answer = await fetch(`${origin}/webhook/push`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body,
			});
			expect(await answer.json()).toEqual([expect.objectContaining({ deliveryStatus: 'SUCCESSFUL' })]);

			const twice = start();
			expect([await twice.ended, twice.output]).toEqual([1, expect.stringContaining('runs already')]);

			expect(await serving.stop()).toBe(0);
			await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
			expect(await readdir(folder)).not.toContain('start.lock');
			const file = join(folder, 'exported.json');
			await n8nCommand(program, folder, ['export:workflow', '--id=pushSendDemo', `--output=${file}`]);
			expect(at(JSON.parse(await readFile(file, 'utf8')), 0, 'name')).toBe('Renamed by the user');
		},
		3 * MINUTE,
	);
});
