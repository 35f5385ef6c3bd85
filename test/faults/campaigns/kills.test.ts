import { describePostgres } from '../../store/stores';
import { random, sleep } from '../store/processes';
import { type EngineScene, postgresScene, type Process, sqliteScene } from './engineScene';
import { Provider } from './scene';

/** Processes that run n8n's engine, killed at full speed; n8n.test.ts kills the full n8n. */
const KILLS = 3;

jest.setTimeout(900_000);

let provider: Provider;

beforeAll(async () => {
	provider = await Provider.start();
});

afterAll(async () => await provider.end());

/** Kills one process after the other; the campaign is never touched but by the runner. */
async function killAgainAndAgain(scene: EngineScene, together: number): Promise<number> {
	const first = scene.start();
	await scene.until(({ campaign }) => campaign?.intake === 'DONE');
	const processes: Process[] = [first];
	while (processes.length < together) processes.push(scene.process({ job: 'run' }));
	let kills = 0;
	while (kills < KILLS) {
		if (!(await scene.untilItSends())) break;
		await sleep(random() * 600);
		const victim = processes.splice(Math.floor(random() * processes.length), 1)[0];
		await victim?.kill();
		kills += 1;
		processes.push(scene.process({ job: 'run' }));
	}
	await scene.until(({ campaign }) => campaign?.state === 'COMPLETED');
	for (const left of processes) await left.kill();
	expect(processes.map(({ errors }) => errors).join('')).toBe('');
	return kills;
}

describe('processes killed in the middle of a campaign', () => {
	test('SQLite: everybody is reached, doubles are what was in flight, and all of them are marked', async () => {
		const scene = sqliteScene(provider);
		try {
			await scene.prepare();
			const kills = await killAgainAndAgain(scene, 1);
			expect(kills).toBeGreaterThan(0);
			await scene.judge(kills);
		} finally {
			await scene.close();
		}
	});
});

describePostgres('two processes on one campaign', () => {
	test('PostgreSQL: everybody is reached, doubles are what was in flight, and all of them are marked', async () => {
		const scene = postgresScene(provider);
		try {
			await scene.prepare();
			const kills = await killAgainAndAgain(scene, 2);
			expect(kills).toBeGreaterThan(0);
			await scene.judge(kills);
		} finally {
			await scene.close();
		}
	});
});
