import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { packageTypes } from '../docs/packageTypes';

type Entry = INodeProperties | INodePropertyOptions | INodePropertyCollection;

interface Field {
	/** `Send Push > Options > Style` */
	readonly path: string;
	readonly field: INodeProperties;
}

function isField(entry: Entry): entry is INodeProperties {
	return 'displayName' in entry && 'default' in entry;
}

/** The fields, those inside collections and groups included; notices are words, not fields. */
function fieldsOf(path: string, entries: readonly Entry[]): Field[] {
	return entries.flatMap((entry) => {
		if ('values' in entry) return fieldsOf(`${path} > ${entry.displayName}`, entry.values);
		if (!isField(entry) || entry.type === 'notice' || entry.type === 'hidden') return [];
		const here = `${path} > ${entry.displayName}`;
		return [{ path: here, field: entry }, ...fieldsOf(here, entry.options ?? [])];
	});
}

function choicesOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options.flatMap((option) => ('value' in option ? [option] : []));
}

const plain = (text = '') => text.replace(/<a [^>]*>.*?<\/a>/g, '').trim();

describe('every field in the editor', () => {
	let fields: Field[];
	let ofNodes: Field[];

	beforeAll(async () => {
		const { nodes, credentials } = await packageTypes();
		ofNodes = nodes.flatMap(({ description }) => fieldsOf(description.displayName, description.properties));
		fields = [...ofNodes, ...credentials.flatMap(({ displayName, properties }) => fieldsOf(displayName, properties))];
		expect(fields.length).toBeGreaterThan(150);
	});

	const pathsWhere = (list: readonly Field[], wrong: (field: INodeProperties) => boolean) =>
		list.filter(({ field }) => wrong(field)).map(({ path }) => path);

	it('says what it is for, in a node', () => {
		const mute = pathsWhere(ofNodes, (field) => {
			if (plain(field.description) !== '' || field.hint) return false;
			// Resource and Operation speak by their choices, a collection by the fields in it.
			if (['resource', 'operation'].includes(field.name))
				return choicesOf(field).some(({ description }) => plain(description) === '');
			return field.type !== 'collection';
		});
		expect(mute).toEqual([]);
	});

	it('says what it is for, in a credential: itself, or by a name and an example that leave no question', () => {
		const mute = pathsWhere(fields, (field) => {
			if (plain(field.description) !== '' || field.type === 'options') return false;
			return !field.placeholder && field.typeOptions?.password !== true && field.default === '';
		});
		expect(mute.filter((path) => !ofNodes.some((field) => field.path === path))).toEqual([]);
	});

	it('leads to its page of the documentation, in a node', () => {
		expect(
			pathsWhere(ofNodes, ({ description }) => !/<a href="https:[^"]+\/docs\/[^"]+"/.test(description ?? '')),
		).toEqual([]);
	});

	it('shows an example where text is typed and nothing is filled in', () => {
		const empty = pathsWhere(
			fields,
			({ type, default: value, placeholder, typeOptions }) =>
				type === 'string' && value === '' && !placeholder && typeOptions?.password !== true,
		);
		expect(empty).toEqual([]);
	});
});

test('every node is found by the words people look for', async () => {
	const { codex } = await packageTypes();
	const words = ['push', 'notification', 'apns', 'fcm', 'firebase', 'ios', 'android', 'kindle'];
	const missing = codex.flatMap(({ node, alias }) =>
		words.filter((word) => !alias.some((entry) => entry.split(' ').includes(word))).map((word) => `${node}: ${word}`),
	);
	expect(missing).toEqual([]);
});
