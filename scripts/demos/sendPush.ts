import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { loadPackage, type RunnableWorkflow, runWorkflow, type WorkflowRun } from '../../test/n8n/engine';
import { type Simulators, startSimulators } from '../../test/simulators';
import { ROOT } from '../fullN8n/paths';
import { simulatorCredentials } from '../simulatorCredentials';
import type { Demo } from './demo';
import { shortened, table } from './table';

/** The Send Push nodes of docs/workflows/send-push.json and the channel each sends on. */
const NODES = { Apple: 'APNS', Google: 'GCM', Baidu: 'BAIDU', Amazon: 'ADM' } as const;

type Channel = (typeof NODES)[keyof typeof NODES];

/** What must come out for one device. */
interface Expected {
	readonly channel: Channel;
	readonly address: string;
	readonly status: 'SUCCESSFUL' | 'PERMANENT_FAILURE';
	/** The provider's word; only for what it refuses. */
	readonly reason?: string;
	readonly tokenAction: 'keep' | 'remove' | 'replace' | 'suspect';
}

/** The simulators' addresses say what happens to them; the workflow file holds the same ones. */
function expectations({ apns, fcm, baidu, adm }: Simulators): Expected[] {
	const sent = { status: 'SUCCESSFUL', tokenAction: 'keep' } as const;
	const refused = { status: 'PERMANENT_FAILURE' } as const;
	const apple = apns.production;
	return [
		{ channel: 'APNS', address: apple.goodAddress(1), ...sent },
		{ channel: 'APNS', address: apple.goodAddress(2), ...sent },
		{
			channel: 'APNS',
			address: apple.addressFor('Unregistered'),
			...refused,
			reason: 'Unregistered',
			tokenAction: 'remove',
		},
		{
			channel: 'APNS',
			address: apple.addressFor('BadDeviceToken'),
			...refused,
			reason: 'BadDeviceToken',
			tokenAction: 'suspect',
		},
		{ channel: 'GCM', address: fcm.goodAddress(1), ...sent },
		{ channel: 'GCM', address: fcm.goodAddress(2), ...sent },
		{
			channel: 'GCM',
			address: fcm.addressFor('UNREGISTERED'),
			...refused,
			reason: 'UNREGISTERED',
			tokenAction: 'remove',
		},
		{
			channel: 'GCM',
			address: fcm.addressFor('SENDER_ID_MISMATCH'),
			...refused,
			reason: 'SENDER_ID_MISMATCH',
			tokenAction: 'suspect',
		},
		{ channel: 'BAIDU', address: baidu.goodAddress(1), ...sent },
		{ channel: 'BAIDU', address: baidu.goodAddress(2), ...sent },
		{ channel: 'BAIDU', address: baidu.addressFor('30608'), ...refused, reason: '30608', tokenAction: 'remove' },
		{ channel: 'ADM', address: adm.goodAddress(1), ...sent },
		{ channel: 'ADM', address: adm.addressFor('CanonicalId'), ...sent, tokenAction: 'replace' },
		{
			channel: 'ADM',
			address: adm.addressFor('InvalidRegistrationId'),
			...refused,
			reason: 'InvalidRegistrationId',
			tokenAction: 'remove',
		},
	];
}

/** One result item as it came out of the node. */
interface Outcome {
	readonly output: 'Sent' | 'Failed';
	readonly json: Readonly<Record<string, unknown>>;
}

function outcomes(run: WorkflowRun): Outcome[] {
	return Object.keys(NODES).flatMap((node) =>
		(['Sent', 'Failed'] as const).flatMap((output, index) =>
			run.output(node, index).map(({ json }) => ({ output, json })),
		),
	);
}

/** Undefined when the outcome is the expected one; else what differs, in words. */
function difference(expected: Expected | undefined, { output, json }: Outcome): string | undefined {
	if (!expected) return 'nobody asked for this recipient';
	const wanted = {
		output: expected.status === 'SUCCESSFUL' ? 'Sent' : 'Failed',
		deliveryStatus: expected.status,
		providerReason: expected.reason,
		tokenAction: expected.tokenAction,
	};
	const found: Readonly<Record<string, unknown>> = { ...json, output };
	// A success may carry the provider's own word for it.
	const checked = Object.entries(wanted).filter(([key]) => key !== 'providerReason' || expected.reason !== undefined);
	const differences = checked.filter(([key, value]) => found[key] !== value);
	if (differences.length > 0) {
		return differences.map(([key, value]) => `${key} should be ${value}, is ${String(found[key])}`).join('; ');
	}
	// Baidu and the others all name each message they take.
	if (expected.status === 'SUCCESSFUL' && typeof json.messageId !== 'string') return 'it has no message id';
	return undefined;
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
