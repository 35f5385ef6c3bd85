import { isObject } from './json';
import type { Failure, Http2Simulator, PushSimulator, TokenSimulator } from './types';

export type ProviderName = 'apns' | 'apnsSandbox' | 'fcm' | 'baidu' | 'adm';

export type Controlled = Readonly<Record<ProviderName, PushSimulator>>;

type Fields = Record<string, unknown>;
type Chosen = ReadonlyArray<[string, PushSimulator]>;

/** Path and example of each command, for people. */
export const CONTROL_COMMANDS = {
	'GET /arrivals?provider=fcm&limit=100': 'what arrived, oldest first',
	'POST /address {"provider":"fcm","reason":"UNREGISTERED","n":1}':
		'an address that always gets this answer; without reason a good one',
	'POST /fail {"provider":"fcm","reason":"UNAVAILABLE","times":3}':
		'failures on demand; also status, headers, body, delayMs, silence, …',
	'POST /failTokens {"provider":"adm","reason":"invalid_client"}': 'the same for the OAuth token endpoint',
	'POST /expireTokens {"provider":"fcm"}': 'ends every access token given out so far',
	'POST /latency {"provider":"apns","ms":60}': 'added to each answer',
	'POST /streams {"provider":"apns","limit":10}': 'SETTINGS_MAX_CONCURRENT_STREAMS',
	'POST /goaway {"provider":"apns","code":0,"debug":"{}"}': 'GOAWAY on every open connection',
	'POST /freeze {"provider":"apns"}': 'stops reading the open connections',
	'POST /cut {"provider":"apns"}': 'TCP reset of the open connections',
	'POST /reset {"provider":"fcm"}': 'forgets arrivals, failures, latency and limits',
} as const;

const COMMANDS: Readonly<Record<string, (chosen: Chosen, fields: Fields) => unknown>> = {
	arrivals: (chosen, { limit }) =>
		each(chosen, (simulator) => simulator.arrivals.slice(-(limit === undefined ? 1000 : Number(limit)))),
	address: (chosen, { reason, n }) =>
		each(chosen, (simulator) =>
			typeof reason === 'string' ? simulator.addressFor(reason, Number(n ?? 0)) : simulator.goodAddress(Number(n ?? 0)),
		),
	fail: (chosen, fields) => each(chosen, (simulator) => simulator.fail(failureFrom(fields))),
	failTokens: (chosen, fields) => each(withTokens(chosen), ({ token }) => token.fail(failureFrom(fields))),
	expireTokens: (chosen) => each(withTokens(chosen), ({ token }) => token.expireAll()),
	latency: (chosen, { ms }) =>
		each(chosen, (simulator) => {
			simulator.latencyMs = Number(ms);
		}),
	streams: (chosen, { limit }) => each(overHttp2(chosen), (simulator) => simulator.setStreamLimit(Number(limit))),
	goaway: (chosen, { code, debug }) =>
		each(overHttp2(chosen), (simulator) =>
			simulator.goaway(Number(code ?? 0), typeof debug === 'string' ? debug : undefined),
		),
	freeze: (chosen) => each(overHttp2(chosen), (simulator) => simulator.freezeConnections()),
	cut: (chosen) => each(chosen, (simulator) => simulator.cutConnections()),
	reset: (chosen) => each(chosen, (simulator) => simulator.reset()),
};

/**
 * Runs one command on the chosen simulator, or on all of them.
 * @returns per provider what it gave, or `done`; undefined when there is no such command
 * @throws {Error} with a sentence for whoever typed it
 */
export function command(name: string, simulators: Controlled, fields: Fields): unknown {
	const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
	if (!run) return undefined;
	const { provider, ...rest } = fields;
	const all = Object.entries(simulators);
	const chosen = provider === undefined ? all : all.filter(([key]) => key === provider);
	if (chosen.length === 0) throw new Error(`Unknown provider; use one of ${Object.keys(simulators).join(', ')}`);
	return run(chosen, rest);
}

function each<S>(chosen: ReadonlyArray<[string, S]>, act: (simulator: S) => unknown): Fields {
	return Object.fromEntries(chosen.map(([name, simulator]) => [name, act(simulator) ?? 'done']));
}

function isHttp2(simulator: PushSimulator): simulator is Http2Simulator {
	return 'setStreamLimit' in simulator;
}

function hasTokens(simulator: PushSimulator): simulator is PushSimulator & { readonly token: TokenSimulator } {
	return 'token' in simulator;
}

const overHttp2 = (chosen: Chosen): Array<[string, Http2Simulator]> =>
	chosen.flatMap(
		([name, simulator]): Array<[string, Http2Simulator]> => (isHttp2(simulator) ? [[name, simulator]] : []),
	);

const withTokens = (chosen: Chosen) =>
	chosen.flatMap(
		([name, simulator]): Array<[string, { readonly token: TokenSimulator }]> =>
			hasTokens(simulator) ? [[name, simulator]] : [],
	);

const TEXTS = ['address', 'reason', 'body'] as const;
const NUMBERS = ['times', 'status', 'delayMs', 'resetCode'] as const;
const SWITCHES = ['silence', 'cutConnection'] as const;
const KNOWN: ReadonlySet<string> = new Set([...TEXTS, ...NUMBERS, ...SWITCHES, 'headers', 'goaway']);

/** Reads a Failure from JSON, field by field. @throws {Error} naming a field it does not know. */
function failureFrom(fields: Fields): Failure {
	const failure: Failure = {};
	for (const name of Object.keys(fields)) if (!KNOWN.has(name)) throw new Error(`Unknown field "${name}"`);
	for (const name of TEXTS) {
		const value = fields[name];
		if (typeof value === 'string') failure[name] = value;
	}
	for (const name of NUMBERS) {
		const value = fields[name];
		if (typeof value === 'number') failure[name] = value;
	}
	for (const name of SWITCHES) if (fields[name] === true) failure[name] = true;
	if (isObject(fields.headers)) {
		failure.headers = Object.fromEntries(Object.entries(fields.headers).map(([name, value]) => [name, String(value)]));
	}
	if (isObject(fields.goaway)) failure.goaway = goawayFrom(fields.goaway);
	return failure;
}

function goawayFrom({ code, lastStreamId, debug }: Fields): NonNullable<Failure['goaway']> {
	return {
		code: typeof code === 'number' ? code : 0,
		...(lastStreamId === 'previous' ? { lastStreamId } : {}),
		...(typeof debug === 'string' ? { debug } : {}),
	};
}
