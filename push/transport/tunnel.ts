import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { unreachable, type Unreachable } from './failures';
import { hostAndPort, type Origin } from './origin';
import type { Proxy } from './proxy';
import { ClosedWhileConnecting, connectedBy } from './socket-events';
import { secureContextFor } from './tls';

export type Tunnel =
	| { readonly kind: 'connected'; readonly socket: Socket }
	| { readonly kind: 'failed'; readonly failure: Unreachable };

/**
 * Asks the proxy on `raw` for a tunnel to the target (RFC 9110 9.3.6), over TLS when the proxy is https.
 * @throws {Error} of the socket when the connection to the proxy fails.
 */
export async function openTunnel(
	raw: Socket,
	proxy: Proxy,
	to: { readonly origin: Origin; readonly identity: { readonly ca?: string } },
	signal: AbortSignal,
): Promise<Tunnel> {
	const target = to.origin;
	const socket = proxy.origin.secure ? await secureProxy(raw, proxy, to.identity.ca, signal) : raw;
	const { status, tunnel } = await connectMethod(socket, proxy, hostAndPort(target.host, target.port), signal);
	if (status >= 200 && status < 300) return { kind: 'connected', socket: tunnel };
	socket.destroy();
	return { kind: 'failed', failure: unreachable('proxy', `PROXY_${status}`, refusalWords(status, proxy, target)) };
}

function refusalWords(status: number, proxy: Proxy, target: Origin): string {
	const name = `The proxy ${hostAndPort(proxy.origin.host, proxy.origin.port)}`;
	if (status === 407 && proxy.authorization === undefined) {
		return `${name} asks for a user name and password (407). Write them into its URL: http://user:password@host:port.`;
	}
	if (status === 407) return `${name} did not accept the user name and password in its URL (407).`;
	const to = hostAndPort(target.host, target.port);
	if (status === 403) return `${name} does not allow connections to ${to} (403). Ask its administrator to allow it.`;
	return `${name} could not connect to ${to} (it answered ${status}).`;
}

async function secureProxy(raw: Socket, proxy: Proxy, ca: string | undefined, signal: AbortSignal): Promise<Socket> {
	const { host, family } = proxy.origin;
	const socket = connectTls({
		socket: raw,
		host,
		secureContext: secureContextFor(ca === undefined ? {} : { ca }),
		rejectUnauthorized: true,
		...(family === 0 ? { servername: host } : {}),
	});
	await connectedBy(socket, 'secureConnect', signal);
	return socket;
}

async function connectMethod(
	socket: Socket,
	proxy: Proxy,
	authority: string,
	signal: AbortSignal,
): Promise<{ status: number; tunnel: Socket }> {
	return await new Promise((resolve, reject) => {
		const ask = request({
			method: 'CONNECT',
			path: authority,
			createConnection: () => socket,
			headers: {
				host: authority,
				...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
			},
		});
		const aborted = () => ask.destroy(new ClosedWhileConnecting());
		const settled = () => signal.removeEventListener('abort', aborted);
		signal.addEventListener('abort', aborted, { once: true });
		ask.once('connect', (response, tunnel, head) => {
			settled();
			if (head.length > 0) tunnel.unshift(head);
			resolve({ status: response.statusCode ?? 0, tunnel: socket });
		});
		ask.once('response', (response) => {
			settled();
			resolve({ status: response.statusCode ?? 0, tunnel: socket });
		});
		ask.on('error', (error) => {
			settled();
			socket.destroy();
			reject(error);
		});
		if (signal.aborted) aborted();
		else ask.end();
	});
}
