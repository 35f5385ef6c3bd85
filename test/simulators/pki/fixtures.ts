import { generateKeyPair, randomBytes, randomInt, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
	authorityExtensions,
	issueCertificate,
	pushExtensions,
	serverExtensions,
	type NamePart,
	type PushTopic,
} from './certificates';
import { isObject } from '../json';
import { writePkcs12 } from './pkcs12';

const FIXTURES_VERSION = 1;
const DAY = 86_400_000;
/** Fixtures are made anew before their push certificate (a year, as Apple's) comes near its end. */
const KEPT_DAYS = 300;
const AUTHORITY: readonly NamePart[] = [
	['commonName', 'Push simulators CA'],
	['organization', 'Push simulators'],
];

/** An APNs signing key as the developer account lists it. */
export interface ApnsKeyFixture {
	readonly keyId: string;
	readonly teamId: string;
	readonly bundleId: string;
	/** PKCS#8 PEM, the .p8. */
	readonly privateKey: string;
	readonly environments: ReadonlyArray<'production' | 'sandbox'>;
}

export type ApnsKeyName = 'both' | 'sandbox' | 'production' | 'otherTeam';

/** Everything secret or signed that the simulators and their credentials are made of; plain JSON. */
export interface Fixtures {
	readonly version: number;
	/** Epoch ms. */
	readonly madeAt: number;
	readonly authority: { readonly key: string; readonly certificate: string };
	readonly server: { readonly key: string; readonly certificate: string };
	readonly apnsKeys: Readonly<Record<ApnsKeyName, ApnsKeyFixture>>;
	readonly apnsClient: { readonly key: string; readonly certificate: string };
	readonly pkcs12: { readonly legacy: string; readonly modern: string; readonly password: string };
	readonly fcm: {
		readonly projectId: string;
		readonly clientEmail: string;
		readonly keyId: string;
		readonly key: string;
	};
	readonly baidu: { readonly apiKey: string; readonly secretKey: string };
	readonly adm: { readonly clientId: string; readonly clientSecret: string };
}

export const BUNDLE_ID = 'com.example.app';
export const TEAM_ID = 'SIMTEAM001';

const generate = promisify(generateKeyPair);
const toPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const ecKey = async (): Promise<string> => toPem((await generate('ec', { namedCurve: 'prime256v1' })).privateKey);
const rsaKey = async (): Promise<string> => toPem((await generate('rsa', { modulusLength: 2048 })).privateKey);

/**
 * Reads the fixtures of an earlier start, or makes new ones (and keeps them when a folder is given).
 * Certificates go by the machine's clock, as TLS does.
 */
export async function loadFixtures(folder: string | undefined): Promise<Fixtures> {
	const file = folder === undefined ? undefined : join(folder, 'fixtures.json');
	if (file !== undefined && existsSync(file)) {
		const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
		if (isFixtures(kept)) return kept;
	}
	const fixtures = await makeFixtures(Date.now());
	if (folder !== undefined && file !== undefined) {
		mkdirSync(folder, { recursive: true });
		writeFileSync(file, JSON.stringify(fixtures, null, '\t'), { mode: 0o600 });
	}
	return fixtures;
}

/** Only our own file is ever read here: version and age tell whether it still fits. */
function isFixtures(value: unknown): value is Fixtures {
	if (!isObject(value) || value.version !== FIXTURES_VERSION || typeof value.madeAt !== 'number') return false;
	return Date.now() - value.madeAt < KEPT_DAYS * DAY;
}

