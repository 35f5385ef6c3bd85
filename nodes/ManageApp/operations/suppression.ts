import type { INodeProperties } from 'n8n-workflow';
import type { SuppressionReason } from '../../../push/model';
import { WorkflowMistake } from '../../shared/errors';
import type { Show } from './application';

export const reasonField = (show: Show): INodeProperties => ({
	displayName: 'Reason',
	name: 'reason',
	type: 'options',
	options: [
		{ name: 'Dead Address', value: 'DEAD', description: 'Sends give the result of a dead address' },
		{ name: 'Opted Out', value: 'OPT_OUT', description: 'Sends give the result OPT_OUT' },
	],
	default: 'OPT_OUT',
	description: 'Why nothing is sent to the address',
	displayOptions: { show },
});

/** @throws {WorkflowMistake} when it is neither word */
export function readReason(word: unknown): SuppressionReason {
	const upper = String(word).trim().toUpperCase();
	if (upper === 'DEAD' || upper === 'OPT_OUT') return upper;
	throw new WorkflowMistake(`"${String(word).slice(0, 40)}" is not a reason to suppress.`, 'Use OPT_OUT or DEAD.');
}
