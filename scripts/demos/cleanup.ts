import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { loadPackage, type RunnableWorkflow, runWorkflow, type WorkflowRun } from '../../test/n8n/engine';
import { type Simulators, startSimulators } from '../../test/simulators';
import { ROOT } from '../fullN8n/paths';
import { simulatorCredentials } from '../simulatorCredentials';
import type { Demo } from './demo';
import { shortened, table } from './table';

const FILE = join('docs', 'workflows', 'clean-up-tokens.json');

/** The trigger listens a moment after it was started; what comes before would come as its sample. */
const LISTENING_MS = 1_500;

async function run(say: (line: string) => void) {
	const workflow: RunnableWorkflow = JSON.parse(await readFile(join(ROOT, FILE), 'utf8'));
	const folder = await mkdtemp(join(tmpdir(), 'push-demo-'));
	const simulators = await startSimulators();
	// The nodes keep their store in n8n's folder, under n8n's key: both are this demo's own.
	Object.assign(process.env, { N8N_USER_FOLDER: folder, N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64') });
	try {
		say(`Running ${FILE} in n8n's workflow engine against the simulators of Apple and Google ...\n`);
		const credentials = Object.fromEntries(simulatorCredentials(simulators).map(({ id, data }) => [id, { ...data }]));
		const settings = { loader: await loadPackage(ROOT), workflow, credentials };
		const listening = runWorkflow({ ...settings, startNode: 'Invalid tokens' });
		await sleep(LISTENING_MS);
		const sending = await runWorkflow({ ...settings, startNode: 'When clicking Execute workflow' });
		const cleaning = await listening;
		// The same devices once more: what is on the suppression list is not sent to.
		const before = simulators.apns.production.arrivals.length + simulators.fcm.arrivals.length;
		const again = await runWorkflow({
			...settings,
			workflow: onSameApplication(workflow, sending),
			startNode: 'Send to Apple',
		});
		const sentAgain = simulators.apns.production.arrivals.length + simulators.fcm.arrivals.length - before;
		return judge(say, simulators, { sending, cleaning, again, sentAgain });
	} finally {
		await simulators.close();
		await rm(folder, { recursive: true, force: true });
	}
}

/** The sending nodes alone, with the application that exists already. */
function onSameApplication(workflow: RunnableWorkflow, sending: WorkflowRun): RunnableWorkflow {
	const name = sending.output('Create the application')[0]?.json.name;
	const nodes = workflow.nodes.map((node) =>
		node.name.startsWith('Send to ')
			? { ...node, parameters: { ...node.parameters, application: { __rl: true, mode: 'name', value: String(name) } } }
			: node,
	);
	return { ...workflow, nodes };
}

interface Runs {
	readonly sending: WorkflowRun;
	readonly cleaning: WorkflowRun;
	readonly again: WorkflowRun;
	/** Requests the providers got the second time. */
	readonly sentAgain: number;
}

function judge(say: (line: string) => void, { apns, fcm }: Simulators, { sending, cleaning, again, sentAgain }: Runs) {
	const count = (which: WorkflowRun, output: number) =>
		['Send to Apple', 'Send to Google'].reduce((sum, node) => sum + which.output(node, output).length, 0);
	const tokens = cleaning.output('Invalid tokens').map(({ json }) => json);
	const rows = tokens.map(({ address, channelType, verdict, reason }) => [
		String(channelType),
		shortened(String(address)),
		String(verdict),
		String(reason),
	]);
	for (const line of table([['CHANNEL', 'ADDRESS', 'VERDICT', 'REASON'], ...rows])) say(line);
	say('');
	const dead = [
		apns.production.addressFor('Unregistered', 1),
		apns.production.addressFor('Unregistered', 2),
		fcm.addressFor('UNREGISTERED', 1),
	];
	const summary = {
		sent: count(sending, 0),
		failed: count(sending, 1),
		deadTokens: tokens.length,
		suppressed: cleaning.output('Never send to it again').filter(({ json }) => json.added === true).length,
		sentAgain,
		notSentAgain: count(again, 1) + count(again, 0) - sentAgain,
	};
	const found = tokens.map(({ address }) => String(address)).sort();
	const errors = [sending, cleaning, again].flatMap(({ run: { data } }) => data.resultData.error?.message ?? []);
	for (const error of errors) say(`A workflow stopped: ${error}`);
	const asExpected =
		errors.length === 0 &&
		found.join() === [...dead].sort().join() &&
		summary.suppressed === dead.length &&
		summary.notSentAgain === dead.length;
	if (!asExpected) say('Not everything came out as expected.');
	return { summary, asExpected };
}

export const cleanupDemo: Demo = {
	about: 'dead tokens found by one workflow, cleaned up by another',
	run,
};
