import { looksLikeSecret, redact } from '../../push/security/redaction';

test.each([
	'-----BEGIN PRIVATE KEY-----',
	'MIGTAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg',
	'AIzaSyA1234567890abcdefghijklmnopqrstuv',
	'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
	'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJURUFNIn0.x',
	'key is Xk29dkSl20dkJfhG83hdkslaP0wmXnQ2',
])('%s looks like a secret', (text) => {
	expect(looksLikeSecret(text)).toEqual(expect.any(String));
});

test.each([
	'Shop',
	'Shop (production), Café',
	'com.example.app',
	'team=mobile',
	'611e3e3cdd47474c9c1399a50example',
	'Weihnachtsaktion 2026 für alle Länder',
])('%s does not', (text) => {
	expect(looksLikeSecret(text)).toBeUndefined();
});

test('secret fields are starred at any depth, the rest stays', () => {
	const value = {
		name: 'x',
		credential: { privateKey: 'k', list: [{ clientSecret: 's', clientId: 'id' }] },
		password: undefined,
	};
	expect(redact(value)).toEqual({
		name: 'x',
		credential: { privateKey: '***', list: [{ clientSecret: '***', clientId: 'id' }] },
		password: undefined,
	});
});
