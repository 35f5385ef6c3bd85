import type { Operation } from '../../shared/operation';
import { pagingFields, readPages } from '../../shared/paging';
import { textOf } from '../../shared/parameters';
import { WorkflowTimes } from '../../shared/times';
import { auditJson } from '../../shared/views';
import { collection } from './application';

const show = { resource: ['audit'], operation: ['getMany'] };

/** Who did what, and what was refused; newest first. */
export const getManyAuditEntries: Operation = {
	option: {
		name: 'Get Many',
		value: 'getMany',
		description: 'List what was done, and what was refused',
		action: 'Get many audit entries',
	},
	fields: [
		...pagingFields(show),
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			displayOptions: { show },
			options: [
				{
					displayName: 'Action',
					name: 'action',
					type: 'string',
					default: '',
					placeholder: 'e.g. mobiletargeting:DeleteApp',
					description: 'Only this action. The prefix "mobiletargeting:" may be left out.',
				},
				{
					displayName: 'Application ID',
					name: 'applicationId',
					type: 'string',
					default: '',
					placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
					description: 'Only entries of this application, a deleted one too',
				},
				{
					displayName: 'Since',
					name: 'since',
					type: 'dateTime',
					default: '',
					description: 'Only entries from this time on',
				},
				{
					displayName: 'Until',
					name: 'until',
					type: 'dateTime',
					default: '',
					description: 'Only entries before this time',
				},
			],
		},
	],
	async run(context, itemIndex) {
		const filters = collection(context, 'filters', itemIndex);
		const action = textOf(filters, 'action')?.trim();
		const applicationId = textOf(filters, 'applicationId')?.trim().toLowerCase();
		const query = {
			...(action ? { action: action.includes(':') ? action : `mobiletargeting:${action}` } : {}),
			...(applicationId ? { applicationId } : {}),
			...new WorkflowTimes(context.engine, context.functions).span(filters),
		};
		return await readPages(
			context.functions,
			itemIndex,
			async (page) => await context.registry.auditTrail(context.caller, { ...page, ...query }),
			auditJson,
		);
	},
};
