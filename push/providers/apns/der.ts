/** One element of a DER encoding (ITU-T X.690), lengths definite. */
export interface DerElement {
	/** The first byte: class, constructed bit and number. */
	readonly tag: number;
	readonly content: Buffer;
}

export const DER_TAG = {
	integer: 0x02,
	octetString: 0x04,
	oid: 0x06,
	bmpString: 0x1e,
	sequence: 0x30,
	set: 0x31,
	/** `[3]`: the extensions of a certificate. */
	context3: 0xa3,
	/** `[0]`: the version of a certificate. */
	context0: 0xa0,
} as const;

/** Header length and content length of the element at `at`; undefined when the bytes are none. */
function header(bytes: Buffer, at: number): { readonly start: number; readonly length: number } | undefined {
	const first = bytes[at + 1];
	if (first === undefined) return undefined;
	if (first < 0x80) return { start: at + 2, length: first };
	const size = first & 0x7f;
	if (size === 0 || size > 4 || at + 2 + size > bytes.length) return undefined;
	return { start: at + 2 + size, length: bytes.readUIntBE(at + 2, size) };
}

/** The elements that follow each other in `bytes`; stops at the first that is not whole. */
export function readDer(bytes: Buffer): DerElement[] {
	const elements: DerElement[] = [];
	for (let at = 0; at < bytes.length; ) {
		const head = header(bytes, at);
		const tag = bytes[at];
		if (!head || tag === undefined || head.start + head.length > bytes.length) break;
		elements.push({ tag, content: bytes.subarray(head.start, head.start + head.length) });
		at = head.start + head.length;
	}
	return elements;
}

/** How the bytes compare with the length they announce: a paste that lost its end is `short`. */
export function derShape(bytes: Buffer): 'whole' | 'short' | 'none' {
	const head = bytes[0] === DER_TAG.sequence ? header(bytes, 0) : undefined;
	if (!head) return 'none';
	return head.start + head.length > bytes.length ? 'short' : 'whole';
}

/** The dotted form of an object identifier. */
export function readOid(content: Buffer): string {
	const arcs: number[] = [];
	let value = 0;
	for (const byte of content) {
		value = value * 128 + (byte & 0x7f);
		if (byte & 0x80) continue;
		if (arcs.length === 0)
			arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
		else arcs.push(value);
		value = 0;
	}
	return arcs.join('.');
}

/** UTF8String 12, NumericString 18, PrintableString 19, T61String 20, IA5String 22, BMPString 30. */
const STRING_TAGS: ReadonlySet<number> = new Set([0x0c, 0x12, 0x13, 0x14, 0x16, DER_TAG.bmpString]);

/** The text of any of ASN.1's usual string types; undefined for other elements. */
export function readString(element: DerElement | undefined): string | undefined {
	if (!element || !STRING_TAGS.has(element.tag)) return undefined;
	if (element.tag !== DER_TAG.bmpString) return element.content.toString('utf8');
	const even = element.content.subarray(0, element.content.length & ~1);
	return Buffer.from(even).swap16().toString('utf16le');
}
