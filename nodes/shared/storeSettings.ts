import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { RegistryOptions } from '../../push';
import { WorkflowMistake } from './errors';
import { here, instanceKey, requireInstanceKey, storeFile, type Surroundings } from './n8nFolder';

type Fields = ICredentialDataDecryptedObject;

type PostgresPlace = Extract<RegistryOptions['store'], { readonly kind: 'postgres' }>;

/** Shorter keys can be guessed. */
const MIN_KEY = 32;

/**
 * Where the store is and which keys open it: as the credential says, else the file and key of this n8n.
 * @throws {WorkflowMistake} for a field that cannot be used, or when there is no key
 */
export async function storeSettings(
	fields: Fields | undefined,
	surroundings: Surroundings = here(),
): Promise<RegistryOptions> {
	const file = { kind: 'sqlite', file: storeFile(surroundings) } as const;
	if (!fields) return { store: file, keyMaterial: await requireInstanceKey(surroundings) };
	return {
		store: text(fields, 'kind') === 'sqlite' ? file : postgresPlace(fields),
		...(await keysOf(fields, surroundings)),
	};
}

async function keysOf(fields: Fields, surroundings: Surroundings) {
	const own = text(fields, 'encryptionKey').trim();
	const previous = text(fields, 'previousKeys')
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter((line) => line !== '');
	if (own === '') return { keyMaterial: await requireInstanceKey(surroundings), previousKeyMaterial: previous };
	if (own.length < MIN_KEY) {
		throw new WorkflowMistake(
			`Encryption Key has ${own.length} characters; it needs at least ${MIN_KEY}.`,
			'Use a long random text, for example the output of: openssl rand -base64 32',
		);
	}
	// What was stored before the user had a key of their own still opens.
	const instance = await instanceKey(surroundings);
	return { keyMaterial: own, previousKeyMaterial: instance ? [...previous, instance] : previous };
}

function postgresPlace(fields: Fields): PostgresPlace {
	const tls = text(fields, 'tls') === 'off' ? 'off' : 'require';
	const ca = text(fields, 'ca').trim();
	return {
		kind: 'postgres',
		...(text(fields, 'connectBy') === 'url' ? fromUrl(text(fields, 'connectionUrl').trim()) : fromFields(fields)),
		schema: text(fields, 'schema').trim() || 'push',
		tls,
		...(tls === 'require' && ca !== '' ? { ca } : {}),
	};
}

function fromFields(fields: Fields) {
	const password = text(fields, 'password');
	return {
		host: needed(fields, 'host'),
		port: portOf(text(fields, 'port')),
		database: needed(fields, 'database'),
		user: needed(fields, 'user'),
		...(password === '' ? {} : { password }),
	};
}

function fromUrl(url: string) {
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.hostname === '' || parsed.username === '') {
		throw new WorkflowMistake(
			'Connection URL is not the address of a PostgreSQL database.',
			'Write postgres://user:password@host:5432/database; characters such as @ and / in the password as %40 and %2F.',
		);
	}
	const user = decodeURIComponent(parsed.username);
	const password = decodeURIComponent(parsed.password);
	return {
		host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
		port: portOf(parsed.port),
		database: decodeURIComponent(parsed.pathname.slice(1)) || user,
		user,
		...(password === '' ? {} : { password }),
	};
}

const LABEL = { host: 'Host', database: 'Database', user: 'User' } as const;

function needed(fields: Fields, name: keyof typeof LABEL): string {
	const value = text(fields, name).trim();
	if (value !== '') return value;
	throw new WorkflowMistake(
		`${LABEL[name]} of the Push Store credential is empty.`,
		'Open the credential and fill it in.',
	);
}

function portOf(value: string): number {
	const port = value.trim() === '' ? 5432 : Number(value);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new WorkflowMistake(
		'Port of the Push Store credential is not a port number.',
		'PostgreSQL has 5432 by default.',
	);
}

function text(fields: Fields, name: string): string {
	const value: unknown = fields[name];
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
