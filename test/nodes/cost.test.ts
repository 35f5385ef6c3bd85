import { type IExecuteFunctions, type INodeExecutionData, type INodeType } from 'n8n-workflow';
import { push, SEND_PUSH, type Surroundings, surroundings } from './setup';

describe('what a large send costs', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	afterAll(async () => await around.close());

	interface Reads {
		/** Parameters read as they were written. */
		raw: number;
		/** Parameters n8n had to evaluate. */
		evaluated: string[];
	}

	/** The built node, with every read of a parameter counted. */
	function counting(reads: Reads): INodeType {
		const node = around.loader.getNode('sendPush').type;
		if (!('execute' in node)) throw new Error('The package has no Send Push node');
		const { execute, description, methods } = node;
		return {
			description,
			methods,
			async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
				const { getNodeParameter } = this;
				this.getNodeParameter = function (name: string, itemIndex: number, fallback?: unknown, options?: object) {
					if (options && 'rawExpressions' in options) reads.raw += 1;
					else reads.evaluated.push(name);
					return Reflect.apply(getNodeParameter, this, [name, itemIndex, fallback, options]);
				};
				const output = await execute?.call(this);
				return Array.isArray(output) ? output : [];
			},
		};
	}

	// A device address that Apple's channel refuses here, so that no provider is asked.
	const items = Array.from({ length: 20_000 }, (_, n) => ({ json: { device: `not hexadecimal ${n}`, n } }));
	const parameters = { operation: 'sendToDevices', channel: 'APNS', title: 'Hello', body: '{{n}} new' };

	it('20,000 items with constant parameters: each parameter is read once, nothing is evaluated', async () => {
		const reads: Reads = { raw: 0, evaluated: [] };
		const { failed } = await push(around, { parameters, items, nodeTypes: { [SEND_PUSH]: counting(reads) } });
		expect(failed).toHaveLength(20_000);
		expect(reads.evaluated).toEqual(['resource', 'operation']);
		expect(reads.raw).toBeGreaterThan(0);
		expect(reads.raw).toBeLessThan(50);
	});

	it('one expression: that parameter is evaluated once per item, and no other', async () => {
		const reads: Reads = { raw: 0, evaluated: [] };
		await push(around, {
			parameters: { ...parameters, title: '={{ $json.n }}' },
			items: items.slice(0, 50),
			nodeTypes: { [SEND_PUSH]: counting(reads) },
		});
		expect(reads.evaluated.filter((name) => name === 'title')).toHaveLength(50);
		expect(reads.evaluated.filter((name) => name !== 'title')).toEqual(['resource', 'operation']);
	});
});
