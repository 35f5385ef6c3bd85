import fc from 'fast-check';
import { decodeResults, encodeResults, keysOf, statusBits } from '../../push/store/deliveryFormat';
import { hashKey, IndexBuilder, matches } from '../../push/store/keyIndex';
import { anyResult, DEAD, result } from '../results/samples';

describe('the text of a batch', () => {
	test('gives back every result as it was, without the caller’s number', () => {
		fc.assert(
			fc.property(fc.array(anyResult, { minLength: 1, maxLength: 30 }), (results) => {
				const kept = decodeResults(encodeResults(results).text);
				expect(kept.map((others, place) => ({ ref: results[place]?.ref, ...others }))).toEqual(results);
			}),
			{ numRuns: 200 },
		);
	});

	test('names every key a result can be looked up by', () => {
		fc.assert(
			fc.property(fc.array(anyResult, { minLength: 1, maxLength: 10 }), (results) => {
				const wanted = results.flatMap(({ address, updatedToken, messageId, traceId }) =>
					[address, updatedToken, messageId, traceId].filter((key) => key !== undefined),
				);
				expect(new Set(keysOf(encodeResults(results).text))).toEqual(new Set(wanted));
			}),
			{ numRuns: 100 },
		);
	});

	test('is small, and says which statuses are in it', () => {
		const results = Array.from({ length: 1_000 }, (_, n) =>
			result({
				address: `${String(n).padStart(4, '0')}${'a'.repeat(60)}`,
				messageId: `${String(n).padStart(8, '0')}-2222-4333-8444-555555555555`,
				...(n % 10 === 0 ? DEAD : {}),
			}),
		);
		const { text, statuses, reasons } = encodeResults(results);
		expect(text.length / results.length).toBeLessThan(130);
		expect(statuses).toBe(statusBits(['SUCCESSFUL', 'PERMANENT_FAILURE']));
		expect(JSON.parse(reasons)).toEqual(['Unregistered']);
	});

	test('of another program is refused with a sentence', () => {
		expect(() => decodeResults('{"a":[]}')).toThrow(/cannot be read/);
	});
});

describe('the index of a segment', () => {
	test('finds every batch a key was added with', () => {
		fc.assert(
			fc.property(fc.array(fc.array(fc.string(), { maxLength: 8 }), { maxLength: 20 }), (batches) => {
				const built = new IndexBuilder(8);
				for (const [offset, keys] of batches.entries()) built.add(offset, keys);
				const buckets = new Map(built.buckets());
				for (const [offset, keys] of batches.entries()) {
					for (const key of keys) expect(matches(buckets.get(hashKey(key).bucket) ?? '', key)).toContain(offset);
				}
			}),
			{ numRuns: 100 },
		);
	});

	test('finds all of more keys than it was told of', () => {
		const keys = Array.from({ length: 30_000 }, (_, n) => `device-${n}`);
		const built = new IndexBuilder(16);
		for (let start = 0; start < keys.length; start += 1_000) built.add(start / 1_000, keys.slice(start, start + 1_000));
		const buckets = new Map(built.buckets());
		const lost = keys.filter(
			(key, n) => !matches(buckets.get(hashKey(key).bucket) ?? '', key).includes(Math.floor(n / 1_000)),
		);
		expect(lost).toEqual([]);
	});

	test('spreads keys over all its buckets', () => {
		const buckets = new Set(Array.from({ length: 5_000 }, (_, n) => hashKey(`device-${n}`).bucket));
		expect(buckets.size).toBe(256);
	});

	test('has the same hashes in every version: they stand in stores', () => {
		expect(hashKey('')).toEqual({ bucket: expect.any(Number), rest: expect.any(Number) });
		expect([hashKey('device-1'), hashKey('ü€😀')]).toMatchInlineSnapshot(`
		[
		  {
		    "bucket": 96,
		    "rest": 459334731,
		  },
		  {
		    "bucket": 229,
		    "rest": 583458758,
		  },
		]
	`);
	});
});
