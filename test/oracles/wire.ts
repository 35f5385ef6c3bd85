import { createEngine, type DirectCredentials, type Engine, type Recipient, systemClock } from '../../push';
import { compileNotification, type Notification } from '../../push/messages';
import type { Arrival } from '../simulators';

/** The engine with its clock's date standing still, so that moments on the wire can be compared. */
export function engineAt(now: number): Engine {
	return createEngine({ clock: { ...systemClock, now: () => now }, env: {} });
}

/** Sends one notification to one address, and fails the test unless the provider took it. */
export async function sendOurs(
	engine: Engine,
	credentials: DirectCredentials,
	notification: Notification,
	to: Pick<Recipient, 'address' | 'channelType'>,
	now: number,
): Promise<void> {
	const message = compileNotification(notification, { clock: { now: () => now } });
	for await (const results of engine.send([{ message, recipients: [{ ref: 0, ...to }] }], credentials)) {
		for (const result of results) {
			expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', statusMessage: '' });
		}
	}
}

/** The only request that came. */
export function onlyArrival(arrivals: readonly Arrival[]): Arrival {
	const [arrival] = arrivals;
	if (!arrival || arrivals.length > 1) throw new Error(`expected one request, not ${arrivals.length}`);
	return arrival;
}

export function bodyOf(arrival: Arrival): unknown {
	return JSON.parse(arrival.body);
}
