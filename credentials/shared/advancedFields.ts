import type { INodeProperties } from 'n8n-workflow';

const whenAdvanced = { show: { advanced: [true] } };

const toggle: INodeProperties = {
	displayName: 'Advanced',
	name: 'advanced',
	type: 'boolean',
	default: false,
	description:
		'Whether to send through a private gateway, trust a private CA or use a proxy. Leave off for normal use.',
};

const endpoint: INodeProperties = {
	displayName: 'Endpoint',
	name: 'endpoint',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://gateway.example.com:8443',
	description:
		"Address to send to in place of the provider's own. Must be https; http is accepted for this machine only.",
	displayOptions: whenAdvanced,
};

const sandboxEndpoint: INodeProperties = {
	displayName: 'Sandbox Endpoint',
	name: 'sandboxEndpoint',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://sandbox-gateway.example.com:8443',
	description:
		"Address to send sandbox pushes to in place of Apple's sandbox. When empty, Endpoint serves both environments.",
	displayOptions: whenAdvanced,
};

const tokenUrl: INodeProperties = {
	displayName: 'Access Token URL',
	name: 'tokenUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://gateway.example.com:8443/token',
	description: "Full address to get access tokens from in place of the provider's own",
	displayOptions: whenAdvanced,
};

const ca: INodeProperties = {
	displayName: 'CA Certificate',
	name: 'ca',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: '-----BEGIN CERTIFICATE-----',
	description: 'PEM text of a certificate authority to trust besides the public ones',
	displayOptions: whenAdvanced,
};

const proxyUrl: INodeProperties = {
	displayName: 'Proxy URL',
	name: 'proxyUrl',
	type: 'string',
	// A proxy address often holds a user name and password.
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. http://user:password@proxy.example.com:3128',
	description: 'HTTP proxy to use in place of the one n8n is set up with (HTTPS_PROXY)',
	displayOptions: whenAdvanced,
};

/** The "Advanced" part of the two Apple credentials. */
export const appleAdvancedFields: INodeProperties[] = [toggle, endpoint, sandboxEndpoint, ca, proxyUrl];

/** The "Advanced" part of providers that hand out access tokens at an address of their own (FCM, ADM). */
export const oauthAdvancedFields: INodeProperties[] = [toggle, endpoint, tokenUrl, ca, proxyUrl];

/** The "Advanced" part of the others. */
export const plainAdvancedFields: INodeProperties[] = [toggle, endpoint, ca, proxyUrl];
