import type { KeyObject } from 'node:crypto';
import {
	PushError,
	type ApnsCertificateCredential,
	type ApnsEnvironment,
	type ApnsKeyCredential,
	type ChannelCredential,
	type ConnectionSettings,
	type CredentialInspection,
} from '../../model';
import { credentialKey } from '../../security/hash';
import type { CertificateFacts } from './certificate';
import { chooseIdentity, readTlsKey, type TlsIdentity } from './identity';
import { readP8 } from './p8';
import { LONGEST_PEM, mendText, pemBlocks, toPem } from './pem';
import { openPkcs12, readPkcs12Text } from './pkcs12';

/** Token authentication, checked and ready to sign. */
export interface ApnsKeyIdentity {
	readonly kind: 'key';
	readonly keyId: string;
	readonly teamId: string;
	readonly bundleId: string;
	/** Secret. */
	readonly signingKey: KeyObject;
	/** Hash over team, key id and key; holds no secret. */
	readonly hash: string;
	readonly connection: ConnectionSettings;
}

/** Certificate authentication, checked and ready for TLS. */
export interface ApnsCertificateIdentity {
	readonly kind: 'certificate';
	/** Default topic, without any suffix. */
	readonly bundleId: string;
	/** Secret. */
	readonly tls: TlsIdentity;
	readonly facts: CertificateFacts;
	readonly hash: string;
	readonly connection: ConnectionSettings;
}

export type ApnsIdentity = ApnsKeyIdentity | ApnsCertificateIdentity;

const BUNDLE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

const ID_PLACE: Readonly<Record<'Key ID' | 'Team ID', string>> = {
	'Key ID': 'It stands beside the key at developer.apple.com (Keys) and in the name of the file, AuthKey_<Key ID>.p8.',
	'Team ID': 'It stands at developer.apple.com under Membership details.',
};

function invalid(message: string, hint: string): PushError {
	return new PushError('InvalidCredential', message, { hint });
}

/** Apple's ids have ten capital letters and digits. */
function readAppleId(field: 'Key ID' | 'Team ID', text: string): string {
	const trimmed = text.trim();
	const fileName = /AuthKey_([A-Za-z0-9]{10})(?:\.p8)?$/.exec(trimmed);
	const id = (fileName?.[1] ?? trimmed).toUpperCase();
	if (/^[A-Z0-9]{10}$/.test(id)) return id;
	throw invalid(
		trimmed === ''
			? `The ${field} is empty.`
			: `The ${field} must have 10 letters and digits; what was entered has ${trimmed.length} characters.`,
		ID_PLACE[field],
	);
}

function readBundleId(text: string, teamId: string | undefined): string {
	const trimmed = text.trim();
	// An App ID as the developer site shows it: the prefix is no part of the topic.
	const id = teamId && trimmed.startsWith(`${teamId}.`) ? trimmed.slice(teamId.length + 1) : trimmed;
	if (BUNDLE_ID.test(id)) return id;
	const hint = "Enter the app's bundle id as Xcode shows it, e.g. com.example.app.";
	if (id === '') throw invalid('The bundle id is empty.', hint);
	if (id.includes('*')) throw invalid('The bundle id is a wildcard: pushes need the id of one app.', hint);
	throw invalid('The bundle id may hold only letters, digits, dots and hyphens.', hint);
}

function readKeyCredential(credential: ApnsKeyCredential): ApnsKeyIdentity {
	const keyId = readAppleId('Key ID', credential.keyId);
	const teamId = readAppleId('Team ID', credential.teamId);
	if (keyId === teamId) throw invalid('Key ID and Team ID are the same; they never are.', ID_PLACE['Key ID']);
	const { key, pem } = readP8(credential.privateKey);
	return {
		kind: 'key',
		keyId,
		teamId,
		bundleId: readBundleId(credential.bundleId, teamId),
		signingKey: key,
		hash: credentialKey('apnsKey', teamId, keyId, pem),
		connection: credential.connection ?? {},
	};
}

const KEY_LABEL = /PRIVATE KEY$/;
const CERTIFICATE_LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'TRUSTED CERTIFICATE', 'X509 CERTIFICATE']);

