import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging } from 'firebase-admin/messaging';
import { redirectHttp2 } from '../../simulators/redirect';
import { FIREBASE_MESSAGE } from '../message';
import { ADDRESS } from './devices';
import { projectOf } from './requests';
import { ENDED, type Sender, type Supply, type Task } from './types';

/** The most firebase-admin takes in one call. */
const CALL = 500;

/** firebase-admin in its fastest way, `sendEachForMulticast`; `connections` calls at a time. */
export async function open(task: Task): Promise<Sender> {
	const restore = redirectHttp2({ 'fcm.googleapis.com': task.origin }, task.ca);
	const app = initializeApp({
		projectId: projectOf(task),
		credential: { getAccessToken: async () => ({ access_token: `ya29.${'f'.repeat(150)}`, expires_in: 3599 }) },
	});
	const messaging = getMessaging(app);
	return {
		async send(supply, record) {
			const calls = async () => {
				for (let devices = take(supply); devices.length > 0; devices = take(supply)) {
					const tokens = devices.map(ADDRESS.fcm);
					const { responses } = await messaging.sendEachForMulticast({ ...FIREBASE_MESSAGE, tokens });
					responses.forEach(({ success, error }, n) =>
						record(devices[n] ?? 0, success ? ENDED.accepted : ENDED.refused, error?.message),
					);
				}
			};
			await Promise.all(Array.from({ length: task.connections }, calls));
		},
		async close() {
			await deleteApp(app);
			restore();
		},
	};
}

function take(supply: Supply): number[] {
	const devices: number[] = [];
	while (devices.length < CALL) {
		const device = supply.next();
		if (device < 0) break;
		devices.push(device);
	}
	return devices;
}
