import type { TransportRequest } from './types';

/** Header objects that were looked through already: providers share one over many requests. */
const checked = new WeakSet<Readonly<Record<string, string>>>();

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
	if (!PATH.test(request.path)) return 'The path of the request holds characters that are not allowed there.';
	return badHeader(request.headers) ?? (request.ownHeaders && badHeader(request.ownHeaders));
}

function badHeader(headers: Readonly<Record<string, string>>): string | undefined {
	if (checked.has(headers)) return undefined;
	for (const name in headers) {
		const value = headers[name];
		if (value === undefined || !NAME.test(name) || BAD_VALUE.test(value)) {
			return `The header ${NAME.test(name) ? name : 'names'} of the request holds characters that are not allowed there.`;
		}
	}
	if (Object.isFrozen(headers)) checked.add(headers);
	return undefined;
}
