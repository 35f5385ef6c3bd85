import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import type {
	AuthenticationMethod,
	ChannelCredential,
	ChannelType,
	ConnectionSettings,
	CredentialFacts,
	CredentialInspection,
	CredentialType,
} from '../model';
import { CHANNELS, CREDENTIAL_PROVIDER, PushError } from '../model';
import { canonicalJson } from '../security/auditChain';

const connection = z
	.object({
		endpoint: z.string(),
		sandboxEndpoint: z.string(),
		tokenEndpoint: z.string(),
		ca: z.string(),
		proxyUrl: z.string(),
	})
	.partial()
	.optional();

const text = z.string();

const credential = z.discriminatedUnion('type', [
	z.object({ type: z.literal('apnsKey'), keyId: text, teamId: text, bundleId: text, privateKey: text, connection }),
	z.object({
		type: z.literal('apnsCertificate'),
		pkcs12: text.optional(),
		certificate: text.optional(),
		privateKey: text.optional(),
		passphrase: text.optional(),
		bundleId: text.optional(),
		connection,
	}),
	z.object({ type: z.literal('fcmServiceAccount'), serviceAccountJson: text, connection }),
	z.object({ type: z.literal('baidu'), apiKey: text, secretKey: text, connection }),
	z.object({ type: z.literal('adm'), clientId: text, clientSecret: text, connection }),
]);

const channelSecrets = z.object({
	credentials: z.array(credential),
	/** FCM's legacy server key: kept as AWS's console does, never sent with. */
	legacyFcmKey: text.optional(),
	authenticationMethod: z.enum(['KEY', 'CERTIFICATE', 'TOKEN']),
});

/** What is sealed for one channel: credentials and where they lead, as one record. */
export interface ChannelSecrets {
	/** At most one of each type; APNs may have a key and a certificate. */
	readonly credentials: readonly ChannelCredential[];
	readonly legacyFcmKey?: string;
	/** The only one tried: there is no fall-back to the other. */
	readonly authenticationMethod: AuthenticationMethod;
}

export function encodeSecrets(secrets: ChannelSecrets): string {
	return JSON.stringify(secrets);
}

/** @throws {PushError} `StoreUnavailable` */
export function decodeSecrets(plaintext: string): ChannelSecrets {
	const parsed = channelSecrets.safeParse(JSON.parse(plaintext));
	if (!parsed.success) {
		throw new PushError('StoreUnavailable', 'The stored credential has a form this version does not know.', {
			hint: 'Enable the channel again with its credential.',
		});
	}
	return compact(parsed.data);
}

/** Leaves out members that are undefined: absent and undefined mean the same to us, not to the types. */
function compact(data: z.infer<typeof channelSecrets>): ChannelSecrets {
	const plain: z.infer<typeof channelSecrets> = JSON.parse(JSON.stringify(data));
	return { ...plain, credentials: plain.credentials };
}

/** The fields that are secrets, by type: a credential without any of them only changes what is public. */
const SECRET_FIELDS: Readonly<Record<CredentialType, (credential: ChannelCredential) => boolean>> = {
	apnsKey: (given) => given.type === 'apnsKey' && given.privateKey !== '',
	apnsCertificate: (given) =>
		given.type === 'apnsCertificate' && Boolean(given.pkcs12 || given.certificate || given.privateKey),
	fcmServiceAccount: (given) => given.type === 'fcmServiceAccount' && given.serviceAccountJson !== '',
	baidu: (given) => given.type === 'baidu' && given.secretKey !== '',
	adm: (given) => given.type === 'adm' && given.clientSecret !== '',
};

export interface SecretsInput {
	readonly credentials: readonly ChannelCredential[];
	readonly legacyFcmKey?: string;
	readonly authenticationMethod?: AuthenticationMethod;
}

/**
 * PUT semantics of AWS's channels as this package reads them: what is not given stays as it is stored.
 * @throws {PushError} `InvalidRequest` when nothing is given and nothing stored, when a credential belongs to another
 * provider, or when an address of a stored secret would change without the secret being given again.
 */
