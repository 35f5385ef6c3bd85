import type { Case } from './runner';
import type { SinkFaults } from './sink/types';

export const SECTIONS = ['apns0', 'fcm0', 'apns50', 'fcm50', 'memory', 'faults'] as const;

export type SectionName = (typeof SECTIONS)[number];

export const TITLES: Readonly<Record<SectionName, string>> = {
	apns0: 'APNs shape (1,000 streams), answers at once',
	fcm0: 'FCM shape (100 streams), answers at once',
	apns50: 'APNs shape, answers after 50 ms',
	fcm50: 'FCM shape, answers after 50 ms',
	memory: 'A long send',
	faults: 'Faults',
};

/** One row: what it is called in the results, and what is measured. */
export interface Row {
	readonly name: string;
	readonly label: string;
	readonly measure: Case;
}

export type Plan = Readonly<Record<SectionName, readonly Row[]>>;

/** The engine is compiled later than its peers are, at the same number of pushes: it is done with them sooner. */
const WARM_UP = { engine: 100_000, peer: 15_000, limited: 5_000 };
const APNS_LIMIT = 25_000;
const FCM_LIMIT = 10_000;

type Amount = Pick<Case, 'pushes' | 'seconds'>;
type Rest = Omit<Case, 'client' | 'shape' | 'warmUp'>;

const engine = (shape: 'apns' | 'fcm', rest: Rest): Case => ({
	client: 'engine',
	shape,
	warmUp: WARM_UP.engine,
	...rest,
});
const peer = (client: Case['client'], shape: 'apns' | 'fcm', rest: Rest): Case => ({
	client,
	shape,
	warmUp: WARM_UP.peer,
	...rest,
});

/** About a minute: everybody for three seconds. */
export function quickPlan(): Plan {
	const { apns0, fcm0 } = speedRows('', { seconds: 3 });
	return {
		apns0,
		fcm0: fcm0.filter(({ name }) => name !== 'undici'),
		...delayRows({ seconds: 3 }),
		memory: [row('engine', 'this package, 5 s', engine('apns', { seconds: 5 }))],
		faults: faultRows(5_000),
	};
}

/** 100,000 and 1,000,000 recipients; some ten minutes. */
export function fullPlan(): Plan {
	const small = speedRows('', { pushes: 100_000 });
	const large = speedRows('1M', { pushes: 1_000_000 });
	return {
		apns0: [...small.apns0, ...large.apns0],
		fcm0: [...small.fcm0, ...large.fcm0],
		...delayRows({ pushes: 100_000 }),
		memory: [
			row('engine100k', 'this package, 100,000', engine('apns', { pushes: 100_000 })),
			row('engine', 'this package, 1,000,000', engine('apns', { pushes: 1_000_000 })),
		],
		faults: faultRows(50_000),
	};
}

function row(name: string, label: string, measure: Case): Row {
	return { name, label, measure };
}

/** In flight: what each peer is fastest with. */
function speedRows(suffix: string, amount: Amount): Pick<Plan, 'apns0' | 'fcm0'> {
	const count = amount.pushes === undefined ? '' : `, ${amount.pushes.toLocaleString('en-US')}`;
	const of = (name: string, label: string, measure: Case) => row(`${name}${suffix}`, `${label}${count}`, measure);
	return {
		apns0: [
			of('engine', 'this package, static message', engine('apns', amount)),
			of('engineSubstituted', 'this package, substituted message', engine('apns', { ...amount, substituted: true })),
			of('nodeHttp2', 'node:http2', peer('nodeHttp2', 'apns', { ...amount, inFlight: 200 })),
			of('undici', 'undici', peer('undici', 'apns', { ...amount, inFlight: 200 })),
			of('nodeApn', '@parse/node-apn', peer('nodeApn', 'apns', { ...amount, inFlight: 1000 })),
		],
		fcm0: [
			of('engine', 'this package, static message', engine('fcm', amount)),
			of('engineSubstituted', 'this package, substituted message', engine('fcm', { ...amount, substituted: true })),
			of('nodeHttp2', 'node:http2', peer('nodeHttp2', 'fcm', { ...amount, inFlight: 100 })),
			of('undici', 'undici', peer('undici', 'fcm', { ...amount, inFlight: 100 })),
			of('firebaseAdmin', 'firebase-admin', peer('firebaseAdmin', 'fcm', amount)),
		],
	};
}

