import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceKey, n8nFolder, requireInstanceKey, storeFile } from '../../../nodes/shared/n8nFolder';
import { storeSettings } from '../../../nodes/shared/storeSettings';

describe('the folder of n8n', () => {
	test.each([
		['N8N_USER_FOLDER wins', { N8N_USER_FOLDER: '/data', HOME: '/home/node' }, 'linux', '/data/.n8n'],
		['else the home', { HOME: '/home/node' }, 'linux', '/home/node/.n8n'],
		['on Windows the profile', { USERPROFILE: '/users/me', HOME: '/other' }, 'win32', '/users/me/.n8n'],
		['else the working directory', {}, 'linux', '/srv/.n8n'],
		['as n8n does, an empty variable counts', { N8N_USER_FOLDER: '', HOME: '/home/node' }, 'linux', '.n8n'],
	] as const)('%s', (_name, env, platform, folder) => {
		const surroundings = { env, platform, cwd: '/srv' };
		expect(n8nFolder(surroundings)).toBe(folder);
		expect(storeFile(surroundings)).toBe(join(folder, 'storage/n8n-nodes-push-notifications/push.sqlite'));
	});
});

describe('the key of n8n', () => {
	let folder: string;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'n8n-key-'));
		await mkdir(join(folder, '.n8n'));
		await writeFile(join(folder, 'key.txt'), 'from the file\n');
	});

	afterEach(async () => await rm(folder, { recursive: true, force: true }));

	const at = (env: Readonly<Record<string, string>>) => ({
		env: { N8N_USER_FOLDER: folder, ...env },
		platform: 'linux' as const,
		cwd: '/',
	});

	const settings = async (text: string) => await writeFile(join(folder, '.n8n', 'config'), text);

	test.each([
		['the settings file', '{"encryptionKey":"from settings"}', { N8N_ENCRYPTION_KEY: 'from env' }, 'from settings'],
		['the variable without a settings file', undefined, { N8N_ENCRYPTION_KEY: 'from env' }, 'from env'],
		['the variable when the settings have none', '{}', { N8N_ENCRYPTION_KEY: 'from env' }, 'from env'],
		[
			'the variable before the file',
			undefined,
			{ N8N_ENCRYPTION_KEY: 'from env', N8N_ENCRYPTION_KEY_FILE: 'x' },
			'from env',
		],
		['nothing', undefined, {}, undefined],
	])('comes from %s', async (_name, text, env, key) => {
		if (text !== undefined) await settings(text);
		expect(await instanceKey(at(env))).toBe(key);
	});

	test('comes from the file the variable names, without its line end', async () => {
		expect(await instanceKey(at({ N8N_ENCRYPTION_KEY_FILE: join(folder, 'key.txt') }))).toBe('from the file');
	});

	test('is asked for in words when there is none, or its file is missing or broken', async () => {
		await expect(requireInstanceKey(at({}))).rejects.toMatchObject({
			message: expect.stringContaining('no encryption key'),
			hint: expect.stringContaining('Encryption Key in a Push Store credential'),
		});
		await expect(instanceKey(at({ N8N_ENCRYPTION_KEY_FILE: '/no/such/file' }))).rejects.toThrow('cannot be read');
		await settings('{"encryptionKey":"s3cret"');
		const broken = await instanceKey(at({})).catch((error: unknown) => String(error));
		expect(broken).toContain('not valid JSON');
		expect(broken).not.toContain('s3cret');
	});

	test('is not needed with a key of the user’s own, and stays known when both are there', async () => {
		const encryptionKey = 'x'.repeat(32);
		const fields = { kind: 'sqlite', encryptionKey, previousKeys: 'old one\n\n older one ' };
		expect(await storeSettings(fields, at({}))).toMatchObject({
			keyMaterial: encryptionKey,
			previousKeyMaterial: ['old one', 'older one'],
		});
		expect(await storeSettings(fields, at({ N8N_ENCRYPTION_KEY: 'mine' }))).toMatchObject({
			previousKeyMaterial: ['old one', 'older one', 'mine'],
		});
	});
});

describe('the place of the store', () => {
	const at = { env: { N8N_USER_FOLDER: '/data', N8N_ENCRYPTION_KEY: 'k' }, platform: 'linux' as const, cwd: '/' };

	test.each([
		[
			{
				host: 'db',
				port: 5433,
				database: 'n8n',
				user: 'me',
				password: 'pw',
				schema: 'push',
				tls: 'require',
				ca: 'PEM',
			},
			{
				host: 'db',
				port: 5433,
				database: 'n8n',
				user: 'me',
				password: 'pw',
				schema: 'push',
				tls: 'require',
				ca: 'PEM',
			},
		],
		[
			{ host: ' db ', database: 'n8n', user: 'me', schema: '', tls: 'off', ca: 'PEM' },
			{ host: 'db', port: 5432, database: 'n8n', user: 'me', schema: 'push', tls: 'off' },
		],
		[
			{ connectBy: 'url', connectionUrl: 'postgres://me:p%40ss@[::1]:6000/n%2F8n', schema: 'p2', tls: 'off' },
			{ host: '::1', port: 6000, database: 'n/8n', user: 'me', password: 'p@ss', schema: 'p2', tls: 'off' },
		],
		[
			{ connectBy: 'url', connectionUrl: 'postgresql://me@db', tls: 'require' },
			{ host: 'db', port: 5432, database: 'me', user: 'me', schema: 'push', tls: 'require' },
		],
	])('%j', async (fields, place) => {
		const { store } = await storeSettings({ kind: 'postgres', ...fields }, at);
		expect(store).toEqual({ kind: 'postgres', ...place });
	});

	test.each([
		[{ host: 'db', database: 'x', user: 'x', port: 70_000 }, 'Port'],
		[{ host: 'db', database: ' ', user: 'x' }, 'Database'],
		[{ connectBy: 'url', connectionUrl: 'db.example.com' }, 'Connection URL'],
	])('%j names the field that cannot be used', async (fields, field) => {
		await expect(storeSettings({ kind: 'postgres', ...fields }, at)).rejects.toThrow(field);
	});

	test('is the file of this n8n without a credential', async () => {
		expect(await storeSettings(undefined, at)).toEqual({
			store: { kind: 'sqlite', file: '/data/.n8n/storage/n8n-nodes-push-notifications/push.sqlite' },
			keyMaterial: 'k',
		});
	});
});
