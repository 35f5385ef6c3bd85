import { request } from 'node:http';
import { connect as connectTls } from 'node:tls';
import type { Socket } from 'node:net';
import { clientCredentials, postHttp1 } from './clients';
import { startSimulators, type Simulators } from './index';

let simulators: Simulators;

beforeAll(async () => {
	simulators = await startSimulators({ keptArrivals: 10 });
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(() => simulators.reset());

async function control(path: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> {
	const url = simulators.controlUrl + path;
	return await new Promise((resolve, reject) => {
		const asked = request(url, { method: body ? 'POST' : 'GET', agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (part: string) => {
				text += part;
			});
			response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) }));
		});
		asked.on('error', reject);
		asked.end(body ? JSON.stringify(body) : undefined);
	});
}

async function askBaidu(): Promise<number> {
	return (await postHttp1(`${simulators.baidu.origin}/rest/3.0/push/single_device`, simulators.ca, {}, '')).status;
}

describe('the control API', () => {
	it('lists the simulators and its own commands', async () => {
		const { json } = await control('/');
		expect(json.providers).toMatchObject({
			apns: { origin: simulators.apns.production.origin },
			fcm: {},
			baidu: {},
			adm: {},
		});
		expect(json.usage).toHaveProperty('GET /');
	});

	it('tells what arrived, the newest of it when there is much', async () => {
		for (let count = 0; count < 12; count++) await askBaidu();
		const { json } = await control('/arrivals?provider=baidu&limit=5');
		expect(Object.keys(json)).toEqual(['baidu']);
		expect(json.baidu).toHaveLength(5);
		expect(simulators.baidu.arrivals.length).toBeLessThanOrEqual(10);
		expect(simulators.baidu.arrivals.at(-1)?.connection).toBe(12);
	});

	it('gives the credentials and addresses', async () => {
		expect((await control('/credentials')).json).toMatchObject({ baidu: simulators.credentials.baidu });
		const { json } = await control('/address', { provider: 'adm', reason: 'Unregistered', n: 2 });
		expect(json).toEqual({ adm: simulators.adm.addressFor('Unregistered', 2) });
	});

	it('orders failures of tokens and resets them', async () => {
		await control('/failTokens', { provider: 'adm', reason: 'invalid_client' });
		expect((await clientCredentials(simulators)).status).toBe(401);
		await control('/reset', { provider: 'adm' });
		expect((await clientCredentials(simulators)).status).toBe(200);
	});

	it('orders failures of one provider', async () => {
		expect((await control('/fail', { provider: 'fcm', reason: 'UNAVAILABLE', times: 1 })).status).toBe(200);
		expect((await control('/latency', { ms: 5 })).status).toBe(200);
		expect(simulators.apns.sandbox.latencyMs).toBe(5);
	});

	it.each([
		['/fail', { provider: 'nobody' }, 'Unknown provider'],
		['/fail', { provider: 'fcm', reason: 'Nonsense' }, 'Nonsense'],
		['/fail', { provider: 'fcm', reson: 'UNAVAILABLE' }, 'reson'],
	])('answers %s %j with a sentence', async (path, body, text) => {
		const { status, json } = await control(path, body);
		expect(status).toBe(400);
		expect(json.error).toContain(text);
	});

	it('answers unknown paths with its commands', async () => {
		const { status, json } = await control('/nowhere', {});
		expect(status).toBe(404);
		expect(json.usage).toBeDefined();
	});
});

/** CONNECT, then TLS inside the tunnel; the status of the proxy's answer. */
async function tunnel(proxyUrl: string, target: string): Promise<{ status: number; secure: boolean }> {
	const { hostname, port, username, password } = new URL(proxyUrl);
	const headers: Record<string, string> = username
		? { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
		: {};
	return await new Promise((resolve, reject) => {
		const asked = request({ host: hostname, port, method: 'CONNECT', path: target, headers, agent: false });
		asked.on('error', reject);
		asked.on('connect', (response, socket: Socket) => {
			if (response.statusCode !== 200) return resolve({ status: response.statusCode ?? 0, secure: false });
			const secure = connectTls({ socket, ca: simulators.ca, host: '127.0.0.1' }, () => {
				resolve({ status: 200, secure: secure.authorized });
				secure.destroy();
			});
			secure.on('error', reject);
		});
		asked.end();
	});
}

describe('the proxy', () => {
	const target = (): string => new URL(simulators.fcm.origin).host;

	it('opens tunnels, counts them and tells where they led', async () => {
		expect(await tunnel(simulators.proxy.url, target())).toEqual({ status: 200, secure: true });
		expect(simulators.proxy).toMatchObject({ tunnels: 1, targets: [target()] });
	});

	it('refuses with the status ordered', async () => {
		simulators.proxy.refuseWith = 403;
		expect(await tunnel(simulators.proxy.url, target())).toEqual({ status: 403, secure: false });
		expect(simulators.proxy.tunnels).toBe(0);
	});

	it('asks for user and password where it is protected', async () => {
		const { url } = simulators.protectedProxy;
		expect(await tunnel(url.replace(/\/\/.*@/, '//'), target())).toMatchObject({ status: 407 });
		expect(await tunnel(url, target())).toEqual({ status: 200, secure: true });
	});

	it('says 502 for a target that does not answer', async () => {
		expect(await tunnel(simulators.proxy.url, '127.0.0.1:1')).toMatchObject({ status: 502 });
	});
});
