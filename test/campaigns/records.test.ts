import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type RowFormat, readCsv, RecordCutter } from '../../push/campaigns/rows/records';
import type { NewBatch } from '../../push/store';

function cut(
	file: Buffer | string,
	sizes: readonly number[],
	more: { format?: RowFormat; limit?: number } = {},
): NewBatch[] {
	const bytes = Buffer.from(file);
	const cutter = new RecordCutter({ format: 'csv', delimiter: ',', limit: Infinity, firstLine: 1, ...more });
	const batches: NewBatch[] = [];
	let at = 0;
	for (let turn = 0; at < bytes.length && !cutter.isFull; turn += 1) {
		const size = sizes[turn % sizes.length] ?? bytes.length;
		batches.push(...cutter.push(bytes.subarray(at, at + size)));
		at += size;
	}
	return [...batches, ...cutter.end()];
}

const joined = (batches: readonly NewBatch[]) => batches.map(({ content }) => content).join('');

const field = fc.oneof(
	fc.string({ maxLength: 8 }),
	fc.constantFrom('', ' ', 'ü€𝄞', 'a "quoted" word', 'two\nlines', 'two\r\nlines', ',', '""', 'x'.repeat(50)),
);

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** As spreadsheets write: quotes where they are needed, and sometimes where they are not. */
const csvFile = fc
	.tuple(
		fc.array(fc.array(fc.tuple(field, fc.boolean()), { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 30 }),
		fc.constantFrom('\n', '\r\n'),
		fc.boolean(),
	)
	.map(([rows, end, last]) => {
		const lines = rows.map((row) =>
			row.map(([text, always]) => (always || /[",\r\n]/.test(text) ? quoted(text) : text)).join(','),
		);
		return lines.join(end) + (last ? end : '');
	});

/** By name, so that a file that fails can be read. */
const LINES = {
	plain: 'a,b\n',
	quoted: 'a,"b"\n',
	'with a line break': '"a\nb",c\n',
	'with escaped quotes': '"a ""b""",c\r\n',
	'never closed': '"broken,x\n',
	'never closed, nor by another of its kind': 'bro"ken,"x\n',
	long: `${'x'.repeat(3_000)},b\n`,
	'many short lines in quotes': `"${'x\n'.repeat(20_000)}",b\n`,
	'one long line in quotes': `"${'x'.repeat(120_000)}",b\n`,
	'too long in quotes': `"a\n${'x'.repeat(120_000)}",b\n`,
} as const;

function isLine(name: string): name is keyof typeof LINES {
	return name in LINES;
}

/** Lines of all lengths, and quotes that are never closed: a file in which it matters where one gives up on them. */
const damagedFile = fc.tuple(
	fc.array(fc.tuple(fc.constantFrom(...Object.keys(LINES).filter(isLine)), fc.integer({ min: 1, max: 40 })), {
		maxLength: 12,
	}),
	fc.constantFrom('', 'a', '"', '"never'),
);

describe('cutting a file into records', () => {
	it('finds the records csv-parse finds, however the bytes come in', () => {
		fc.assert(
			fc.property(csvFile, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (file, sizes) => {
				const batches = cut(file, sizes);
				expect(joined(batches)).toBe(file.replaceAll('\0', '\uFFFD'));
				const ours = batches.flatMap(({ content }) => readCsv(content, ','));
				expect(ours).toHaveLength(batches.reduce((sum, { rows }) => sum + rows, 0));
				const theirs: string[][] = parse(file.replaceAll('\0', '\uFFFD'), {
					relax_column_count: true,
					record_delimiter: ['\n', '\r\n'],
				});
				// csv-parse leaves out empty lines at the end only.
				expect(ours).toEqual(theirs);
			}),
			{ numRuns: 500 },
		);
	});

	it('counts rows and lines over batches of a thousand', () => {
		const file = Array.from({ length: 2_500 }, (_, n) => (n % 10 === 0 ? `"a\nb${n}",x\n` : `t${n},x\n`)).join('');
		const batches = cut(file, [777]);
		expect(batches.map(({ batch, firstRow, firstLine, rows }) => [batch, firstRow, firstLine, rows])).toEqual([
			[0, 0, 1, 1_000],
			[1, 1_000, 1_101, 1_000],
			[2, 2_000, 2_201, 500],
		]);
		expect(cut(file, [100_000]).map(({ contentHash }) => contentHash)).toEqual(
			batches.map(({ contentHash }) => contentHash),
		);
	});

	it('gives the same batches however the bytes come in, also of a file with quotes that are never closed', () => {
		// Without the texts, which their hashes stand for: a difference can be read then.
		const facts = (batches: readonly NewBatch[]) => batches.map((batch) => ({ ...batch, content: undefined }));
		fc.assert(
			fc.property(damagedFile, fc.array(fc.integer({ min: 500, max: 200_000 }), { minLength: 1 }), (parts, sizes) => {
				const [lines, end] = parts;
				// No line comes so often that the file gets large.
				const times = (line: string, wanted: number) => Math.min(wanted, Math.ceil(100_000 / line.length));
				const file = lines.map(([name, n]) => LINES[name].repeat(times(LINES[name], n))).join('') + end;
				const atOnce = cut(file, [Infinity]);
				expect(joined(atOnce) === file).toBe(true);
				expect(facts(cut(file, sizes))).toEqual(facts(atOnce));
			}),
			{ numRuns: 100 },
		);
	});

	it.each([1_000, 65_536, Infinity])(
		'gives up on a quote, not on the rows it would swallow, in chunks of %d',
		(size) => {
			const file = `a,ok\n"never closed,x\n${'device-1,some name of somebody\n'.repeat(3_400)}b,"ok"\n`;
			expect(cut(file, [size]).map(({ rows }) => rows)).toEqual([1, 1, 1_000, 1_000, 1_000, 401]);
		},
	);

	it.each([1_000, Infinity])('keeps a long text in quotes that has no line break, in chunks of %d', (size) => {
		const file = `a,"${'x'.repeat(150_000)}"\nb,c\n`;
		expect(cut(file, [size]).map(({ rows }) => rows)).toEqual([2]);
	});

	it('counts the bytes of the file, not of the text they became', () => {
		const cutter = new RecordCutter({ format: 'csv', delimiter: ',', limit: 1, firstLine: 1 });
		cutter.push(Buffer.from('gr\xf6\xdfe,\0\nrest\n', 'latin1'));
		expect(cutter.cutBytes).toBe(8);
	});

	it('loses one line to a quote that is never closed, and no other', () => {
		const good = Array.from({ length: 50 }, (_, n) => `"t${n}",x\n`).join('');
		const plain = good.replaceAll('"', '');
		const batches = cut(`${good}"broken,x\n${plain}`, [64]);
		const broken = batches.filter(({ content }) => content.startsWith('"broken'));
		expect(broken.map(({ rows, firstLine, content }) => [rows, firstLine, content])).toEqual([[1, 51, '"broken,x\n']]);
		expect(() => readCsv('"broken,x\n', ',')).toThrow('never closed');
		const rest = batches.filter((batch) => !broken.includes(batch));
		expect(rest.flatMap(({ content }) => readCsv(content, ','))).toHaveLength(100);
	});

	it('takes quotes inside plain fields as they are', () => {
		expect(cut('5" phone,a\n6" phone,b\n', [3]).map(({ rows }) => rows)).toEqual([2]);
		expect(readCsv('5" phone,a\n6" phone,b\n', ',')).toEqual([
			['5" phone', 'a'],
			['6" phone', 'b'],
		]);
	});

	it('stops at the limit', () => {
		const batches = cut('a\nb\nc\nd\n', [2], { limit: 3 });
		expect(batches.map(({ rows, content }) => [rows, content])).toEqual([[3, 'a\nb\nc\n']]);
	});

	it('takes a large file in one piece', () => {
		const batches = cut('device-token,name\n'.repeat(300_000), [Infinity], { limit: 1 });
		expect(batches.map(({ rows }) => rows)).toEqual([1]);
	});

	it('takes every line of NDJSON for a record, quotes or not', () => {
		const batches = cut('{"a":"x\\"y"}\n{"a":1}', [5], { format: 'ndjson' });
		expect(batches.map(({ rows, content }) => [rows, content])).toEqual([[2, '{"a":"x\\"y"}\n{"a":1}']]);
	});

	it.each([100_000, Infinity])('refuses what has no lines, in chunks of %d', (size) => {
		const line = 'x'.repeat(4_000_000);
		expect(cut(`{}\n${line}\n{}\n`, [size], { format: 'ndjson' }).map(({ rows }) => rows)).toEqual([2, 1]);
		const longer = () => cut(`{}\n${line}x\n{}\n`, [size], { format: 'ndjson' });
		expect(longer).toThrow('Line 2 of the file is longer than 4 MB.');
	});
});