export function mergeSecrets(
	channelType: ChannelType,
	stored: ChannelSecrets | undefined,
	input: SecretsInput,
): ChannelSecrets {
	for (const { type } of input.credentials) requireProvider(channelType, type);
	const credentials = new Map<CredentialType, ChannelCredential>(stored?.credentials.map((kept) => [kept.type, kept]));
	for (const given of input.credentials)
		credentials.set(given.type, withStoredSecret(given, credentials.get(given.type)));
	const legacyFcmKey = input.legacyFcmKey ?? stored?.legacyFcmKey;
	if (credentials.size === 0 && !legacyFcmKey) {
		throw new PushError(
			'InvalidRequest',
			`Missing credentials: nothing is stored for channel ${channelType} and none was given.`,
			{
				hint: 'Attach the credential of the provider to this node and run Enable again.',
			},
		);
	}
	const all = [...credentials.values()];
	return {
		credentials: all,
		...(legacyFcmKey ? { legacyFcmKey } : {}),
		authenticationMethod: chooseMethod(all, input, stored?.authenticationMethod),
	};
}

function requireProvider(channelType: ChannelType, type: CredentialType): void {
	if (CREDENTIAL_PROVIDER[type] === CHANNELS[channelType].provider) return;
	throw new PushError('InvalidRequest', `A credential of another provider was given for channel ${channelType}.`, {
		hint: `Attach a credential for ${CHANNELS[channelType].label}.`,
	});
}

function withStoredSecret(given: ChannelCredential, stored: ChannelCredential | undefined): ChannelCredential {
	if (SECRET_FIELDS[given.type](given)) return given;
	if (!stored)
		throw new PushError('InvalidRequest', 'The credential given holds no secret, and none is stored.', {
			hint: 'Fill in the credential.',
		});
	if (canonicalJson(given.connection ?? {}) === canonicalJson(stored.connection ?? {})) return stored;
	throw new PushError(
		'InvalidRequest',
		'Endpoint, token URL, CA or proxy cannot be changed without giving the secret again.',
		{
			hint: 'Otherwise a stored secret could be led to a stranger. Fill in the key, password or secret of the credential and run Enable again.',
		},
	);
}

function chooseMethod(
	credentials: readonly ChannelCredential[],
	input: SecretsInput,
	stored: AuthenticationMethod | undefined,
): AuthenticationMethod {
	const possible = new Set<AuthenticationMethod>();
	for (const { type } of credentials) possible.add(METHOD[type]);
	if (input.legacyFcmKey) possible.add('KEY');
	const wanted = input.authenticationMethod === 'TOKEN' && !possible.has('TOKEN') ? 'KEY' : input.authenticationMethod;
	if (wanted && possible.has(wanted)) return wanted;
	if (wanted) {
		throw new PushError(
			'InvalidRequest',
			`The default method is ${wanted}, but no credential of that kind is given or stored.`,
			{
				hint: 'Attach it, or choose the other method.',
			},
		);
	}
	const [given] = input.credentials;
	if (stored && possible.has(stored) && !given) return stored;
	return given ? METHOD[given.type] : ([...possible][0] ?? 'KEY');
}

/** AWS's words: APNs KEY or CERTIFICATE; FCM TOKEN (service account) or KEY (legacy). */
const METHOD: Readonly<Record<CredentialType, AuthenticationMethod>> = {
	apnsKey: 'KEY',
	apnsCertificate: 'CERTIFICATE',
	fcmServiceAccount: 'TOKEN',
	baidu: 'KEY',
	adm: 'KEY',
};

/** The credential a send uses; undefined when only FCM's legacy key is there. */
export function activeCredential({ credentials, authenticationMethod }: ChannelSecrets): ChannelCredential | undefined {
	return credentials.find(({ type }) => METHOD[type] === authenticationMethod);
}

/** Where the credentials lead, for comparing. */
export function connectionOf(credential: ChannelCredential): ConnectionSettings {
	return credential.connection ?? {};
}

/** 16 hex of SHA-256: equal for equal credentials, tells nothing else of them. */
export function fingerprintOf(credential: ChannelCredential): string {
	return createHash('sha256').update(canonicalJson(credential)).digest('hex').slice(0, 16);
}

/** What may be shown of the secrets. */
export function factsOf(secrets: ChannelSecrets, inspection: CredentialInspection): CredentialFacts {
	const active = activeCredential(secrets);
	const has = (type: CredentialType) => secrets.credentials.some((kept) => kept.type === type);
	return {
		hasTokenKey: has('apnsKey'),
		hasCredential: has('apnsCertificate') || has('baidu') || has('adm') || secrets.legacyFcmKey !== undefined,
		hasFcmServiceCredentials: has('fcmServiceAccount'),
		authenticationMethod: secrets.authenticationMethod,
		...(active ? { fingerprint: fingerprintOf(active) } : {}),
		...(inspection.expiresAt === undefined ? {} : { expiresAt: inspection.expiresAt }),
		...(inspection.topics ? { topics: inspection.topics } : {}),
	};
}
