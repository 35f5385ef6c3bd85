import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { type Simulators, startSimulators } from '../test/simulators';
import { ensureBuilt } from './build';
import {
	at,
	DEV_FOLDER,
	freePort,
	importIntoN8n,
	installN8n,
	installPackage,
	lastLines,
	N8N_VERSION,
	type Owner,
	PACKAGE_NAME,
	releaseLock,
	ROOT,
	type RunningN8n,
	ScriptError,
	Session,
	startN8n,
	takeLock,
} from './fullN8n';
import {
	mailCredential,
	recipientSourceOfThisMachine,
	simulatorCredentials,
	storeOfThisN8n,
} from './simulatorCredentials';

/**
 * `npm start`: a full n8n with this package, the simulators, an owner's account, credentials and example workflows.
 *
 *     npm start                     until Ctrl-C
 *     npm start -- --check          starts, looks whether all is there, ends with exit code 0
 *     npm start -- --folder <path>  keeps n8n's data there instead of .n8n-dev/home
 */

const N8N_PORT = 5678;
const SIMULATOR_PORTS = {
	apns: 15701,
	apnsSandbox: 15702,
	fcm: 15703,
	baidu: 15704,
	adm: 15705,
	token: 15706,
	control: 15707,
	proxy: 15708,
	mail: 15709,
};
const WEBHOOK_WORKFLOW = 'pushWebhookDemo';

/** What this script remembers beside n8n's own data. */
interface Memory {
	owner: Owner;
	/** Hash of the credentials n8n has now. */
	credentials?: string;
	/** Example workflows n8n was given; they belong to the user from then on. */
	workflows: string[];
}

const memoryFile = (userFolder: string) => join(userFolder, 'start.json');

async function recall(userFolder: string): Promise<Memory> {
	const file = memoryFile(userFolder);
	if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8'));
	// n8n wants a capital letter and a digit.
	const password = `P1-${randomBytes(9).toString('base64url')}`;
	const memory = { owner: { email: 'owner@example.com', password }, workflows: [] };
	await remember(userFolder, memory);
	return memory;
}

async function remember(userFolder: string, memory: Memory): Promise<void> {
	await writeFile(memoryFile(userFolder), JSON.stringify(memory, null, '\t') + '\n', { mode: 0o600 });
}

const say = (line: string) => console.log(line);

/** On the same ports each time, so that credentials and notes stay valid; on others where a program has taken one. */
async function simulate(fixturesDir: string): Promise<Simulators> {
	const free = Object.entries(SIMULATOR_PORTS).map(async ([name, port]) => [name, await freePort(port)] as const);
	return await startSimulators({ fixturesDir, ports: Object.fromEntries(await Promise.all(free)) });
}

interface Example {
	readonly id: string;
	readonly workflow: unknown;
}

async function examples(): Promise<Example[]> {
	const folder = join(ROOT, 'docs', 'workflows');
	const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
	return await Promise.all(
		files.map(async (file) => {
			const workflow: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
			return { id: String(at(workflow, 'id')), workflow };
		}),
	);
}

/** Gives n8n the credentials when they are new or changed, and each example workflow once. */
async function furnish(program: string, userFolder: string, simulators: Simulators, memory: Memory): Promise<string[]> {
	const credentials = [
		...simulatorCredentials(simulators),
		mailCredential(simulators),
		storeOfThisN8n,
		recipientSourceOfThisMachine,
	];
	const hash = createHash('sha256').update(JSON.stringify(credentials)).digest('hex');
	if (memory.credentials !== hash) await importIntoN8n(program, userFolder, 'credentials', credentials);
	memory.credentials = hash;
	const fresh = (await examples()).filter(({ id }) => !memory.workflows.includes(id));
	if (fresh.length > 0) {
		await importIntoN8n(
			program,
			userFolder,
			'workflow',
			fresh.map(({ workflow }) => workflow),
		);
	}
	const ids = fresh.map(({ id }) => id);
	memory.workflows.push(...ids);
	return ids;
}

/** @throws ScriptError when n8n does not know a node or credential of this package. */
async function check(session: Session): Promise<string> {
	const { n8n }: { n8n: { nodes: string[]; credentials: string[] } } = JSON.parse(
		await readFile(join(ROOT, 'package.json'), 'utf8'),
	);
	const [nodes, credentials] = await Promise.all([names(session, 'nodes'), names(session, 'credentials')]);
	const missing = [
		...n8n.nodes.map((file) => `${PACKAGE_NAME}.${nameOf(file)}`).filter((name) => !nodes.includes(name)),
		...n8n.credentials.map(nameOf).filter((name) => !credentials.includes(name)),
	];
	if (missing.length > 0) throw new ScriptError(`n8n runs, but does not list ${missing.join(', ')}.`);
	return `n8n lists the package's nodes (${n8n.nodes.map(nameOf).join(', ')}) and credentials (${n8n.credentials.map(nameOf).join(', ')}).`;
}

