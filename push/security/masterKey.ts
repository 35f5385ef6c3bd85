import { createHash, hkdfSync } from 'node:crypto';

/** What HKDF made of the instance's key; the material itself is not kept. */
export interface MasterKey {
	/** 16 hex, public: names the key in sealed records and in errors. */
	readonly id: string;
	/** AES-256 key of the secret box. */
	readonly sealing: Buffer;
	/** HMAC key of the audit trail. */
	readonly audit: Buffer;
}

/** The key that seals, and those that may still be needed to open. */
export interface Keyring {
	readonly current: MasterKey;
	readonly others: readonly MasterKey[];
}

const SALT = 'n8n-nodes-push-notifications';

/** Derives the keys of one purpose each from any key material (RFC 5869); the same material gives the same keys. */
export function deriveMasterKey(material: string): MasterKey {
	const derive = (purpose: string, bytes: number) => Buffer.from(hkdfSync('sha256', material, SALT, purpose, bytes));
	return {
		id: createHash('sha256').update(derive('key id', 32)).digest('hex').slice(0, 16),
		sealing: derive('secret box', 32),
		audit: derive('audit trail', 32),
	};
}
