import type {
	AdmCredential,
	ApnsCertificateCredential,
	ApnsKeyCredential,
	BaiduCredential,
	FcmServiceAccountCredential,
} from '../../push/model';
import type { Mailbox } from './mailbox';

/** One push request as it came over the wire, whatever the answer. */
export interface Arrival {
	/** ms since the simulators' start, monotonic. */
	at: number;
	/** Number of the connection it came on, from 1. */
	connection: number;
	path: string;
	/** Lower-case names, pseudo-headers included, as received. */
	headers: Record<string, string>;
	/** Names in the order and case they came (HTTP/1.1: raw case). */
	headerNames: string[];
	body: string;
	/** The device it was for. */
	address: string;
	/** What the simulator answered: status 0 = nothing (reset, silence). */
	status: number;
	reason?: string;
}

/** What to do with requests that match; the first rule that matches and is not used up wins. */
export interface Failure {
	/** Only this address; absent = every one. */
	address?: string;
	/** How many requests it applies to; absent = all. */
	times?: number;
	/** A reason of the provider's answer table: answered with its status, headers and body exactly as the real one does. */
	reason?: string;
	/** Overrides or stands alone: a literal answer. */
	status?: number;
	headers?: Record<string, string>;
	body?: string;
	/** Wait before answering (also without a failure: plain latency). */
	delayMs?: number;
	/** HTTP/2: RST_STREAM with this code instead of an answer. */
	resetCode?: number;
	/** HTTP/2: GOAWAY with this code; streams above `lastStreamId` (default: this one, answered normally) get no answer. */
	goaway?: { code: number; lastStreamId?: 'this' | 'previous'; debug?: string };
	/** Never answer. */
	silence?: boolean;
	/** Read the request, then cut the connection (TCP reset). */
	cutConnection?: boolean;
}

export interface ConnectionCounts {
	opened: number;
	open: number;
	/** Most requests open at once, over all connections. */
	maxInFlight: number;
	/** Most streams open at once on one connection. */
	maxStreams: number;
	/** HTTP/2 PINGs received. */
	pings: number;
}

export interface PushSimulator {
	/** `https://127.0.0.1:port` */
	readonly origin: string;
	/** Requests seen by the push endpoint since the last reset, oldest first. */
	readonly arrivals: readonly Arrival[];
	readonly connections: Readonly<ConnectionCounts>;
	fail(failure: Failure): void;
	/** Added to each answer, ms. */
	latencyMs: number;
	/** Address of a device in good order; the same n gives the same address. */
	goodAddress(n?: number): string;
	/** An address whose pushes always get this reason of the table (so that demos and workflows can show it). */
	addressFor(reason: string, n?: number): string;
	/** Forgets arrivals, failures, latency and limits; keeps connections. */
	reset(): void;
	/** Cuts all connections (TCP reset). */
	cutConnections(): void;
}

export interface Http2Simulator extends PushSimulator {
	/** SETTINGS_MAX_CONCURRENT_STREAMS now, sent to open and later connections. */
	setStreamLimit(limit: number): void;
	/** GOAWAY on every open connection. */
	goaway(code: number, debug?: string): void;
	/** Stops answering PINGs and requests on the open connections, without closing them (a half-open socket). */
	freezeConnections(): void;
}

export interface ApnsSimulator extends Http2Simulator {
	/** Behave as Apple does: one stream until a valid token was seen, down to one after a 4xx (not 410). Default true for the first, false for the second. */
	behaviour: { firstRequestAlone: boolean; oneStreamAfterError: boolean };
	/** Distinct provider tokens (JWTs) seen since the last reset. */
	readonly providerTokens: number;
}

export interface TokenSimulator {
	/** Full URL of the OAuth token endpoint. */
	readonly url: string;
	/** Token requests seen: form fields without their secrets. */
	readonly requests: ReadonlyArray<{ at: number; status: number; error?: string }>;
	fail(failure: Failure): void;
	/** Makes every access token given out so far expire. */
	expireAll(): void;
	/** `expires_in` of new tokens, seconds. */
	lifetimeSeconds: number;
	reset(): void;
}

