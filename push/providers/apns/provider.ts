import type { ChannelCredential, ChannelType, CredentialReport } from '../../model';
import type { Provider, ProviderClient, ProviderDeps } from '../provider';
import { checkIdentity } from './check';
import { ApnsClient } from './client';
import { readApnsCredential } from './credential';
import { originFor } from './endpoint';
import { expiryWarnings } from './identity';
import { environmentFor } from './usability';

/** Apple Push Notification service, over its HTTP/2 interface. */
export const apnsProvider: Provider = {
	id: 'apns',

	async open(credential: ChannelCredential, channelType: ChannelType, deps: ProviderDeps): Promise<ProviderClient> {
		const identity = await readApnsCredential(credential, deps.clock.now());
		const environment = environmentFor(identity, channelType);
		const origin = originFor(identity.connection, environment);
		return new ApnsClient({ identity, channelType, environment, origin, purpose: 'send' }, deps);
	},

	async check(credential: ChannelCredential, deps: ProviderDeps): Promise<CredentialReport> {
		const now = deps.clock.now();
		const identity = await readApnsCredential(credential, now);
		const report = await checkIdentity(identity, deps);
		const expiry = identity.kind === 'certificate' ? expiryWarnings(identity.facts, now) : [];
		return { ...report, warnings: [...report.warnings, ...expiry] };
	},
};
