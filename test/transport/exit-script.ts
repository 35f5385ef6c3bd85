import { systemClock, systemRandom } from '../../push/model';
import { createTransports, type Answer, type Transport } from '../../push/transport';

/**
 * Sends one request over each kind of transport and does nothing to close anything: the process has to end by itself.
 * Started by process-exit.test.ts with the target in its environment.
 */
const { HTTP2_ORIGIN = '', HTTP1_ORIGIN = '', CA = '', PROXY } = process.env;
const factory = createTransports({ clock: systemClock, random: systemRandom, env: {} });
const common = { idleCloseMs: 600_000, connectTimeoutMs: 5_000 };
const way = { ca: CA, ...(PROXY === undefined ? {} : { proxyUrl: PROXY }) };

async function ask(transport: Transport): Promise<Answer> {
	const request = { method: 'POST', path: '/x', headers: {}, body: '{}', timeoutMs: 10_000 } as const;
	return await new Promise((resolve) => {
		transport.request(request, resolve);
	});
}

async function main(): Promise<void> {
	const http2 = factory.http2({ origin: HTTP2_ORIGIN, ...way }, 'k', {
		...common,
		maxConnections: 2,
		maxStreams: 10,
		firstRequestAlone: true,
		pingAfterIdleMs: 60_000,
		pingTimeoutMs: 5_000,
	});
	const http1 = factory.http1({ origin: HTTP1_ORIGIN, ...way }, 'k', { ...common, maxConnections: 2 });
	const answers = [await ask(http2), await ask(http1)];
	console.log(answers.map((answer) => (answer.kind === 'response' ? answer.status : answer.kind)).join(' '));
}

void main();
