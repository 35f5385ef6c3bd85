import type {
	AdmCredential,
	ApnsCertificateCredential,
	ApnsKeyCredential,
	BaiduCredential,
	ConnectionSettings,
	FcmServiceAccountCredential,
} from '../push/model';
import type { Simulators } from '../test/simulators/types';

/** What n8n keeps of a credential, secrets in the clear: the form `n8n import:credentials` reads. */
export interface N8nCredential {
	/** Fixed, at most 21 characters: the example workflows name it. */
	readonly id: string;
	readonly name: string;
	/** The credential type's name in n8n. */
	readonly type: string;
	readonly data: Readonly<Record<string, string | number | boolean>>;
}

/** Fields of a credential; those that are undefined are left out. */
type Fields = Readonly<Record<string, string | boolean | undefined>>;

/** Fields of the "Advanced" part that every credential has. */
function advanced(connection: ConnectionSettings | undefined): Fields {
	if (!connection) return { advanced: false };
	const { endpoint, ca, proxyUrl } = connection;
	return { advanced: true, endpoint, ca, proxyUrl };
}

function apple(connection: ConnectionSettings | undefined): Fields {
	return { ...advanced(connection), sandboxEndpoint: connection?.sandboxEndpoint };
}

function oauth(connection: ConnectionSettings | undefined): Fields {
	return { ...advanced(connection), tokenUrl: connection?.tokenEndpoint };
}

/** As the fields of `ApnsKeyApi`. */
export function apnsKeyData({
	keyId,
	teamId,
	bundleId,
	privateKey,
	connection,
}: ApnsKeyCredential): N8nCredential['data'] {
	return filled({ keyId, teamId, bundleId, privateKey, ...apple(connection) });
}

/** As the fields of `ApnsCertificateApi`. */
export function apnsCertificateData(credential: ApnsCertificateCredential): N8nCredential['data'] {
	const { pkcs12, certificate, privateKey, passphrase, bundleId, connection } = credential;
	const secret =
		pkcs12 === undefined
			? { format: 'pem', certificate, privateKey, passphrase }
			: { format: 'pkcs12', pkcs12, password: passphrase };
	return filled({ ...secret, bundleId, ...apple(connection) });
}

/** As the fields of `FcmServiceAccountApi`. */
export function fcmData({ serviceAccountJson, connection }: FcmServiceAccountCredential): N8nCredential['data'] {
	return filled({ serviceAccountJson, ...oauth(connection) });
}

/** As the fields of `BaiduPushApi`. */
export function baiduData({ apiKey, secretKey, connection }: BaiduCredential): N8nCredential['data'] {
	return filled({ apiKey, secretKey, ...advanced(connection) });
}

/** As the fields of `AmazonDeviceMessagingApi`. */
export function admData({ clientId, clientSecret, connection }: AdmCredential): N8nCredential['data'] {
	return filled({ clientId, clientSecret, ...oauth(connection) });
}

function filled(fields: Fields): N8nCredential['data'] {
	const data: Record<string, string | boolean> = {};
	for (const [name, value] of Object.entries(fields)) if (value !== undefined) data[name] = value;
	return data;
}

/** The credentials the example workflows in docs/workflows use, good for the simulators. */
export function simulatorCredentials({ credentials }: Pick<Simulators, 'credentials'>): N8nCredential[] {
	return [
		{ id: 'simApnsKey', name: 'Simulator: APNs key', type: 'apnsKeyApi', data: apnsKeyData(credentials.apnsKey) },
		{
			id: 'simApnsCertificate',
			name: 'Simulator: APNs certificate',
			type: 'apnsCertificateApi',
			data: apnsCertificateData(credentials.apnsModernPkcs12),
		},
		{ id: 'simFcm', name: 'Simulator: FCM', type: 'fcmServiceAccountApi', data: fcmData(credentials.fcm) },
		{ id: 'simBaidu', name: 'Simulator: Baidu', type: 'baiduPushApi', data: baiduData(credentials.baidu) },
		{ id: 'simAdm', name: 'Simulator: ADM', type: 'amazonDeviceMessagingApi', data: admData(credentials.adm) },
	];
}

/** For the workflows that raise an alarm by mail: nothing leaves this machine. */
export function mailCredential({ mailbox }: Pick<Simulators, 'mailbox'>): N8nCredential {
	const data = { host: '127.0.0.1', port: mailbox.port, secure: false, disableStartTls: true };
	return { id: 'simMail', name: 'Simulator: e-mail', type: 'smtp', data };
}

/** What docs/workflows/postgres-campaign.json names: a PostgreSQL of this machine, if there is one. */
export const recipientSourceOfThisMachine: N8nCredential = {
	id: 'examplePostgres',
	name: 'Example: PostgreSQL',
	type: 'postgresSourceApi',
	data: { host: '127.0.0.1', port: 5432, database: 'test', user: 'postgres', password: '', ssl: 'disable' },
};

/** For trying the store's own credential: it leads where nodes without it go too, the SQLite file of this n8n. */
export const storeOfThisN8n: N8nCredential = {
	id: 'ownPushStore',
	name: 'Push Store: this n8n',
	type: 'pushStoreApi',
	data: { kind: 'sqlite' },
};
