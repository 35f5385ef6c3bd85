import fc from 'fast-check';
import { RemovalGuard } from '../../push/sending/removalGuard';
import { FakeClock } from './fakeClock';
import { OK, ScriptedClient, batches, bench, outcome } from './scriptedClient';

jest.setTimeout(60_000);

const GUARDED = outcome({
	class: 'token',
	providerStatus: 400,
	providerReason: 'InvalidRegistration',
	tokenAction: 'remove',
	guarded: true,
	message: 'Not a valid token.',
});

async function send(bad: (n: number) => boolean, end = GUARDED, count = 400) {
	const clock = new FakeClock();
	const client = new ScriptedClient(clock, {
		pace: { inFlight: 1 },
		script: (address) => (bad(Number(address.slice(7))) ? end : OK),
	});
	return await bench(clock, [client]).all(batches(count));
}

describe('a wave of token refusals', () => {
	test('removes nothing any more, and says what is probably wrong', async () => {
		const results = await send(() => true);
		expect(results.slice(0, 49).every(({ tokenAction }) => tokenAction === 'remove')).toBe(true);
		expect(results.slice(49).every(({ tokenAction }) => tokenAction === 'suspect')).toBe(true);
		expect(results[100]?.statusMessage).toMatch(/^Not a valid token\. .*environment, topic or project/);
		expect(results[10]?.statusMessage).toBe('Not a valid token.');
	});

	test('suspected addresses stay suspected', async () => {
		const results = await send(() => true, { ...GUARDED, tokenAction: 'suspect' });
		expect(results.every(({ tokenAction }) => tokenAction === 'suspect')).toBe(true);
		expect(results[100]?.statusMessage).toMatch(/environment, topic or project/);
	});

	test('one in five is no wave', async () => {
		const results = await send((n) => n % 5 === 4);
		const bad = results.filter(({ deliveryStatus }) => deliveryStatus !== 'SUCCESSFUL');
		expect(bad).toHaveLength(80);
		expect(bad.every(({ tokenAction }) => tokenAction === 'remove')).toBe(true);
	});

	test('definite refusals (Unregistered) are believed, however many', async () => {
		const results = await send(() => true, { ...GUARDED, guarded: false });
		expect(
			results.every(({ tokenAction, statusMessage }) => tokenAction === 'remove' && !/project/.test(statusMessage)),
		).toBe(true);
	});

	test('when it is over, refusals are believed again', async () => {
		const results = await send((n) => n < 100 || n === 399);
		expect(results[399]).toMatchObject({ tokenAction: 'remove', statusMessage: 'Not a valid token.' });
	});

	test('is not hidden by addresses that are refused without asking the provider', async () => {
		const clock = new FakeClock();
		const malformed = outcome({ class: 'token', processed: false, tokenAction: 'suspect', statusCode: 400 });
		const client = new ScriptedClient(clock, {
			pace: { inFlight: 1 },
			script: (address) => (Number(address.slice(7)) % 6 === 0 ? GUARDED : malformed),
		});
		const results = await bench(clock, [client]).all(batches(1200));
		expect(results.filter(({ tokenAction }) => tokenAction === 'remove')).toHaveLength(49);
	});

	test('the guard agrees with a plain count over the last 200', () => {
		fc.assert(
			fc.property(fc.array(fc.boolean(), { maxLength: 700 }), (refusals) => {
				const guard = new RemovalGuard();
				refusals.forEach((refusal, index) => {
					guard.record(refusal);
					const window = refusals.slice(Math.max(0, index - 199), index + 1);
					const refused = window.filter(Boolean).length;
					expect(guard.suspicious).toBe(window.length >= 50 && refused / window.length > 0.2);
				});
			}),
		);
	});
});
