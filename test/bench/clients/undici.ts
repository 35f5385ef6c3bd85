import { Client } from 'undici';
import { ADDRESS } from './devices';
import { keepInFlight } from './inFlight';
import { bodyFor, headersFor, pathFor } from './requests';
import { ENDED, type Sender, type Task } from './types';

/** undici's own HTTP/2 client. */
export async function open(task: Task): Promise<Sender> {
	const clients = Array.from({ length: task.connections }, () => {
		const { inFlight } = task;
		return new Client(task.origin, {
			allowH2: true,
			pipelining: inFlight,
			maxConcurrentStreams: inFlight,
			connect: { ca: task.ca },
		});
	});
	const body = bodyFor(task);
	const headers = headersFor(task);
	const path = pathFor(task);
	const address = ADDRESS[task.shape];
	let turn = 0;
	async function push(device: number): Promise<number> {
		turn = (turn + 1) % clients.length;
		const to = address(device);
		const answer = await clients[turn]?.request({ path: path(to), method: 'POST', headers, body: body(to) });
		await answer?.body.dump();
		return answer?.statusCode === 200 ? ENDED.accepted : ENDED.refused;
	}
	return {
		send: async (supply, record) =>
			await keepInFlight(supply, task.inFlight * task.connections, (device, ended) => {
				push(device)
					.catch(() => ENDED.refused)
					.then((end) => {
						record(device, end);
						ended();
					});
			}),
		close: async () => {
			await Promise.all(clients.map(async (client) => await client.destroy()));
		},
	};
}
