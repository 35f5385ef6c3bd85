import fc from 'fast-check';
import { Hash64, hash64, HashSet, pack, toDecimal, toFraction, unpack } from '../../push/campaigns/addressHash';

const signed = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const hashes = fc.array(fc.oneof(signed, fc.constantFrom(0, 1, -1)), { maxLength: 400 }).map((numbers) =>
	numbers.flatMap((high, place) => {
		const low = numbers[numbers.length - 1 - place];
		return low === undefined ? [] : [new Hash64(high, low)];
	}),
);

describe('a set of hashes', () => {
	test('knows what was added, and nothing else', () => {
		fc.assert(
			fc.property(hashes, hashes, (added, asked) => {
				const set = new HashSet();
				const known = new Set<string>();
				// 0, 0 marks a free place and is kept as 0, 1.
				const nameOf = (hash: Hash64) => (hash.high === 0 && hash.low === 0 ? '1' : toDecimal(hash));
				for (const hash of added) {
					expect(set.add(hash)).toBe(!known.has(nameOf(hash)));
					known.add(nameOf(hash));
				}
				for (const hash of [...added, ...asked]) expect(set.has(hash)).toBe(known.has(nameOf(hash)));
			}),
			{ numRuns: 200 },
		);
	});

	test('holds all of 300,000, whatever sizes its tables pass through', () => {
		const set = new HashSet();
		let added = 0;
		for (let n = 0; n < 300_000; n += 1) if (set.add(hash64(`device-${n}`, 1))) added += 1;
		let found = 0;
		for (let n = 0; n < 600_000; n += 1) if (set.has(hash64(`device-${n}`, 1))) found += 1;
		expect({ added, found }).toEqual({ added: 300_000, found: 300_000 });
		set.clear();
		expect([set.has(hash64('device-1', 1)), set.add(hash64('device-1', 1))]).toEqual([false, true]);
	});
});

describe('a hash', () => {
	test('comes back as it was packed', () => {
		fc.assert(fc.property(hashes, (all) => expect([...unpack(pack(all))]).toEqual(all)));
	});

	test('is the same in every version: it stands in stores', () => {
		const all = ['', 'APNS  00ff', 'GCM token ü€😀'].map((text) => hash64(text, 0x0add));
		expect([pack(all), ...all.map(toDecimal), ...all.map((hash) => toFraction(hash).toFixed(6))])
			.toMatchInlineSnapshot(`
		[
		  "rdPGmf1oJbdSHLrKRIZwPGqEnYSA53Pf",
		  "-5921170720378313289",
		  "5916809388353810492",
		  "7675432857370063839",
		  "0.679013",
		  "0.320751",
		  "0.416086",
		]
	`);
	});
});
