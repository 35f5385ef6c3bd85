import type { IDataObject } from 'n8n-workflow';
import type { InvalidToken, SuspectWave } from '../../../push';
import { showAddress } from '../../shared/addresses';
import { choiceOf } from '../../shared/parameters';
import { filterFields, optionalApplication } from '../../shared/resultQuery';
import { isoDate } from '../../shared/views';
import { storeOperation } from './operation';
import { addressesInOutput, readResultParameters, showResult } from './result';

const show = showResult('getInvalidTokens');

const INCLUDE = ['dead', 'suspect', 'all'] as const;

const ADVICE = {
	dead: 'Delete it.',
	replaced: 'Replace it by updatedToken.',
	suspect: 'Check environment, topic and project of the channel. Delete it only if it stays refused.',
	wave: 'Do not delete it: so many addresses of this channel were refused like this that its set-up is the likelier cause.',
} as const;

/** Addresses to delete, and those that only look like it; one item each. */
export const getInvalidTokens = storeOperation({
	option: {
		name: 'Get Invalid Tokens',
		value: 'getInvalidTokens',
		description: 'List the device tokens that providers call invalid: dead ones, and those that may be alive',
		action: 'Get invalid tokens',
	},
	fields: [
		optionalApplication(show),
		{
			displayName: 'Include',
			name: 'include',
			type: 'options',
			options: [
				{ name: 'Dead', value: 'dead', description: 'Not in use any more, or replaced by a new one' },
				{
					name: 'Suspect',
					value: 'suspect',
					description: 'Refused in a way that a wrong environment, topic or project causes too',
				},
				{ name: 'Both', value: 'all', description: 'The field "verdict" tells which' },
			],
			default: 'dead',
			description: 'Which tokens come out',
			displayOptions: { show },
		},
		filterFields(show, ['campaignId', 'channels', 'since', 'tag', 'until']),
		addressesInOutput(show),
	],
	async run(context, itemIndex) {
		const { functions, registry, caller } = context;
		const { scope, query, form } = readResultParameters(context, itemIndex);
		const values = { include: functions.getNodeParameter('include', itemIndex, 'dead') };
		const include = choiceOf(values, 'include', 'Include', INCLUDE) ?? 'dead';
		const { tokens, waves } = await registry.results.invalidTokens(caller, scope, query);
		for (const wave of waves) {
			functions.addExecutionHints({ message: waveHint(wave), type: 'warning', location: 'outputPane' });
		}
		return tokens
			.filter(({ verdict }) => include === 'all' || (verdict === 'suspect') === (include === 'suspect'))
			.map((token) => tokenJson(token, (address) => showAddress(address, form)));
	},
});

function tokenJson(token: InvalidToken, show: (address: string) => string): IDataObject {
	const { address, channelType, applicationId, verdict, reason, times, inWave, updatedToken, invalidSince } = token;
	return {
		address: show(address),
		channelType,
		applicationId,
		verdict,
		reason,
		advice: ADVICE[inWave ? 'wave' : verdict],
		times,
		firstSeen: isoDate(token.firstSeen),
		lastSeen: isoDate(token.lastSeen),
		...(invalidSince === undefined ? {} : { invalidSince: isoDate(invalidSince) }),
		...(updatedToken === undefined ? {} : { updatedToken: show(updatedToken) }),
	};
}

function waveHint({ applicationId, channelType, attempted, suspect }: SuspectWave): string {
	return `${suspect} of ${attempted} messages on ${channelType} of application ${applicationId} were refused for their address. That is usually a wrong environment, topic or project: check the channel with Toggle Channel before any of them is deleted.`;
}
