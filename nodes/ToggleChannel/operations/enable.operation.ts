import type { ChannelType } from '../../../push/model';
import type { EngineModule } from '../../shared/engine';
import type { Operation } from '../../shared/operation';
import { flagOf } from '../../shared/parameters';
import { channelJson } from '../../shared/views';
import { APPLE, byProvider, chosenApplication, chosenChannels, optionsOf, secretsFor } from './channels';

const show = { operation: ['enable'] };

/** Switches channels on. What is not given stays as it is stored; the provider is asked first. */
export const enable: Operation = {
	option: {
		name: 'Enable',
		value: 'enable',
		description: 'Switch channels on, and store the credentials attached to this node',
		action: 'Enable channels',
	},
	fields: [
		{
			displayName:
				'The credentials attached to this node are stored with the application, encrypted. A channel without one keeps the credentials it was enabled with before.',
			name: 'enableNotice',
			type: 'notice',
			default: '',
			displayOptions: { show },
		},
		{
			displayName: 'Production and Sandbox Together',
			name: 'bothEnvironments',
			type: 'boolean',
			default: false,
			description: 'Whether to enable the other environment of each Apple channel chosen too, with the same credential',
			displayOptions: { show: { ...show, channels: APPLE } },
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: { show },
			options: [
				{
					displayName: 'Default Method',
					name: 'defaultMethod',
					type: 'options',
					options: [
						{ name: 'Automatic', value: 'automatic', description: 'What is attached; a key before a certificate' },
						{ name: 'Certificate', value: 'CERTIFICATE' },
						{ name: 'Key', value: 'KEY' },
					],
					default: 'automatic',
					description:
						'What Apple channels sign in with when both a key and a certificate are stored. The other one is never tried instead.',
					displayOptions: { show: { '/channels': APPLE } },
				},
				{
					displayName: 'Legacy Server Key',
					name: 'legacyServerKey',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description:
						'Only to carry over a channel from AWS: it is stored, but Google switched the legacy API off and sends with it fail. Attach a service account instead.',
					displayOptions: { show: { '/channels': ['GCM'] } },
				},
				{
					displayName: 'Verify With Provider',
					name: 'verify',
					type: 'boolean',
					default: true,
					description: 'Whether to ask the provider first, and to store nothing that it refuses',
				},
			],
		},
	],
	async run(context, itemIndex) {
		const { engine, functions, registry, caller } = context;
		const locator = chosenApplication(context, itemIndex);
		const chosen = chosenChannels(context, itemIndex);
		const both = functions.getNodeParameter('bothEnvironments', itemIndex, false) === true;
		const groups = byProvider(engine, both ? withOtherEnvironment(engine, chosen) : chosen);
		const verify = flagOf(optionsOf(context, itemIndex), 'verify') !== false;
		const inputs = [];
		for (const [provider, channelTypes] of groups) {
			inputs.push({ ...(await secretsFor(context, provider, itemIndex)), channelTypes, verify });
		}
		const results = await registry.channels.enable(caller, locator, ...inputs);
		const now = Date.now();
		return results.map((channel) => channelJson(channel, now));
	},
};

/** Apple's channels come in pairs; the others stay alone. */
function withOtherEnvironment(
	{ CHANNELS, CHANNEL_TYPES }: EngineModule,
	chosen: readonly ChannelType[],
): ChannelType[] {
	return CHANNEL_TYPES.filter((candidate) =>
		chosen.some(
			(channel) =>
				channel === candidate ||
				(CHANNELS[channel].provider === 'apns' &&
					CHANNELS[candidate].provider === 'apns' &&
					CHANNELS[channel].voip === CHANNELS[candidate].voip),
		),
	);
}
