import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { loadPackage, type RunnableWorkflow, runWorkflow, type WorkflowRun } from '../../test/n8n/engine';
import { startSimulators } from '../../test/simulators';
import { ROOT } from '../fullN8n/paths';
import { simulatorCredentials } from '../simulatorCredentials';
import type { Demo } from './demo';
import { difference, expectations, NODES, type Outcome } from './expectations';
import { shortened, table } from './table';

function outcomes(run: WorkflowRun): Outcome[] {
	return Object.keys(NODES).flatMap((node) =>
		(['Sent', 'Failed'] as const).flatMap((output, index) =>
			run.output(node, index).map(({ json }) => ({ output, json })),
		),
	);
}

interface Counts {
	successful: number;
	failed: number;
}

function summarise(results: readonly Outcome[]) {
	const byChannel: Record<string, Counts> = {};
	for (const channel of Object.values(NODES)) byChannel[channel] = { successful: 0, failed: 0 };
	for (const { json } of results) {
		const counts = (byChannel[String(json.channelType)] ??= { successful: 0, failed: 0 });
		counts[json.deliveryStatus === 'SUCCESSFUL' ? 'successful' : 'failed'] += 1;
	}
	const total = (key: keyof Counts) => Object.values(byChannel).reduce((sum, counts) => sum + counts[key], 0);
	return { recipients: results.length, successful: total('successful'), failed: total('failed'), byChannel };
}

function row({ output, json }: Outcome, problem: string | undefined): string[] {
	const answer =
		output === 'Sent' ? String(json.messageId) : `${String(json.providerReason)} (${String(json.tokenAction)})`;
	const replaced = json.tokenAction === 'replace' ? ' (replace the address)' : '';
	return [
		String(json.channelType),
		shortened(String(json.address)),
		String(json.deliveryStatus),
		answer + replaced + (problem === undefined ? '' : `   <-- NOT AS EXPECTED: ${problem}`),
	];
}

async function run(say: (line: string) => void) {
	const workflow: RunnableWorkflow = JSON.parse(
		await readFile(join(ROOT, 'docs', 'workflows', 'send-push.json'), 'utf8'),
	);
	const simulators = await startSimulators();
	try {
		say(
			"Running docs/workflows/send-push.json in n8n's workflow engine against the simulators of four providers ...\n",
		);
		const loader = await loadPackage(ROOT);
		const credentials = Object.fromEntries(simulatorCredentials(simulators).map(({ id, data }) => [id, { ...data }]));
		const finished = await runWorkflow({ loader, workflow, credentials });
		const results = outcomes(finished);
		const expected = expectations(simulators);
		const judged = results.map((outcome) => {
			const { channelType, address } = outcome.json;
			const own = expected.find((one) => one.channel === channelType && one.address === address);
			return { outcome, problem: difference(own, outcome), own };
		});
		const rows = judged.map(({ outcome, problem }) => row(outcome, problem));
		for (const line of table([['CHANNEL', 'RECIPIENT', 'STATUS', 'MESSAGE ID OR REASON'], ...rows])) say(line);
		say('');
		const missing = expected.filter((one) => judged.filter(({ own }) => own === one).length !== 1);
		for (const { channel, address } of missing)
			say(`Expected exactly one result for ${channel} ${shortened(address)}.`);
		const { error } = finished.run.data.resultData;
		if (error) say(`The workflow stopped: ${error.message}`);
		const asExpected = !error && missing.length === 0 && judged.every(({ problem }) => problem === undefined);
		if (!asExpected) say('Not everything came out as expected.');
		return { summary: summarise(results), asExpected };
	} finally {
		await simulators.close();
	}
}

export const sendPushDemo: Demo = { about: 'good and bad devices of four providers', run };
