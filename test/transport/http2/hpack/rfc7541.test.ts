import { HpackDecoder } from '../../../../push/transport/http2/hpack/decoder';
import { HeaderBomb, HpackError } from '../../../../push/transport/http2/hpack/hpack-error';
import { huffmanDecode, huffmanEncode, huffmanLength } from '../../../../push/transport/http2/hpack/huffman';
import { decoded } from './fields';

const REQUESTS = [
	[
		[':method', 'GET'],
		[':scheme', 'http'],
		[':path', '/'],
		[':authority', 'www.example.com'],
	],
	[
		[':method', 'GET'],
		[':scheme', 'http'],
		[':path', '/'],
		[':authority', 'www.example.com'],
		['cache-control', 'no-cache'],
	],
	[
		[':method', 'GET'],
		[':scheme', 'https'],
		[':path', '/index.html'],
		[':authority', 'www.example.com'],
		['custom-key', 'custom-value'],
	],
];

const RESPONSES = [
	[
		[':status', '302'],
		['cache-control', 'private'],
		['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
		['location', 'https://www.example.com'],
	],
	[
		[':status', '307'],
		['cache-control', 'private'],
		['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
		['location', 'https://www.example.com'],
	],
	[
		[':status', '200'],
		['cache-control', 'private'],
		['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
		['location', 'https://www.example.com'],
		['content-encoding', 'gzip'],
		['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
	],
];

describe('the examples of RFC 7541', () => {
	it.each([
		['C.2.1', '400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key', 'custom-header']],
		['C.2.2', '040c2f73616d706c652f70617468', [':path', '/sample/path']],
		['C.2.3', '100870617373776f726406736563726574', ['password', 'secret']],
		['C.2.4', '82', [':method', 'GET']],
	])('%s: one field', (_name, block, field) => {
		expect(decoded(new HpackDecoder(), block)).toEqual([field]);
	});

	it.each([
		[
			'C.3 (plain)',
			[
				'828684410f7777772e6578616d706c652e636f6d',
				'828684be58086e6f2d6361636865',
				'828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
			],
		],
		[
			'C.4 (Huffman)',
			[
				'828684418cf1e3c2e5f23a6ba0ab90f4ff',
				'828684be5886a8eb10649cbf',
				'828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
			],
		],
	])('%s: three requests on one connection', (_name, blocks) => {
		const decoder = new HpackDecoder();
		expect(blocks.map((block) => decoded(decoder, block))).toEqual(REQUESTS);
	});

	it.each([
		[
			'C.5 (plain)',
			[
				'4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
				'4803333037c1c0bf',
				'88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
			],
		],
		[
			'C.6 (Huffman)',
			[
				'488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
				'4883640effc1c0bf',
				'88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
			],
		],
	])('%s: three responses past a table of 256 bytes', (_name, blocks) => {
		const decoder = new HpackDecoder(256);
		expect(blocks.map((block) => decoded(decoder, block))).toEqual(RESPONSES);
	});
});

describe('a header block that breaks the rules', () => {
	it.each([
		['index 0', '80'],
		['an index beyond the static table with nothing behind it', 'be'],
		['an integer without end', 'ffffffffffffff'],
		['an integer that is cut off', 'ff'],
		['a string that is cut off', '400a6375'],
		['a literal without its value', '0401'],
		['a table larger than agreed', '3fe21f'],
		['a size update in the middle', '8220'],
		['three size updates', '20202082'],
		['Huffman padding of zeros', '00 81 00 0161'],
		['Huffman padding of 8 bits', '00 82 1fff 0161'],
		['EOS in a Huffman string', '00 84 ffffffff 0161'],
	])('is told apart from others: %s', (_name, block) => {
		expect(() => decoded(new HpackDecoder(), block)).toThrow(HpackError);
	});

	it('that unfolds to far more than it takes on the wire is a header bomb', () => {
		const value = Buffer.alloc(4_000, 0x61);
		const first = Buffer.concat([Buffer.from('400161', 'hex'), Buffer.from([0x7f, 0xa1, 0x1e]), value]);
		const bomb = Buffer.concat([first, Buffer.alloc(40, 0xbe)]);
		expect(() => decoded(new HpackDecoder(), bomb)).toThrow(HeaderBomb);
	});
});

describe('the Huffman code', () => {
	it('gives every byte back', () => {
		const text = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
		for (const part of [text, ...text]) {
			const out = Buffer.alloc(2_000);
			const end = huffmanEncode(part, out, 0);
			expect(end).toBe(huffmanLength(part));
			expect(huffmanDecode(out, 0, end)).toBe(part);
		}
	});
});
