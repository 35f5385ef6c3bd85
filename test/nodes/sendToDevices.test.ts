import { jsonOf, push, type Surroundings, surroundings } from './setup';

describe('Send to Devices', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	const google = { operation: 'sendToDevices', channel: 'GCM', title: 'Hello', body: 'World' };

	describe('outputs', () => {
		it('puts accepted devices on Sent and refused ones on Failed, each paired to its item, in the order of the items', async () => {
			const { fcm } = around.simulators;
			const devices = [
				fcm.goodAddress(1),
				fcm.addressFor('UNREGISTERED'),
				fcm.goodAddress(2),
				fcm.addressFor('SENDER_ID_MISMATCH'),
			];
			const { sent, failed, run } = await push(around, {
				parameters: google,
				items: devices.map((device) => ({ device })),
			});
			expect(run.status).toBe('success');
			expect(sent.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
			expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 3 }]);
			expect(jsonOf(sent)).toEqual([
				expect.objectContaining({
					address: devices[0],
					channelType: 'GCM',
					deliveryStatus: 'SUCCESSFUL',
					statusCode: 200,
					statusMessage: '',
					tokenAction: 'keep',
					possibleDuplicate: false,
					attempts: 1,
					messageId: expect.any(String),
					latencyMs: expect.any(Number),
					sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
				}),
				expect.objectContaining({ address: devices[2] }),
			]);
			expect(jsonOf(failed)).toEqual([
				expect.objectContaining({
					address: devices[1],
					deliveryStatus: 'PERMANENT_FAILURE',
					statusCode: 410,
					providerReason: 'UNREGISTERED',
					tokenAction: 'remove',
				}),
				expect.objectContaining({ address: devices[3], tokenAction: 'suspect' }),
			]);
			expect(failed.every(({ json, error }) => !('error' in json) && error === undefined)).toBe(true);
		});

		it('reports an item without an address as a failed recipient and sends the others', async () => {
			const { fcm } = around.simulators;
			const { sent, failed } = await push(around, {
				parameters: google,
				items: [{ device: '  ' }, { device: fcm.goodAddress(1) }, { other: 1 }],
			});
			expect(sent).toHaveLength(1);
			expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
			expect(failed[1]?.json).toMatchObject({
				address: '',
				providerReason: 'MissingAddress',
				statusMessage: expect.stringContaining('"device"'),
				attempts: 0,
			});
		});

		it('names dead addresses and the reason most recipients share in hints of the run', async () => {
			const { fcm } = around.simulators;
			const { hints } = await push(around, {
				parameters: google,
				items: [1, 2, 3].map((n) => ({ device: fcm.addressFor('UNREGISTERED', n) })),
			});
			const text = hints.map(({ message }) => message).join('\n');
			expect(text).toContain('3 of 3 recipients failed for one reason');
			expect(text).toContain('3 of 3 addresses are dead. Connect a clean-up');
			expect(text).not.toContain('wrong environment');
		});

		it('warns of deleting addresses that a wrong project would make look invalid', async () => {
			const { fcm } = around.simulators;
			const { hints } = await push(around, {
				parameters: google,
				items: [{ device: fcm.goodAddress() }, { device: fcm.addressFor('SENDER_ID_MISMATCH') }],
			});
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/^1 address was refused .* wrong environment/),
			]);
		});
	});

	describe('recipients', () => {
		it('reads nested fields by dots, and several addresses from one field', async () => {
			const { fcm } = around.simulators;
			const { sent } = await push(around, {
				parameters: { ...google, recipientField: 'user.devices' },
				items: [
					{ user: { devices: [fcm.goodAddress(1), fcm.goodAddress(2)] } },
					{ user: { devices: fcm.goodAddress(3) } },
				],
			});
			expect(sent.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }, { item: 1 }]);
			expect(jsonOf(sent).map(({ address }) => address)).toEqual([1, 2, 3].map((n) => fcm.goodAddress(n)));
		});

		it('evaluates an expression for each item', async () => {
			const { fcm } = around.simulators;
			const { sent } = await push(around, {
				parameters: { ...google, recipientSource: 'expression', recipient: '={{ $json.to }}' },
				items: [{ to: fcm.goodAddress(1) }, { to: fcm.goodAddress(2) }],
			});
			expect(jsonOf(sent).map(({ address }) => address)).toEqual([fcm.goodAddress(1), fcm.goodAddress(2)]);
		});

		it('sends a constant message to a list once, however many items come in', async () => {
			const { fcm } = around.simulators;
			const list = [fcm.goodAddress(1), fcm.goodAddress(2), fcm.addressFor('UNREGISTERED')].join(',\n');
			const { sent, failed } = await push(around, {
				parameters: { ...google, recipientSource: 'list', recipientList: list },
				items: [{}, {}, {}],
			});
			expect(sent).toHaveLength(2);
			expect(failed).toHaveLength(1);
			expect(fcm.arrivals).toHaveLength(3);
		});

		it('sends each different message to the list once', async () => {
			const { fcm } = around.simulators;
			await push(around, {
				parameters: {
					...google,
					title: '={{ $json.title }}',
					recipientSource: 'list',
					recipientList: JSON.stringify([fcm.goodAddress(1)]),
				},
				items: [{ title: 'one' }, { title: 'one' }, { title: 'two' }],
			});
			expect(fcm.arrivals.map(({ body }) => JSON.parse(body).message.notification.title)).toEqual(['one', 'two']);
		});

		it('takes the channel from each item and reports a word that is none', async () => {
			const { fcm, apns, baidu, adm } = around.simulators;
			const { sent, failed, hints } = await push(around, {
				parameters: { ...google, channel: 'fromField', channelField: 'to.channel', sound: '' },
				items: [
					{ device: fcm.goodAddress(), to: { channel: 'fcm' } },
					{ device: apns.production.goodAddress(), to: { channel: 'APNS' } },
					{ device: apns.sandbox.goodAddress(), to: { channel: 'apns_sandbox' } },
					{ device: baidu.goodAddress(), to: { channel: 'BAIDU' } },
					{ device: adm.goodAddress(), to: { channel: 'ADM' } },
					{ device: 'x', to: { channel: 'PIGEON' } },
					{ device: 'x' },
				],
			});
			expect(jsonOf(sent).map(({ channelType }) => channelType)).toEqual([
				'GCM',
				'APNS',
				'APNS_SANDBOX',
				'BAIDU',
				'ADM',
			]);
			expect(failed[0]?.json).toMatchObject({ channelType: 'PIGEON', providerReason: 'UnknownChannel' });
			expect(failed[0]?.json.statusMessage).toContain('APNS_VOIP_SANDBOX');
			expect(failed[1]?.json.statusMessage).toContain('"to.channel"');
			expect(hints).toEqual([]);
		});

		it('gives recipients of a channel without a credential a result that says so', async () => {
			const { fcm, adm } = around.simulators;
			const { sent, failed } = await push(around, {
				parameters: { ...google, channel: 'fromField' },
				select: ['fcmServiceAccountApi'],
				items: [
					{ device: fcm.goodAddress(), channel: 'GCM' },
					{ device: adm.goodAddress(), channel: 'ADM' },
				],
			});
			expect(sent).toHaveLength(1);
			expect(failed[0]?.json).toMatchObject({
				channelType: 'ADM',
				providerReason: 'ChannelNotConfigured',
				attempts: 0,
			});
		});
	});

	describe('message', () => {
		it('fills {{name}} from the item without any expression', async () => {
			const { fcm } = around.simulators;
			const { sent, failed } = await push(around, {
				parameters: { ...google, title: 'Hello {{user.name}}', body: '{{count}} new' },
				items: [
					{ device: fcm.goodAddress(1), user: { name: 'Ann "A"' }, count: 3 },
					{ device: fcm.goodAddress(2), user: { name: 'Bob' }, count: 0 },
					{ device: fcm.goodAddress(3), user: {} },
				],
			});
			expect(sent).toHaveLength(2);
			const shown = fcm.arrivals.map(({ body }) => JSON.parse(body).message.notification);
			expect(shown).toContainEqual({ title: 'Hello Ann "A"', body: '3 new' });
			expect(shown).toContainEqual({ title: 'Hello Bob', body: '0 new' });
			expect(failed[0]?.json).toMatchObject({ providerReason: 'MissingSubstitution', attempts: 0 });
		});

		it('hands every field to the channel that has a place for it', async () => {
			const { production } = around.simulators.apns;
			await push(around, {
				parameters: {
					operation: 'sendToDevices',
					channel: 'APNS',
					title: 'T',
					body: 'B',
					sound: 'chime.caf',
					action: 'DEEP_LINK',
					url: 'shop://orders/42',
					dataMode: 'json',
					dataJson: '{"order": 42}',
					additionalFields: {
						subtitle: 'S',
						badge: 0,
						category: 'C',
						threadId: 'thread',
						collapseId: 'collapse',
						priority: 'normal',
						timeToLive: 0,
					},
					apnsOptions: { interruptionLevel: 'time-sensitive', relevanceScore: 0.5, locArgs: ['a', 'b'], locKey: 'K' },
				},
				items: [{ device: production.goodAddress() }],
			});
			const [arrival] = production.arrivals;
			expect(arrival?.headers).toMatchObject({
				'apns-collapse-id': 'collapse',
				'apns-priority': '5',
				'apns-expiration': '0',
				'apns-push-type': 'alert',
			});
			expect(JSON.parse(arrival?.body ?? '{}')).toMatchObject({
				order: 42,
				aps: {
					alert: { title: 'T', subtitle: 'S', 'loc-key': 'K', 'loc-args': ['a', 'b'] },
					badge: 0,
					sound: 'chime.caf',
					category: 'C',
					'thread-id': 'thread',
					'interruption-level': 'time-sensitive',
					'relevance-score': 0.5,
				},
			});
		});

		it('hands data fields on with their types', async () => {
			const { production } = around.simulators.apns;
			await push(around, {
				parameters: {
					operation: 'sendToDevices',
					channel: 'APNS',
					title: 'T',
					dataMode: 'fields',
					data: {
						assignments: [
							{ id: '1', name: 'order', value: '={{ $json.order }}', type: 'number' },
							{ id: '2', name: 'paid', value: true, type: 'boolean' },
							{ id: '3', name: 'lines', value: '[1, 2]', type: 'array' },
							{ id: '4', name: 'note', value: 'hello', type: 'string' },
						],
					},
				},
				items: [{ device: production.goodAddress(), order: 7 }],
			});
			expect(JSON.parse(production.arrivals[0]?.body ?? '{}')).toMatchObject({
				order: 7,
				paid: true,
				lines: [1, 2],
				note: 'hello',
			});
		});

		it('sends a silent push that holds nothing but data', async () => {
			const { production } = around.simulators.apns;
			const { sent } = await push(around, {
				parameters: {
					operation: 'sendToDevices',
					channel: 'APNS',
					silent: true,
					title: 'left over from before',
					dataMode: 'json',
					dataJson: '{"sync": true}',
				},
				items: [{ device: production.goodAddress() }],
			});
			expect(sent).toHaveLength(1);
			expect(JSON.parse(production.arrivals[0]?.body ?? '{}')).toEqual({ aps: { 'content-available': 1 }, sync: true });
			expect(production.arrivals[0]?.headers).toMatchObject({ 'apns-push-type': 'background', 'apns-priority': '5' });
		});

		it('sends a raw payload as written, with the headers of the other fields', async () => {
			const { production } = around.simulators.apns;
			const { sent } = await push(around, {
				parameters: {
					operation: 'sendToDevices',
					channel: 'APNS',
					rawPayload: true,
					apnsPayload: '{"aps": {"alert": "raw"}, "x": 1}',
					additionalFields: { collapseId: 'c1' },
				},
				items: [{ device: production.goodAddress() }],
			});
			expect(sent).toHaveLength(1);
			expect(JSON.parse(production.arrivals[0]?.body ?? '{}')).toEqual({ aps: { alert: 'raw' }, x: 1 });
			expect(production.arrivals[0]?.headers['apns-collapse-id']).toBe('c1');
		});

		it('evaluates expressions of the message for each item', async () => {
			const { fcm } = around.simulators;
			await push(around, {
				parameters: { ...google, title: '={{ $json.n * 2 }}', fcmOptions: { tag: '={{ "t" + $json.n }}' } },
				items: [1, 2].map((n) => ({ device: fcm.goodAddress(n), n })),
			});
			const messages = fcm.arrivals.map(({ body }) => JSON.parse(body).message);
			expect(messages.map(({ notification }) => notification.title).sort()).toEqual(['2', '4']);
			expect(messages.map(({ android }) => android.notification.tag).sort()).toEqual(['t1', 't2']);
		});

		it('signs in to Apple with a certificate when that is chosen', async () => {
			const { production } = around.simulators.apns;
			const { sent } = await push(around, {
				parameters: { operation: 'sendToDevices', channel: 'APNS', authentication: 'certificate', title: 'T' },
				items: [{ device: production.goodAddress() }],
			});
			expect(sent).toHaveLength(1);
			expect(production.arrivals[0]?.headers).not.toHaveProperty('authorization');
		});
	});
});
