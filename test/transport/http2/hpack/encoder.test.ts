import { ByteSink } from '../../../../push/transport/http2/hpack/byte-sink';
import { HpackEncoder } from '../../../../push/transport/http2/hpack/encoder';

const HEADERS = Object.freeze({
	authorization: `bearer ${'k'.repeat(180)}`,
	'apns-topic': 'com.example',
	'apns-priority': '10',
});
const TOKEN = 'ab'.repeat(32);
const UUID = '123e4567-e89b-12d3-a456-426614174000';

function sizes(
	encoder: HpackEncoder,
	count: number,
	request: (n: number) => { path: string; headers: Record<string, string> },
) {
	return Array.from({ length: count }, (_, n) => {
		const out = new ByteSink(Buffer.alloc(16));
		const { path, headers } = request(n);
		encoder.encode(out, 'POST', path, headers, { 'apns-id': UUID });
		return out.length;
	});
}

describe('the encoder', () => {
	const opening = { ':scheme': 'https', ':authority': 'api.push.apple.com' };

	it('spends a byte or two on each header that repeats, and the bytes themselves on path and id', () => {
		const [first = 0, second, third] = sizes(new HpackEncoder(opening), 3, () => ({
			path: `/3/device/${TOKEN}`,
			headers: HEADERS,
		}));
		// :method, :scheme, :authority, three headers: a byte each. Path and id: an index byte or two and a length byte.
		expect(second).toBe(6 + (2 + 74) + (3 + 36));
		expect(third).toBe(second);
		expect(first).toBeGreaterThan(second ?? 0);
	});

	it('never puts paths or ids into the table', () => {
		const encoder = new HpackEncoder(opening);
		sizes(encoder, 1, () => ({ path: '/a', headers: HEADERS }));
		const { tableSize } = encoder;
		sizes(encoder, 200, (n) => ({ path: `/3/device/${n}`, headers: HEADERS }));
		expect(encoder.tableSize).toBe(tableSize);
	});

	it('is not led to throw out what repeats by a header that is new each time', () => {
		const encoder = new HpackEncoder(opening);
		const headers = (n: number) => ({ ...HEADERS, 'apns-collapse-id': `order-${n}-${'c'.repeat(40)}` });
		const late = sizes(encoder, 2_000, (n) => ({ path: '/a', headers: headers(n) })).slice(-200);
		// The authorization alone would be 150 bytes: it is gone from the table at most now and then.
		expect(late.filter((size) => size > 200).length).toBeLessThanOrEqual(10);
	});

	it('writes no index into a table the peer has closed', () => {
		const encoder = new HpackEncoder(opening);
		encoder.setPeerTableSize(0);
		sizes(encoder, 3, () => ({ path: '/a', headers: HEADERS }));
		expect(encoder.tableSize).toBe(0);
	});
});
