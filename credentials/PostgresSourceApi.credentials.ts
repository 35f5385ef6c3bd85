import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A PostgreSQL database that recipients of a campaign come from: n8n's own fields, so that nothing is learnt twice. */
export class PostgresSourceApi implements ICredentialType {
	name = 'postgresSourceApi';

	displayName = 'PostgreSQL Recipient Source API';

	icon: Icon = { light: 'file:../icons/pushStore.svg', dark: 'file:../icons/pushStore.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#postgresql-recipient-source-api';

	extends = ['postgres'];

	properties: INodeProperties[] = [
		{
			displayName:
				'The database is read with one query per campaign, by a cursor: give a user that may only read. SSH tunnels are not supported here.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
	];
}
