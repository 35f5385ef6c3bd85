import { type ClientHttp2Session, connect } from 'node:http2';
import { ADDRESS } from './devices';
import { keepInFlight } from './inFlight';
import { bodyFor, headersFor, pathFor } from './requests';
import { ENDED, type Sender, type Task } from './types';

/** Nothing but `node:http2`: no token, no retries, no results. What any sender built on it pays at least. */
export async function open(task: Task): Promise<Sender> {
	const sessions: ClientHttp2Session[] = [];
	for (let n = 0; n < task.connections; n++) sessions.push(await connected(task));
	const body = bodyFor(task);
	const headers = { ':method': 'POST', ':scheme': 'https', ...headersFor(task) };
	const path = pathFor(task);
	const address = ADDRESS[task.shape];
	let turn = 0;
	return {
		send: async (supply, record) =>
			await keepInFlight(supply, task.inFlight * task.connections, (device, ended) => {
				turn = (turn + 1) % sessions.length;
				const to = address(device);
				const stream = sessions[turn]?.request({ ...headers, ':path': path(to) });
				if (!stream) return;
				let status = 0;
				stream.on('response', (answer) => {
					status = answer[':status'] ?? 0;
				});
				stream.on('error', () => undefined);
				stream.on('close', () => {
					record(device, status === 200 ? ENDED.accepted : ENDED.refused);
					ended();
				});
				stream.resume();
				stream.end(body(to));
			}),
		async close() {
			for (const session of sessions) session.destroy();
		},
	};
}

async function connected({ origin, ca }: Task): Promise<ClientHttp2Session> {
	const session = connect(origin, { ca });
	session.on('error', () => undefined);
	return await new Promise((resolve) => session.once('remoteSettings', () => resolve(session)));
}
