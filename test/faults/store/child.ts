import { createDeliveryLog } from '../../../push/results';
import { createRegistry, type Caller } from '../../../push/applications';
import { systemClock, systemRandom } from '../../../push/model';
import { deriveMasterKey } from '../../../push/security/masterKey';
import { openStore } from '../../../push/store';

/**
 * One process that works on a store until it is killed: `child.ts <place> <worker> <job>`; says on stdout what is done.
 * A place is an SQLite file, or the options of a PostgreSQL store as JSON.
 */
const [place = '', workerPath = '', job = ''] = process.argv.slice(2);

const openPlace = async () =>
	await openStore(
		place.startsWith('{') ? { kind: 'postgres', ...JSON.parse(place) } : { kind: 'sqlite', file: place, workerPath },
	);

const caller: Caller = { principal: { workflowName: `process ${process.pid}` } };
const OLD_KEY = deriveMasterKey('old');
const NEW_KEY = deriveMasterKey('new');
const ADM = { type: 'adm', clientId: 'id', clientSecret: 'SECRET-ADM' } as const;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function open(rotating = false) {
	const store = await openPlace();
	const registry = createRegistry({
		store,
		keyring: rotating ? { current: NEW_KEY, others: [OLD_KEY] } : { current: OLD_KEY, others: [] },
		clock: systemClock,
		random: systemRandom,
		deliveryLog: createDeliveryLog(store, systemClock),
		upkeep: { keepAwake: () => () => {} },
		inspect: async () => ({}),
		check: async () => ({ ok: true, message: '', channels: ['ADM'], warnings: [] }),
	});
	return { store, registry };
}

async function create(registry: Awaited<ReturnType<typeof open>>['registry'], name: string) {
	const { id } = await registry.applications.create(caller, { name });
	await registry.channels.enable(
		caller,
		{ by: 'id', id },
		{ channelTypes: ['ADM'], credentials: [ADM], verify: false },
	);
	return id;
}

const JOBS: Readonly<Record<string, () => Promise<void>>> = {
	/** Opens, which migrates, and closes, again and again. */
	async migrate() {
		const { store } = await open();
		await store.close();
		say('migrated');
	},

	/** Creates, updates, sends and counts until it is told to stop. */
	async hammer() {
		const { registry } = await open();
		process.stdin.once('data', () => process.exit(0));
		say('ready');
		for (let n = 0; ; n++) {
			const id = await create(registry, `${process.pid} ${n}`);
			await registry.applications.update(caller, { by: 'id', id }, { tags: { n: String(n) } });
			const send = await registry.openSend(caller, { by: 'id', id });
			const credential = await send.credentialFor('ADM');
			if ('refused' in credential || credential.type !== 'adm') throw new Error('the credential is not the one stored');
			await send.suppressDead([]);
			await send.finished({ recipients: 1 });
			say(`done ${id}`);
		}
	},

	async fill() {
		const { store, registry } = await open();
		for (let n = 0; n < 60; n++) {
			const id = await create(registry, `App ${n}`);
			const rows = Array.from({ length: 200 }, (_, i) => ({ address: `t${i}`, reason: 'DEAD' as const }));
			await registry.suppressions.add(caller, { by: 'id', id }, rows);
			say(`done ${id}`);
		}
		await store.close();
	},

	/** Deletes every application and removes its rows. */
	async delete() {
		const { store, registry } = await open();
		say('ready');
		for (;;) {
			const { items } = await registry.applications.list(caller, { limit: 1 });
			const [first] = items;
			if (!first) break;
			await registry.applications.delete(caller, { by: 'id', id: first.id }, 'delete');
			say(`done ${first.id}`);
		}
		await registry.applications.purge();
		await store.close();
		say('over');
	},

	async rotate() {
		const { store, registry } = await open(true);
		say('ready');
		const { rotated } = await registry.rotateKeys(caller);
		await store.close();
		say(`over ${rotated}`);
	},

	/** Opens every credential with the new key alone. */
	async readWithNewKey() {
		const store = await openPlace();
		const left = await store.channels.listSealedUnderOther(NEW_KEY.id, 1_000);
		await store.close();
		say(`left ${left.length}`);
	},
};

const run = JOBS[job];
if (!run) throw new Error(`unknown job ${job}`);
run().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exit(1);
});
