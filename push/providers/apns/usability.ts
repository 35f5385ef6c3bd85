import { CHANNELS, PushError, type ApnsEnvironment, type ChannelType } from '../../model';
import { environmentsOf, type ApnsIdentity } from './credential';

/** Apple's channels, by environment. */
export const APNS_CHANNELS: Readonly<
	Record<ApnsEnvironment, { readonly alert: ChannelType; readonly voip: ChannelType }>
> = {
	production: { alert: 'APNS', voip: 'APNS_VOIP' },
	sandbox: { alert: 'APNS_SANDBOX', voip: 'APNS_VOIP_SANDBOX' },
};

/** What a certificate can do on VoIP and on ordinary channels; a certificate without any mark of Apple's says neither. */
function kindsOf(identity: ApnsIdentity): { readonly alert: boolean; readonly voip: boolean } {
	if (identity.kind === 'key') return { alert: true, voip: true };
	const { facts } = identity;
	const silent = facts.environments.length === 0 && facts.topics.length === 0 && facts.kind === 'unknown';
	return { alert: facts.kind !== 'voip', voip: silent || facts.voip };
}

/** The channels of one environment an identity is good for. */
export function channelsOf(identity: ApnsIdentity, environment: ApnsEnvironment): ChannelType[] {
	const kinds = kindsOf(identity);
	const { alert, voip } = APNS_CHANNELS[environment];
	return [...(kinds.alert ? [alert] : []), ...(kinds.voip ? [voip] : [])];
}

/**
 * The environment of a channel, when the identity can be used there.
 * @throws {PushError} `InvalidCredential`: certificate of the other environment, not for VoIP, or for VoIP alone
 */
export function environmentFor(identity: ApnsIdentity, channelType: ChannelType): ApnsEnvironment {
	const { environment, voip, label } = CHANNELS[channelType];
	if (environment === undefined) {
		throw new PushError('InvalidCredential', `An Apple credential cannot be used on the channel ${channelType}.`, {
			hint: `Choose a credential for ${label}.`,
		});
	}
	if (identity.kind === 'key') return environment;
	const { name } = identity.facts;
	const environments = environmentsOf(identity);
	if (!environments.includes(environment)) {
		const only: ApnsEnvironment = environment === 'production' ? 'sandbox' : 'production';
		const instead = APNS_CHANNELS[only][voip ? 'voip' : 'alert'];
		throw new PushError('InvalidCredential', `The certificate "${name}" is for ${only} only, not for ${channelType}.`, {
			hint: `Send on the ${instead} channel, or use an "Apple Push Services" certificate, which serves both environments.`,
		});
	}
	const kinds = kindsOf(identity);
	if (voip && !kinds.voip) {
		throw new PushError('InvalidCredential', `The certificate "${name}" is not for VoIP pushes (${channelType}).`, {
			hint: 'Use an "Apple Push Services" or "VoIP Services" certificate that names the .voip topic, or a .p8 key.',
		});
	}
	if (!voip && !kinds.alert) {
		const instead = APNS_CHANNELS[environment].voip;
		throw new PushError(
			'InvalidCredential',
			`The certificate "${name}" is for VoIP pushes only, not for ${channelType}.`,
			{
				hint: `Send on the ${instead} channel, or use an "Apple Push Services" certificate.`,
			},
		);
	}
	return environment;
}
