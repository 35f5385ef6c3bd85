import fc from 'fast-check';
import { Deque } from '../../../push/transport/http2/deque';
import { Pending } from '../../../push/transport/http2/pending';
import { RequestQueue } from '../../../push/transport/http2/queue';
import { post } from '../client';

describe('Deque', () => {
	it('behaves like an array with push, shift and filter', () => {
		const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.constant('shift'), fc.constant('retain')), {
			maxLength: 60,
		});
		fc.assert(
			fc.property(steps, (plan) => {
				const deque = new Deque<number>();
				let model: number[] = [];
				let next = 0;
				for (const step of plan) {
					if (step === 'shift') {
						for (let times = 0; times < 700; times += 1) expect(deque.shift()).toBe(model.shift());
					} else if (step === 'retain') {
						deque.retain((item) => item % 3 > 0);
						model = model.filter((item) => item % 3 > 0);
					} else if (typeof step === 'number') {
						for (let times = 0; times < step; times += 1) {
							deque.push(next);
							model.push(next);
							next += 1;
						}
					}
					expect(deque.length).toBe(model.length);
				}
			}),
			{ numRuns: 30 },
		);
	});
});

describe('RequestQueue', () => {
	const pending = (id: number, queue: RequestQueue) =>
		new Pending(post(id), () => undefined, {
			cancelled: (cancelled) => {
				cancelled.settled = true;
				queue.forgetSettled();
			},
			ended: () => undefined,
			timedOut: () => undefined,
		});
	const order = (queue: RequestQueue) => {
		const ids: string[] = [];
		for (let next = queue.shift(); next; next = queue.shift()) ids.push(next.request.ownHeaders?.['x-id'] ?? '');
		return ids.join(' ');
	};

	it('gives what was sent away before what is new, each in its order', () => {
		const queue = new RequestQueue();
		queue.push(pending(1, queue));
		queue.push(pending(2, queue));
		queue.pushAgain(pending(3, queue));
		queue.pushAgain(pending(4, queue));
		expect(queue.length).toBe(4);
		expect(order(queue)).toBe('3 4 1 2');
		expect(queue.length).toBe(0);
	});

	it('forgets cancelled requests and counts only the others', () => {
		const queue = new RequestQueue();
		const all = Array.from({ length: 500 }, (_, index) => pending(index, queue));
		for (const one of all) queue.push(one);
		all.forEach((one, index) => {
			if (index % 100 > 0) one.cancel();
		});
		expect(queue.length).toBe(5);
		expect(order(queue)).toBe('0 100 200 300 400');
		expect(queue.length).toBe(0);
	});
});
