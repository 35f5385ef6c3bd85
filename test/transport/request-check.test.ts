import { unsendable } from '../../push/transport/request-check';
import { HTTP1, HTTP2, post, send, transports } from './client';
import { Http1TestServer } from './servers/http1-server';
import { Http2TestServer } from './servers/http2-server';

describe('a request that cannot be written', () => {
	it.each([
		['a line break in a header', post(1, { ownHeaders: { 'x-id': 'a\r\nx-evil: 1' } }), 'x-id'],
		['a NUL in a shared header', post(1, { headers: { 'apns-topic': 'a\0b' } }), 'apns-topic'],
		['a character beyond Latin-1', post(1, { headers: { 'apns-topic': 'ключ' } }), 'apns-topic'],
		['an upper-case name', post(1, { headers: { Authorization: 'x' } }), 'header'],
		['a pseudo-header', post(1, { headers: { ':authority': 'evil.example' } }), 'header'],
		['a name with a line break', post(1, { headers: { 'x\r\ny': 'x' } }), 'header'],
		['a space in the path', post(1, { path: '/3/device/a b' }), 'path'],
		['a line break in the path', post(1, { path: '/3/device/a\r\nhost: x' }), 'path'],
		['a path that is none', post(1, { path: 'https://evil.example/' }), 'path'],
	])('because of %s is named', (_name, request, words) => {
		expect(unsendable(request)).toContain(words);
	});

	it('is told apart from ordinary ones', () => {
		expect(
			unsendable(post(1, { headers: Object.freeze({ authorization: 'bearer a.b-c_d', 'x-latin': 'é' }) })),
		).toBeUndefined();
		expect(unsendable(post(1, { path: '/v1/projects/p%20q/messages:send?x=1&y=~' }))).toBeUndefined();
	});

	it('is refused by both transports without a connection', async () => {
		const factory = transports();
		const http2 = await Http2TestServer.start();
		const http1 = await Http1TestServer.start();
		const bad = post(1, { ownHeaders: { 'x-id': 'a\r\nb' } });
		const refused = { kind: 'refused', code: 'INVALID_REQUEST' };
		expect(await send(factory.http2({ origin: http2.origin }, 'k', HTTP2), bad)).toMatchObject(refused);
		expect(await send(factory.http1({ origin: http1.origin }, 'k', HTTP1), bad)).toMatchObject(refused);
		expect([http2.sessions.length, http1.connections]).toEqual([0, 0]);
		await factory.close(0);
		await http2.stop();
		await http1.stop();
	});
});
