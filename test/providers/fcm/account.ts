import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { ConnectionSettings, FcmServiceAccountCredential } from '../../../push/model';

/** A key pair as Google makes them, new for each run. */
export const KEY_PAIR = generateKeyPairSync('rsa', {
	modulusLength: 2048,
	publicKeyEncoding: { type: 'spki', format: 'pem' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export const KEY_ID = randomBytes(20).toString('hex');

export const ACCOUNT_FILE = {
	type: 'service_account',
	project_id: 'demo-project',
	private_key_id: KEY_ID,
	private_key: KEY_PAIR.privateKey,
	client_email: 'push@demo-project.iam.gserviceaccount.com',
	client_id: '1234567890',
	token_uri: 'https://oauth2.googleapis.com/token',
};

export function fcmCredential(
	changes: Readonly<Record<string, unknown>> = {},
	connection?: ConnectionSettings,
): FcmServiceAccountCredential {
	return {
		type: 'fcmServiceAccount',
		serviceAccountJson: JSON.stringify({ ...ACCOUNT_FILE, ...changes }),
		...(connection ? { connection } : {}),
	};
}

/** Longest run of the key's text that could give anything away. */
export const KEY_SECRET = KEY_PAIR.privateKey.split('\n')[3] ?? '';
