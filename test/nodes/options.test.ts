import { createHash } from 'node:crypto';
import { jsonOf, push, type Surroundings, surroundings } from './setup';

describe('options of Send Push', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	const amazon = { operation: 'sendToDevices', channel: 'ADM', title: 'Hello' };

	function goodAndBad() {
		const { adm } = around.simulators;
		return [adm.goodAddress(1), adm.addressFor('Unregistered'), adm.goodAddress(2)].map((device) => ({ device }));
	}

	describe('Results', () => {
		it('gives failures and one summary', async () => {
			const { sent, failed } = await push(around, {
				parameters: { ...amazon, options: { results: 'failuresAndSummary' } },
				items: goodAndBad(),
			});
			expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
			expect(sent).toHaveLength(1);
			expect(sent[0]?.pairedItem).toEqual({ item: 0 });
			expect(sent[0]?.json).toEqual({
				recipients: 3,
				successful: 2,
				failed: 1,
				byStatus: { SUCCESSFUL: 2, PERMANENT_FAILURE: 1 },
				byReason: { Unregistered: 1 },
				byChannel: { ADM: { successful: 2, failed: 1 } },
				addressesToRemove: 1,
				suspectAddresses: 0,
				durationMs: expect.any(Number),
				messagesPerSecond: expect.any(Number),
			});
		});

		it('gives the summary alone', async () => {
			const { sent, failed } = await push(around, {
				parameters: { ...amazon, options: { results: 'summary' } },
				items: goodAndBad(),
			});
			expect(failed).toEqual([]);
			expect(sent).toHaveLength(1);
			expect(sent[0]?.json).toMatchObject({ recipients: 3, successful: 2, failed: 1 });
		});
	});

	describe('Addresses in Output', () => {
		it('shows the last 6 characters, of new addresses too', async () => {
			const { adm } = around.simulators;
			const device = adm.addressFor('CanonicalId');
			const { sent, run } = await push(around, {
				parameters: { ...amazon, options: { addressesInOutput: 'last6' } },
				items: [{ device }],
			});
			expect(sent[0]?.json).toMatchObject({ address: `…${device.slice(-6)}`, tokenAction: 'replace' });
			expect(sent[0]?.json.updatedToken).toMatch(/^….{6}$/);
			expect(JSON.stringify(run.data.resultData.runData.Push)).not.toContain(device);
		});

		it('shows a hash', async () => {
			const { adm } = around.simulators;
			const device = adm.addressFor('Unregistered');
			const { failed } = await push(around, {
				parameters: { ...amazon, options: { addressesInOutput: 'hash' } },
				items: [{ device }],
			});
			expect(failed[0]?.json.address).toBe(createHash('sha256').update(device).digest('hex').slice(0, 16));
			expect(JSON.stringify(failed[0]?.json)).not.toContain(device);
		});
	});

	it('Validate Only checks everything here and delivers nothing', async () => {
		const { adm } = around.simulators;
		const { sent } = await push(around, {
			parameters: { ...amazon, options: { validateOnly: true } },
			items: [{ device: adm.goodAddress() }],
		});
		expect(sent[0]?.json).toMatchObject({ deliveryStatus: 'SUCCESSFUL' });
		expect(adm.arrivals).toHaveLength(0);
	});

	it('Validate Only asks Google, which delivers nothing', async () => {
		const { fcm } = around.simulators;
		await push(around, {
			parameters: { operation: 'sendToDevices', channel: 'GCM', title: 'Hello', options: { validateOnly: true } },
			items: [{ device: fcm.goodAddress() }],
		});
		expect(JSON.parse(fcm.arrivals[0]?.body ?? '{}')).toMatchObject({ validate_only: true });
	});

	it('Maximum Wait 0 makes no second try', async () => {
		const { adm } = around.simulators;
		adm.fail({ status: 503 });
		const { failed } = await push(around, {
			parameters: { ...amazon, options: { maximumWait: 0 } },
			items: [{ device: adm.goodAddress() }],
		});
		expect(failed[0]?.json).toMatchObject({ deliveryStatus: 'TEMPORARY_FAILURE', attempts: 1 });
		expect(adm.arrivals).toHaveLength(1);
	});

	it('Concurrency limits what is on its way at the same time', async () => {
		const { adm } = around.simulators;
		adm.latencyMs = 20;
		const { sent } = await push(around, {
			parameters: { ...amazon, options: { concurrency: 2 } },
			items: Array.from({ length: 12 }, (_, n) => ({ device: adm.goodAddress(n) })),
		});
		expect(sent).toHaveLength(12);
		expect(adm.connections.maxInFlight).toBe(2);
	});

	it.each([
		['report', 'UNKNOWN_FAILURE', false],
		['sendAgain', 'SUCCESSFUL', true],
	])('When the Answer Is Lost: %s gives %s', async (whenAnswerIsLost, deliveryStatus, possibleDuplicate) => {
		const { adm } = around.simulators;
		adm.fail({ cutConnection: true, times: 1 });
		const { sent, failed } = await push(around, {
			parameters: { ...amazon, options: { whenAnswerIsLost } },
			items: [{ device: adm.goodAddress() }],
		});
		expect(jsonOf([...sent, ...failed])).toEqual([expect.objectContaining({ deliveryStatus, possibleDuplicate })]);
	});

	it('an expression in an option is read for the first item', async () => {
		const { sent } = await push(around, {
			parameters: { ...amazon, options: { results: '={{ $json.how }}' } },
			items: goodAndBad().map((item, index) => ({ ...item, how: index === 0 ? 'summary' : 'all' })),
		});
		expect(sent[0]?.json).toMatchObject({ recipients: 3 });
	});

	it('refuses an option value that does not exist, naming the ones that do', async () => {
		const { error } = await push(around, {
			parameters: { ...amazon, options: { results: 'everything' } },
			items: goodAndBad(),
		});
		expect(error?.message).toBe('"everything" is not a value Results can have.');
		expect(error?.description).toContain('failuresAndSummary');
		expect(around.simulators.adm.arrivals).toHaveLength(0);
	});
});
