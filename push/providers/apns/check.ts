import type { ApnsContent, ApnsPushType } from '../../messages/content';
import { PushError, type ApnsEnvironment, type CredentialReport, type Outcome } from '../../model';
import type { ProviderDeps, SendAttempt } from '../provider';
import type { CertificateKind } from './certificate';
import { ApnsClient } from './client';
import { describeIdentity, environmentsOf, type ApnsIdentity } from './credential';
import { originFor } from './endpoint';
import { channelsOf } from './usability';

/** No device ever has this token, so nothing can show anywhere. */
const IMPOSSIBLE_TOKEN = '0'.repeat(64);
const TIMEOUT_MS = 10_000;

const SILENT = '{"aps":{"content-available":1}}';
const PROBES: Readonly<Record<CertificateKind, readonly [ApnsPushType, payload: string]>> = {
	app: ['background', SILENT],
	unknown: ['background', SILENT],
	voip: ['voip', '{"aps":{}}'],
	website: ['alert', '{"aps":{}}'],
	pass: ['alert', '{}'],
	mdm: ['mdm', '{"mdm":""}'],
};

/** What asking one address came to. */
interface Probe {
	/** The environments it stands for: a single custom endpoint serves both. */
	readonly environments: readonly ApnsEnvironment[];
	readonly verdict: 'accepted' | 'refused' | 'unanswered';
	/** Why not; empty when accepted. */
	readonly message: string;
	readonly reason: string;
	readonly warnings: readonly string[];
}

/** A push of the kind the credential is for, with nothing in it that could show. */
function probeContent(identity: ApnsIdentity): ApnsContent {
	const [pushType, payload] = PROBES[identity.kind === 'key' ? 'app' : identity.facts.kind];
	return { provider: 'apns', pushType, payload, bytes: payload.length, collapsible: false, timeToLiveSeconds: 0 };
}

/** Token and payload refusals come after the credential was accepted; no verdict comes from trouble on the way. */
function verdictOf(outcome: Outcome): Probe['verdict'] {
	switch (outcome.class) {
		case 'ok':
		case 'duplicate':
		case 'token':
		case 'payload':
		case 'throttle-device':
			return 'accepted';
		case 'config':
		case 'auth-refresh':
			// Without an answer of Apple (TLS, egress rules) nothing is known about the credential.
			return outcome.providerStatus === undefined && !isAppleReason(outcome) ? 'unanswered' : 'refused';
		default:
			return 'unanswered';
	}
}

/** Refusals without an HTTP answer that still are about the credential: TLS's alert and APNs's farewell. */
function isAppleReason({ providerReason }: Outcome): boolean {
	return providerReason !== 'TlsFailed' && providerReason !== 'EgressRefused';
}

function ask(client: ApnsClient, content: ApnsContent, attempt: SendAttempt): Promise<Outcome> {
	return new Promise((resolve) => {
		client.send(content, { ref: 0, address: IMPOSSIBLE_TOKEN, channelType: client.channelType }, attempt, resolve);
	});
}

interface ProbeTarget {
	readonly origin: string;
	readonly environments: readonly ApnsEnvironment[];
}

/** Every address the identity's environments are reached at. */
function probeTargets(identity: ApnsIdentity): ProbeTarget[] {
	const byOrigin = new Map<string, ApnsEnvironment[]>();
	for (const environment of environmentsOf(identity)) {
		const origin = originFor(identity.connection, environment);
		byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), environment]);
	}
	return [...byOrigin].map(([origin, environments]) => ({ origin, environments }));
}

