import { systemClock, systemRandom } from '../../push/model';
import type { ProviderClient } from '../../push/providers/provider';
import { ActiveSends, createSender, ThrottleRegistry, Turns } from '../../push/sending';
import { batches, OK } from './scriptedClient';

const nextTurn = async () => await new Promise((resolve) => setImmediate(resolve));

/** Answers before anything else happens: a send on it could go on in one turn of the event loop for ever. */
const AT_ONCE: ProviderClient = {
	provider: 'apns',
	channelType: 'APNS',
	key: 'at once',
	pace: { rampUpMs: 0, inFlight: 10, attempts: 1, maxBackoffMs: 1 },
	capacity: 10,
	warnings: () => [],
	send: (_content, _recipient, _attempt, done) => {
		queueMicrotask(() => done(OK));
		return { cancel: () => undefined };
	},
	renewAuthorization: async () => false,
};

describe('the slice of a turn that sends may take', () => {
	it('is used up after 4 ms, for all sends together, until the next turn', async () => {
		let now = 1_000;
		const turns = new Turns({ monotonic: () => now });
		expect(turns.isUsedUp).toBe(false);
		now += 3.9;
		expect(turns.isUsedUp).toBe(false);
		now += 0.1;
		expect(turns.isUsedUp).toBe(true);
		expect(turns.isUsedUp).toBe(true);
		await nextTurn();
		expect(turns.isUsedUp).toBe(false);
	});

	it('puts other work off to the next turn, once', async () => {
		const turns = new Turns({ monotonic: () => performance.now() });
		const passed = { turn: false };
		await turns.room();
		setImmediate(() => (passed.turn = true));
		const from = performance.now();
		while (performance.now() - from < 5);
		const put = turns.room().then(() => passed.turn);
		expect(await put).toBe(true);
	});

	it('lets the event loop turn while answers come faster than they can be worked off', async () => {
		let now = 0;
		// Each look at the clock takes a millisecond: the same on every machine.
		const turns = new Turns({ monotonic: () => (now += 1) });
		const sender = createSender(
			{ clientFor: async () => AT_ONCE },
			{
				clock: systemClock,
				random: systemRandom,
				throttles: new ThrottleRegistry({ clock: systemClock }),
				sends: new ActiveSends(),
				turns,
			},
		);
		let passed = 0;
		let over = false;
		const count = (): void => {
			passed += 1;
			if (!over) setImmediate(count);
		};
		setImmediate(count);
		let results = 0;
		for await (const some of sender.send(batches(5_000), {})) results += some.length;
		over = true;
		expect(results).toBe(5_000);
		// 5,000 recipients, 10 at a time: 500 rounds, of which few fit into a turn.
		expect(passed).toBeGreaterThan(50);
	});
});
