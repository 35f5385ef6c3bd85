import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { oauthAdvancedFields } from './shared/advancedFields';

export class AmazonDeviceMessagingApi implements ICredentialType {
	name = 'amazonDeviceMessagingApi';

	displayName = 'Amazon Device Messaging API';

	icon: Icon = { light: 'file:../icons/adm.svg', dark: 'file:../icons/adm.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#amazon-device-messaging-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. amzn1.application-oa2-client.1a2b3c',
			description: 'From the security profile of your app in the Amazon developer console',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Shown beside the client ID in the same security profile',
		},
		...oauthAdvancedFields,
	];
}
