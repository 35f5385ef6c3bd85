import fc from 'fast-check';
import { CHANNEL_TYPES, type Recipient } from '../../push/model';
import { Backlog, byChannel } from '../../push/sending/backlog';
import { message } from './scriptedClient';

const recipients = fc.array(
	fc.record({ ref: fc.nat(), address: fc.string(), channelType: fc.constantFrom(...CHANNEL_TYPES) }),
	{ maxLength: 20 },
);

describe('recipients that wait', () => {
	test('come out in order, each with the message of its batch', () => {
		fc.assert(
			fc.property(fc.array(recipients), (lists) => {
				const backlog = new Backlog();
				const batches = lists.map((list) => ({ message: message(), recipients: list }));
				for (const batch of batches) backlog.push(batch);
				expect(backlog.size).toBe(lists.flat().length);
				const out: unknown[] = [];
				const take = () => backlog.shift((recipient, of) => ({ recipient, of }));
				for (let next = take(); next; next = take()) out.push(next);
				expect(out).toEqual(
					batches.flatMap((batch) => batch.recipients.map((one) => ({ recipient: one, of: batch.message }))),
				);
				expect(backlog.size).toBe(0);
			}),
		);
	});

	test('are parted by channel, none lost and each channel in its order', () => {
		fc.assert(
			fc.property(recipients, (list) => {
				const batch = { message: message(), recipients: list };
				const parts = byChannel(batch);
				const of = (all: readonly Recipient[], type: string) => all.filter(({ channelType }) => channelType === type);
				for (const type of CHANNEL_TYPES)
					expect(
						of(
							parts.flatMap((part) => part.recipients),
							type,
						),
					).toEqual(of(list, type));
				for (const part of parts) expect(new Set(part.recipients.map(({ channelType }) => channelType)).size).toBe(1);
				if (parts.length === 1) expect(parts[0]).toBe(batch);
			}),
		);
	});
});
