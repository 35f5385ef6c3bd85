import { createHash } from 'node:crypto';

const LEFT_BARE = /[!'()*~]/g;

/** Lone halves of surrogate pairs become U+FFFD, as they do on the way to the wire. */
function wellFormed(text: string): string {
	return Buffer.from(text, 'utf8').toString('utf8');
}

/** PHP's `urlencode`, which Baidu's server runs over the text before it hashes it: `*` and `~` encoded, blanks as `+`. */
export function phpUrlencode(text: string): string {
	return encodeURIComponent(wellFormed(text))
		.replace(LEFT_BARE, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
		.replace(/%20/g, '+');
}

/**
 * Signs a request (Baidu Cloud Push REST 3.0: signature). MD5 is what the protocol asks for.
 * @param url the full URL the request really goes to, without a query
 * @param fields every form field but `sign`, with its raw value
 * @returns 32 lower-case hex digits
 */
export function baiduSign(
	method: 'POST' | 'GET',
	url: string,
	fields: ReadonlyMap<string, string>,
	secretKey: string,
): string {
	const pairs = [...fields]
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${name}=${value}`)
		.join('');
	return createHash('md5')
		.update(phpUrlencode(`${method}${url}${pairs}${secretKey}`))
		.digest('hex');
}
