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
			data: apnsCertificateData({ ...apnsLegacyPkcs12, passphrase: 'not the one' }),
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

/** The same text with its last character changed. */
function mistyped(text: string): string {
	return text.slice(0, -1) + (text.endsWith('x') ? 'y' : 'x');
}

/** Texts that must appear nowhere: every secret field of the credentials, key files by a line of their middle. */
export function secretsIn(credentials: readonly N8nCredential[]): string[] {
	const fields = ['privateKey', 'pkcs12', 'password', 'passphrase', 'secretKey', 'clientSecret'];
	const secrets = credentials.flatMap(({ data }) => [
		...fields.map((field) => data[field]),
		at(parsed(data.serviceAccountJson), 'private_key'),
	]);
	return secrets.filter((secret) => typeof secret === 'string').map(heart);
}

function parsed(json: unknown): unknown {
	return typeof json === 'string' ? JSON.parse(json) : undefined;
}

/** The second line of a PEM, the start of base64 text, short secrets as they are. */
function heart(secret: string): string {
	const line = secret.startsWith('-----') ? (secret.split('\n')[1] ?? secret) : secret;
	return line.slice(0, 40);
}
