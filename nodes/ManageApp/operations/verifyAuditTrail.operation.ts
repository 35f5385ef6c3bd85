import type { ChainReport } from '../../../push';
import { WorkflowMistake } from '../../shared/errors';
import type { Operation } from '../../shared/operation';
import { isRecord, jsonOf } from '../../shared/parameters';

const show = { resource: ['audit'], operation: ['verify'] };

const WORDS: Readonly<Record<NonNullable<ChainReport['fault']>['fault'], string>> = {
	edited: 'was changed after it was written',
	missing: 'is missing',
	keyMissing: 'cannot be checked: the key it was written with is not among the keys of this node',
};

/** Checks every chain; its heads, kept elsewhere, later show that nothing was cut off. */
export const verifyAuditTrail: Operation = {
	option: {
		name: 'Verify',
		value: 'verify',
		description: 'Check that no audit entry was changed or removed',
		action: 'Verify the audit trail',
	},
	fields: [
		{
			displayName: 'Earlier Heads',
			name: 'earlierHeads',
			type: 'json',
			default: '[]',
			description:
				'The field "heads" of an earlier Verify, kept outside the store. With it, entries removed from the end show too.',
			displayOptions: { show },
		},
	],
	async run({ functions, registry, caller }, itemIndex) {
		const given = functions.getNodeParameter('earlierHeads', itemIndex, '');
		const earlier = readHeads(jsonOf({ given }, 'given', 'Earlier Heads'));
		const reports = await registry.verifyAuditTrail(caller, earlier);
		const faults = reports.flatMap(({ chain, fault }) => (fault ? [{ chain, ...fault }] : []));
		return [
			{
				ok: faults.length === 0,
				message: summary(reports),
				verified: reports.reduce((sum, { verified }) => sum + verified, 0),
				faults,
				heads: reports.map(({ chain, head }) => ({ chain, ...head })),
			},
		];
	},
};

function summary(reports: readonly ChainReport[]): string {
	const broken = reports.filter(({ fault }) => fault !== undefined);
	if (broken.length === 0) return 'Every audit entry is as it was written, and none is missing.';
	return broken
		.map(({ chain, fault }) => (fault ? `Entry ${fault.sequence} of chain ${chain} ${WORDS[fault.fault]}.` : ''))
		.join(' ');
}

function readHeads(given: unknown): { chain: string; sequence: number; mac: string }[] {
	if (given === undefined) return [];
	const list: unknown = isRecord(given) ? given.heads : given;
	if (!Array.isArray(list)) throw notHeads();
	return list.map((head: unknown) => {
		if (!isRecord(head)) throw notHeads();
		const { chain, sequence, mac } = head;
		if (typeof chain !== 'string' || typeof sequence !== 'number' || typeof mac !== 'string') throw notHeads();
		return { chain, sequence, mac };
	});
}

function notHeads(): WorkflowMistake {
	return new WorkflowMistake(
		'Earlier Heads is not what Verify puts out.',
		'Give the field "heads" of an earlier Verify.',
	);
}
