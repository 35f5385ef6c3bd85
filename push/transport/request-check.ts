import type { TransportRequest } from './types';

/** Header objects that were looked through already: providers share one over many requests. */
const checked = new WeakSet<Readonly<Record<string, string>>>();

/** The one looked through last: most requests of a send share it. */
let last: Readonly<Record<string, string>> | undefined;

/** Names found to be well-formed: those of requests are ours, and few. */
const names = new Set<string>();
const MOST_NAMES = 200;

/** RFC 9110 5.5 without obs-text: what would split a header or end it early on its way through gateways. */
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** RFC 9110 5.1, lower case as HTTP/2 demands. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 3986: everything else has to be percent-encoded by now. */
const PATH = /^\/[\x21-\x7e]*$/;

/**
 * What makes a request impossible to write, as a sentence; undefined when nothing does. Node's own checks differ
 * between HTTP/1.1 and HTTP/2, and HTTP/2 lets line breaks in header values pass.
 */
export function unsendable(request: TransportRequest): string | undefined {
	if (request.wellFormed) return badHeader(request.headers);
	if (!PATH.test(request.path)) return 'The path of the request holds characters that are not allowed there.';
	return badHeader(request.headers) ?? (request.ownHeaders && badHeader(request.ownHeaders));
}

function badHeader(headers: Readonly<Record<string, string>>): string | undefined {
	if (headers === last || checked.has(headers)) return undefined;
	for (const name in headers) {
		const value = headers[name];
		if (value === undefined || !isName(name) || BAD_VALUE.test(value)) {
			return `The header ${NAME.test(name) ? name : 'names'} of the request holds characters that are not allowed there.`;
		}
	}
	if (Object.isFrozen(headers)) {
		checked.add(headers);
		last = headers;
	}
	return undefined;
}

function isName(name: string): boolean {
	if (names.has(name)) return true;
	if (!NAME.test(name)) return false;
	if (names.size < MOST_NAMES) names.add(name);
	return true;
}