function delayRows(amount: Amount): Pick<Plan, 'apns50' | 'fcm50'> {
	const common = { ...amount, delayMs: 50 };
	const limited = (shape: 'apns' | 'fcm', ratePerSecond: number): Case => ({
		...engine(shape, { ...common, ratePerSecond }),
		warmUp: WARM_UP.limited,
	});
	const slow = (client: Case['client'], shape: 'apns' | 'fcm', connections: number, inFlight: number): Case => ({
		...peer(client, shape, { ...common, connections, inFlight }),
		warmUp: WARM_UP.limited,
	});
	return {
		apns50: [
			row('engine', `this package, limit ${APNS_LIMIT}/s`, limited('apns', APNS_LIMIT)),
			row('nodeHttp2', 'node:http2, 2 connections', slow('nodeHttp2', 'apns', 2, 1000)),
			row('nodeApn', '@parse/node-apn', slow('nodeApn', 'apns', 1, 1000)),
		],
		fcm50: [
			row('engine', `this package, limit ${FCM_LIMIT}/s`, limited('fcm', FCM_LIMIT)),
			row('nodeHttp2', 'node:http2, 10 connections', slow('nodeHttp2', 'fcm', 10, 100)),
			row('firebaseAdmin', 'firebase-admin, 4 calls at a time', {
				...slow('firebaseAdmin', 'fcm', 4, 100),
				warmUp: 2000,
			}),
		],
	};
}

const FAULTS: ReadonlyArray<readonly [name: string, label: string, faults: SinkFaults]> = [
	['goaway', 'GOAWAY every 500 streams', { goawayEvery: 500 }],
	['flap', 'SETTINGS 1 <-> 1,000 every 100 ms', { flapMs: 100 }],
	['refused', 'every 50th REFUSED_STREAM', { refuseEvery: 50 }],
	['reset', 'every 50th reset after processing', { resetEvery: 50 }],
	['busy429', 'every 50th 429 with Retry-After: 1', { busyEvery: 50, busyStatus: 429 }],
	['busy503', 'every 50th 503 with Retry-After: 1', { busyEvery: 50, busyStatus: 503 }],
	['cut', 'connection cut every 2,000 streams', { cutEvery: 2000 }],
];

/**
 * firebase-admin opens a connection per call of 500: its GOAWAY has to come sooner.
 * Answers take 5 ms, so that many requests are open when something happens; the rate leaves time for it to.
 */
function faultRows(pushes: number): Row[] {
	const common = { pushes, delayMs: 5, timeoutMs: 60_000 };
	const ours = FAULTS.map(([name, label, faults]) =>
		row(name, label, { ...engine('apns', { ...common, faults, ratePerSecond: 10_000 }), warmUp: 0 }),
	);
	const theirs = FAULTS.filter(([name]) => name === 'goaway' || name === 'busy429').flatMap(([name, label, faults]) => [
		row(`${name}NodeApn`, `${label}: node-apn`, {
			...peer('nodeApn', 'apns', { ...common, faults, inFlight: 500, timeoutMs: 10_000 }),
			warmUp: 0,
		}),
		row(`${name}FirebaseAdmin`, `${label.replace('500', '200')}: firebase-admin`, {
			...peer('firebaseAdmin', 'fcm', {
				...common,
				faults: { ...faults, ...(faults.goawayEvery ? { goawayEvery: 200 } : {}) },
				timeoutMs: 10_000,
			}),
			warmUp: 0,
		}),
	]);
	return [...ours, ...theirs];
}
