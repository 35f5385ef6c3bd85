import { systemRandom } from '../../push/model';
import { AddressBook } from '../../push/transport/addresses';
import { HTTP2, post, send, transports, until } from './client';
import { ManualClock } from './manual-clock';
import { answer, Http2TestServer } from './servers/http2-server';

const three = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => ({ address, family: 4 }));

function setUp(fraction = () => 0.5) {
	const clock = new ManualClock();
	const book = new AddressBook(clock, { ...systemRandom, fraction });
	const order = () =>
		book
			.order(three)
			.map(({ address }) => address.slice(-1))
			.join('');
	return { clock, book, order };
}

describe('the choice among several addresses', () => {
	it('is by lot at first', () => {
		const lots = [0.3, 0.2, 0.1];
		const { order } = setUp(() => lots.shift() ?? 0);
		expect(order()).toBe('321');
	});

	it('prefers the least used', () => {
		const { book, order } = setUp();
		const end = book.use('192.0.2.1');
		book.use('192.0.2.3');
		expect(order()).toBe('213');
		end();
		end();
		expect(order()).toBe('123');
	});

	it('leaves one that sent us away or failed for last during a minute', async () => {
		const { clock, book, order } = setUp();
		book.avoid('192.0.2.1');
		book.use('192.0.2.2');
		expect(order()).toBe('321');
		await clock.advance(60_000);
		expect(order()).toBe('132');
	});
});

describe('connections to a name with several addresses', () => {
	/** All of 127/8 leads to this machine; the servers listen on one address each. */
	const lookup = (addresses: readonly string[]) => ({
		validateUrl: async () => await Promise.resolve({ ok: true } as const),
		lookup:
			() =>
			(
				_host: string,
				_options: object,
				callback: (error: null, found: Array<{ address: string; family: number }>) => void,
			) =>
				callback(
					null,
					addresses.map((address) => ({ address, family: 4 })),
				),
	});

	it('are made to the next address when one does not listen', async () => {
		const server = await Http2TestServer.start();
		const factory = transports({
			random: { ...systemRandom, fraction: () => 0.5 },
			egress: () => lookup(['127.0.0.9', '127.0.0.1']),
		});
		const transport = factory.http2({ origin: `http://localhost:${server.port}` }, 'k', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'response', status: 200 });
		await factory.close(0);
		await server.stop();
	});

	it('do not return to an address right after its GOAWAY', async () => {
		const first = await Http2TestServer.start({
			respond: (stream, seen, session) => {
				// GOAWAY, then the end of the connection.
				session.session.close();
				answer(stream, 200, seen.id);
			},
		});
		const second = await Http2TestServer.start({ port: first.port, host: '127.0.0.2' });
		const factory = transports({
			random: { ...systemRandom, fraction: () => 0.5 },
			egress: () => lookup(['127.0.0.1', '127.0.0.2']),
		});
		const transport = factory.http2({ origin: `http://localhost:${first.port}` }, 'k', HTTP2);
		for (let round = 1; round <= 3; round += 1) {
			expect(await send(transport, post(round))).toMatchObject({ kind: 'response', status: 200 });
			await until(() => first.live.length === 0);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect([first.requests.length, second.requests.length]).toEqual([1, 2]);
		await factory.close(0);
		await first.stop();
		await second.stop();
	});
});
