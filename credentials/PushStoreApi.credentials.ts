import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

const onPostgres = { show: { kind: ['postgres'] } };

const singleFields = { show: { kind: ['postgres'], connectBy: ['fields'] } };

const connectionUrl: INodeProperties = {
	displayName: 'Connection URL',
	name: 'connectionUrl',
	type: 'string',
	// It holds the password of the database.
	typeOptions: { password: true },
	default: '',
	required: true,
	placeholder: 'e.g. postgres://user:password@db.example.com:5432/n8n',
	description: 'User, password, host, port and database in one line. Encryption is set by TLS below.',
	displayOptions: { show: { kind: ['postgres'], connectBy: ['url'] } },
};

const encryptionKey: INodeProperties = {
	displayName: 'Encryption Key',
	name: 'encryptionKey',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	description:
		'Any long random text to encrypt stored credentials under, at least 32 characters. When empty, the key of this n8n is used.',
};

const previousKeys: INodeProperties = {
	displayName: 'Previous Encryption Keys',
	name: 'previousKeys',
	type: 'string',
	typeOptions: { password: true, rows: 3 },
	default: '',
	description:
		'Former keys, one per line. Needed until Manage App > Store > Rotate Keys has run. The key of this n8n need not be listed.',
};

export class PushStoreApi implements ICredentialType {
	name = 'pushStoreApi';

	displayName = 'Push Store API';

	icon: Icon = { light: 'file:../icons/pushStore.svg', dark: 'file:../icons/pushStore.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#push-store-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Store',
			name: 'kind',
			type: 'options',
			options: [
				{
					name: 'PostgreSQL',
					value: 'postgres',
					description: 'For several processes, hosts or n8n instances: needed in queue mode',
				},
				{
					name: 'SQLite File of This n8n',
					value: 'sqlite',
					description: 'The file nodes without this credential use too. Choose it to give an access secret or a key.',
				},
			],
			default: 'postgres',
		},
		{
			displayName: 'Connect By',
			name: 'connectBy',
			type: 'options',
			options: [
				{ name: 'Single Fields', value: 'fields', description: 'Host, port, database, user and password' },
				{ name: 'Connection URL', value: 'url', description: 'All of them in one line' },
			],
			default: 'fields',
			displayOptions: onPostgres,
		},
		connectionUrl,
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. db.example.com',
			displayOptions: singleFields,
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			default: 5432,
			displayOptions: singleFields,
		},
		{
			displayName: 'Database',
			name: 'database',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. n8n',
			displayOptions: singleFields,
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			placeholder: 'e.g. n8n',
			required: true,
			description: 'A user that may create the schema, or owns it',
			displayOptions: singleFields,
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: singleFields,
		},
		{
			displayName: 'Schema',
			name: 'schema',
			type: 'string',
			default: 'push',
			description: 'Made when it is missing. Letters, digits and underscores.',
			displayOptions: onPostgres,
		},
		{
			displayName: 'TLS',
			name: 'tls',
			type: 'options',
			options: [
				{ name: 'Off', value: 'off', description: 'Only for a database on this machine or in a private network' },
				{ name: 'Required', value: 'require', description: "Encrypted, and the server's certificate is checked" },
			],
			default: 'require',
			displayOptions: onPostgres,
		},
		{
			displayName: 'CA Certificate',
			name: 'ca',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description: 'PEM text of the certificate authority of the server, when it is not a public one',
			displayOptions: { show: { kind: ['postgres'], tls: ['require'] } },
		},
		{
			displayName: 'Access Secret',
			name: 'accessSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Needed when the store is locked: what Lock Store or Grant Access of Manage App gave out',
		},
		encryptionKey,
		previousKeys,
	];
}
