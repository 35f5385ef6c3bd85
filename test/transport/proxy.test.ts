import { parseOrigin } from '../../push/transport/origin';
import { bypassesProxy, chooseProxy } from '../../push/transport/proxy';

const apple = parseOrigin('https://api.push.apple.com');

describe('NO_PROXY', () => {
	it.each([
		['https://api.push.apple.com', '*', true],
		['https://api.push.apple.com', 'api.push.apple.com', true],
		['https://api.push.apple.com', 'API.Push.Apple.COM', true],
		['https://api.push.apple.com', 'apple.com', true],
		['https://api.push.apple.com', 'push.apple.com.', true],
		['https://api.push.apple.com', '.apple.com', true],
		['https://api.push.apple.com', '*.apple.com', true],
		['https://apple.com', '.apple.com', false],
		['https://apple.com', '*.apple.com', false],
		['https://apple.com', 'apple.com', true],
		['https://pineapple.com', 'apple.com', false],
		['https://apple.com.evil.example', 'apple.com', false],
		['https://api.push.apple.com', 'example.org,apple.com', true],
		['https://api.push.apple.com', 'example.org  apple.com', true],
		['https://api.push.apple.com', 'example.org, ,', false],
		['https://api.push.apple.com', '', false],
		['https://api.push.apple.com', undefined, false],
		['https://api.push.apple.com', 'apple.com:443', true],
		['https://api.push.apple.com', 'apple.com:2197', false],
		['https://api.push.apple.com:2197', 'apple.com:2197', true],
		['https://api.push.apple.com:2197', '.apple.com:2197', true],
		['https://api.push.apple.com', '*:443', true],
		['https://10.1.2.3', '10.1.2.3', true],
		['https://10.1.2.3', '10.1.2.4', false],
		['https://10.1.2.3', '10.0.0.0/8', true],
		['https://11.1.2.3', '10.0.0.0/8', false],
		['https://10.1.2.3:8443', '10.1.2.3:8443', true],
		['https://10.1.2.3:8443', '10.1.2.3:443', false],
		['https://[2001:db8::1]', '2001:db8::1', true],
		['https://[2001:db8::1]', '[2001:db8::1]', true],
		['https://[2001:db8::1]:8443', '[2001:db8:0::1]:8443', true],
		['https://[2001:db8::1]:8443', '[2001:db8::1]:443', false],
		['https://[2001:db8::1]', '2001:db8::/32', true],
		['https://[2001:db9::1]', '2001:db8::/32', false],
		['https://name.example', '10.0.0.0/8', false],
		['https://name.example', '10.0.0.0/99,not/cidr', false],
		['https://1.2.3.4', '2.3.4', false],
	])('%s with %s: bypassed is %s', (origin, noProxy, bypassed) => {
		expect(bypassesProxy(parseOrigin(origin), noProxy)).toBe(bypassed);
	});
});

describe('the choice of the proxy', () => {
	const chosen = (env: Record<string, string>, proxyUrl?: string, origin = apple) => {
		const choice = chooseProxy(origin, proxyUrl, env);
		return choice.kind === 'proxy' ? `${choice.proxy.source} ${choice.proxy.origin.text}` : choice.kind;
	};

	it.each([
		[{}, 'direct'],
		[{ HTTPS_PROXY: 'http://p:3128' }, 'environment http://p:3128'],
		[{ https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' }, 'environment http://low:1'],
		[{ HTTPS_PROXY: 'http://p:1', ALL_PROXY: 'http://all:1' }, 'environment http://p:1'],
		[{ ALL_PROXY: 'http://all:1' }, 'environment http://all:1'],
		[{ all_proxy: 'http://all:1' }, 'environment http://all:1'],
		[{ HTTP_PROXY: 'http://plain:1' }, 'direct'],
		[{ HTTPS_PROXY: '  ' }, 'direct'],
		[{ HTTPS_PROXY: 'proxy.corp:3128' }, 'environment http://proxy.corp:3128'],
		[{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'apple.com' }, 'direct'],
		[{ HTTPS_PROXY: 'http://p:1', no_proxy: 'other.example', NO_PROXY: 'apple.com' }, 'environment http://p:1'],
		[{ HTTPS_PROXY: 'socks5://p:1' }, 'invalid'],
		[{ HTTPS_PROXY: 'http://' }, 'invalid'],
		[{ HTTPS_PROXY: 'http://u:%zz@p:1' }, 'invalid'],
	])('%j: %s', (env, expected) => {
		expect(chosen(env)).toBe(expected);
	});

	it("the credential's goes first and heeds no NO_PROXY", () => {
		expect(chosen({ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, 'http://own:1')).toBe('credential http://own:1');
	});

	it.each(['https://localhost:8443', 'https://127.0.0.1', 'https://127.3.2.1', 'https://[::1]'])(
		'%s is not proxied by the environment, but by the credential',
		(origin) => {
			expect(chosen({ HTTPS_PROXY: 'http://p:1' }, undefined, parseOrigin(origin))).toBe('direct');
			expect(chosen({}, 'http://own:1', parseOrigin(origin))).toBe('credential http://own:1');
		},
	);
});
