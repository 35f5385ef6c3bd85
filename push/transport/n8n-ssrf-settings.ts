import { BlockList, isIP } from 'node:net';
import { covers } from './address-policy';
import { bareHost } from './origin';

/** What n8n blocks by default once its SSRF protection is switched on (n8n: N8N_SSRF_BLOCKED_IP_RANGES). */
const DEFAULT_BLOCKED_RANGES: readonly string[] = [
	'10.0.0.0/8',
	'172.16.0.0/12',
	'192.168.0.0/16',
	'127.0.0.0/8',
	'::1/128',
	'169.254.0.0/16',
	'fe80::/10',
	'fc00::/7',
	'fd00::/8',
	'0.0.0.0/8',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
];

/** n8n's own SSRF settings, for the places where n8n offers no filter of its own. */
export interface SsrfSettings {
	/** An allowed name: neither the deny-list nor the address ranges apply to it. */
	allowsHost(host: string): boolean;
	blocksHost(host: string): boolean;
	/** Allowed ranges win over blocked ones. */
	blocksAddress(address: string): boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads N8N_SSRF_*; undefined while N8N_SSRF_PROTECTION_ENABLED is off (its default). Entries that are no CIDR range
 * are left out, as n8n leaves them out.
 */
export function readSsrfSettings(env: Env): SsrfSettings | undefined {
	const enabled = (env.N8N_SSRF_PROTECTION_ENABLED ?? '').trim().toLowerCase();
	if (enabled !== 'true' && enabled !== '1') return undefined;
	const blocked = rangeList(blockedRanges(env.N8N_SSRF_BLOCKED_IP_RANGES));
	const allowed = rangeList(commaList(env.N8N_SSRF_ALLOWED_IP_RANGES));
	const allowedHosts = commaList(env.N8N_SSRF_ALLOWED_HOSTNAMES).map(bareHost);
	const blockedHosts = commaList(env.N8N_SSRF_BLOCKED_HOSTNAMES).map(bareHost);
	return {
		allowsHost: (host) => allowedHosts.some((pattern) => hostMatches(pattern, bareHost(host))),
		blocksHost: (host) => blockedHosts.some((pattern) => hostMatches(pattern, bareHost(host))),
		blocksAddress: (address) => !covers(allowed, address) && covers(blocked, address),
	};
}

function blockedRanges(text: string | undefined): readonly string[] {
	if (text === undefined) return DEFAULT_BLOCKED_RANGES;
	return commaList(text).flatMap((entry) => (entry.toLowerCase() === 'default' ? DEFAULT_BLOCKED_RANGES : [entry]));
}

function commaList(text: string | undefined): string[] {
	return (text ?? '')
		.split(',')
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}

/** `*.example.com` stands for every name below example.com, not for itself. */
function hostMatches(pattern: string, host: string): boolean {
	if (!pattern.startsWith('*.')) return pattern === host;
	const suffix = pattern.slice(1);
	return host.endsWith(suffix) && host.length > suffix.length;
}

function rangeList(entries: readonly string[]): BlockList {
	const list = new BlockList();
	for (const entry of entries) addRange(list, entry);
	return list;
}

/** Adds `network/prefix`; anything else is left out. */
export function addRange(list: BlockList, entry: string): boolean {
	const [network = '', bits = '', ...rest] = entry.split('/');
	const family = isIP(network);
	const prefix = Number(bits);
	const most = family === 4 ? 32 : 128;
	if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || prefix > most) return false;
	list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
	return true;
}
