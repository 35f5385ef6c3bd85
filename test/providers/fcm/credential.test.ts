import { generateKeyPairSync } from 'node:crypto';
import { type FcmServiceAccountCredential, PushError } from '../../../push/model';
import { readFcmCredential } from '../../../push/providers/fcm/credential';
import { ACCOUNT_FILE, fcmCredential, KEY_ID, KEY_PAIR, KEY_SECRET } from './account';

function refusalOf(credential: FcmServiceAccountCredential): PushError {
	try {
		readFcmCredential(credential);
	} catch (error) {
		if (error instanceof PushError) return error;
		throw error;
	}
	throw new Error('The credential was taken.');
}

const text = (serviceAccountJson: string): FcmServiceAccountCredential => ({
	type: 'fcmServiceAccount',
	serviceAccountJson,
});
const json = (value: unknown) => text(JSON.stringify(value));
const EC_KEY = generateKeyPairSync('ec', {
	namedCurve: 'P-256',
	publicKeyEncoding: { type: 'spki', format: 'pem' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;
const SHORT_KEY = generateKeyPairSync('rsa', {
	modulusLength: 1024,
	publicKeyEncoding: { type: 'spki', format: 'pem' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

describe('a service account for FCM', () => {
	it('is read as Google made it', () => {
		const account = readFcmCredential(fcmCredential());
		expect(account).toMatchObject({
			projectId: 'demo-project',
			clientEmail: 'push@demo-project.iam.gserviceaccount.com',
			privateKeyId: KEY_ID,
			origin: 'https://fcm.googleapis.com',
		});
		expect(account.tokenUrl.href).toBe('https://oauth2.googleapis.com/token');
	});

	it.each([
		['literal \\n', (pem: string) => pem.replaceAll('\n', '\\n')],
		['doubly escaped line breaks', (pem: string) => pem.replaceAll('\n', '\\\\n')],
		['Windows line breaks', (pem: string) => pem.replaceAll('\n', '\r\n')],
		['blanks for line breaks', (pem: string) => pem.replaceAll('\n', ' ')],
		['no line breaks', (pem: string) => pem.replaceAll('\n', '')],
		['no armour', (pem: string) => pem.replace(/-----[A-Z ]+-----/g, '')],
	])('gets its key mended when it was pasted with %s', (_name, damage) => {
		const { privateKey } = readFcmCredential(fcmCredential({ private_key: damage(KEY_PAIR.privateKey) }));
		expect(privateKey.export({ type: 'pkcs8', format: 'pem' })).toBe(KEY_PAIR.privateKey);
	});

	it('may begin with a byte order mark', () => {
		expect(readFcmCredential(text(`\uFEFF${JSON.stringify(ACCOUNT_FILE)}\n`)).projectId).toBe('demo-project');
	});

	it('may lack the key id and the token address', () => {
		const account = readFcmCredential(fcmCredential({ private_key_id: undefined, token_uri: undefined }));
		expect(account.privateKeyId).toBeUndefined();
		expect(account.tokenUrl.href).toBe('https://oauth2.googleapis.com/token');
	});

	it.each([
		['nothing', text('  '), /empty/],
		['text', text('hello'), /not valid JSON/],
		['half a file', text(JSON.stringify(ACCOUNT_FILE).slice(0, -20)), /not valid JSON/],
		['an array', text('[1]'), /not an object/],
		['an API key', text(`AIza${'b'.repeat(35)}`), /API key/],
		['a legacy server key', text(`AAAAbcdefg:${'b'.repeat(140)}`), /legacy FCM server key/],
		['a key alone', text(KEY_PAIR.privateKey), /private key alone/],
		['an installed OAuth client', json({ installed: { client_id: 'x' } }), /OAuth client/],
		['a web OAuth client', json({ web: { client_id: 'x' } }), /OAuth client/],
		['google-services.json', json({ project_info: {}, client: [] }), /google-services\.json/],
		["a web app's configuration", json({ apiKey: 'AIza', messagingSenderId: '1' }), /Firebase configuration/],
		["a person's login", json({ type: 'authorized_user', refresh_token: 'r' }), /authorized_user/],
		['a federated account', json({ type: 'external_account' }), /external_account/],
		['an unknown kind', json({ ...ACCOUNT_FILE, type: 'robot' }), /"service_account"/],
		['no kind', json({ ...ACCOUNT_FILE, type: undefined }), /"service_account"/],
		['no project', json({ ...ACCOUNT_FILE, project_id: undefined }), /lacks the field project_id/],
		['an odd project', json({ ...ACCOUNT_FILE, project_id: '../other' }), /project_id/],
		['no account name', json({ ...ACCOUNT_FILE, client_email: '' }), /lacks the field client_email/],
		['an odd account name', json({ ...ACCOUNT_FILE, client_email: 'nobody' }), /client_email/],
		['no key', json({ ...ACCOUNT_FILE, private_key: undefined }), /lacks the field private_key/],
		['a cut key', json({ ...ACCOUNT_FILE, private_key: KEY_PAIR.privateKey.slice(0, 900) }), /private_key .* broken/],
		['an EC key', json({ ...ACCOUNT_FILE, private_key: EC_KEY }), /not an RSA key/],
		['a short key', json({ ...ACCOUNT_FILE, private_key: SHORT_KEY }), /2048 bits/],
		['a stranger as token address', json({ ...ACCOUNT_FILE, token_uri: 'https://evil.example/token' }), /token_uri/],
		[
			'a token address that only begins well',
			json({ ...ACCOUNT_FILE, token_uri: 'https://oauth2.googleapis.com/token?x' }),
			/token_uri/,
		],
	])('is refused in words when it is %s', (_name, credential, words) => {
		const refusal = refusalOf(credential);
		expect(refusal.code).toBe('InvalidCredential');
		expect(refusal.message).toMatch(words);
		expect(refusal.hint).toMatch(/\S/);
		expect(refusal.cause).toBeUndefined();
		const shown = `${refusal.message} ${refusal.hint} ${refusal.stack}`;
		expect(shown).not.toContain(KEY_SECRET);
		expect(shown).not.toContain('evil.example');
		expect(shown).not.toContain('b'.repeat(20));
	});

	it.each([
		'https://oauth2.googleapis.com/token',
		'https://accounts.google.com/o/oauth2/token',
		'https://www.googleapis.com/oauth2/v4/token',
	])('may name %s as token address', (tokenUri) => {
		expect(readFcmCredential(fcmCredential({ token_uri: tokenUri })).tokenUrl.href).toBe(tokenUri);
	});

	it('leads to the custom endpoints where they are set, whatever the file says', () => {
		const account = readFcmCredential(
			fcmCredential(
				{},
				{ endpoint: ' https://gateway.example:8443/ ', tokenEndpoint: 'https://gateway.example/oauth/token' },
			),
		);
		expect(account.origin).toBe('https://gateway.example:8443');
		expect(account.tokenUrl.href).toBe('https://gateway.example/oauth/token');
	});

	it('takes empty fields of a form for absent ones', () => {
		const account = readFcmCredential(fcmCredential({}, { endpoint: '', tokenEndpoint: ' ', ca: '' }));
		expect(account.origin).toBe('https://fcm.googleapis.com');
		expect(account.key).toBe(readFcmCredential(fcmCredential()).key);
	});

	it.each([
		[{ endpoint: 'http://gateway.example' }, /http/],
		[{ tokenEndpoint: 'http://gateway.example/token' }, /http/],
		[{ tokenEndpoint: 'gateway' }, /not a URL/],
		[{ tokenEndpoint: 'https://me:pw1234@gateway.example/token' }, /user name/],
		[{ tokenEndpoint: 'https://169.254.169.254/token' }, /metadata/],
	])('is refused with the connection %j', (connection, words) => {
		const refusal = refusalOf(fcmCredential({}, connection));
		expect(refusal.code).toBe('EgressRefused');
		expect(refusal.message).toMatch(words);
		expect(refusal.message).not.toContain('pw1234');
	});

	it('has another key for another private key, account, project or connection, and shows nothing in it', () => {
		const keys = [
			fcmCredential(),
			fcmCredential({ private_key_id: 'other' }),
			fcmCredential({ client_email: 'other@demo' }),
			fcmCredential({ project_id: 'other' }),
			fcmCredential({ private_key: KEY_PAIR.privateKey.replaceAll('\n', ' ') }),
			fcmCredential({}, { endpoint: 'https://gateway.example' }),
			fcmCredential({}, { tokenEndpoint: 'https://gateway.example/t' }),
			fcmCredential({}, { ca: 'PEM' }),
			fcmCredential({}, { proxyUrl: 'http://proxy.example:3128' }),
		].map((credential) => readFcmCredential(credential).key);
		expect(new Set(keys).size).toBe(keys.length);
		for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
	});
});
