import type { Operation } from '../../shared/operation';
import { applicationJson } from '../../shared/views';
import { collection, readSettings, readTags, settingsFields, tagsField, textParameter } from './application';

const show = { resource: ['application'], operation: ['create'] };

/** A new application; a name is all it needs. */
export const createApplication: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		description: 'Make an application; a name is all it needs',
		action: 'Create an application',
	},
	fields: [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. Shop',
			description: 'What people will choose it by. Up to 64 characters.',
			displayOptions: { show },
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			displayOptions: { show },
			options: [
				settingsFields.rate,
				settingsFields.quietEnd,
				settingsFields.quietStart,
				settingsFields.suppress,
				tagsField,
			],
		},
	],
	async run(context, itemIndex) {
		const values = collection(context, 'additionalFields', itemIndex);
		const { ratePerSecond, quietHours, suppressDeadAddresses } = readSettings(values);
		const application = await context.registry.applications.create(context.caller, {
			name: textParameter(context, 'name', itemIndex),
			tags: readTags(values) ?? {},
			settings: {
				...(ratePerSecond ? { ratePerSecond } : {}),
				...(quietHours ? { quietHours: { start: '', end: '', ...quietHours } } : {}),
				...(suppressDeadAddresses === undefined || suppressDeadAddresses === null ? {} : { suppressDeadAddresses }),
			},
		});
		return [applicationJson(application)];
	},
};
