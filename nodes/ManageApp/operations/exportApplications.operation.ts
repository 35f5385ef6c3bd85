import type { Operation } from '../../shared/operation';
import { textParameter } from './application';

const show = { resource: ['application'], operation: ['export'] };

/** All applications in one file; with a passphrase their credentials too. */
export const exportApplications: Operation = {
	peopleOnly: true,
	option: {
		name: 'Export',
		value: 'export',
		description: 'Write all applications with their channels, and all templates, into one file',
		action: 'Export applications',
	},
	fields: [
		{
			displayName: 'Output As',
			name: 'outputAs',
			type: 'options',
			options: [
				{ name: 'File', value: 'file', description: 'A JSON file in the binary field "data"' },
				{ name: 'JSON', value: 'json', description: 'The item itself' },
			],
			default: 'file',
			description: 'How it comes out',
			displayOptions: { show },
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'When given, the credentials of the channels are written too, encrypted under it. At least 12 characters. When empty, they are left out.',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const { functions, registry, caller } = context;
		const passphrase = textParameter(context, 'passphrase', itemIndex);
		const file = await registry.exportApplications(caller, passphrase === '' ? undefined : passphrase);
		const plain: typeof file = JSON.parse(JSON.stringify(file));
		if (functions.getNodeParameter('outputAs', itemIndex, 'file') === 'json') return [{ ...plain }];
		const data = await functions.helpers.prepareBinaryData(
			Buffer.from(JSON.stringify(plain, null, 2)),
			'push-applications.json',
			'application/json',
		);
		return [
			{
				json: {
					applications: plain.applications.length,
					templates: plain.templates?.length ?? 0,
					secrets: passphrase !== '',
				},
				binary: { data },
			},
		];
	},
};
