import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadPackage, type RunnableWorkflow, runWorkflow, type WorkflowRun } from '../../test/n8n/engine';
import { startSimulators } from '../../test/simulators';
import { ROOT } from '../fullN8n/paths';
import { simulatorCredentials } from '../simulatorCredentials';
import { difference, type Step, STEPS } from './applicationSteps';
import type { Demo } from './demo';
import { table } from './table';

const FILE = join('docs', 'workflows', 'applications.json');

interface Judged {
	readonly step: Step;
	/** What came out, in a few words. */
	readonly told: string;
	readonly problem: string | undefined;
}

function judge(run: WorkflowRun, step: Step): Judged {
	const [first = [], second = []] = [0, 1].map((index) => run.output(step.node, index).map(({ json }) => json));
	const application = run.output('Create the application')[0]?.json;
	const outputs = { first, second, applicationId: String(application?.id), name: String(application?.name) };
	return { step, told: step.tell(outputs), problem: difference(step, outputs) };
}

async function run(say: (line: string) => void) {
	const workflow: RunnableWorkflow = JSON.parse(await readFile(join(ROOT, FILE), 'utf8'));
	const folder = await mkdtemp(join(tmpdir(), 'push-demo-'));
	const simulators = await startSimulators();
	// The nodes keep their store in n8n's folder, under n8n's key: both are this demo's own.
	Object.assign(process.env, { N8N_USER_FOLDER: folder, N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64') });
	try {
		say(`Running ${FILE} in n8n's workflow engine against the simulators of four providers ...\n`);
		const credentials = Object.fromEntries(simulatorCredentials(simulators).map(({ id, data }) => [id, { ...data }]));
		const finished = await runWorkflow({ loader: await loadPackage(ROOT), workflow, credentials });
		const judged = STEPS.map((step) => judge(finished, step));
		const rows = judged.map(({ step, told, problem }) => [
			step.node,
			told + (problem === undefined ? '' : `   <-- NOT AS EXPECTED: ${problem}`),
		]);
		for (const line of table([['STEP', 'WHAT CAME OUT'], ...rows])) say(line);
		say('');
		const { error } = finished.run.data.resultData;
		if (error) say(`The workflow stopped: ${error.message}`);
		const good = judged.filter(({ problem }) => problem === undefined).length;
		const asExpected = !error && good === STEPS.length;
		if (!asExpected) say('Not everything came out as expected.');
		const count = (node: string, output = 0) => finished.output(node, output).length;
		const summary = {
			steps: STEPS.length,
			asExpected: good,
			enabled: count('Enable all channels'),
			sent: count('Send to each channel'),
			sentAgain: count('Send again'),
			refused: count('Send again', 1),
			checked: count('Check the credentials'),
		};
		return { summary, asExpected };
	} finally {
		await simulators.close();
		await rm(folder, { recursive: true, force: true });
	}
}

export const applicationsDemo: Demo = {
	about: 'an application from its creation to its deletion, with all seven channels',
	run,
};
