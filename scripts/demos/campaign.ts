import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';

import { loadPackage, type RunnableWorkflow, runWorkflow } from '../../test/n8n/engine';
import { type Simulators, startSimulators } from '../../test/simulators';
import { ROOT } from '../fullN8n/paths';
import { simulatorCredentials } from '../simulatorCredentials';
import type { Demo } from './demo';
import { table } from './table';

const FILE = join('docs', 'workflows', 'bulk-campaign.json');

const GOOD = 1_000;

/** Good devices of two providers, one twice, one that is gone, and rows that are no recipients. */
function recipients({ fcm, adm }: Simulators): string {
	const rows = Array.from({ length: GOOD }, (_, n) =>
		n % 10 === 0
			? `${adm.goodAddress(n)},ADM,Person ${n},Europe/Paris`
			: `${fcm.goodAddress(n)},GCM,"Person, ${n}",America/Lima`,
	);
	rows.push(`${fcm.goodAddress(1)},GCM,Again,UTC`, `${fcm.addressFor('UNREGISTERED')},FCM,Gone,UTC`);
	rows.push(',GCM,Nobody,UTC', 'x,telegraph,Samuel,UTC');
	return `device,channel,name,time_zone\n${rows.join('\n')}\n`;
}

async function run(say: (line: string) => void) {
	const workflow: RunnableWorkflow = JSON.parse(await readFile(join(ROOT, FILE), 'utf8'));
	const folder = await mkdtemp(join(tmpdir(), 'push-demo-'));
	const simulators = await startSimulators();
	// The nodes keep their store in n8n's folder, under n8n's key: both are this demo's own.
	Object.assign(process.env, { N8N_USER_FOLDER: folder, N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64') });
	try {
		const loader = await loadPackage(ROOT);
		const credentials = Object.fromEntries(simulatorCredentials(simulators).map(({ id, data }) => [id, { ...data }]));
		const node = async (type: string, parameters: INodeParameters, used: Readonly<Record<string, string>> = {}) =>
			await runWorkflow({
				loader,
				credentials,
				workflow: {
					nodes: [
						{
							id: type,
							name: type,
							type: `n8n-nodes-push-notifications.${type}`,
							typeVersion: 1,
							position: [0, 0],
							parameters,
							credentials: Object.fromEntries(Object.entries(used).map(([name, id]) => [name, { id, name }])),
						},
					],
					connections: {},
				},
			});
		await node('manageApp', { resource: 'application', operation: 'create', name: 'Shop', additionalFields: {} });
		await node(
			'toggleChannel',
			{ operation: 'enable', application: { __rl: true, mode: 'name', value: 'Shop' }, channels: ['ADM', 'GCM'] },
			{ amazonDeviceMessagingApi: 'simAdm', fcmServiceAccountApi: 'simFcm' },
		);
		say(`Running ${FILE} in n8n's workflow engine against the simulators of four providers ...\n`);
		const data = Buffer.from(recipients(simulators)).toString('base64');
		const finished = await runWorkflow({
			loader,
			credentials,
			// At any hour of the day: the demo does not wait for the morning.
			workflow: withoutQuietHours(workflow),
			items: [{ json: {}, binary: { data: { data, mimeType: 'text/csv', fileName: 'recipients.csv' } } }],
		});
		const { error } = finished.run.data.resultData;
		if (error) say(`The workflow stopped: ${error.message}`);
		const summary = finished.output('Report')[0]?.json ?? {};
		const keys = ['state', 'rows', 'badRows', 'successful', 'failed', 'skipped', 'pending'] as const;
		for (const line of table([['THE CAMPAIGN', ''], ...keys.map((key) => [key, String(summary[key])])])) say(line);
		say('');
		for (const { json } of finished.output('Forget these devices')) {
			say(`Failed: ${String(json.channelType)} ${String(json.providerReason)} (${String(json.tokenAction)})`);
		}
		const arrived = simulators.fcm.arrivals.length + simulators.adm.arrivals.length;
		const counts = Object.fromEntries(keys.map((key) => [key, summary[key]]));
		const expected = {
			state: 'COMPLETED',
			rows: GOOD + 4,
			badRows: 2,
			successful: GOOD,
			failed: 1,
			skipped: 1,
			pending: 0,
		};
		const asExpected = !error && JSON.stringify(counts) === JSON.stringify(expected);
		if (!asExpected) say('Not everything came out as expected.');
		return { summary: { ...counts, arrived }, asExpected };
	} finally {
		await simulators.close();
		await rm(folder, { recursive: true, force: true });
	}
}

function withoutQuietHours(workflow: RunnableWorkflow): RunnableWorkflow {
	const { quietFrom, quietUntil, ...settings } = { ...settingsOf(workflow) };
	if (quietFrom === undefined || quietUntil === undefined) throw new Error('The workflow has no quiet hours any more');
	const nodes = workflow.nodes.map((node) =>
		'campaignSettings' in node.parameters
			? { ...node, parameters: { ...node.parameters, campaignSettings: settings } }
			: node,
	);
	return { ...workflow, nodes };
}

function settingsOf({ nodes }: RunnableWorkflow): INodeParameters {
	for (const { parameters } of nodes) {
		const { campaignSettings } = parameters;
		if (typeof campaignSettings === 'object' && campaignSettings !== null && !Array.isArray(campaignSettings)) {
			return JSON.parse(JSON.stringify(campaignSettings));
		}
	}
	throw new Error('The workflow starts no campaign');
}

export const campaignDemo: Demo = { about: 'a thousand recipients of a CSV file as a campaign', run };
