import type { ResponseHeaders } from './types';

/** Headers as node:http, node:http2 and undici give them. */
export type RawHeaders = Readonly<Record<string, string | string[] | number | undefined>>;

/** Lower-case names; the last value where a name came twice. Pseudo-headers (`:status`) are left out. */
export function flatHeaders(headers: RawHeaders): ResponseHeaders {
	const flat: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		const last = Array.isArray(value) ? value.at(-1) : value;
		if (typeof last === 'string' && !name.startsWith(':')) flat[name.toLowerCase()] = last;
	}
	return flat;
}
