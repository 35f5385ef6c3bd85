import { join } from 'node:path';
import { tmpdir } from 'node:os';

import { ensureBuilt } from '../../scripts/build';
import { difference, type Expected, type Outcome } from '../../scripts/demos/expectations';
import { run } from '../../scripts/fullN8n/commands';
import { ROOT } from '../../scripts/fullN8n/paths';

const demo = (...args: string[]) =>
	run(process.execPath, [join(ROOT, 'scripts', 'run.js'), join(ROOT, 'scripts', 'demo.ts'), ...args], {
		cwd: tmpdir(),
	});

describe('npm run demo', () => {
	beforeAll(async () => await ensureBuilt(), 120_000);

	it('sends through four providers and ends with a summary as JSON', async () => {
		const { code, stdout, output } = await demo();
		expect([code, output]).toEqual([0, expect.any(String)]);
		expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
			recipients: 14,
			successful: 8,
			failed: 6,
			byChannel: {
				APNS: { successful: 2, failed: 2 },
				GCM: { successful: 2, failed: 2 },
				BAIDU: { successful: 2, failed: 1 },
				ADM: { successful: 2, failed: 1 },
			},
		});
		const lines = stdout.split('\n').filter((line) => /^(APNS|GCM|BAIDU|ADM) +\S+ +[A-Z_]+ +\S/.test(line));
		expect(lines).toHaveLength(14);
	}, 60_000);

	it('shows the life of an application, without touching the store of this machine', async () => {
		const { code, stdout, output } = await demo('applications');
		expect([code, output]).toEqual([0, expect.any(String)]);
		expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
			steps: 9,
			asExpected: 9,
			enabled: 7,
			sent: 7,
			sentAgain: 6,
			refused: 1,
			checked: 7,
		});
		expect(stdout).toMatch(/400 No channel of type GCM is enabled for the application [0-9a-f]{32}/);
	}, 60_000);

	it('cleans up dead tokens with the trigger, and leaves the doubtful ones alone', async () => {
		const { code, stdout, output } = await demo('cleanup');
		expect([code, output]).toEqual([0, expect.any(String)]);
		expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
			sent: 5,
			failed: 5,
			deadTokens: 3,
			suppressed: 3,
			sentAgain: 7,
			notSentAgain: 3,
		});
	}, 60_000);

	it('names the demos there are when asked for another', async () => {
		const { code, output } = await demo('no-such-demo');
		expect([code, output]).toEqual([1, expect.stringContaining('send-push')]);
		expect(output).not.toMatch(/\bat .*:\d+:\d+/);
	}, 60_000);
});

describe('what the demo takes for a failure', () => {
	const good: Expected = { channel: 'GCM', address: 'a', status: 'SUCCESSFUL', tokenAction: 'keep' };
	const bad: Expected = { ...good, status: 'PERMANENT_FAILURE', reason: 'UNREGISTERED', tokenAction: 'remove' };
	const sent = { deliveryStatus: 'SUCCESSFUL', tokenAction: 'keep', messageId: 'm' };
	const refused = { deliveryStatus: 'PERMANENT_FAILURE', tokenAction: 'remove', providerReason: 'UNREGISTERED' };

	it.each<[string, Expected | undefined, Outcome, RegExp | undefined]>([
		['nothing, when a good device got it', good, { output: 'Sent', json: sent }, undefined],
		['nothing, when a dead one was refused', bad, { output: 'Failed', json: refused }, undefined],
		['a success on the wrong output', good, { output: 'Failed', json: sent }, /output should be Sent/],
		['a success without a message id', good, { output: 'Sent', json: { ...sent, messageId: undefined } }, /message id/],
		['another status', bad, { output: 'Failed', json: { ...refused, deliveryStatus: 'THROTTLED' } }, /THROTTLED/],
		['another reason', bad, { output: 'Failed', json: { ...refused, providerReason: 'INTERNAL' } }, /INTERNAL/],
		[
			'another advice',
			bad,
			{ output: 'Failed', json: { ...refused, tokenAction: 'keep' } },
			/tokenAction should be remove/,
		],
		['a recipient nobody asked for', undefined, { output: 'Sent', json: sent }, /nobody/],
	])('%s', (_, expected, outcome, problem) => {
		const found = difference(expected, outcome);
		if (problem) expect(found).toMatch(problem);
		else expect(found).toBeUndefined();
	});
});
