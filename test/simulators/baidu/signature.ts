import { createHash } from 'node:crypto';

const SAFE = /[A-Za-z0-9\-_.]/;

/** PHP's urlencode, byte by byte: letters, digits and `-_.` stay, a space becomes `+`, the rest `%XX` in upper case. */
function phpUrlEncode(text: string): string {
	let encoded = '';
	for (const byte of Buffer.from(text, 'utf8')) {
		const character = String.fromCharCode(byte);
		if (SAFE.test(character)) encoded += character;
		else encoded += character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
	}
	return encoded;
}

/** Baidu Cloud Push: signature over method, URL without query, the sorted fields without `sign`, and the secret key. */
export function baiduSignature(
	method: string,
	url: string,
	fields: Iterable<readonly [string, string]>,
	secretKey: string,
): string {
	const pairs = [...fields].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
	const base = method.toUpperCase() + url + pairs.map(([name, value]) => `${name}=${value}`).join('') + secretKey;
	return createHash('md5').update(phpUrlEncode(base)).digest('hex');
}
