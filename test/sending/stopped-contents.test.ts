import { FakeClock } from './fakeClock';
import { batches, bench, CONTENT, message, OK, outcome, ScriptedClient } from './scriptedClient';

/** A message that is filled differently for each recipient. */
const filled = () => message(({ address }) => ({ ...CONTENT, payload: JSON.stringify({ to: address }) }));

const setUp = (refusal: ReturnType<typeof outcome>) => {
	const clock = new FakeClock();
	const script = (address: string) => (address === 'device-3' ? refusal : OK);
	const client = new ScriptedClient(clock, { latencyMs: 1, pace: { inFlight: 1 }, script });
	return { client, send: async (of = message()) => await bench(clock, [client]).all(batches(50, of)) };
};

const BAD_PAYLOAD = outcome({ class: 'payload', stops: 'message', providerReason: 'BadField', message: 'Bad field.' });
const BAD_TOPIC = outcome({
	class: 'config',
	stops: 'message',
	providerReason: 'TopicDisallowed',
	message: 'Bad topic.',
});

test('a payload refused for one recipient stops those who would get the very same one', async () => {
	const { client, send } = setUp(BAD_PAYLOAD);
	const results = await send();
	expect(client.count).toBe(4);
	expect(results.filter(({ statusMessage }) => statusMessage === 'Not sent: Bad field.')).toHaveLength(46);
});

test("a payload filled with one recipient's values stops nobody else", async () => {
	const { client, send } = setUp(BAD_PAYLOAD);
	const results = await send(filled());
	expect(client.count).toBe(50);
	expect(results.filter(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toHaveLength(49);
});

test('a wrong setting of the message stops everybody, however it is filled', async () => {
	const { client, send } = setUp(BAD_TOPIC);
	const results = await send(filled());
	expect(client.count).toBe(4);
	expect(results.filter(({ statusMessage }) => statusMessage === 'Not sent: Bad topic.')).toHaveLength(46);
});
