import type { ApplicationSend } from '../../push/applications';
import { sendPastSuppressions } from '../../push/applications/sendFilter';
import { type DeliveryResult, PushError } from '../../push/model';
import type { SendBatch } from '../../push/sending';
import { FakeClock } from '../sending/fakeClock';
import { OK, ScriptedClient, batches, bench, outcome } from '../sending/scriptedClient';
import { sqlitePlace } from '../store/stores';
import { caller, registryOver } from './registryFixture';

const DEAD = outcome({ class: 'token', tokenAction: 'remove', providerStatus: 410 });

/** What a send of a new application comes to; its first recipient is dead. */
async function sendWith(
	part: Partial<ApplicationSend>,
	source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
): Promise<{ readonly results: DeliveryResult[]; readonly error?: unknown }> {
	const place = sqlitePlace();
	const store = await place.open();
	const { registry } = registryOver(store);
	const { id } = await registry.applications.create(caller, { name: 'Shop' });
	const send = { ...(await registry.openSend(caller, { by: 'id', id })), ...part };
	const clock = new FakeClock();
	const client = new ScriptedClient(clock, { script: (address) => (address === 'device-0' ? DEAD : OK) });
	const sender = bench(clock, [client]);
	const results: DeliveryResult[] = [];
	try {
		const stream = sendPastSuppressions(send, source, (through) => ({
			[Symbol.asyncIterator]: () => sender.send(through),
		}));
		for await (const batch of stream) results.push(...batch);
		return { results };
	} catch (error) {
		return { results, error };
	} finally {
		await store.close();
		await place.remove();
	}
}

describe('a send past the suppression list', () => {
	test('tells its results also when dead addresses cannot be put on the list, and says so', async () => {
		const away = new PushError('StoreUnavailable', 'The database is away.', { hint: 'Look after it.' });
		const { results, error } = await sendWith({ suppressDead: async () => await Promise.reject(away) }, batches(1));
		expect(error).toBeUndefined();
		expect(results).toMatchObject([
			{
				address: 'device-0',
				tokenAction: 'remove',
				warnings: ['A dead address is missing on the suppression list: The database is away. Look after it.'],
			},
		]);
	});

	test('tells what became of the suppressed also when the source fails', async () => {
		const broken = new Error('The file ends in the middle of a row.');
		async function* source() {
			yield* batches(10);
			throw broken;
		}
		const optedOut: ApplicationSend['suppressed'] = async (addresses) =>
			addresses.map((address) => ({ applicationId: 'of the shop', address, reason: 'OPT_OUT', createdAt: 0 }));
		const { results, error } = await sendWith({ suppressed: optedOut }, source());
		expect(error).toBe(broken);
		expect(results.map(({ deliveryStatus }) => deliveryStatus)).toEqual(Array<string>(10).fill('OPT_OUT'));
	});
});
