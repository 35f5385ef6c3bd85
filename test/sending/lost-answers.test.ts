import type { ChannelType, Outcome } from '../../push/model';
import type { SendOptions } from '../../push/sending';
import { FakeClock } from './fakeClock';
import { CONTENT, OK, ScriptedClient, batches, bench, message, only, outcome } from './scriptedClient';

const LOST = outcome({ class: 'ambiguous', message: 'The connection broke: it may have been delivered.' });
const TIMEOUT = outcome({ class: 'timeout', message: 'No answer: it may have been delivered.' });

async function send(
	ends: readonly Outcome[],
	options: SendOptions,
	collapsible: boolean,
	channelType: ChannelType = 'APNS',
) {
	const clock = new FakeClock();
	const client = new ScriptedClient(clock, { channelType, script: (_, n) => ends[n - 1] ?? OK });
	const of = message({ ...CONTENT, collapsible });
	const result = only(await bench(clock, [client]).all(batches(1, of, 1, channelType), options));
	return { client, result };
}

describe('when the answer is lost', () => {
	test.each([
		{ end: LOST, status: 'UNKNOWN_FAILURE', code: 500 },
		{ end: TIMEOUT, status: 'TIMEOUT', code: 408 },
	])('$status is reported, and that it may have arrived', async ({ end, status, code }) => {
		const { client, result } = await send([end], { whenAnswerIsLost: 'report' }, true);
		expect(result).toMatchObject({
			deliveryStatus: status,
			statusCode: code,
			tokenAction: 'keep',
			possibleDuplicate: false,
			attempts: 1,
		});
		expect(result.statusMessage).toMatch(/may have/);
		expect(result).not.toHaveProperty('retryAfterSeconds');
		expect(client.count).toBe(1);
	});

	test('an outcome without words gets some', async () => {
		const { result } = await send([{ ...LOST, message: '' }], { whenAnswerIsLost: 'report' }, false);
		expect(result.statusMessage).toMatch(/may have arrived/);
	});

	test.each<{ choice: SendOptions['whenAnswerIsLost']; collapsible: boolean; channel: ChannelType; again: boolean }>([
		{ choice: undefined, collapsible: true, channel: 'APNS', again: true },
		{ choice: undefined, collapsible: false, channel: 'APNS', again: false },
		{ choice: 'auto', collapsible: true, channel: 'GCM', again: true },
		{ choice: 'auto', collapsible: true, channel: 'APNS_VOIP', again: false },
		{ choice: 'auto', collapsible: true, channel: 'APNS_VOIP_SANDBOX', again: false },
		{ choice: 'sendAgain', collapsible: false, channel: 'APNS', again: true },
		{ choice: 'sendAgain', collapsible: false, channel: 'APNS_VOIP', again: true },
		{ choice: 'report', collapsible: true, channel: 'APNS', again: false },
	])(
		'$choice, collapsible $collapsible, $channel: sent again $again',
		async ({ choice, collapsible, channel, again }) => {
			for (const end of [LOST, TIMEOUT]) {
				const options = choice === undefined ? {} : { whenAnswerIsLost: choice };
				const { client, result } = await send([end], options, collapsible, channel);
				expect(client.count).toBe(again ? 2 : 1);
				expect(result.possibleDuplicate).toBe(again);
				expect(result.deliveryStatus === 'SUCCESSFUL').toBe(again);
				expect(new Set(client.sent.map(({ attempt }) => attempt.messageId)).size).toBe(1);
			}
		},
	);

	test('a VoIP push is not sent again by itself on the other channels of Apple either', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: (_, n) => (n === 1 ? LOST : OK) });
		const call = message({ ...CONTENT, pushType: 'voip', collapsible: true });
		const result = only(await bench(clock, [client]).all(batches(1, call)));
		expect(result).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', possibleDuplicate: false });
		expect(client.count).toBe(1);
	});

	test.each(['auto', 'report'] as const)(
		'a validation is asked for again (%s), and makes no double',
		async (choice) => {
			const { client, result } = await send([LOST], { validateOnly: true, whenAnswerIsLost: choice }, false, 'GCM');
			expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', possibleDuplicate: false });
			expect(client.count).toBe(2);
		},
	);

	test('what was sent again says so, however it ends', async () => {
		const dead = outcome({ class: 'token', providerStatus: 410, tokenAction: 'remove' });
		const { result } = await send([LOST, dead], { whenAnswerIsLost: 'sendAgain' }, false);
		expect(result).toMatchObject({ deliveryStatus: 'PERMANENT_FAILURE', possibleDuplicate: true, attempts: 2 });
		const busy = outcome({ class: 'temporary', providerStatus: 503 });
		const failed = await send([LOST, busy, busy], { whenAnswerIsLost: 'sendAgain' }, false);
		expect(failed.result).toMatchObject({ deliveryStatus: 'TEMPORARY_FAILURE', possibleDuplicate: true, attempts: 3 });
	});

	test('lost every time, it is reported as unknown', async () => {
		const { client, result } = await send([LOST, LOST, LOST, LOST], { whenAnswerIsLost: 'sendAgain' }, false);
		expect(result).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', possibleDuplicate: true, attempts: 3 });
		expect(client.count).toBe(3);
	});

	test('a temporary refusal does not make a double', async () => {
		const { result } = await send([outcome({ class: 'temporary', providerStatus: 503 })], {}, false);
		expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', possibleDuplicate: false, attempts: 2 });
	});

	test('no time left to send again: reported as unknown', async () => {
		const { client, result } = await send([LOST], { whenAnswerIsLost: 'sendAgain', maximumWaitMs: 100 }, false);
		expect(result).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', possibleDuplicate: false, attempts: 1 });
		expect(client.count).toBe(1);
	});
});