/** `dist/nodes/SendPush/SendPush.node.js` -> `sendPush` */
function nameOf(file: string): string {
	const base = file.split('/').at(-1)?.split('.')[0] ?? '';
	return base.charAt(0).toLowerCase() + base.slice(1);
}

async function names(session: Session, kind: 'nodes' | 'credentials'): Promise<string[]> {
	const { body } = await session.get(`/types/${kind}.json`);
	return Array.isArray(body) ? body.map((type) => String(at(type, 'name'))) : [];
}

function invitation({ origin }: RunningN8n, { owner }: Memory, simulators: Simulators): string {
	const example = JSON.stringify({
		channel: 'GCM',
		device: simulators.fcm.goodAddress(1),
		title: 'Hello',
		body: 'From a webhook',
	});
	return `
n8n ${N8N_VERSION} runs with the push nodes.

  Address    ${origin}
  Login      ${owner.email}
  Password   ${owner.password}

The simulators of Apple, Google, Baidu and Amazon run too; the credentials called "Simulator: ..." lead to them.
What they received: ${simulators.controlUrl}/arrivals   Mails of workflows: ${simulators.controlUrl}/mails

New here? docs/getting-started.md leads to your first push in ten minutes.

What to click
  1. Open ${origin}/workflow/pushSendDemo and click "Execute workflow":
     good and bad devices of four providers. Double-click a Send Push node to see its outputs Sent and Failed.
  2. Open ${origin}/workflow/pushAppDemo and click "Execute workflow":
     an application with all seven channels, from its creation to its deletion.
  3. Open ${origin}/workflow/${WEBHOOK_WORKFLOW}: it is active; send to it from a terminal:
     curl -X POST ${origin}/webhook/push -H 'content-type: application/json' -d '${example}'

Ctrl-C stops everything.`;
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { check: { type: 'boolean' }, folder: { type: 'string' } } });
	const userFolder = values.folder === undefined ? join(DEV_FOLDER, 'home') : resolve(values.folder);
	await mkdir(userFolder, { recursive: true });
	const program = await installN8n(say);
	await ensureBuilt(say);
	const lock = join(userFolder, 'start.lock');
	const owner = await takeLock(lock);
	if (owner !== undefined) {
		throw new ScriptError(`It runs already, as process ${owner}. Stop that one first. (${lock} says so.)`);
	}
	try {
		say('Installing the package into n8n ...');
		await installPackage(userFolder);
		await serve(program, userFolder, values.check ?? false);
	} finally {
		await releaseLock(lock);
	}
}

/** Simulators and n8n, until Ctrl-C or, to check, until n8n has answered. */
async function serve(program: string, userFolder: string, checkOnly: boolean): Promise<void> {
	const interrupted = new Promise<'interrupted'>((done) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done('interrupted'));
	});
	// The terminal may be gone by then; what was started is stopped all the same.
	process.stdout.on('error', () => {});
	const memory = await recall(userFolder);
	const simulators = await simulate(join(userFolder, 'simulators'));
	let n8n: RunningN8n | undefined;
	try {
		const imported = await furnish(program, userFolder, simulators, memory);
		say('Starting n8n ...');
		n8n = await startN8n(program, { userFolder, port: N8N_PORT });
		// Later starts need no login: by then the password may be the user's own.
		const session = imported.length > 0 || checkOnly ? await Session.open(n8n.origin, memory.owner) : undefined;
		if (session && imported.includes(WEBHOOK_WORKFLOW)) await session.activate(WEBHOOK_WORKFLOW, 'push');
		await remember(userFolder, memory);
		if (session && checkOnly) {
			say(await check(session));
			return;
		}
		say(invitation(n8n, memory, simulators));
		const first = await Promise.race([interrupted, n8n.ended]);
		if (first !== 'interrupted') throw new ScriptError(`n8n ended by itself. Its last lines:\n${lastLines(n8n.log())}`);
		say('\nStopping ...');
	} finally {
		await n8n?.stop();
		await simulators.close();
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof ScriptError ? `\n${error.message}` : error);
		process.exit(1);
	},
);
