import { createRequire } from 'node:module';
import type { DeliveryBatch } from '../../push/model';

/** The part of n8n's own prom-client that is used here. */
interface PromClient {
	readonly Counter: new (options: {
		readonly name: string;
		readonly help: string;
		readonly labelNames: readonly string[];
	}) => Counter;
	readonly register: { getSingleMetric(name: string): unknown };
}

interface Counter {
	inc(labels: Readonly<Record<string, string>>, value: number): void;
}

const NAME = 'push_messages_total';

/**
 * Counts messages on n8n's own `/metrics` too, when that is on (N8N_METRICS=true) and n8n's library is where it is
 * expected; each process of n8n shows what it sent itself.
 * @returns what is told of recorded batches; undefined when there is nothing to tell it to
 */
export function n8nMetrics(
	env: NodeJS.ProcessEnv = process.env,
	main: string | undefined = require.main?.filename,
): ((batches: readonly DeliveryBatch[]) => void) | undefined {
	if (env.N8N_METRICS !== 'true' || main === undefined) return undefined;
	const counter = findCounter(main);
	if (!counter) return undefined;
	return (batches) => {
		for (const { applicationId, results } of batches) {
			const counts = new Map<string, number>();
			for (const { channelType, deliveryStatus } of results) {
				const key = `${channelType} ${deliveryStatus}`;
				counts.set(key, (counts.get(key) ?? 0) + 1);
			}
			for (const [key, count] of counts) {
				const [channel = '', status = ''] = key.split(' ');
				counter.inc({ application: applicationId, channel, status }, count);
			}
		}
	};
}

function findCounter(main: string): Counter | undefined {
	const client = loadClient(main);
	if (!client) return undefined;
	// The package may have been loaded before, in another version.
	const known = client.register.getSingleMetric(NAME);
	if (isCounter(known)) return known;
	return new client.Counter({
		name: NAME,
		help: 'Push notifications by what became of them.',
		labelNames: ['application', 'channel', 'status'],
	});
}

function loadClient(main: string): PromClient | undefined {
	try {
		const client: unknown = createRequire(main)('prom-client');
		return isPromClient(client) ? client : undefined;
	} catch {
		// Another n8n keeps its libraries elsewhere: the figures are in Manage App all the same.
		return undefined;
	}
}

function isPromClient(value: unknown): value is PromClient {
	return (
		typeof value === 'object' &&
		value !== null &&
		'Counter' in value &&
		typeof value.Counter === 'function' &&
		'register' in value &&
		typeof value.register === 'object'
	);
}

function isCounter(value: unknown): value is Counter {
	return typeof value === 'object' && value !== null && 'inc' in value && typeof value.inc === 'function';
}
