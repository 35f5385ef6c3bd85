import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEntry } from '../model';

/** The mac before the first entry of a chain. */
export const CHAIN_START = '0'.repeat(64);

/** HMAC-SHA-256 (hex) over the mac before it and every field; a chain cannot be edited, reordered or cut in the middle. */
export function chainMac(entry: Omit<AuditEntry, 'mac'>, previousMac: string, key: Buffer): string {
	const fields = [
		previousMac,
		entry.chain,
		String(entry.sequence),
		String(entry.at),
		entry.action,
		entry.applicationId ?? '',
		entry.resource,
		canonicalJson(entry.principal),
		entry.outcome,
		canonicalJson(entry.details),
	];
	const hmac = createHmac('sha256', key);
	for (const field of fields) hmac.update(`${Buffer.byteLength(field)}:${field}`);
	return hmac.digest('hex');
}

/** JSON with sorted keys: what a database gives back need not keep their order. */
export function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	const members = Object.entries(value)
		.filter(([, inner]) => inner !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
	return `{${members.join(',')}}`;
}

export type ChainFault = { readonly sequence: number; readonly fault: 'edited' | 'missing' };

/** Walks one chain piece by piece; `previousMac` and `expected` carry over from one piece to the next. */
export function verifyPiece(
	entries: readonly AuditEntry[],
	previousMac: string,
	expected: number,
	key: Buffer,
): { readonly fault?: ChainFault; readonly mac: string; readonly next: number } {
	let mac = previousMac;
	let next = expected;
	for (const entry of entries) {
		if (entry.sequence !== next) return { fault: { sequence: next, fault: 'missing' }, mac, next };
		if (!sameMac(chainMac(entry, mac, key), entry.mac))
			return { fault: { sequence: next, fault: 'edited' }, mac, next };
		mac = entry.mac;
		next += 1;
	}
	return { mac, next };
}

function sameMac(a: string, b: string): boolean {
	return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
