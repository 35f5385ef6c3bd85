import { AdmSimulatorServer, AMAZON_TOKEN_PATH } from './adm/simulator';
import { AMAZON_TOKEN_ERRORS, verifyAmazonClient } from './adm/service';
import { ApnsSimulatorServer } from './apns/simulator';
import { BaiduSimulatorServer } from './baidu/simulator';
import { ControlApi } from './control';
import { AssertionVerifier, GOOGLE_TOKEN_ERRORS, GOOGLE_TOKEN_URL } from './fcm/assertion';
import { FcmSimulatorServer } from './fcm/simulator';
import { Http1Endpoint } from './http1-endpoint';
import { OauthEndpoint } from './oauth';
import { apnsConnection, certificateIssuer, credentialsOf } from './credentials';
import { Mailbox } from './mailbox';
import { loadFixtures, type Fixtures } from './pki/fixtures';
import { ProxySimulator } from './proxy';
import type { SimulatorOptions, Simulators } from './types';

const GOOGLE_TOKEN_PATH = '/token';
const PROXY_LOGIN = 'proxy-user:proxy-password';

/** Starts the four providers, their token endpoint, a proxy and the control API on loopback. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
	const now = options.now ?? Date.now;
	const ports = options.ports ?? {};
	const startedAt = performance.now();
	const fixtures = await loadFixtures(options.fixturesDir);
	const common = { fixtures, now, startedAt, kept: options.keptArrivals };
	const tokens = await startTokenServer(common, ports.token ?? 0);
	const [production, sandbox, fcm, baidu, adm, proxy, protectedProxy, mailbox] = await Promise.all([
		ApnsSimulatorServer.start({ ...common, environment: 'production' }, ports.apns ?? 0),
		ApnsSimulatorServer.start({ ...common, environment: 'sandbox' }, ports.apnsSandbox ?? 0),
		FcmSimulatorServer.start({ ...common, token: tokens.google }, ports.fcm ?? 0),
		BaiduSimulatorServer.start(common, ports.baidu ?? 0),
		AdmSimulatorServer.start({ ...common, token: tokens.amazon }, ports.adm ?? 0),
		ProxySimulator.start(ports.proxy ?? 0),
		ProxySimulator.start(0, PROXY_LOGIN),
		Mailbox.start(ports.mail ?? 0),
	]);
	const servers = { production, sandbox, fcm, baidu, adm };
	const credentials = credentialsOf(fixtures, servers);
	const controlled = { apns: production, apnsSandbox: sandbox, fcm, baidu, adm };
	const control = await ControlApi.start(controlled, { credentials, mailbox }, ports.control ?? 0);
	const parts = [production, sandbox, fcm, baidu, adm, proxy, protectedProxy, mailbox];
	return {
		ca: fixtures.authority.certificate,
		apns: { production, sandbox },
		fcm,
		baidu,
		adm,
		credentials,
		mailbox,
		controlUrl: control.url,
		proxy,
		protectedProxy,
		issueApnsCertificate: certificateIssuer(fixtures, apnsConnection(servers, fixtures)),
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
	readonly kept: number | undefined;
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
		lifetimeSeconds: 3599,
		showScope: false,
		verify: (form) => verifier.verify(form),
		refusalFor: (word) => GOOGLE_TOKEN_ERRORS[word],
	});
	const amazon = new OauthEndpoint({
		...common,
		url: origin + AMAZON_TOKEN_PATH,
		tokenPrefix: 'Atc|',
		tokenType: 'bearer',
		lifetimeSeconds: 3600,
		showScope: true,
		verify: (form) => verifyAmazonClient(form, fixtures.adm),
		refusalFor: (word) => AMAZON_TOKEN_ERRORS[word],
	});
	byPath.set(GOOGLE_TOKEN_PATH, google).set(AMAZON_TOKEN_PATH, amazon);
	return { endpoint, google, amazon };
}