/** Certificates and keys of both fields; one may hold everything. */
function readPemPair(credential: ApnsCertificateCredential, now: number): TlsIdentity {
	const certificateText = mendText(credential.certificate ?? '');
	const keyText = mendText(credential.privateKey ?? '');
	if (certificateText.length + keyText.length > LONGEST_PEM) {
		throw invalid('The certificate text is larger than 64 KB.', 'Paste the PEM text of one certificate and its key.');
	}
	const blocks = [...pemBlocks(certificateText), ...pemBlocks(keyText)];
	const certificates = blocks.filter(({ label }) => CERTIFICATE_LABELS.has(label));
	const keys = blocks.filter(({ label }) => KEY_LABEL.test(label));
	if (certificates.length === 0) {
		throw invalid(
			certificateText === '' ? 'No certificate was given.' : 'The certificate is not PEM text.',
			'Give a .p12 file as base64, or PEM text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
		);
	}
	if (keys.length === 0) {
		throw invalid(
			keyText === '' ? 'The private key of the certificate is missing.' : 'The private key is not PEM text.',
			'Paste the key from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----; the certificate field may hold both.',
		);
	}
	return chooseIdentity(
		keys.map(({ pem }) => readTlsKey(pem, credential.passphrase ?? '')),
		certificates.map(({ der }) => toPem('CERTIFICATE', der)),
		now,
	);
}

async function readTlsIdentity(credential: ApnsCertificateCredential, now: number): Promise<TlsIdentity> {
	if ((credential.pkcs12 ?? '').trim() === '') return readPemPair(credential, now);
	const { keys, certificates } = await openPkcs12(readPkcs12Text(credential.pkcs12 ?? ''), credential.passphrase ?? '');
	return chooseIdentity(
		keys.map((pem) => readTlsKey(pem, '')),
		certificates,
		now,
	);
}

/** The bundle id a certificate is for, without the suffix that VoIP certificates carry. */
function ownBundleId(facts: CertificateFacts): string | undefined {
	const app = facts.topics.find(({ kinds }) => kinds.includes('app'))?.topic;
	const named = app ?? facts.uid ?? facts.topics[0]?.topic;
	return facts.kind === 'voip' ? named?.replace(/\.voip$/, '') : named;
}

async function readCertificateCredential(
	credential: ApnsCertificateCredential,
	now: number,
): Promise<ApnsCertificateIdentity> {
	const tls = await readTlsIdentity(credential, now);
	const given = (credential.bundleId ?? '').trim();
	const bundleId = given === '' ? ownBundleId(tls.facts) : readBundleId(given, tls.facts.teamId);
	if (bundleId === undefined) {
		throw invalid(
			`The certificate "${tls.facts.name}" names no app, so it is probably no push certificate.`,
			'Use an "Apple Push Services" certificate, or enter the bundle id.',
		);
	}
	return {
		kind: 'certificate',
		bundleId,
		tls,
		facts: tls.facts,
		hash: credentialKey('apnsCertificate', tls.fingerprint),
		connection: credential.connection ?? {},
	};
}

/**
 * Reads and checks an APNs credential of either kind; asks nobody.
 * @param now epoch ms, for the validity of certificates
 * @throws {PushError} `InvalidCredential` naming the field and what to do; never holds any secret
 */
export async function readApnsCredential(credential: ChannelCredential, now: number): Promise<ApnsIdentity> {
	switch (credential.type) {
		case 'apnsKey':
			return readKeyCredential(credential);
		case 'apnsCertificate':
			return await readCertificateCredential(credential, now);
		default:
			throw invalid(
				'This credential is not for Apple.',
				'Choose a credential of the type "APNs Key" or "APNs Certificate" for the APNS channels.',
			);
	}
}

/** The environments an identity can be used in; a key does not say, so both. */
export function environmentsOf(identity: ApnsIdentity): readonly ApnsEnvironment[] {
	const named = identity.kind === 'certificate' ? identity.facts.environments : [];
	return named.length === 0 ? ['production', 'sandbox'] : named;
}

/** How messages call the credential: `the key ABC123DEFG`. */
export function describeIdentity(identity: ApnsIdentity): string {
	return identity.kind === 'key' ? `the key ${identity.keyId}` : `the certificate "${identity.facts.name}"`;
}

/** What may be shown of an identity: a certificate ends and names topics, a key does neither. */
export function inspectionOf(identity: ApnsIdentity): CredentialInspection {
	if (identity.kind === 'key') return {};
	const { notAfter, topics, uid } = identity.facts;
	const named = topics.map(({ topic }) => topic);
	return { expiresAt: notAfter, topics: named.length > 0 || !uid ? named : [uid] };
}
