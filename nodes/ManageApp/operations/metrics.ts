import type { INodeProperties } from 'n8n-workflow';
import { WorkflowMistake } from '../../shared/errors';
import type { OperationContext } from '../../shared/operation';
import { toScope } from '../../shared/resultQuery';
import { WorkflowTimes } from '../../shared/times';
import type { Show } from './application';

export const showMetrics = (operation: string): Show => ({ resource: ['metrics'], operation: [operation] });

const HOUR_MS = 3_600_000;

const RANGES = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24 } as const;

/** Which time is looked at. */
export function rangeFields(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Range',
			name: 'range',
			type: 'options',
			options: [
				{ name: 'Between Two Times', value: 'between' },
				{ name: 'Last 24 Hours', value: 'day' },
				{ name: 'Last 30 Days', value: 'month' },
				{ name: 'Last 7 Days', value: 'week' },
				{ name: 'Last Hour', value: 'hour' },
			],
			default: 'day',
			description: 'The time that is counted',
			displayOptions: { show },
		},
		{
			displayName: 'Since',
			name: 'since',
			type: 'dateTime',
			default: '',
			required: true,
			description: 'Where the range begins',
			displayOptions: { show: { ...show, range: ['between'] } },
		},
		{
			displayName: 'Until',
			name: 'until',
			type: 'dateTime',
			default: '',
			description: 'Left out itself. Now, when it is empty.',
			displayOptions: { show: { ...show, range: ['between'] } },
		},
	];
}

/** @throws {WorkflowMistake} for a time that is none */
export function readRange({ functions, engine }: OperationContext, itemIndex: number, now: number) {
	const range = String(functions.getNodeParameter('range', itemIndex, 'day'));
	const values = {
		since: functions.getNodeParameter('since', itemIndex, ''),
		until: functions.getNodeParameter('until', itemIndex, ''),
	};
	if (range !== 'between') {
		const hours = Object.entries(RANGES).find(([name]) => name === range)?.[1];
		if (hours === undefined) throw new WorkflowMistake('There is no such range.', 'Choose one from the list.');
		return { since: now - hours * HOUR_MS, until: now };
	}
	const { since, until = now } = new WorkflowTimes(engine, functions).span(values);
	if (since === undefined) throw new WorkflowMistake('Since is empty.', 'Enter the time at which the range begins.');
	return { since, until };
}

export function scopeOf({ functions }: OperationContext, itemIndex: number) {
	return toScope(functions.getNodeParameter('application', itemIndex, null));
}
