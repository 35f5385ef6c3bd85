import type { ApnsCertificateCredential, ConnectionSettings } from '../../push/model';
import { AdmSimulatorServer, AMAZON_TOKEN_PATH } from './adm/simulator';
import { AMAZON_TOKEN_ERRORS, verifyAmazonClient } from './adm/service';
import { ApnsSimulatorServer } from './apns/simulator';
import { BaiduSimulatorServer } from './baidu/simulator';
import { ControlApi } from './control';
import { AssertionVerifier, GOOGLE_TOKEN_ERRORS, GOOGLE_TOKEN_URL } from './fcm/assertion';
import { FcmSimulatorServer } from './fcm/simulator';
import { Http1Endpoint } from './http1-endpoint';
import { OauthEndpoint } from './oauth';
import { loadFixtures, type ApnsKeyFixture, type Fixtures } from './pki/fixtures';
import { ProxySimulator } from './proxy';
import type { SimulatorOptions, Simulators } from './types';

const GOOGLE_TOKEN_PATH = '/token';
const PROXY_LOGIN = 'proxy-user:proxy-password';

/** Starts the four providers, their token endpoint, a proxy and the control API on loopback. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
	const now = options.now ?? Date.now;
	const ports = options.ports ?? {};
	const startedAt = performance.now();
	const fixtures = await loadFixtures(options.fixturesDir, now());
	const common = { fixtures, now, startedAt };
	const tokens = await startTokenServer(common, ports.token ?? 0);
	const [production, sandbox, fcm, baidu, adm, proxy, protectedProxy] = await Promise.all([
		ApnsSimulatorServer.start({ ...common, environment: 'production' }, ports.apns ?? 0),
		ApnsSimulatorServer.start({ ...common, environment: 'sandbox' }, ports.apnsSandbox ?? 0),
		FcmSimulatorServer.start({ ...common, token: tokens.google }, ports.fcm ?? 0),
		BaiduSimulatorServer.start(common, ports.baidu ?? 0),
		AdmSimulatorServer.start({ ...common, token: tokens.amazon }, ports.adm ?? 0),
		ProxySimulator.start(ports.proxy ?? 0),
		ProxySimulator.start(0, PROXY_LOGIN),
	]);
	const apns = { production, sandbox };
	const control = await ControlApi.start(
		{ apns: production, apnsSandbox: sandbox, fcm, baidu, adm },
		ports.control ?? 0,
	);
	const parts = [production, sandbox, fcm, baidu, adm, proxy, protectedProxy];
	return {
		ca: fixtures.authority.certificate,
		apns,
		fcm,
		baidu,
		adm,
		credentials: credentialsOf(fixtures, { production, sandbox, fcm, baidu, adm }),
		controlUrl: control.url,
		proxy,
		reset: () => parts.forEach((part) => part.reset()),
		close: async () => {
			await Promise.all([...parts, tokens.endpoint, control].map(async (part) => await part.close()));
		},
	};
}

interface Common {
	readonly fixtures: Fixtures;
	readonly now: () => number;
	readonly startedAt: number;
}

/** Google's and Amazon's token endpoints share one server; Amazon's is also on its push host. */
async function startTokenServer({ fixtures, now, startedAt }: Common, port: number) {
	const byPath = new Map<string, OauthEndpoint>();
	const identity = { key: fixtures.server.key, cert: fixtures.server.certificate };
	const endpoint = new Http1Endpoint(identity, (request) => {
		const token = byPath.get(request.path);
		return token?.decide(request) ?? { answer: { status: 404 }, delayMs: 0 };
	});
	const origin = `https://127.0.0.1:${await endpoint.listen(port)}`;
	const common = { now, startedAt };
	const url = origin + GOOGLE_TOKEN_PATH;
	const verifier = new AssertionVerifier(fixtures.fcm, () => [url, GOOGLE_TOKEN_URL], now);
	const google = new OauthEndpoint({
		...common,
		url,
		tokenPrefix: 'ya29.',
		tokenType: 'Bearer',
		showScope: false,
		verify: (form) => verifier.verify(form),
		refusalFor: (word) => GOOGLE_TOKEN_ERRORS[word],
	});
	const amazon = new OauthEndpoint({
		...common,
		url: origin + AMAZON_TOKEN_PATH,
		tokenPrefix: 'Atc|',
		tokenType: 'bearer',
		showScope: true,
		verify: (form) => verifyAmazonClient(form, fixtures.adm),
		refusalFor: (word) => AMAZON_TOKEN_ERRORS[word],
	});
	byPath.set(GOOGLE_TOKEN_PATH, google).set(AMAZON_TOKEN_PATH, amazon);
	return { endpoint, google, amazon };
}

interface Servers {
	readonly production: ApnsSimulatorServer;
	readonly sandbox: ApnsSimulatorServer;
	readonly fcm: FcmSimulatorServer;
	readonly baidu: BaiduSimulatorServer;
	readonly adm: AdmSimulatorServer;
}

function credentialsOf(fixtures: Fixtures, servers: Servers): Simulators['credentials'] {
	const ca = fixtures.authority.certificate;
	const connection = { endpoint: servers.production.origin, sandboxEndpoint: servers.sandbox.origin, ca };
	const key = ({ keyId, teamId, bundleId, privateKey }: ApnsKeyFixture) =>
		({ type: 'apnsKey', keyId, teamId, bundleId, privateKey, connection }) as const;
	return {
		apnsKey: key(fixtures.apnsKeys.both),
		apnsSandboxKey: key(fixtures.apnsKeys.sandbox),
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
