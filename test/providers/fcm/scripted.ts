import type { FcmContent } from '../../../push/messages/content';
import { ManualClock } from '../manual-clock';
import { granted, response, type Script, ScriptedTransports } from '../scripted-transports';

const random = { uuid: () => '00000000-0000-4000-8000-000000000000', fraction: () => 0 };
export const CONTENT: FcmContent = {
	provider: 'fcm',
	message: '{"data":{"a":"b"}}',
	validateOnly: false,
	bytes: 2,
	collapsible: false,
};
export const SENT = response(200, { name: 'projects/demo-project/messages/1' });
export const REFUSED = response(401, {
	error: { status: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' },
});

export function engine(script: Script) {
	const clock = new ManualClock();
	const transports = new ScriptedTransports(script);
	return { clock, transports, deps: { clock, random, transports } };
}

/** Tokens t1, t2, ...; what FCM answers depends on the token it sees. */
export function google(pushes: (token: string) => ReturnType<typeof response>): Script {
	let tokens = 0;
	return ({ request }) => {
		if (request.path === '/token') {
			tokens += 1;
			return granted(`t${tokens}`);
		}
		return pushes(request.headers.authorization?.replace('Bearer ', '') ?? '');
	};
}
