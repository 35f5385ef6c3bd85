import type { ChannelType, ProviderId } from './channel';

/** Where a credential leads, for private gateways and the simulators. All optional. */
export interface ConnectionSettings {
	/** Origin in place of the provider's own, e.g. `https://gateway.example:8443`. https; http on loopback only. */
	readonly endpoint?: string;
	/** APNs: origin in place of the sandbox host; without it `endpoint` serves both environments. */
	readonly sandboxEndpoint?: string;
	/** FCM and ADM: full URL in place of the provider's OAuth token endpoint. */
	readonly tokenEndpoint?: string;
	/** PEM of a CA to trust in addition to the public ones. */
	readonly ca?: string;
	/** `http://[user:pass@]host:port` CONNECT proxy in place of HTTPS_PROXY / NO_PROXY. */
	readonly proxyUrl?: string;
}

/** APNs token authentication (.p8), providers.md 1.2. */
export interface ApnsKeyCredential {
	readonly type: 'apnsKey';
	readonly keyId: string;
	readonly teamId: string;
	/** Plain bundle id; suffixes per push type are added when sending. */
	readonly bundleId: string;
	/** PKCS#8 PEM text of the .p8, also as badly pasted. */
	readonly privateKey: string;
	readonly connection?: ConnectionSettings;
}

/** APNs certificate authentication: a .p12, or a PEM pair, providers.md 1.3. */
export interface ApnsCertificateCredential {
	readonly type: 'apnsCertificate';
	/** The .p12 file as base64; takes the place of certificate + privateKey. */
	readonly pkcs12?: string;
	/** PEM text; may hold the key too. */
	readonly certificate?: string;
	/** PEM text of the key. */
	readonly privateKey?: string;
	/** Password of the .p12 or of the PEM key. */
	readonly passphrase?: string;
	/** Topic to use in place of the certificate's own. */
	readonly bundleId?: string;
	readonly connection?: ConnectionSettings;
}

export interface FcmServiceAccountCredential {
	readonly type: 'fcmServiceAccount';
	/** The service-account JSON file as text. */
	readonly serviceAccountJson: string;
	readonly connection?: ConnectionSettings;
}

export interface BaiduCredential {
	readonly type: 'baidu';
	readonly apiKey: string;
	readonly secretKey: string;
	readonly connection?: ConnectionSettings;
}

export interface AdmCredential {
	readonly type: 'adm';
	readonly clientId: string;
	readonly clientSecret: string;
	readonly connection?: ConnectionSettings;
}

export type ChannelCredential =
	| ApnsKeyCredential
	| ApnsCertificateCredential
	| FcmServiceAccountCredential
	| BaiduCredential
	| AdmCredential;

export type CredentialType = ChannelCredential['type'];

export const CREDENTIAL_PROVIDER: Readonly<Record<CredentialType, ProviderId>> = {
	apnsKey: 'apns',
	apnsCertificate: 'apns',
	fcmServiceAccount: 'fcm',
	baidu: 'baidu',
	adm: 'adm',
};

/** What a credential says about itself, without asking anybody. */
export interface CredentialInspection {
	/** Epoch ms; certificates only. */
	readonly expiresAt?: number;
	/** Topics the certificate names; certificates only. */
	readonly topics?: readonly string[];
}

/** What asking the provider about a credential came to (the Test buttons, later Toggle Channel's Check). */
export interface CredentialReport {
	readonly ok: boolean;
	/** One sentence for people. */
	readonly message: string;
	/** Channels the provider accepts this credential for. */
	readonly channels: readonly ChannelType[];
	/** Epoch ms; certificates only. */
	readonly expiresAt?: number;
	/** Topics the certificate names; certificates only. */
	readonly topics?: readonly string[];
	readonly warnings: readonly string[];
}
