import { jsonOf, push, type Surroundings, surroundings } from './setup';

describe('mistakes in the workflow', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	const perItem = {
		operation: 'sendToDevices',
		channel: 'ADM',
		title: 'Hello',
		dataMode: 'json',
		dataJson: '={{ $json.data }}',
	};

	function items() {
		const { adm } = around.simulators;
		return ['{"a": "1"}', '{oops', '{"a": "2"}'].map((data, n) => ({ device: adm.goodAddress(n), data }));
	}

	it('stop the node with the number of the item before anything is sent', async () => {
		const { run, error } = await push(around, { parameters: perItem, items: items() });
		expect(run.status).toBe('error');
		expect(error?.message).toContain('Data JSON is not valid JSON');
		expect(run.data.resultData.error).toMatchObject({ context: { itemIndex: 1 } });
		expect(around.simulators.adm.arrivals).toHaveLength(0);
	});

	it('become error items on Failed with Continue on Fail, and the other items are sent', async () => {
		const { run, sent, failed } = await push(around, {
			parameters: perItem,
			items: items(),
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.status).toBe('success');
		expect(sent.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(failed).toEqual([
			{ json: { error: expect.stringContaining('Data JSON is not valid JSON') }, pairedItem: { item: 1 } },
		]);
	});

	it("go to n8n's own error output when it is switched on, with the item's fields; refused devices stay on Failed", async () => {
		const { adm } = around.simulators;
		const { sent, failed, errors } = await push(around, {
			parameters: perItem,
			items: [...items(), { device: adm.addressFor('Unregistered'), data: '{}' }],
			node: { onError: 'continueErrorOutput' },
		});
		expect(sent).toHaveLength(2);
		expect(jsonOf(failed)).toEqual([expect.objectContaining({ providerReason: 'Unregistered' })]);
		expect(jsonOf(errors)).toEqual([
			expect.objectContaining({ error: expect.stringContaining('not valid JSON'), data: '{oops' }),
		]);
	});

	it('an expression that fails says so for its item', async () => {
		const { error } = await push(around, {
			parameters: { ...perItem, dataJson: '{}', title: `={{ $('No such node').item.json.title }}` },
			items: items(),
		});
		expect(error?.message).toContain('node');
		expect(error?.message).not.toContain('unexpected happened');
		expect(around.simulators.adm.arrivals).toHaveLength(0);
	});

	it('a missing credential is told by its name', async () => {
		const { error } = await push(around, {
			parameters: { operation: 'sendToDevices', channel: 'APNS', title: 'T' },
			select: ['fcmServiceAccountApi'],
			items: items(),
		});
		expect(error?.message).toBe(
			'The channel Apple (production) needs a credential of the type "APNs Key API", and none is selected.',
		);
		expect(error?.description).toContain('select or create one');
	});

	it('a mistake that concerns the whole node becomes one error item per item with Continue on Fail', async () => {
		const { sent, failed } = await push(around, {
			parameters: { operation: 'sendToDevices', channel: 'APNS', title: 'T' },
			select: [],
			items: items(),
			node: { onError: 'continueRegularOutput' },
		});
		expect(sent).toEqual([]);
		expect(failed.map(({ json, pairedItem }) => [typeof json.error, pairedItem])).toEqual([
			['string', { item: 0 }],
			['string', { item: 1 }],
			['string', { item: 2 }],
		]);
	});

	it('items that name their channels need at least one credential', async () => {
		const { error } = await push(around, {
			parameters: { operation: 'sendToDevices', channel: 'fromField', title: 'T' },
			select: [],
			items: items(),
		});
		expect(error?.message).toBe('No credential is selected on this node.');
	});

	describe("n8n's error output with very many recipients", () => {
		const list = Array.from({ length: 50_001 }, (_, n) => `device${n}`).join('\n');
		// Without any content each recipient is refused here, and no provider is asked 50,001 times.
		const nothing = { title: '', sound: '' };
		const toList = { ...perItem, dataJson: '{}', recipientSource: 'list', recipientList: list };

		it('is refused before sending, naming the other choices', async () => {
			const { adm } = around.simulators;
			const { errors } = await push(around, { parameters: toList, node: { onError: 'continueErrorOutput' } });
			const sentence = String(errors[0]?.json.error);
			expect(sentence).toContain('50,001');
			expect(sentence).toContain('Failures and Summary');
			expect(sentence).toContain('Summary Only');
			expect(sentence).toContain('Nothing was sent');
			expect(adm.arrivals).toHaveLength(0);
		});

		it('goes ahead with a summary', async () => {
			const { sent, errors } = await push(around, {
				parameters: { ...toList, ...nothing, options: { results: 'summary' } },
				node: { onError: 'continueErrorOutput' },
			});
			expect(errors).toEqual([]);
			expect(sent[0]?.json).toMatchObject({ recipients: 50_001 });
		});

		it('keeps at most 50,000 failures as items and says how many it left out', async () => {
			const { sent, failed } = await push(around, {
				parameters: { ...toList, ...nothing, options: { results: 'failuresAndSummary' } },
				node: { onError: 'continueErrorOutput' },
			});
			expect(failed).toHaveLength(50_000);
			expect(sent[0]?.json).toMatchObject({ recipients: 50_001, failed: 50_001, failuresLeftOut: 1 });
		});
	});
});
