import type { TransportRequest } from '../types';

type Headers = Readonly<Record<string, string>>;

/** RFC 9113 8.2.2: fields that speak of one connection of HTTP/1.1. */
export const OF_CONNECTIONS: ReadonlySet<string> = new Set([
	'connection',
	'proxy-connection',
	'keep-alive',
	'transfer-encoding',
	'upgrade',
	'http2-settings',
]);

/** Frozen header objects that were found in order: providers share one over many requests. */
const checked = new WeakSet<Headers>();
let last: Headers | undefined;

/** The name of a header HTTP/2 cannot carry; undefined when there is none. */
export function forbiddenField({ headers, ownHeaders, wellFormed }: TransportRequest): string | undefined {
	const found = headers === last ? undefined : forbiddenIn(headers);
	return found ?? (ownHeaders && !wellFormed ? forbiddenOwn(ownHeaders) : undefined);
}

function forbiddenIn(headers: Headers): string | undefined {
	if (checked.has(headers)) return undefined;
	const found = forbiddenOwn(headers);
	if (found === undefined && Object.isFrozen(headers)) {
		checked.add(headers);
		last = headers;
	}
	return found;
}

function forbiddenOwn(headers: Headers): string | undefined {
	for (const name in headers) {
		if (OF_CONNECTIONS.has(name) || (name === 'te' && headers[name] !== 'trailers')) return name;
	}
	return undefined;
}
