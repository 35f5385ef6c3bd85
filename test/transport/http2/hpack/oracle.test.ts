import fc from 'fast-check';
import { ByteSink } from '../../../../push/transport/http2/hpack/byte-sink';
import { HpackDecoder } from '../../../../push/transport/http2/hpack/decoder';
import { HpackEncoder } from '../../../../push/transport/http2/hpack/encoder';
import { decoded, type Field } from './fields';

/** hpack.js, an implementation that is independent of ours (the one of node-spdy). */
interface Oracle {
	write(data: Buffer | readonly object[]): void;
	execute(): void;
	read(): Buffer | { name: string; value: string } | null;
	updateTableSize?(size: number): void;
	on(event: 'error', listener: (error: unknown) => void): void;
}

interface OracleModule {
	compressor: { create(options: object): Oracle };
	decompressor: { create(options: object): Oracle };
}

const hpack: OracleModule = jest.requireActual('hpack.js');
const TABLE = { table: { size: 4_096, maxSize: 4_096 } };

/** The other one looks fields up in plain objects and finds what every object has. */
const isOfObjects = (text: string) => text in {};

const name = fc.oneof(
	fc.constantFrom('authorization', 'apns-id', 'apns-topic', 'content-type', 'x', 'date', 'etag', ':status'),
	fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((text) => !isOfObjects(text)),
);
const value = fc.oneof(
	fc.constantFrom('', 'a', '200', 'application/json', 'com.example.app'),
	fc.stringMatching(/^[\x20-\x7e]{0,60}$/).filter((text) => !isOfObjects(text)),
	fc.uuid(),
	fc.stringMatching(/^[\x20-\x7e\xa0-\xff]{100,1200}$/),
);
const block = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 8 });
const blocks = fc.array(block, { minLength: 1, maxLength: 30 });

describe('HPACK against an independent implementation', () => {
	it('decodes what the other encodes, over whole connections', () => {
		fc.assert(
			fc.property(blocks, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (list, huffman) => {
				const compressor = hpack.compressor.create(TABLE);
				const decoder = new HpackDecoder();
				list.forEach((fields, at) => {
					compressor.write(
						fields.map(([n, v], i) => ({ name: n, value: v, huffman: huffman[(at + i) % 8], incremental: i % 3 > 0 })),
					);
					const chunks: Buffer[] = [];
					for (let got = compressor.read(); Buffer.isBuffer(got); got = compressor.read()) chunks.push(got);
					expect(decoded(decoder, Buffer.concat(chunks))).toEqual(fields);
				});
			}),
			{ numRuns: 300 },
		);
	});

	it('encodes what the other decodes, over whole connections and changing table sizes', () => {
		const requests = fc.array(
			fc.record({
				path: fc.stringMatching(/^\/[\x21-\x7e]{0,100}$/),
				shared: fc.integer({ min: 0, max: 11 }),
				frozen: fc.boolean(),
				own: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,6}$/), value, { maxKeys: 2 }),
				tableSize: fc.option(fc.constantFrom(0, 64, 300, 4_096, 65_536), { freq: 12 }),
			}),
			{ minLength: 1, maxLength: 80 },
		);
		const sets = fc.array(fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,12}$/), value, { maxKeys: 5 }), {
			minLength: 12,
			maxLength: 12,
		});
		fc.assert(
			fc.property(requests, sets, (list, shared) => {
				const encoder = new HpackEncoder({ ':scheme': 'https', ':authority': 'api.example' });
				const decompressor = hpack.decompressor.create(TABLE);
				decompressor.on('error', (error) => {
					throw error;
				});
				const ours = new HpackDecoder();
				const frozen = shared.map((headers) => Object.freeze({ ...headers }));
				for (const request of list) {
					if (request.tableSize !== null) encoder.setPeerTableSize(request.tableSize);
					const headers = (request.frozen ? frozen : shared)[request.shared] ?? {};
					const out = new ByteSink(Buffer.alloc(16));
					encoder.encode(out, 'POST', request.path, headers, request.own);
					const bytes = Buffer.from(out.bytes.subarray(0, out.length));
					const expected: Field[] = [
						[':method', 'POST'],
						[':scheme', 'https'],
						[':authority', 'api.example'],
						[':path', request.path],
						...Object.entries(headers),
						...Object.entries(request.own),
					];
					expect(decoded(ours, bytes)).toEqual(expected);
					expect(readAll(decompressor, bytes)).toEqual(expected);
				}
			}),
			{ numRuns: 300 },
		);
	});
});

function readAll(decompressor: Oracle, bytes: Buffer): Field[] {
	decompressor.write(bytes);
	decompressor.execute();
	const fields: Field[] = [];
	for (let got = decompressor.read(); got && !Buffer.isBuffer(got); got = decompressor.read()) {
		fields.push([got.name, got.value]);
	}
	return fields;
}
