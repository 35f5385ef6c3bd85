import http2, { type ClientHttp2Session } from 'node:http2';

/**
 * Leads the vendors' own senders, whose hosts are constants, to the simulators: `http2.connect` to one of `hosts`
 * goes to the origin given for it. firebase-admin 14 sends the pseudo-header `:scheme` as `https:`, which servers
 * that follow RFC 9113 8.3.1 refuse: it is mended on the way.
 * @returns puts `http2.connect` back
 */
export function redirectHttp2(hosts: Readonly<Record<string, string>>, ca: string): () => void {
	const original = http2.connect;
	const redirected = (authority: string | URL, ...rest: unknown[]): ClientHttp2Session => {
		const target = hosts[new URL(authority).hostname];
		const options = rest.find((value) => typeof value === 'object' && value !== null) ?? {};
		if (target === undefined) return original(authority, options);
		return mendScheme(original(target, { ...options, ca }));
	};
	http2.connect = redirected;
	return () => {
		http2.connect = original;
	};
}

function mendScheme(session: ClientHttp2Session): ClientHttp2Session {
	const request = session.request.bind(session);
	session.request = (headers, options) => {
		if (Array.isArray(headers) || !headers || !(':scheme' in headers)) return request(headers, options);
		return request({ ...headers, ':scheme': String(headers[':scheme']).replace(/:$/, '') }, options);
	};
	return session;
}