export interface Simulators {
	/** PEM of the CA that signed every simulator's certificate. */
	readonly ca: string;
	readonly apns: { readonly production: ApnsSimulator; readonly sandbox: ApnsSimulator };
	readonly fcm: Http2Simulator & { readonly token: TokenSimulator };
	/** `errorsInside200`: refusals come with HTTP 200, the code only inside. Default false, and again after a reset. */
	readonly baidu: PushSimulator & { errorsInside200: boolean };
	readonly adm: PushSimulator & { readonly token: TokenSimulator };
	/** Credentials the simulators accept, connection settings included. Made anew at each start unless `fixturesDir` is given. */
	readonly credentials: {
		apnsKey: ApnsKeyCredential;
		/** Key of one environment only (keys made since 2025). */
		apnsSandboxKey: ApnsKeyCredential;
		apnsProductionKey: ApnsKeyCredential;
		/** Another team's key, for another app: good in itself, wrong on a connection of the first team. */
		apnsOtherTeamKey: ApnsKeyCredential;
		/** PEM pair. */
		apnsCertificate: ApnsCertificateCredential;
		/** The same as a .p12 in the legacy RC2/3DES form of Keychain, and in the modern AES form. */
		apnsLegacyPkcs12: ApnsCertificateCredential;
		apnsModernPkcs12: ApnsCertificateCredential;
		fcm: FcmServiceAccountCredential;
		baidu: BaiduCredential;
		adm: AdmCredential;
	};
	/** Issues another push certificate (PEM pair), signed by the simulators' CA unless told otherwise. */
	issueApnsCertificate(order?: CertificateWish): ApnsCertificateCredential;
	/** A mail server without login; what it got is under GET /mails of the control API too. */
	readonly mailbox: Mailbox;
	/** Plain-http JSON control API for people and other processes: GET /, GET /arrivals?provider=, POST /fail, POST /reset. */
	readonly controlUrl: string;
	/** CONNECT proxy that counts its tunnels; for tests of HTTPS_PROXY. */
	readonly proxy: ProxyView;
	/** The same with user and password, which its URL holds; answers 407 without them. */
	readonly protectedProxy: ProxyView;
	reset(): void;
	close(): Promise<void>;
}

export interface ProxyView {
	readonly url: string;
	/** Tunnels opened since the last reset. */
	readonly tunnels: number;
	/** `host:port` of each tunnel. */
	readonly targets: readonly string[];
	/** Set: every CONNECT is answered with this status. */
	refuseWith: number | undefined;
	/** Cuts all tunnels (TCP reset). */
	cutTunnels(): void;
}

/** What a certificate made on demand is to look like; absent = as the standard one. */
export interface CertificateWish {
	bundleId?: string;
	environments?: Array<'production' | 'sandbox'>;
	topics?: Array<{ topic: string; kind: 'app' | 'voip' | 'complication' | 'website' }>;
	/** Epoch ms. */
	validFrom?: number;
	validTo?: number;
	/** Signed by a CA the simulators do not know. */
	strangeAuthority?: boolean;
	/** The private key beside it belongs to another certificate. */
	wrongKey?: boolean;
}

export interface SimulatorOptions {
	/** Fixed ports for people; 0 (default) = any free one. */
	ports?: Partial<
		Record<'apns' | 'apnsSandbox' | 'fcm' | 'baidu' | 'adm' | 'token' | 'control' | 'proxy' | 'mail', number>
	>;
	/** Keeps CA, keys and certificates here, so that a restart accepts the same credentials. */
	fixturesDir?: string;
	/** Arrivals kept per provider; older ones are forgotten. Default 200,000. */
	keptArrivals?: number;
	/** Epoch ms; default Date.now. */
	now?: () => number;
}
