import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowMistake } from './errors';

/** Where n8n lives; passed in by tests. */
export interface Surroundings {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly platform: NodeJS.Platform;
	readonly cwd: string;
}

/** The process this node runs in. */
export function here(): Surroundings {
	return { env: process.env, platform: process.platform, cwd: process.cwd() };
}

/** n8n's own rule for its folder; n8n tells nodes only of a folder per node type, and only while they execute. */
export function n8nFolder({ env, platform, cwd }: Surroundings): string {
	const home = platform === 'win32' ? env.USERPROFILE : env.HOME;
	return join(env.N8N_USER_FOLDER ?? home ?? cwd, '.n8n');
}

/** The SQLite file all nodes of this n8n share by default. */
export function storeFile(surroundings: Surroundings): string {
	return join(n8nFolder(surroundings), 'storage', 'n8n-nodes-push-notifications', 'push.sqlite');
}

/**
 * The key of this n8n: from its settings file, where n8n writes it whatever its source, else from the environment as
 * n8n itself reads it. Undefined when there is none.
 * @throws {WorkflowMistake} when a file that should hold it cannot be read
 */
export async function instanceKey(surroundings: Surroundings): Promise<string | undefined> {
	const { env } = surroundings;
	const inSettings = await keyInSettings(join(n8nFolder(surroundings), 'config'));
	if (inSettings) return inSettings;
	// n8n does not look at the file when the variable is there, be it empty.
	if (env.N8N_ENCRYPTION_KEY !== undefined) return filled(env.N8N_ENCRYPTION_KEY);
	const file = env.N8N_ENCRYPTION_KEY_FILE;
	if (!file) return undefined;
	const text = await readIfThere(file);
	if (text !== undefined) return filled(text);
	throw new WorkflowMistake(
		`The file "${file}" that N8N_ENCRYPTION_KEY_FILE names cannot be read.`,
		'Correct the path, or fill in Encryption Key in a Push Store credential and attach it to this node.',
	);
}

/** @throws {WorkflowMistake} when n8n has no key at all */
export async function requireInstanceKey(surroundings: Surroundings): Promise<string> {
	const key = await instanceKey(surroundings);
	if (key) return key;
	throw new WorkflowMistake(
		'This n8n has no encryption key that secrets could be stored under.',
		'Set N8N_ENCRYPTION_KEY, or fill in Encryption Key in a Push Store credential and attach it to this node.',
	);
}

async function keyInSettings(file: string): Promise<string | undefined> {
	const text = await readIfThere(file);
	if (text === undefined) return undefined;
	const settings = parsed(text);
	if (typeof settings !== 'object' || settings === null) {
		throw new WorkflowMistake(`n8n's settings file "${file}" is not valid JSON.`, 'Restore it from a backup.');
	}
	const key = 'encryptionKey' in settings ? settings.encryptionKey : undefined;
	return typeof key === 'string' ? filled(key) : undefined;
}

async function readIfThere(file: string): Promise<string | undefined> {
	return await readFile(file, 'utf8').catch(() => undefined);
}

/** Undefined for what is no JSON: the parser's own words repeat the text. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function filled(text: string): string | undefined {
	const trimmed = text.trim();
	return trimmed === '' ? undefined : trimmed;
}
