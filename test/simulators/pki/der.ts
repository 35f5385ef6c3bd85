/** Writes ASN.1 values in DER (ITU-T X.690): just what certificates and PKCS#12 files need. */
export function tagged(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
	if (length < 0x80) return Buffer.from([length]);
	const bytes: number[] = [];
	for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
	return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: Buffer[]): Buffer => tagged(0x31, ...parts);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'));
export const nothing = (): Buffer => tagged(0x05);
export const yes = (): Buffer => tagged(0x01, Buffer.from([0xff]));

/** `[number] EXPLICIT`. */
export const explicit = (number: number, ...parts: Buffer[]): Buffer => tagged(0xa0 | number, ...parts);

/** An INTEGER of at most 2^31, or of the given big-endian bytes. */
export function integer(value: number | Buffer): Buffer {
	if (Buffer.isBuffer(value))
		return tagged(0x02, (value[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value);
	const hex = value.toString(16);
	return integer(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
	const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
	return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
	const bytes = [value % 128];
	for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(rest % 128 | 0x80);
	return bytes;
}

/** UTCTime, good for the years 1950 to 2049. */
export function utcTime(epochMs: number): Buffer {
	const digits = new Date(epochMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
	return tagged(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}
