import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { appleAdvancedFields } from './shared/advancedFields';

export class ApnsKeyApi implements ICredentialType {
	name = 'apnsKeyApi';

	displayName = 'APNs Key API';

	icon: Icon = { light: 'file:../icons/apnsKey.svg', dark: 'file:../icons/apnsKey.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#apns-key-api-recommended-for-apple';

	properties: INodeProperties[] = [
		{
			displayName: 'Key ID',
			name: 'keyId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. ABC123DEFG',
			description: 'The 10 characters shown beside the key at developer.apple.com, under Keys',
		},
		{
			displayName: 'Team ID',
			name: 'teamId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. DEF123GHIJ',
			description: 'The 10 characters of your Apple developer team, under Membership Details',
		},
		{
			displayName: 'Bundle ID',
			name: 'bundleId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. com.example.app',
			description: "Your app's bundle ID, without any suffix. Suffixes such as .voip are added when sending.",
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 6 },
			default: '',
			required: true,
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'The whole text of the .p8 file',
		},
		...appleAdvancedFields,
	];
}
