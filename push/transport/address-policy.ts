import { BlockList, isIP } from 'node:net';
import { bareHost } from './origin';

/** What no server of a push provider ever is: link-local networks and the clouds' metadata services. */
const NEVER_SUBNETS: ReadonlyArray<readonly [string, number, 'ipv4' | 'ipv6']> = [
	['169.254.0.0', 16, 'ipv4'],
	['fe80::', 10, 'ipv6'],
	// The same IPv4 network inside IPv6: IPv4-compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
	['::a9fe:0', 112, 'ipv6'],
	['64:ff9b::a9fe:0', 112, 'ipv6'],
	['2002:a9fe::', 32, 'ipv6'],
];

/** Metadata services outside the link-local networks, and "this host". */
const NEVER_ADDRESSES: ReadonlyArray<readonly [string, 'ipv4' | 'ipv6']> = [
	['fd00:ec2::254', 'ipv6'],
	['fd20:ce::254', 'ipv6'],
	['100.100.100.200', 'ipv4'],
	['64:ff9b::6464:64c8', 'ipv6'],
	['168.63.129.16', 'ipv4'],
	['192.0.0.192', 'ipv4'],
	['0.0.0.0', 'ipv4'],
	['::', 'ipv6'],
];

const NEVER_HOSTS: ReadonlySet<string> = new Set([
	'metadata',
	'metadata.google.internal',
	'metadata.goog',
	'metadata.azure.internal',
	'metadata.tencentyun.com',
	'metadata.oraclecloud.com',
	'instance-data',
	'instance-data.ec2.internal',
]);

const never = new BlockList();
for (const [network, prefix, family] of NEVER_SUBNETS) never.addSubnet(network, prefix, family);
for (const [address, family] of NEVER_ADDRESSES) never.addAddress(address, family);

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether the list covers the address; an IPv4 address written as IPv6 (`::ffff:1.2.3.4`) counts as both. */
export function covers(list: BlockList, address: string): boolean {
	const plain = address.split('%', 1)[0] ?? address;
	const family = isIP(plain);
	if (family === 0) return false;
	return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** Link-local and cloud metadata addresses, which are refused whatever the settings say. */
export function isNeverAllowedAddress(address: string): boolean {
	return covers(never, address);
}

/** Names of cloud metadata services. */
export function isNeverAllowedHost(host: string): boolean {
	return NEVER_HOSTS.has(bareHost(host));
}

/** 127.0.0.0/8 and ::1. */
export function isLoopbackAddress(address: string): boolean {
	return covers(loopback, address);
}

/** A loopback address or `localhost`. */
export function isLoopbackHost(host: string): boolean {
	const bare = bareHost(host);
	return bare === 'localhost' || isLoopbackAddress(bare);
}
