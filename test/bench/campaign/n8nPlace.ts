import { join } from 'node:path';
import {
	importIntoN8n,
	installN8n,
	installPackage,
	n8nCommand,
	type Owner,
	ScriptError,
	Session,
	startN8n,
} from '../../../scripts/fullN8n';
import { inLine } from '../../full-n8n/inLine';
import { PROGRAMS } from '../build';
import { Gauge } from './gauge';
import { CREATE_APPLICATION, ENABLE_CHANNEL, startCampaign } from './nodes';
import { type CampaignSummary, PACED, PATIENCE_MS, type Place, type PlaceSettings } from './place';

const OWNER: Owner = { email: 'owner@example.com', password: 'Not-a-real-1' };

const OURS = 'n8n-nodes-push-notifications';

/** Webhook, read the file, start the campaign; the answer is the campaign's summary. */
function campaignWorkflow(id: string, ratePerSecond?: number) {
	return inLine(id, [
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			webhookId: id,
			parameters: { httpMethod: 'POST', path: id, responseMode: 'lastNode', options: {} },
		},
		{
			type: 'n8n-nodes-base.readWriteFile',
			typeVersion: 1,
			parameters: { fileSelector: '={{ $json.body.file }}', options: {} },
		},
		{
			type: `${OURS}.sendPush`,
			typeVersion: 1,
			parameters: startCampaign("={{ $('n0').first().json.body.key }}", ratePerSecond),
		},
	]);
}

/** The full n8n with its SQLite database, the packed package in its `nodes` folder. */
export function n8nPlace({ folder, files, apnsKey }: PlaceSettings): Place {
	const say = (line: string) => process.stderr.write(`${line}\n`);
	const { id, name } = apnsKey;
	const setUp = inLine('benchSetUp', [
		{ type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{ type: `${OURS}.manageApp`, typeVersion: 1, parameters: CREATE_APPLICATION },
		{
			type: `${OURS}.toggleChannel`,
			typeVersion: 1,
			parameters: ENABLE_CHANNEL,
			credentials: { apnsKeyApi: { id, name } },
		},
	]);
	let program = '';
	let started = 0;
	return {
		async prepare() {
			program = await installN8n(say);
			await installPackage(folder);
			await importIntoN8n(program, folder, 'credentials', [apnsKey]);
			const campaigns = [campaignWorkflow('benchFree'), campaignWorkflow('benchPaced', PACED)];
			await importIntoN8n(program, folder, 'workflow', [setUp, ...campaigns]);
			const { code, output } = await n8nCommand(program, folder, ['execute', '--id=benchSetUp']);
			if (code !== 0) throw new ScriptError(`n8n could not set the application up:\n${output}`);
		},

		async start() {
			const probe = join(folder, `n8n-${(started += 1)}.json`);
			const env = {
				BENCH_PROBE: probe,
				NODE_OPTIONS: `--require ${join(PROGRAMS, 'probe.js')}`,
				N8N_RESTRICT_FILE_ACCESS_TO: files,
			};
			const n8n = await startN8n(program, { userFolder: folder, env });
			const session = await Session.open(n8n.origin, OWNER);
			await session.activate('benchFree', 'benchFree');
			await session.activate('benchPaced', 'benchPaced');
			return {
				gauge: await Gauge.of(probe),
				async campaign(file, key, ratePerSecond): Promise<CampaignSummary> {
					const path = ratePerSecond === undefined ? 'benchFree' : 'benchPaced';
					const answer = await fetch(`${n8n.origin}/webhook/${path}`, {
						method: 'POST',
						headers: { 'content-type': 'application/json' },
						body: JSON.stringify({ file, key }),
						signal: AbortSignal.timeout(PATIENCE_MS),
					});
					const text = await answer.text();
					if (answer.ok) return JSON.parse(text);
					throw new ScriptError(`n8n answered ${answer.status}: ${text}`);
				},
				stop: async () => await n8n.stop(),
			};
		},
	};
}
