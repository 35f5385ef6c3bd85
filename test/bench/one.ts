import { parseArgs } from 'node:util';
import { buildPrograms } from './build';
import { CLIENT_NAMES } from './clients/types';
import { Bench } from './runner';

/** One measurement by hand: `node scripts/run.js test/bench/one.ts --client engine --shape apns --seconds 5 --profile .cache/profiles`. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			client: { type: 'string', default: 'engine' },
			shape: { type: 'string', default: 'apns' },
			substituted: { type: 'boolean', default: false },
			delay: { type: 'string', default: '0' },
			seconds: { type: 'string' },
			pushes: { type: 'string' },
			rate: { type: 'string' },
			connections: { type: 'string', default: '1' },
			'in-flight': { type: 'string', default: '200' },
			'warm-up': { type: 'string', default: '20000' },
			faults: { type: 'string' },
			profile: { type: 'string' },
		},
	});
	const client = CLIENT_NAMES.find((name) => name === values.client);
	if (!client) throw new Error(`--client must be one of ${CLIENT_NAMES.join(', ')}.`);
	await buildPrograms();
	const bench = await Bench.start();
	const result = await bench.measure({
		client,
		shape: values.shape === 'fcm' ? 'fcm' : 'apns',
		substituted: values.substituted,
		delayMs: Number(values.delay),
		warmUp: Number(values['warm-up']),
		connections: Number(values.connections),
		inFlight: Number(values['in-flight']),
		...(values.pushes ? { pushes: Number(values.pushes) } : { seconds: Number(values.seconds ?? 3) }),
		...(values.rate ? { ratePerSecond: Number(values.rate) } : {}),
		...(values.faults ? { faults: JSON.parse(values.faults) } : {}),
		...(values.profile ? { profile: values.profile } : {}),
	});
	console.log(result);
	await bench.close();
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
