import { connect, type ClientHttp2Session, type ClientSessionOptions, type OutgoingHttpHeaders } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { importPKCS8, SignJWT } from 'jose';
import type { Simulators } from './types';

/** Plain clients of the tests: they share no code with the engine. */

export interface Reply {
	status: number;
	headers: Record<string, string>;
	body: string;
}

/** Connects over HTTP/2 and waits for the first SETTINGS. */
export async function connectHttp2(
	origin: string,
	options: ClientSessionOptions & { ca: string; cert?: string; key?: string },
): Promise<ClientHttp2Session> {
	const session = connect(origin, options);
	await new Promise<void>((resolve, reject) => {
		session.once('remoteSettings', () => resolve());
		session.once('error', reject);
		session.once('close', () => reject(new Error('closed before SETTINGS')));
	});
	session.on('error', () => undefined);
	return session;
}

/** One POST on an HTTP/2 session. @throws {Error} when the stream ends without an answer */
export async function post(
	session: ClientHttp2Session,
	path: string,
	headers: OutgoingHttpHeaders,
	body: string,
): Promise<Reply> {
	return await new Promise((resolve, reject) => {
		const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
		const reply: Reply = { status: 0, headers: {}, body: '' };
		stream.setEncoding('utf8');
		stream.on('response', (answer) => {
			for (const [name, value] of Object.entries(answer)) reply.headers[name] = String(value);
			reply.status = Number(answer[':status']);
		});
		stream.on('data', (text: string) => {
			reply.body += text;
		});
		stream.on('error', reject);
		stream.on('close', () =>
			reply.status > 0 ? resolve(reply) : reject(new Error(`no answer, RST ${stream.rstCode}`)),
		);
		stream.end(body);
	});
}

/** One HTTP/1.1 request over TLS on a connection of its own. */
export async function postHttp1(
	url: string,
	ca: string,
	headers: Record<string, string>,
	body: string,
	method = 'POST',
): Promise<Reply> {
	return await new Promise((resolve, reject) => {
		const request = httpsRequest(url, { method, ca, headers, agent: false }, (response) => {
			const reply: Reply = { status: response.statusCode ?? 0, headers: {}, body: '' };
			for (const [name, value] of Object.entries(response.headers)) reply.headers[name] = String(value);
			response.setEncoding('utf8');
			response.on('data', (text: string) => {
				reply.body += text;
			});
			response.on('end', () => resolve(reply));
		});
		request.on('error', reject);
		request.end(body);
	});
}

/** A provider token for APNs; `claims` and `header` overrule. */
export async function providerToken(
	key: Simulators['credentials']['apnsKey'],
	{ issuedAt = Math.floor(Date.now() / 1000) - 5, team = key.teamId, kid = key.keyId } = {},
): Promise<string> {
	return await new SignJWT({ iss: team, iat: issuedAt })
		.setProtectedHeader({ alg: 'ES256', kid })
		.sign(await importPKCS8(key.privateKey, 'ES256'));
}

export interface AssertionChanges {
	issuer?: string;
	audience?: string;
	scope?: string;
	kid?: string;
	/** Epoch seconds. */
	issuedAt?: number;
	lifetime?: number;
	privateKey?: string;
}

/** A service account's signed assertion. */
export async function assertion(serviceAccountJson: string, changes: AssertionChanges = {}): Promise<string> {
	const account: Record<string, string> = JSON.parse(serviceAccountJson);
	const issuedAt = changes.issuedAt ?? Math.floor(Date.now() / 1000);
	return await new SignJWT({ scope: changes.scope ?? 'https://www.googleapis.com/auth/firebase.messaging' })
		.setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: changes.kid ?? account.private_key_id })
		.setIssuer(changes.issuer ?? account.client_email ?? '')
		.setAudience(changes.audience ?? 'https://oauth2.googleapis.com/token')
		.setIssuedAt(issuedAt)
		.setExpirationTime(issuedAt + (changes.lifetime ?? 3600))
		.sign(await importPKCS8(changes.privateKey ?? account.private_key ?? '', 'RS256'));
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Asks Google's token endpoint. */
export async function exchange(simulators: Simulators, signed: string): Promise<Reply> {
	const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signed });
	return await postHttp1(simulators.fcm.token.url, simulators.ca, FORM, form.toString());
}

/** Asks Amazon's token endpoint. */
export async function clientCredentials(simulators: Simulators, changes: Record<string, string> = {}): Promise<Reply> {
	const { clientId, clientSecret } = simulators.credentials.adm;
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		scope: 'messaging:push',
		client_id: clientId,
		client_secret: clientSecret,
		...changes,
	});
	return await postHttp1(simulators.adm.token.url, simulators.ca, FORM, form.toString());
}

/** The access token of a successful answer. */
export function accessToken({ status, body }: Reply): string {
	const parsed: { access_token?: string } = JSON.parse(body);
	if (status !== 200 || parsed.access_token === undefined) throw new Error(`no token: ${status} ${body}`);
	return parsed.access_token;
}
