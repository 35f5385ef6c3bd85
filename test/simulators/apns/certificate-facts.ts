import { X509Certificate } from 'node:crypto';

/** What Apple reads from a push certificate. */
export interface CertificateFacts {
	readonly bundleId: string;
	readonly topics: readonly string[];
	readonly environments: ReadonlyArray<'production' | 'sandbox'>;
}

/** DER of the OBJECT IDENTIFIERs 1.2.840.113635.100.6.3.x without their last byte. */
const APPLE_PUSH = Buffer.from('060a2a864886f763640603', 'hex');

/** Reads subject UID, the environments' OIDs and the topic list of a client certificate. */
export function certificateFacts(der: Buffer): CertificateFacts {
	const bundleId = /^(?:UID|0\.9\.2342\.19200300\.100\.1\.1)=(.+)$/m.exec(new X509Certificate(der).subject)?.[1] ?? '';
	const has = (service: number): boolean => der.includes(Buffer.concat([APPLE_PUSH, Buffer.from([service])]));
	return {
		bundleId,
		topics: topicsIn(der, bundleId),
		environments: [...(has(2) ? (['production'] as const) : []), ...(has(1) ? (['sandbox'] as const) : [])],
	};
}

/** The UTF8Strings of the topic list that are topics: each pair is a topic and a sequence of kinds. */
function topicsIn(der: Buffer, bundleId: string): string[] {
	const start = der.indexOf(Buffer.concat([APPLE_PUSH, Buffer.from([6])]));
	if (start < 0) return [bundleId];
	// After the identifier: OCTET STRING, then the SEQUENCE.
	const list = element(der, element(der, start + APPLE_PUSH.length + 1).start);
	const topics: string[] = [];
	for (let at = list.start; at < list.end; ) {
		const item = element(der, at);
		if (item.tag === 0x0c) topics.push(der.toString('utf8', item.start, item.end));
		at = item.end;
	}
	return topics;
}

function element(der: Buffer, at: number): { tag: number; start: number; end: number } {
	const tag = der[at] ?? 0;
	const first = der[at + 1] ?? 0;
	if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
	const bytes = first & 0x7f;
	const start = at + 2 + bytes;
	return { tag, start, end: start + der.readUIntBE(at + 2, bytes) };
}
