import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBuilt } from '../../scripts/build';
import {
	at,
	importIntoN8n,
	installN8n,
	installPackage,
	n8nCommand,
	type Owner,
	ROOT,
	type RunningN8n,
	Session,
	startN8n,
} from '../../scripts/fullN8n';
import {
	mailCredential,
	type N8nCredential,
	recipientSourceOfThisMachine,
	simulatorCredentials,
} from '../../scripts/simulatorCredentials';
import { type Simulators, startSimulators } from '../simulators';

const EXAMPLES = join(ROOT, 'docs', 'workflows');

/** Who owns every n8n that tests start. */
export const OWNER: Owner = { email: 'owner@example.com', password: 'Not-a-real-1' };

/** A full n8n in a folder of its own, with the packed package in its `nodes` folder and credentials for the simulators. */
export class FullN8n {
	private running: RunningN8n | undefined;

	private opened: Session | undefined;

	private commandLog = '';

	private constructor(
		private readonly program: string,
		readonly userFolder: string,
		readonly simulators: Simulators,
		readonly credentials: readonly N8nCredential[],
	) {}

	/** Installs what is missing, and imports credentials and example workflows; n8n itself is not started yet. */
	static async prepare(
		moreCredentials: (simulators: Simulators) => N8nCredential[],
		moreWorkflows: readonly unknown[] = [],
	): Promise<FullN8n> {
		const say = (line: string) => process.stderr.write(`${line}\n`);
		const program = await installN8n(say);
		await ensureBuilt(say);
		const userFolder = await mkdtemp(join(tmpdir(), 'push-full-n8n-'));
		const simulators = await startSimulators();
		const credentials = [
			...simulatorCredentials(simulators),
			mailCredential(simulators),
			recipientSourceOfThisMachine,
			...moreCredentials(simulators),
		];
		const n8n = new FullN8n(program, userFolder, simulators, credentials);
		try {
			await installPackage(userFolder);
			await importIntoN8n(program, userFolder, 'credentials', credentials);
			const workflows = await Promise.all((await exampleNames()).map(exampleWorkflow));
			await importIntoN8n(program, userFolder, 'workflow', [...workflows, ...moreWorkflows]);
			return n8n;
		} catch (error) {
			await n8n.close();
			throw error;
		}
	}

	/** `n8n execute --id`: the whole run as n8n prints it. */
	async execute(workflowId: string): Promise<unknown> {
		const { stdout, output } = await n8nCommand(this.program, this.userFolder, [
			'execute',
			`--id=${workflowId}`,
			'--rawOutput',
		]);
		// Log lines come before and after the JSON, which begins and ends with a line of its own.
		const json = /^\{$[\s\S]*?^\}$/m.exec(stdout)?.[0];
		if (json === undefined) throw new Error(`n8n printed no run:\n${output}`);
		this.commandLog += output.replace(json, '');
		return JSON.parse(json);
	}

	/** At n8n's most talkative, so that a secret has every chance to show. */
	async start(env: NodeJS.ProcessEnv = {}): Promise<void> {
		const { program, userFolder } = this;
		this.running = await startN8n(program, { userFolder, env: { N8N_LOG_LEVEL: 'debug', ...env } });
		this.opened = await Session.open(this.running.origin, OWNER);
	}

	/** As a machine that loses power. */
	async kill(): Promise<void> {
		await this.running?.kill();
	}

	get session(): Session {
		if (!this.opened) throw new Error('n8n has not been started');
		return this.opened;
	}

	get origin(): string {
		if (!this.running) throw new Error('n8n has not been started');
		return this.running.origin;
	}

	/** As a service manager does: n8n has the time it takes to put things in order. @returns its exit code */
	async terminate(): Promise<number | null> {
		return (await this.running?.terminate()) ?? null;
	}

	/** POST to the webhook of an active workflow. */
	async webhook(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
		const answer = await fetch(`${this.origin}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return { status: answer.status, body: await answer.json() };
	}

	/** The Test button, as the editor does it: the stored credential with its secrets blanked out is sent back. */
	async testCredential(id: string): Promise<{ status: unknown; message: unknown }> {
		const stored = await this.session.get(`/rest/credentials/${id}?includeData=true`);
		const [name, type, data] = ['name', 'type', 'data'].map((key) => at(stored.body, key));
		const answer = await this.session.post('/rest/credentials/test', { credentials: { id, name, type, data } });
		return { status: at(answer.body, 'status'), message: at(answer.body, 'message') };
	}

	/** What n8n has written, apart from the runs that `execute` was asked for. */
	log(): string {
		return this.commandLog + (this.running?.log() ?? '');
	}

	async close(): Promise<void> {
		await this.running?.stop();
		await this.simulators.close();
		await rm(this.userFolder, { recursive: true, force: true });
	}
}

/** The files of docs/workflows, without their ending. */
export async function exampleNames(): Promise<string[]> {
	const files = (await readdir(EXAMPLES)).filter((file) => file.endsWith('.json'));
	return files.map((file) => file.replace('.json', '')).sort();
}

/** One of docs/workflows. */
export async function exampleWorkflow(name: string): Promise<unknown> {
	return JSON.parse(await readFile(join(EXAMPLES, `${name}.json`), 'utf8'));
}
