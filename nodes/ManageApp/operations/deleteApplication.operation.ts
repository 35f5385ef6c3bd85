import type { Operation } from '../../shared/operation';
import { purgeInBackground } from '../../shared/registry';
import { chooseApplication, chosenApplication, goesWith, textParameter } from './application';

const show = { resource: ['application'], operation: ['delete'] };

/** Gone for everyone at once; asks for the word, as AWS's console does. */
export const deleteApplication: Operation = {
	peopleOnly: true,
	option: {
		name: 'Delete',
		value: 'delete',
		description: 'Delete an application with its channels and their credentials',
		action: 'Delete an application',
	},
	fields: [
		chooseApplication(show),
		{
			displayName: 'Confirmation',
			name: 'confirmation',
			type: 'string',
			default: '',
			placeholder: 'Type the word delete',
			description:
				'Type the word delete. Without it nothing is deleted, and the error says what would go. There is no way back.',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const word = textParameter(context, 'confirmation', itemIndex);
		const { registry, caller } = context;
		const gone = await registry.applications.delete(caller, chosenApplication(context, itemIndex), word);
		purgeInBackground(registry);
		return [{ deleted: true, id: gone.application.id, name: gone.application.name, ...goesWith(gone) }];
	},
};
