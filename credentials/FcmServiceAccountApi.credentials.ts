import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { oauthAdvancedFields } from './shared/advancedFields';

const serviceAccountJson: INodeProperties = {
	displayName: 'Service Account JSON',
	name: 'serviceAccountJson',
	type: 'string',
	// The file holds the private key.
	typeOptions: { password: true, rows: 8 },
	default: '',
	required: true,
	placeholder: '{ "type": "service_account", "project_id": "my-app", … }',
	description:
		'The whole text of the JSON file made in the Firebase console under Project settings, Service accounts, Generate new private key',
};

export class FcmServiceAccountApi implements ICredentialType {
	name = 'fcmServiceAccountApi';

	displayName = 'FCM Service Account API';

	icon: Icon = { light: 'file:../icons/fcm.svg', dark: 'file:../icons/fcm.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#fcm-service-account-api-google';

	properties: INodeProperties[] = [serviceAccountJson, ...oauthAdvancedFields];
}
