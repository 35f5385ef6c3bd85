import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { PushError } from '../model';
import { isLoopbackAddress, isLoopbackHost, isNeverAllowedAddress, isNeverAllowedHost } from './address-policy';
import { codeOf } from './failures';
import { readSsrfSettings, type SsrfSettings } from './n8n-ssrf-settings';
import { parseOrigin, type Origin } from './origin';
import type { EgressFilter, TransportDeps } from './types';

/** Addresses that may be connected to, or why not. `dns`: the name could not be resolved, which is no refusal. */
export type Resolution =
	| { readonly kind: 'addresses'; readonly addresses: readonly LookupAddress[] }
	| { readonly kind: 'refused'; readonly reason: string }
	| { readonly kind: 'dns'; readonly error: unknown };

/** Whose address it is: an administrator's proxy (environment) is trusted more than what a credential names. */
export type AddressSource = 'target' | 'credentialProxy' | 'environmentProxy';

/**
 * Checks an origin as a credential names it: https (http on loopback only), no user info, no path, and no address
 * or name that is never allowed.
 * @throws {PushError} `EgressRefused`.
 */
export function assertAllowedOrigin(url: string): void {
	const origin = parseOrigin(url);
	const reason = originRefusal(origin);
	if (reason !== undefined)
		throw new PushError('EgressRefused', reason, { hint: 'Check the endpoint of the credential.' });
}

/** The rules that need no lookup and no settings; undefined = allowed. */
export function originRefusal(origin: Origin): string | undefined {
	if (!origin.secure && !isLoopbackHost(origin.host)) {
		return `${origin.host} is addressed with http://. Only https:// is allowed; http:// on this machine alone (127.0.0.1, ::1, localhost).`;
	}
	return hostRefusal(origin.host);
}

function hostRefusal(host: string): string | undefined {
	if (isNeverAllowedHost(host) || isNeverAllowedAddress(host)) {
		return `${host} is a link-local address or a cloud metadata service, which pushes are never sent to.`;
	}
	return undefined;
}

/** The rules in force where a connection is made: the engine's own, n8n's settings, and n8n's filter if there is one. */
export class EgressRules {
	readonly #settings: SsrfSettings | undefined;

	readonly #filter: () => EgressFilter | undefined;

	constructor(deps: Pick<TransportDeps, 'env' | 'egress'>) {
		this.#settings = readSsrfSettings(deps.env);
		this.#filter = deps.egress ?? (() => undefined);
	}

	/**
	 * Checks a target whose name a proxy will resolve: everything that can be said without its address.
	 * @returns the refusal, or undefined.
	 */
	async checkUnresolved(origin: Origin): Promise<string | undefined> {
		const refusal = originRefusal(origin) ?? this.#settingsRefusal(origin.host, [origin.host]);
		if (refusal !== undefined) return refusal;
		try {
			return await this.#filterRefusal(origin);
		} catch {
			// The filter could not resolve the name. Behind a proxy that is usual and no reason to refuse.
			return undefined;
		}
	}

	/** Resolves the host freshly and checks every address it leads to, so that a name cannot be turned round in between. */
	async resolve(origin: Origin, source: AddressSource): Promise<Resolution> {
		const refusal = source === 'target' ? originRefusal(origin) : hostRefusal(origin.host);
		if (refusal !== undefined) return { kind: 'refused', reason: refusal };
		const filter = source === 'target' ? this.#filter() : undefined;
		try {
			const denied = filter && (await this.#filterRefusal(origin));
			if (denied !== undefined) return { kind: 'refused', reason: denied };
			const byName = source === 'environmentProxy' ? undefined : this.#settingsRefusal(origin.host, []);
			if (byName !== undefined) return { kind: 'refused', reason: byName };
			const addresses = await addressesOf(origin, filter?.lookup());
			const reason = this.#addressRefusal(origin, addresses, source);
			return reason === undefined ? { kind: 'addresses', addresses } : { kind: 'refused', reason };
		} catch (error) {
			if (isDnsError(error)) return { kind: 'dns', error };
			return { kind: 'refused', reason: filterWords(origin.host, error) };
		}
	}

	#addressRefusal(origin: Origin, addresses: readonly LookupAddress[], source: AddressSource): string | undefined {
		for (const { address } of addresses) {
			if (isNeverAllowedAddress(address)) {
				return `${origin.host} leads to ${address}, a link-local address or a cloud metadata service, which pushes are never sent to.`;
			}
			if (!origin.secure && source === 'target' && !isLoopbackAddress(address)) {
				return `${origin.host} is addressed with http:// but leads to ${address}, which is not this machine. Use https://.`;
			}
		}
		if (source === 'environmentProxy') return undefined;
		return this.#settingsRefusal(
			origin.host,
			addresses.map(({ address }) => address),
		);
	}

	/** n8n's order: an address is judged by the ranges alone; an allowed name skips all, a blocked one ends there. */
	#settingsRefusal(host: string, addresses: readonly string[]): string | undefined {
		const settings = this.#settings;
		if (!settings) return undefined;
		if (isIP(host) === 0) {
			if (settings.allowsHost(host)) return undefined;
			if (settings.blocksHost(host)) return blockedHost(host);
		}
		const blocked = addresses.find((address) => settings.blocksAddress(address));
		if (blocked === undefined) return undefined;
		return `${host} leads to ${blocked}, which this n8n blocks. Ask its administrator to allow the name or the range (N8N_SSRF_ALLOWED_HOSTNAMES, N8N_SSRF_ALLOWED_IP_RANGES).`;
	}

	async #filterRefusal(origin: Origin): Promise<string | undefined> {
		const verdict = await this.#filter()?.validateUrl(origin.text);
		if (verdict === undefined || verdict.ok) return undefined;
		return `This n8n does not allow connections to ${origin.host}: ${verdict.reason}`;
	}
}

function blockedHost(host: string): string {
	return `${host} is on this n8n's list of blocked names. Ask its administrator to take it off (N8N_SSRF_BLOCKED_HOSTNAMES).`;
}

/** Fresh and uncached: getaddrinfo through libuv keeps nothing. */
async function addressesOf(origin: Origin, lookup: LookupFunction | undefined): Promise<readonly LookupAddress[]> {
	if (origin.family !== 0) return [{ address: origin.host, family: origin.family }];
	return await new Promise((resolve, reject) => {
		const resolver: LookupFunction = lookup ?? systemLookup;
		resolver(origin.host, { all: true }, (error, found, family) => {
			if (error) return reject(error);
			const list = typeof found === 'string' ? [{ address: found, family: family ?? 4 }] : found;
			if (list.length === 0) return reject(new NoAddress(origin.host));
			resolve(list);
		});
	});
}

class NoAddress extends Error {
	readonly code = 'ENOTFOUND';

	constructor(host: string) {
		super(`${host} has no address.`);
	}
}

function isDnsError(error: unknown): boolean {
	return /^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL|ETIMEOUT|ETIMEDOUT|EREFUSED|ECONNREFUSED|ECANCELLED|EBADNAME|ENONAME)/.test(
		codeOf(error),
	);
}

function filterWords(host: string, error: unknown): string {
	const words =
		typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'no reason given';
	return `This n8n does not allow connections to ${host}: ${words}`;
}
