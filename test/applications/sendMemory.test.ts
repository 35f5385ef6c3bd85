import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sendPastSuppressions } from '../../push/applications/sendFilter';
import type { DeliveryResult } from '../../push/model';
import { sqlitePlace } from '../store/stores';
import { caller, registryOver } from './registryFixture';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function resultOf(ref: number, applicationId: string): DeliveryResult {
	return {
		ref,
		address: `device-${ref}`,
		channelType: 'GCM',
		applicationId,
		deliveryStatus: 'SUCCESSFUL',
		statusCode: 200,
		statusMessage: 'Accepted.',
		tokenAction: 'keep',
		possibleDuplicate: false,
		attempts: 1,
		latencyMs: 1,
	};
}

test('results that were read are not kept until the end of the send', async () => {
	const place = sqlitePlace();
	const store = await place.open();
	const { registry } = registryOver(store);
	const { id } = await registry.applications.create(caller, { name: 'Shop' });
	const send = await registry.openSend(caller, { by: 'id', id });
	const read: Array<WeakRef<DeliveryResult[]>> = [];
	const stream = sendPastSuppressions(send, [], async function* () {
		for (let ref = 0; ref < 100; ref += 1) yield [resultOf(ref, id)];
	});
	let kept = 0;
	for await (const results of stream) {
		read.push(new WeakRef(results));
		if (read.length < 100) continue;
		await new Promise((resolve) => setImmediate(resolve));
		collectGarbage();
		kept = read.filter((one) => one.deref() !== undefined).length;
	}
	expect(read).toHaveLength(100);
	expect(kept).toBeLessThan(10);
	await store.close();
	await place.remove();
});
