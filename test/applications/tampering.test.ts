import { DatabaseSync } from 'node:sqlite';
import { type Registry } from '../../push/applications';
import type { Store } from '../../push/store';
import { sqlitePlace } from '../store/stores';
import { caller, registryOver } from './registryFixture';

/** Somebody with the file, but without the key. */
describe('an audit trail that was tampered with', () => {
	const where = sqlitePlace();
	let store: Store;
	let registry: Registry;

	beforeEach(async () => {
		store = await where.open();
		({ registry } = registryOver(store));
		for (const name of ['A', 'B', 'C', 'D']) await registry.applications.create(caller, { name });
	});

	afterEach(async () => {
		await store.close();
		await where.remove();
	});

	const tamper = (sql: string) => {
		const file = new DatabaseSync(where.file);
		file.exec(sql);
		file.close();
	};

	const verify = async () => {
		const [report] = await registry.verifyAuditTrail(caller);
		return report;
	};

	test('is sound before', async () => {
		expect(await verify()).toMatchObject({ verified: 4 });
		expect(await verify()).not.toHaveProperty('fault');
	});

	test.each([
		['an edited row', `UPDATE audit SET details = '{"name":"Z"}' WHERE sequence = 2`, { sequence: 2, fault: 'edited' }],
		['an edited time', 'UPDATE audit SET at = at + 1 WHERE sequence = 3', { sequence: 3, fault: 'edited' }],
		['a removed row', 'DELETE FROM audit WHERE sequence = 2', { sequence: 2, fault: 'missing' }],
		['a removed first row', 'DELETE FROM audit WHERE sequence = 1', { sequence: 1, fault: 'missing' }],
		['a removed tail', 'DELETE FROM audit WHERE sequence > 2', { sequence: 3, fault: 'missing' }],
		[
			'rows that changed places',
			'UPDATE audit SET sequence = -1 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = -1',
			{ sequence: 2, fault: 'edited' },
		],
	])('shows %s', async (_what, sql, fault) => {
		tamper(sql);
		expect(await verify()).toMatchObject({ fault });
	});

	test('shows a tail removed together with its head against an exported head', async () => {
		const before = await verify();
		if (!before) throw new Error('no chain');
		tamper(
			`DELETE FROM audit WHERE sequence > 2;
			UPDATE audit_heads SET sequence = 2, mac = (SELECT mac FROM audit WHERE sequence = 2)`,
		);
		expect(await verify()).not.toHaveProperty('fault');
		const exported = { chain: before.chain, sequence: before.head.sequence, mac: before.head.mac };
		const [after] = await registry.verifyAuditTrail(caller, [exported]);
		expect(after).toMatchObject({ fault: { sequence: 4, fault: 'missing' } });
	});

	test('a credential moved to another application does not open there', async () => {
		const [a, b] = (await registry.applications.list(caller, { limit: 2 })).items;
		if (!a || !b) throw new Error('no applications');
		const adm = { type: 'adm', clientId: 'id', clientSecret: 'secret' } as const;
		for (const { id } of [a, b]) {
			await registry.channels.enable(
				caller,
				{ by: 'id', id },
				{ channelTypes: ['ADM'], credentials: [adm], verify: false },
			);
		}
		tamper(
			`UPDATE channels SET sealed = (SELECT sealed FROM channels WHERE application_id = '${a.id}') WHERE application_id = '${b.id}'`,
		);
		const send = await registry.openSend(caller, { by: 'id', id: b.id });
		await expect(send.credentialFor('ADM')).rejects.toMatchObject({
			code: 'StoreUnavailable',
			message: expect.stringContaining('changed or moved'),
		});
	});
});
