import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { plainAdvancedFields } from './shared/advancedFields';

export class BaiduPushApi implements ICredentialType {
	name = 'baiduPushApi';

	displayName = 'Baidu Push API';

	icon: Icon = { light: 'file:../icons/baidu.svg', dark: 'file:../icons/baidu.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#baidu-push-api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The API key of the app in the Baidu Cloud Push console',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The secret key shown beside the API key',
		},
		...plainAdvancedFields,
	];
}
