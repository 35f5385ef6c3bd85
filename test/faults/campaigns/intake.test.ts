import { ADDRESS } from '../../bench/clients/devices';
import { describePostgres } from '../../store/stores';
import { random, sleep } from '../store/processes';
import { type EngineScene, sqliteScene } from './engineScene';
import { FIRST, Provider, RECIPIENTS } from './scene';

/** Processes killed while the recipients come into the store. */
const KILLS = 2;

/** Kills before a campaign that is stored in one step is there. */
const EARLY_KILLS = 4;

jest.setTimeout(900_000);

let provider: Provider;

beforeAll(async () => {
	provider = await Provider.start();
});

afterAll(async () => await provider.end());

const onScene = async (act: (scene: EngineScene) => Promise<void>) => {
	const scene = sqliteScene(provider);
	try {
		await scene.prepare();
		await act(scene);
	} finally {
		await scene.close();
	}
};

describePostgres('killed while the query of recipients is read', () => {
	/** The devices of the scene, a thousand in 50 ms. */
	const query = {
		text: `SELECT lpad(to_hex($1::int + n), 8, '0') || $3 AS device, 'Person ' || n AS name,
			CASE WHEN n % 1000 = 0 THEN pg_sleep(0.05) END AS slowly FROM generate_series(0, $2::int - 1) AS n ORDER BY n`,
		parameters: [FIRST, RECIPIENTS, ADDRESS.apns(0).slice(8)],
		credential: {
			host: '127.0.0.1',
			port: 5432,
			database: 'test',
			user: process.env.PGUSER ?? 'postgres',
			password: 'the password of the people',
			ssl: 'disable',
		},
	};

	test('the runner asks again and goes on: everybody is reached, and nobody touches anything', async () => {
		await onScene(async (scene) => {
			let process = scene.start({ query });
			for (let kill = 0; kill < KILLS; kill += 1) {
				const from = (await scene.campaign()).campaign?.rows ?? 0;
				await scene.until(({ campaign }) => (campaign?.rows ?? 0) > from);
				await sleep(random() * 300);
				expect((await scene.campaign()).campaign?.intake).toBe('OPEN');
				await process.kill();
				process = scene.process({ job: 'run' });
			}
			await scene.until(({ campaign }) => campaign?.state === 'COMPLETED');
			await process.kill();
			expect((await scene.campaign()).campaign).toMatchObject({ intake: 'DONE', rows: RECIPIENTS });
			await scene.judge(KILLS);
		});
	});
});

test('killed while rows that are in memory are stored: the campaign is there whole, or not at all', async () => {
	await onScene(async (scene) => {
		for (let kill = 0; ; kill += 1) {
			const process = scene.start();
			await process.says('begins');
			if (kill < EARLY_KILLS) await sleep(random() * 1_000);
			else await scene.until(({ campaign }) => campaign !== undefined);
			await process.kill();
			const { campaign } = await scene.campaign();
			if (campaign) {
				expect(campaign).toMatchObject({ intake: 'DONE', rows: RECIPIENTS });
				break;
			}
			const { acceptedByDevice } = await provider.report();
			expect(acceptedByDevice.slice(FIRST, FIRST + RECIPIENTS).filter((times) => times > 0)).toHaveLength(0);
		}
		const runner = scene.process({ job: 'run' });
		await scene.until(({ campaign }) => campaign?.state === 'COMPLETED');
		await runner.kill();
		await scene.judge(1);
	});
});
