import { at } from '../../scripts/fullN8n';
import {
	admData,
	apnsCertificateData,
	apnsKeyData,
	baiduData,
	fcmData,
	type N8nCredential,
} from '../../scripts/simulatorCredentials';
import type { Simulators } from '../simulators';

/** Credentials as people get them wrong; all lead to the simulators. */
export function badCredentials({ credentials }: Simulators): N8nCredential[] {
	const { apnsKey, apnsLegacyPkcs12, fcm, baidu, adm } = credentials;
	return [
		{
			id: 'badApnsKey',
			name: 'Broken .p8',
			type: 'apnsKeyApi',
			data: apnsKeyData({ ...apnsKey, privateKey: '-----BEGIN PRIVATE KEY-----\nYnJva2Vu\n-----END PRIVATE KEY-----' }),
		},
		{
			id: 'badApnsKeyId',
			name: 'Key ID of another key',
			type: 'apnsKeyApi',
			data: apnsKeyData({ ...apnsKey, keyId: 'ZZZZZZZZZZ' }),
		},
		{
			id: 'badP12Password',
			name: 'Wrong password of a .p12',
			type: 'apnsCertificateApi',
			data: apnsCertificateData({ ...apnsLegacyPkcs12, passphrase: 'another file has this one' }),
		},
		{
			id: 'badServiceAccount',
			name: 'JSON of an OAuth client',
			type: 'fcmServiceAccountApi',
			data: fcmData({ ...fcm, serviceAccountJson: '{ "installed": { "client_id": "x" } }' }),
		},
		{
			id: 'badBaiduSecret',
			name: 'Wrong Baidu secret key',
			type: 'baiduPushApi',
			data: baiduData({ ...baidu, secretKey: mistyped(baidu.secretKey) }),
		},
		{
			id: 'badAdmSecret',
			name: 'Wrong ADM client secret',
			type: 'amazonDeviceMessagingApi',
			data: admData({ ...adm, clientSecret: mistyped(adm.clientSecret) }),
		},
	];
}

/** Keys made since 2025 may serve one environment only. */
export function sandboxOnlyKey({ credentials }: Simulators): N8nCredential {
	const data = apnsKeyData(credentials.apnsSandboxKey);
	return { id: 'sandboxOnlyKey', name: 'Key for the sandbox', type: 'apnsKeyApi', data };
}

/** The same text with its last character changed. */
function mistyped(text: string): string {
	return text.slice(0, -1) + (text.endsWith('x') ? 'y' : 'x');
}

/**
 * Texts that must appear nowhere: every secret field of the credentials, key files by a line of their middle.
 * Short ones are left out: the simulators' password of a .p12 is a word that other texts have too.
 */
export function secretsIn(credentials: readonly N8nCredential[]): string[] {
	const fields = ['privateKey', 'pkcs12', 'password', 'passphrase', 'secretKey', 'clientSecret'];
	const secrets = credentials.flatMap(({ data }) => [
		...fields.map((field) => data[field]),
		at(parsed(data.serviceAccountJson), 'private_key'),
	]);
	return secrets
		.filter((secret) => typeof secret === 'string')
		.filter((secret) => secret.length >= 12)
		.map(heart);
}

function parsed(json: unknown): unknown {
	return typeof json === 'string' ? JSON.parse(json) : undefined;
}

/** Provider tokens and access tokens as the simulators were shown them. */
export function tokensShown({ apns, fcm, adm }: Simulators): string[] {
	const arrivals = [apns.production, apns.sandbox, fcm, adm].flatMap((simulator) => simulator.arrivals);
	const tokens = arrivals.map(({ headers }) => headers.authorization?.replace(/^bearer /i, '') ?? '');
	return [...new Set(tokens.filter((token) => token !== ''))];
}

/** The second line of a PEM, the start of base64 text, short secrets as they are. */
function heart(secret: string): string {
	const line = secret.startsWith('-----') ? (secret.split('\n')[1] ?? secret) : secret;
	return line.slice(0, 40);
}
