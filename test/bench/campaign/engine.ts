import { createRequire } from 'node:module';
import type * as DependencyInjection from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, ICredentialDataDecryptedObject } from 'n8n-workflow';
import { loadPackage } from '../../n8n/engine';
import { runNode } from '../../n8n/oneNode';
import { CREATE_APPLICATION, ENABLE_CHANNEL, startCampaign } from './nodes';

/** What the process is told. */
export type EngineOrder =
	| { readonly command: 'load'; readonly root: string }
	| { readonly command: 'prepare'; readonly root: string; readonly apnsKey: ICredentialDataDecryptedObject }
	| { readonly command: 'store'; readonly root: string; readonly file: string }
	| {
			readonly command: 'campaign';
			readonly root: string;
			readonly data: IBinaryData;
			readonly key: string;
			readonly ratePerSecond?: number;
	  };

/** The container n8n-core itself uses: there may be several. */
const { Container }: typeof DependencyInjection = createRequire(require.resolve('n8n-core'))('@n8n/di');

let loaded: ReturnType<typeof load> | undefined;

async function load(root: string) {
	await Container.get(BinaryDataService).init();
	return await loadPackage(root);
}

/** n8n's engine in this process: it keeps files as n8n does, on disk, and runs the built package. */
async function obey(order: EngineOrder): Promise<unknown> {
	loaded ??= load(order.root);
	const loader = await loaded;
	if (order.command === 'prepare') {
		const credentials = { apnsKeyApi: order.apnsKey };
		await runNode({ loader, type: 'manageApp', parameters: CREATE_APPLICATION });
		await runNode({ loader, type: 'toggleChannel', parameters: ENABLE_CHANNEL, credentials });
	}
	if (order.command === 'store') {
		const place = { type: 'execution', workflowId: 'w1', executionId: '1' } as const;
		const head: IBinaryData = { data: '', mimeType: 'text/csv', fileName: 'recipients.csv' };
		return await Container.get(BinaryDataService).copyBinaryFile(place, head, order.file);
	}
	if (order.command !== 'campaign') return true;
	const { data, key, ratePerSecond } = order;
	const item = { json: {}, binary: { data } };
	const [summary] = await runNode({ loader, type: 'sendPush', parameters: startCampaign(key, ratePerSecond), item });
	return summary;
}

process.on('message', (order: EngineOrder) => {
	void obey(order).then(
		(value) => process.send?.({ value }),
		(error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
	);
});
process.on('disconnect', () => process.exit());
