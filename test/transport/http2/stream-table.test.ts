import fc from 'fast-check';
import { ClientStream } from '../../../push/transport/http2/frames/client-stream';
import { StreamTable } from '../../../push/transport/http2/frames/stream-table';

const stream = (id: number) => new ClientStream(id, { streamEnded: () => undefined }, { resetStream: () => undefined });

describe('StreamTable', () => {
	it('is a map from id to stream, whatever comes, goes and stays', () => {
		const steps = fc.array(
			fc.record({ open: fc.integer({ min: 0, max: 400 }), end: fc.integer({ min: 0, max: 999 }) }),
			{
				maxLength: 30,
			},
		);
		fc.assert(
			fc.property(steps, fc.integer({ min: 1, max: 50 }), (list, keepEvery) => {
				const table = new StreamTable();
				const model = new Map<number, ClientStream>();
				let next = 1;
				for (const { open, end } of list) {
					for (let n = 0; n < open; n += 1, next += 2) {
						const opened = stream(next);
						table.add(opened);
						model.set(next, opened);
					}
					// Most end in their order, some stay for long.
					for (const id of [...model.keys()].slice(0, end)) {
						if (((id - 1) / 2) % (keepEvery * 100) === 0) continue;
						table.delete(id);
						model.delete(id);
					}
					table.delete(next);
					expect(table.size).toBe(model.size);
					expect(table.all()).toEqual([...model.values()]);
					for (const [id, one] of model) expect(table.get(id)).toBe(one);
					expect(table.get(next)).toBeUndefined();
				}
			}),
			{ numRuns: 40 },
		);
	});
});
