import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { appleAdvancedFields } from './shared/advancedFields';

const pkcs12: INodeProperties = {
	displayName: 'P12 File',
	name: 'pkcs12',
	type: 'string',
	// The file holds the private key.
	typeOptions: { password: true, rows: 6 },
	default: '',
	required: true,
	placeholder: 'e.g. MIIMYAIBAzCCDBcGCSqGSIb3…',
	description: 'The .p12 file as Base64 text. On a Mac: base64 -i push.p12 | pbcopy.',
	displayOptions: { show: { format: ['pkcs12'] } },
};

export class ApnsCertificateApi implements ICredentialType {
	name = 'apnsCertificateApi';

	displayName = 'APNs Certificate API';

	icon: Icon = { light: 'file:../icons/apnsCertificate.svg', dark: 'file:../icons/apnsCertificate.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/credentials.md#apns-certificate-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Format',
			name: 'format',
			type: 'options',
			options: [
				{ name: 'P12 File', value: 'pkcs12', description: 'One file with certificate and key, as Keychain exports it' },
				{ name: 'PEM', value: 'pem', description: 'Certificate and key as text' },
			],
			default: 'pkcs12',
		},
		pkcs12,
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'The password given when the .p12 file was exported; empty if none',
			displayOptions: { show: { format: ['pkcs12'] } },
		},
		{
			displayName: 'Certificate',
			name: 'certificate',
			type: 'string',
			typeOptions: { password: true, rows: 6 },
			default: '',
			required: true,
			placeholder: '-----BEGIN CERTIFICATE-----',
			description: 'The certificate as PEM text. It may hold the key too.',
			displayOptions: { show: { format: ['pem'] } },
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 6 },
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'The key as PEM text. Leave empty when it is part of Certificate.',
			displayOptions: { show: { format: ['pem'] } },
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'The passphrase of the key; empty if it has none',
			displayOptions: { show: { format: ['pem'] } },
		},
		{
			displayName: 'Bundle ID',
			name: 'bundleId',
			type: 'string',
			default: '',
			placeholder: 'e.g. com.example.app',
			description: 'Only needed when it is not the one in the certificate',
		},
		...appleAdvancedFields,
	];
}
