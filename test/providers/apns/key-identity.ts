import { generateKeyPairSync } from 'node:crypto';
import type { ApnsKeyCredential, ConnectionSettings } from '../../../push/model';
import { readApnsCredential, type ApnsKeyIdentity } from '../../../push/providers/apns/credential';

/** A key credential with a fresh key. */
export function keyCredential(connection?: ConnectionSettings): ApnsKeyCredential {
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
	return {
		type: 'apnsKey',
		keyId: 'ABC123DEFG',
		teamId: 'TEAM012345',
		bundleId: 'com.example.app',
		privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		...(connection ? { connection } : {}),
	};
}

export async function keyIdentity(credential = keyCredential()): Promise<ApnsKeyIdentity> {
	const identity = await readApnsCredential(credential, 0);
	if (identity.kind !== 'key') throw new Error('not a key');
	return identity;
}
