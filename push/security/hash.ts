import { createHash } from 'node:crypto';

/**
 * A key for pools, throttles and caches that separates credentials without holding any of their text:
 * SHA-256 (lower-case hex) over the parts, each preceded by its length, so that no two lists of parts read alike.
 */
export function credentialKey(...parts: string[]): string {
	const hash = createHash('sha256');
	const length = Buffer.alloc(4);
	for (const part of parts) {
		const bytes = Buffer.from(part, 'utf8');
		length.writeUInt32BE(bytes.length);
		hash.update(length).update(bytes);
	}
	return hash.digest('hex');
}