async function makeFixtures(now: number): Promise<Fixtures> {
	const [clientKey, fcmKey, authorityKey, serverKey, apnsKeys] = await Promise.all([
		rsaKey(),
		rsaKey(),
		// Apple's own authorities sign with RSA, and node-forge reads no other.
		rsaKey(),
		ecKey(),
		makeApnsKeys(),
	]);
	const authority = { key: authorityKey, certificate: issueAuthority(authorityKey, now) };
	const server = {
		key: serverKey,
		certificate: issueCertificate({
			subject: [['commonName', 'localhost']],
			key: serverKey,
			issuer: AUTHORITY,
			issuerKey: authorityKey,
			validFrom: now - DAY,
			validTo: now + 3650 * DAY,
			extensions: serverExtensions(),
		}),
	};
	const apnsClient = { key: clientKey, certificate: issuePushCertificate(authority, { key: clientKey }, now) };
	const password = 'simulator';
	return {
		version: FIXTURES_VERSION,
		madeAt: now,
		authority,
		server,
		apnsKeys,
		apnsClient,
		pkcs12: {
			password,
			legacy: writePkcs12(apnsClient.certificate, clientKey, password, 'legacy').toString('base64'),
			modern: writePkcs12(apnsClient.certificate, clientKey, password, 'modern').toString('base64'),
		},
		fcm: {
			projectId: 'push-simulator',
			clientEmail: 'firebase-adminsdk-sim@push-simulator.iam.gserviceaccount.com',
			keyId: randomBytes(20).toString('hex'),
			key: fcmKey,
		},
		baidu: { apiKey: letters(24), secretKey: letters(32) },
		adm: {
			clientId: `amzn1.application-oa2-client.${randomBytes(16).toString('hex')}`,
			clientSecret: `amzn1.oa2-cs.v1.${randomBytes(32).toString('hex')}`,
		},
	};
}

async function makeApnsKeys(): Promise<Fixtures['apnsKeys']> {
	const [both, sandbox, production, otherTeam] = await Promise.all([ecKey(), ecKey(), ecKey(), ecKey()]);
	const own = { teamId: TEAM_ID, bundleId: BUNDLE_ID };
	return {
		both: { ...own, keyId: 'SIMKEY0001', privateKey: both, environments: ['production', 'sandbox'] },
		sandbox: { ...own, keyId: 'SIMKEY0002', privateKey: sandbox, environments: ['sandbox'] },
		production: { ...own, keyId: 'SIMKEY0003', privateKey: production, environments: ['production'] },
		otherTeam: {
			keyId: 'SIMKEY0004',
			teamId: 'SIMTEAM002',
			bundleId: 'com.example.other',
			privateKey: otherTeam,
			environments: ['production', 'sandbox'],
		},
	};
}

function letters(length: number): string {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
	return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

function issueAuthority(key: string, now: number): string {
	return issueCertificate({
		subject: AUTHORITY,
		key,
		issuer: AUTHORITY,
		issuerKey: key,
		validFrom: now - DAY,
		validTo: now + 3650 * DAY,
		extensions: authorityExtensions(),
	});
}

export interface PushCertificateOrder {
	/** PEM of the private key. */
	readonly key: string;
	readonly bundleId?: string;
	readonly environments?: ReadonlyArray<'production' | 'sandbox'>;
	/** Default: the app itself, `.voip` and `.complication`. */
	readonly topics?: readonly PushTopic[];
	/** Epoch ms; default a day ago. */
	readonly validFrom?: number;
	/** Epoch ms; default in a year. */
	readonly validTo?: number;
}

/** Issues a certificate as Apple's developer account does ("Apple Push Services: com.example.app"). */
export function issuePushCertificate(
	authority: Fixtures['authority'],
	order: PushCertificateOrder,
	now: number,
): string {
	const bundleId = order.bundleId ?? BUNDLE_ID;
	const environments = order.environments ?? ['production', 'sandbox'];
	const kind = environments.includes('production') ? 'Apple Push Services' : 'Apple Development IOS Push Services';
	return issueCertificate({
		subject: [
			['userId', bundleId],
			['commonName', `${kind}: ${bundleId}`],
			['organizationalUnit', TEAM_ID],
			['organization', 'Push simulators'],
			['country', 'US'],
		],
		key: order.key,
		issuer: AUTHORITY,
		issuerKey: authority.key,
		validFrom: order.validFrom ?? now - DAY,
		validTo: order.validTo ?? now + 365 * DAY,
		extensions: pushExtensions(environments, order.topics ?? standardTopics(bundleId)),
	});
}

function standardTopics(bundleId: string): PushTopic[] {
	return [
		{ topic: bundleId, kind: 'app' },
		{ topic: `${bundleId}.voip`, kind: 'voip' },
		{ topic: `${bundleId}.complication`, kind: 'complication' },
	];
}