async function probe(identity: ApnsIdentity, target: ProbeTarget, deps: ProviderDeps): Promise<Probe> {
	const { origin, environments } = target;
	const environment = environments[0] ?? 'production';
	const channelType = channelsOf(identity, environment)[0] ?? 'APNS';
	const client = new ApnsClient({ identity, channelType, environment, origin, purpose: 'check' }, deps);
	const content = probeContent(identity);
	const attempt = { messageId: deps.random.uuid(), timeoutMs: TIMEOUT_MS, validateOnly: false };
	let outcome = await ask(client, content, attempt);
	if (outcome.class === 'auth-refresh' && (await client.renewAuthorization(outcome))) {
		outcome = await ask(client, content, attempt);
	}
	client.leave();
	const verdict = verdictOf(outcome);
	return {
		environments,
		verdict,
		message: verdict === 'accepted' ? '' : outcome.message,
		reason: outcome.providerReason ?? '',
		warnings:
			outcome.class === 'ok'
				? [`${new URL(origin).host} accepted a push to a device that cannot exist: it is probably not APNs itself.`]
				: [],
	};
}

const WRONG_ENVIRONMENT: ReadonlySet<string> = new Set([
	'BadEnvironmentKeyIdInToken',
	'BadEnvironmentKeyInToken',
	'BadCertificateEnvironment',
]);

/** Why one environment is left out although the other works. */
function exceptionOf(other: Probe): string {
	const name = other.environments.join(' and ');
	if (other.verdict === 'unanswered') return `Whether it works for ${name} is not known: ${other.message}`;
	return WRONG_ENVIRONMENT.has(other.reason)
		? `For ${name} create another one at developer.apple.com (${other.reason}).`
		: `For ${name}: ${other.message}`;
}

function describe(identity: ApnsIdentity, probes: readonly Probe[]): string {
	const name = describeIdentity(identity);
	const accepted = probes.filter(({ verdict }) => verdict === 'accepted').flatMap(({ environments }) => environments);
	const others = probes.filter(({ verdict }) => verdict !== 'accepted');
	const topic = `for ${identity.bundleId}`;
	if (others.length === 0) return `APNs accepts ${name} ${topic} in ${accepted.join(' and ')}.`;
	if (accepted.length > 0) {
		const known = others.every(({ verdict }) => verdict === 'refused');
		const scope = known ? `works for ${accepted.join(' and ')} only` : `works for ${accepted.join(' and ')}`;
		return [`APNs accepts ${name} ${topic}: it ${scope}.`, ...others.map(exceptionOf)].join(' ');
	}
	const alike = new Set(others.map(({ reason }) => reason)).size === 1;
	if (!alike) return others.map(({ message }) => message).join(' ');
	const echo = others.length > 1 ? ' The other environment answers the same.' : '';
	return `${others[0]?.message ?? ''}${echo}`;
}

function certificateFacts(identity: ApnsIdentity): Pick<CredentialReport, 'expiresAt' | 'topics'> {
	if (identity.kind === 'key') return {};
	const { facts, bundleId } = identity;
	const topics = facts.topics.map(({ topic }) => topic);
	return { expiresAt: facts.notAfter, topics: topics.length > 0 ? topics : [bundleId] };
}

/**
 * Asks Apple's services whether they take a credential: a push to a device that cannot exist must come back as
 * BadDeviceToken, not as a 403. Nothing is sent to any device.
 * @throws {PushError} `InvalidCredential` when the custom endpoint is no URL
 */
export async function checkIdentity(identity: ApnsIdentity, deps: ProviderDeps): Promise<CredentialReport> {
	const facts = certificateFacts(identity);
	let probes: Probe[];
	try {
		probes = await Promise.all(probeTargets(identity).map((target) => probe(identity, target, deps)));
	} catch (error) {
		if (!(error instanceof PushError) || error.code !== 'EgressRefused') throw error;
		return { ok: false, message: [error.message, error.hint].join(' ').trim(), channels: [], warnings: [], ...facts };
	}
	const accepted = probes.filter(({ verdict }) => verdict === 'accepted').flatMap(({ environments }) => environments);
	const channels = accepted.flatMap((environment) => channelsOf(identity, environment));
	return {
		ok: channels.length > 0,
		message: describe(identity, probes),
		channels,
		warnings: probes.flatMap(({ warnings }) => warnings),
		...facts,
	};
}
