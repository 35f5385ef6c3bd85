import { BlockList, isIP } from 'node:net';
import { covers, isLoopbackHost } from './address-policy';
import { addRange } from './n8n-ssrf-settings';
import { bareHost, originOf, type Origin } from './origin';

/** A CONNECT proxy. `authorization` holds a password: it is sent, never shown. */
export interface Proxy {
	readonly origin: Origin;
	/** Value of the Proxy-Authorization header. */
	readonly authorization?: string;
	readonly source: 'credential' | 'environment';
}

export type ProxyChoice =
	| { readonly kind: 'direct' }
	| { readonly kind: 'proxy'; readonly proxy: Proxy }
	| { readonly kind: 'invalid'; readonly reason: string };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Which way leads to the origin: the credential's proxy, else HTTPS_PROXY, else ALL_PROXY (lower-case names first, as
 * curl does), unless NO_PROXY names the origin. Loopback is only proxied when the credential says so.
 */
export function chooseProxy(origin: Origin, proxyUrl: string | undefined, env: Env): ProxyChoice {
	if (proxyUrl !== undefined && proxyUrl.trim() !== '') return readProxy(proxyUrl, 'credential');
	if (isLoopbackHost(origin.host)) return { kind: 'direct' };
	const url = firstSet(env, 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY');
	if (url === undefined || bypassesProxy(origin, firstSet(env, 'no_proxy', 'NO_PROXY'))) return { kind: 'direct' };
	return readProxy(url, 'environment');
}

function firstSet(env: Env, ...names: string[]): string | undefined {
	for (const name of names) {
		const value = env[name]?.trim();
		if (value !== undefined && value !== '') return value;
	}
	return undefined;
}

/** Reads a proxy URL; without a scheme it is http. The text itself is never repeated: it may hold a password. */
function readProxy(text: string, source: Proxy['source']): ProxyChoice {
	const where = source === 'credential' ? 'The proxy of the credential' : 'The proxy in HTTPS_PROXY or ALL_PROXY';
	const trimmed = text.trim();
	let url: URL;
	try {
		url = new URL(trimmed.includes('://') ? trimmed : `http://${trimmed}`);
	} catch {
		return { kind: 'invalid', reason: `${where} is not a URL. Write it like http://proxy.example:3128.` };
	}
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		return {
			kind: 'invalid',
			reason: `${where} begins with ${url.protocol}//. Only http:// and https:// proxies can be used.`,
		};
	}
	const authorization = basicAuthorization(url);
	if (authorization === null) {
		return {
			kind: 'invalid',
			reason: `${where} has a user name or password with a broken % escape. Write % itself as %25.`,
		};
	}
	return {
		kind: 'proxy',
		proxy: { origin: originOf(url), source, ...(authorization === undefined ? {} : { authorization }) },
	};
}

/** @returns undefined without user info, null when its escapes are broken. */
function basicAuthorization(url: URL): string | undefined | null {
	if (url.username === '' && url.password === '') return undefined;
	try {
		const user = decodeURIComponent(url.username);
		const password = decodeURIComponent(url.password);
		return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
	} catch {
		return null;
	}
}

/**
 * NO_PROXY: entries parted by commas or spaces. `*` is every host; `example.com` is the host and all below it;
 * `.example.com` and `*.example.com` only those below; addresses and CIDR ranges match addresses; `:port` narrows.
 */
export function bypassesProxy(origin: Origin, noProxy: string | undefined): boolean {
	return (noProxy ?? '')
		.split(/[\s,]+/)
		.filter((entry) => entry !== '')
		.some((entry) => entryMatches(entry.toLowerCase(), origin));
}

function entryMatches(entry: string, origin: Origin): boolean {
	if (entry === '*') return true;
	if (entry.includes('/')) return rangeMatches(entry, origin);
	const { host, port } = splitPort(entry);
	if (port !== undefined && port !== origin.port) return false;
	if (host === '*') return true;
	if (isIP(host) !== 0 || origin.family !== 0) return sameAddress(host, origin);
	if (host.startsWith('*.')) return origin.host.endsWith(host.slice(1));
	if (host.startsWith('.')) return origin.host.endsWith(host);
	return origin.host === host || origin.host.endsWith(`.${host}`);
}

function rangeMatches(entry: string, origin: Origin): boolean {
	if (origin.family === 0) return false;
	const list = new BlockList();
	return addRange(list, entry) && covers(list, origin.host);
}

function sameAddress(host: string, origin: Origin): boolean {
	const family = isIP(host);
	if (family === 0 || origin.family === 0) return false;
	const list = new BlockList();
	list.addAddress(host, family === 4 ? 'ipv4' : 'ipv6');
	return covers(list, origin.host);
}

function splitPort(entry: string): { host: string; port?: number } {
	if (isIP(entry) === 6) return { host: entry };
	const match = /^(.*?):(\d{1,5})$/.exec(entry);
	if (!match) return { host: bareHost(entry) };
	return { host: bareHost(match[1] ?? ''), port: Number(match[2]) };
}
