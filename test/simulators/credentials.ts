import { generateKeyPairSync } from 'node:crypto';
import type { ApnsCertificateCredential, ApnsKeyCredential, ConnectionSettings } from '../../push/model';
import type { AdmSimulatorServer } from './adm/simulator';
import type { ApnsSimulatorServer } from './apns/simulator';
import type { BaiduSimulatorServer } from './baidu/simulator';
import { GOOGLE_TOKEN_URL } from './fcm/assertion';
import type { FcmSimulatorServer } from './fcm/simulator';
import { issuePushCertificate, type ApnsKeyFixture, type Fixtures } from './pki/fixtures';
import type { CertificateWish, Simulators } from './types';

export interface Servers {
	readonly production: ApnsSimulatorServer;
	readonly sandbox: ApnsSimulatorServer;
	readonly fcm: FcmSimulatorServer;
	readonly baidu: BaiduSimulatorServer;
	readonly adm: AdmSimulatorServer;
}

/** Credentials the simulators accept, as a person would have typed them in. */
export function credentialsOf(fixtures: Fixtures, servers: Servers): Simulators['credentials'] {
	const ca = fixtures.authority.certificate;
	const connection = apnsConnection(servers, fixtures);
	const key = ({ keyId, teamId, bundleId, privateKey }: ApnsKeyFixture): ApnsKeyCredential => ({
		type: 'apnsKey',
		keyId,
		teamId,
		bundleId,
		privateKey,
		connection,
	});
	return {
		apnsKey: key(fixtures.apnsKeys.both),
		apnsSandboxKey: key(fixtures.apnsKeys.sandbox),
		apnsProductionKey: key(fixtures.apnsKeys.production),
		apnsOtherTeamKey: key(fixtures.apnsKeys.otherTeam),
		...certificateCredentials(fixtures, connection),
		fcm: {
			type: 'fcmServiceAccount',
			serviceAccountJson: serviceAccountJson(fixtures.fcm),
			connection: { endpoint: servers.fcm.origin, tokenEndpoint: servers.fcm.token.url, ca },
		},
		baidu: { type: 'baidu', ...fixtures.baidu, connection: { endpoint: servers.baidu.origin, ca } },
		adm: {
			type: 'adm',
			...fixtures.adm,
			connection: { endpoint: servers.adm.origin, tokenEndpoint: servers.adm.token.url, ca },
		},
	};
}

function certificateCredentials({ apnsClient, pkcs12 }: Fixtures, connection: ConnectionSettings) {
	const p12 = (file: string): ApnsCertificateCredential => ({
		type: 'apnsCertificate',
		pkcs12: file,
		passphrase: pkcs12.password,
		connection,
	});
	const apnsCertificate: ApnsCertificateCredential = {
		type: 'apnsCertificate',
		certificate: apnsClient.certificate,
		privateKey: apnsClient.key,
		connection,
	};
	return { apnsCertificate, apnsLegacyPkcs12: p12(pkcs12.legacy), apnsModernPkcs12: p12(pkcs12.modern) };
}

/** Where APNs credentials of the simulators lead. */
export function apnsConnection({ production, sandbox }: Servers, fixtures: Fixtures): ConnectionSettings {
	return { endpoint: production.origin, sandboxEndpoint: sandbox.origin, ca: fixtures.authority.certificate };
}

/** Makes certificates on demand: expired ones, for one environment, of a strange CA, ... */
export function certificateIssuer(
	fixtures: Fixtures,
	connection: ConnectionSettings,
): (wish?: CertificateWish) => ApnsCertificateCredential {
	return ({ strangeAuthority, wrongKey, ...wish } = {}) => {
		const key = fixtures.apnsClient.key;
		const authority = strangeAuthority ? { ...fixtures.authority, key: strangeKey() } : fixtures.authority;
		return {
			type: 'apnsCertificate',
			certificate: issuePushCertificate(authority, { ...wish, key }, Date.now()),
			privateKey: wrongKey ? strangeKey() : key,
			connection,
		};
	};
}

const strangeKey = (): string =>
	generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The file a Firebase project hands out under "Service accounts". */
function serviceAccountJson({ projectId, clientEmail, keyId, key }: Fixtures['fcm']): string {
	return JSON.stringify(
		{
			type: 'service_account',
			project_id: projectId,
			private_key_id: keyId,
			private_key: key,
			client_email: clientEmail,
			client_id: '100000000000000000001',
			auth_uri: 'https://accounts.google.com/o/oauth2/auth',
			token_uri: GOOGLE_TOKEN_URL,
			auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
			universe_domain: 'googleapis.com',
		},
		null,
		2,
	);
}
