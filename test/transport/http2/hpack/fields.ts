import { HpackDecoder } from '../../../../push/transport/http2/hpack/decoder';

export type Field = readonly [name: string, value: string];

/** Decodes a block given in hexadecimal digits or bytes. */
export function decoded(decoder: HpackDecoder, block: string | Buffer): Field[] {
	const bytes = typeof block === 'string' ? Buffer.from(block.replace(/\s/g, ''), 'hex') : block;
	const fields: Field[] = [];
	decoder.decode(bytes, 0, bytes.length, { field: (name, value) => fields.push([name, value]) });
	return fields;
}
