import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { createEngine } from '../../../push';
import { storeSettings } from '../../../nodes/shared/storeSettings';
import { loadPackage } from '../../n8n/engine';
import { runNode } from '../../n8n/oneNode';

/** What a process is told, as JSON in its first argument. */
export interface ChildTask {
	readonly job: 'setUp' | 'start' | 'run';
	/** Fields of a Push Store credential; none: the SQLite file of the n8n folder. */
	readonly store?: Readonly<Record<string, string | number>>;
	readonly applicationId?: string;
	readonly file?: string;
	/** Instead of the file: a query of recipients, and the credential of its database. */
	readonly query?: {
		readonly text: string;
		readonly parameters: ReadonlyArray<string | number>;
		readonly credential: Readonly<Record<string, string | number>>;
	};
	readonly apnsKey?: {
		readonly keyId: string;
		readonly teamId: string;
		readonly bundleId: string;
		readonly privateKey: string;
	};
	readonly origin?: string;
	readonly ca?: string;
	readonly settings?: INodeParameters;
}

const ROOT = join(__dirname, '../../..');

const say = (line: string) => process.stdout.write(`${line}\n`);

const task: ChildTask = JSON.parse(process.argv[2] ?? '{}');

async function setUp({ store, apnsKey, origin = '', ca = '' }: ChildTask): Promise<void> {
	if (!apnsKey) throw new Error('no key');
	const engine = createEngine({ env: {}, sqliteWorkerPath: join(ROOT, 'dist/push/sqlite-worker.js') });
	const registry = await engine.openRegistry(await storeSettings(store));
	const caller = { principal: {} };
	const { id } = await registry.applications.create(caller, { name: 'Shop' });
	const credentials = [{ type: 'apnsKey' as const, ...apnsKey, connection: { endpoint: origin, ca } }];
	await registry.channels.enable(caller, { by: 'id', id }, { channelTypes: ['APNS'], credentials, verify: false });
	await engine.close(0);
	say(`application ${id}`);
}

/** n8n's engine with the built package: what an execution of a workflow does. */
async function node(parameters: INodeParameters, binary?: Buffer) {
	const loader = await loadPackage(ROOT);
	const { store, query } = task;
	const data = binary && { data: binary.toString('base64'), mimeType: 'text/csv', fileName: 'people.csv' };
	return await runNode({
		loader,
		type: 'sendPush',
		parameters: { resource: 'campaign', ...parameters },
		credentials: {
			...(store ? { pushStoreApi: store } : {}),
			...(binary || !query ? {} : { postgresSourceApi: query.credential }),
		},
		...(data ? { item: { json: {}, binary: { data } } } : {}),
	});
}

async function start({ applicationId, file, query, settings = {} }: ChildTask): Promise<void> {
	const recipients: INodeParameters = query
		? { recipientsFrom: 'postgres', query: query.text, queryParameters: JSON.stringify(query.parameters) }
		: {};
	const binary = file === undefined ? undefined : readFileSync(file);
	say('begins');
	const [campaign] = await node(
		{
			operation: 'start',
			application: { __rl: true, mode: 'id', value: applicationId ?? '' },
			campaignKey: 'spring',
			channel: 'APNS',
			title: 'Hello {{name}}',
			body: 'Spring is here',
			failures: 'none',
			campaignSettings: settings,
			...recipients,
		},
		binary,
	);
	say(`ended ${String(campaign?.state)}`);
}

/** The runner workflow, every second instead of every minute. */
async function run(): Promise<void> {
	for (;;) {
		const campaigns = await node({ operation: 'run', which: 'due' });
		for (const { state } of campaigns) if (state !== undefined) say(`ended ${String(state)}`);
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}

const JOBS: Readonly<Record<ChildTask['job'], () => Promise<void>>> = {
	setUp: async () => await setUp(task),
	start: async () => await start(task),
	run: async () => await run(),
};

JOBS[task.job]().then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
		process.exit(1);
	},
);
