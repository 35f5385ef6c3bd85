import apn from '@parse/node-apn';
import { STATIC_MESSAGE } from '../message';
import { ADDRESS } from './devices';
import { keepInFlight } from './inFlight';
import { expirationOf } from './requests';
import { ENDED, type Sender, type Task } from './types';

/** @parse/node-apn, with the pool of requests around it that makes it fastest (its bulk call loses answers). */
export async function open(task: Task): Promise<Sender> {
	const { hostname, port } = new URL(task.origin);
	const { privateKey, keyId, teamId, bundleId } = task.apnsKey;
	const options: apn.ProviderOptions = {
		token: { key: privateKey, keyId, teamId },
		address: hostname,
		port: Number(port),
		ca: [task.ca],
	};
	const provider =
		task.connections > 1
			? new apn.MultiProvider({ ...options, clientCount: task.connections })
			: new apn.Provider(options);
	const note = new apn.Notification();
	note.topic = bundleId;
	note.pushType = 'alert';
	note.priority = 10;
	note.collapseId = STATIC_MESSAGE.collapseId;
	note.expiry = expirationOf();
	note.rawPayload = JSON.parse(task.apnsPayload);
	const push = async (device: number): Promise<number> => {
		const { sent } = await provider.send(note, ADDRESS.apns(device));
		return sent.length === 1 ? ENDED.accepted : ENDED.refused;
	};
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
			await new Promise<void>((resolve) => provider.shutdown(resolve));
		},
	};
}
