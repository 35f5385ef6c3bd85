import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import type { ChannelCredential, ConnectionSettings, ProviderId } from '../../push/model';

/** The credential types of this package that hold the access to a provider. */
export const CHANNEL_CREDENTIALS = [
	'apnsKeyApi',
	'apnsCertificateApi',
	'fcmServiceAccountApi',
	'baiduPushApi',
	'amazonDeviceMessagingApi',
] as const;

export type ChannelCredentialName = (typeof CHANNEL_CREDENTIALS)[number];

/** What people see in the list of credentials. */
export const CREDENTIAL_LABEL: Readonly<Record<ChannelCredentialName, string>> = {
	apnsKeyApi: 'APNs Key API',
	apnsCertificateApi: 'APNs Certificate API',
	fcmServiceAccountApi: 'FCM Service Account API',
	baiduPushApi: 'Baidu Push API',
	amazonDeviceMessagingApi: 'Amazon Device Messaging API',
};

/** Credentials a provider takes; the first that is selected on the node is used. */
export const PROVIDER_CREDENTIALS: Readonly<Record<ProviderId, readonly ChannelCredentialName[]>> = {
	apns: ['apnsKeyApi', 'apnsCertificateApi'],
	fcm: ['fcmServiceAccountApi'],
	baidu: ['baiduPushApi'],
	adm: ['amazonDeviceMessagingApi'],
};

type Fields = ICredentialDataDecryptedObject;

const READERS: Readonly<Record<ChannelCredentialName, (fields: Fields) => ChannelCredential>> = {
	apnsKeyApi: (fields) => ({
		type: 'apnsKey',
		keyId: word(fields, 'keyId'),
		teamId: word(fields, 'teamId'),
		bundleId: word(fields, 'bundleId'),
		privateKey: text(fields, 'privateKey'),
		connection: connection(fields),
	}),
	apnsCertificateApi: (fields) => ({
		type: 'apnsCertificate',
		...(fields.format === 'pem'
			? {
					certificate: optional(text(fields, 'certificate')),
					privateKey: optional(text(fields, 'privateKey')),
					passphrase: optional(text(fields, 'passphrase')),
				}
			: { pkcs12: optional(text(fields, 'pkcs12')), passphrase: optional(text(fields, 'password')) }),
		bundleId: optional(word(fields, 'bundleId')),
		connection: connection(fields),
	}),
	fcmServiceAccountApi: (fields) => ({
		type: 'fcmServiceAccount',
		serviceAccountJson: text(fields, 'serviceAccountJson'),
		connection: connection(fields),
	}),
	baiduPushApi: (fields) => ({
		type: 'baidu',
		apiKey: word(fields, 'apiKey'),
		secretKey: word(fields, 'secretKey'),
		connection: connection(fields),
	}),
	amazonDeviceMessagingApi: (fields) => ({
		type: 'adm',
		clientId: word(fields, 'clientId'),
		clientSecret: word(fields, 'clientSecret'),
		connection: connection(fields),
	}),
};

/** n8n's decrypted credential in the engine's words. The "Advanced" fields count whenever they are filled. */
export function toChannelCredential(name: ChannelCredentialName, fields: Fields): ChannelCredential {
	return READERS[name](fields);
}

/** The credential a node of this execution uses for a provider; undefined when none is selected. */
export async function readCredential(
	context: IExecuteFunctions,
	names: readonly ChannelCredentialName[],
): Promise<ChannelCredential | undefined> {
	const selected = context.getNode().credentials ?? {};
	const name = names.find((candidate) => selected[candidate] !== undefined);
	return name === undefined ? undefined : toChannelCredential(name, await context.getCredentials(name, 0));
}

function connection(fields: Fields): ConnectionSettings | undefined {
	const settings: ConnectionSettings = {
		endpoint: optional(word(fields, 'endpoint')),
		sandboxEndpoint: optional(word(fields, 'sandboxEndpoint')),
		tokenEndpoint: optional(word(fields, 'tokenUrl')),
		ca: optional(text(fields, 'ca')),
		proxyUrl: optional(word(fields, 'proxyUrl')),
	};
	return Object.values(settings).some((value) => value !== undefined) ? settings : undefined;
}

/** As typed; an expression may have put in parsed JSON or a number. */
function text(fields: Fields, key: string): string {
	const value: unknown = fields[key];
	if (typeof value === 'string') return value;
	if (value === undefined || value === null) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Without the blanks that copying brings along. */
function word(fields: Fields, key: string): string {
	return text(fields, key).trim();
}

function optional(value: string): string | undefined {
	return value.trim() === '' ? undefined : value;
}
