import type { IExecuteFunctions } from 'n8n-workflow';
import type { DirectCredentials } from '../../../push';
import type { ChannelCredential, ChannelType, ProviderId } from '../../../push/model';
import { CREDENTIAL_LABEL, PROVIDER_CREDENTIALS, readCredential } from '../../shared/credentials';
import type { ChannelCredentialName } from '../../shared/credentials';
import type { EngineModule } from '../../shared/engine';
import { WorkflowMistake } from '../../shared/errors';
import { ItemParameters, textOf } from '../../shared/parameters';

const PROVIDER_IDS = ['apns', 'fcm', 'baidu', 'adm'] as const;

/**
 * The credential of the one channel everything goes to.
 * @throws {WorkflowMistake} when none is selected
 */
export async function credentialFor(
	context: IExecuteFunctions,
	engine: EngineModule,
	channel: ChannelType,
): Promise<DirectCredentials> {
	const { provider, label } = engine.CHANNELS[channel];
	const names = provider === 'apns' ? [chosenForApple(context)] : PROVIDER_CREDENTIALS[provider];
	const credential = await readCredential(context, names);
	if (credential) return { [provider]: credential };
	const wanted = names.map((name) => `"${CREDENTIAL_LABEL[name]}"`).join(' or ');
	throw new WorkflowMistake(
		`The channel ${label} needs a credential of the type ${wanted}, and none is selected.`,
		'Open the node and select or create one at the top of its parameters.',
	);
}

/** Every credential selected on the node. A channel without one gives results, not a mistake. */
export async function allCredentials(context: IExecuteFunctions): Promise<DirectCredentials> {
	const credentials: Partial<Record<ProviderId, ChannelCredential>> = {};
	for (const provider of PROVIDER_IDS) {
		const credential = await readCredential(context, PROVIDER_CREDENTIALS[provider]);
		if (credential) credentials[provider] = credential;
	}
	return credentials;
}

/**
 * For items that name their own channels.
 * @throws {WorkflowMistake} when none at all is selected
 */
export async function someCredentials(context: IExecuteFunctions): Promise<DirectCredentials> {
	const credentials = await allCredentials(context);
	if (Object.keys(credentials).length > 0) return credentials;
	throw new WorkflowMistake(
		'No credential is selected on this node.',
		'Open the node and select a credential for each provider the messages go to.',
	);
}

function chosenForApple(context: IExecuteFunctions): ChannelCredentialName {
	const { authentication } = new ItemParameters(context, ['authentication']).at(0);
	return textOf({ authentication }, 'authentication') === 'certificate' ? 'apnsCertificateApi' : 'apnsKeyApi';
}
