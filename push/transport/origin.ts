import { isIP } from 'node:net';
import { PushError } from '../model';

/** `scheme://host[:port]`, taken apart. */
export interface Origin {
	/** Canonical text: lower-case host, no default port. */
	readonly text: string;
	readonly secure: boolean;
	/** Without brackets and without a trailing dot. */
	readonly host: string;
	readonly port: number;
	/** 4 or 6 when the host is an address, 0 for a name. */
	readonly family: number;
}

/** `[::1]` -> `::1`, `Example.COM.` -> `example.com`. */
export function bareHost(host: string): string {
	const open = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
	const lower = open.toLowerCase();
	return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** `host:port` as it stands in a CONNECT line; brackets around IPv6. */
export function hostAndPort(host: string, port: number): string {
	return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * Reads an origin.
 * @throws {PushError} `EgressRefused` when it is no URL, not http(s), or holds user info, a path, a query or a fragment.
 */
export function parseOrigin(text: string): Origin {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw refusal('The address is not a URL.', 'Write it like https://gateway.example:8443.');
	}
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw refusal(`The address begins with ${url.protocol}//.`, 'Use https://.');
	}
	if (url.username !== '' || url.password !== '') {
		throw refusal('The address holds a user name or password.', 'Leave out the part before the @.');
	}
	if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
		throw refusal(`The address ${url.host} is followed by a path.`, 'Give only scheme, host and port.');
	}
	return originOf(url);
}

/** The origin of a URL that may have a path (a token endpoint). */
export function originOf(url: URL): Origin {
	const host = bareHost(url.hostname);
	const secure = url.protocol === 'https:';
	const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
	return { text: url.origin, secure, host, port, family: isIP(host) };
}

function refusal(message: string, hint: string): PushError {
	return new PushError('EgressRefused', message, { hint });
}
