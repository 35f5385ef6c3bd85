import type { INodeProperties } from 'n8n-workflow';
import { applicationLocator } from '../../shared/applicationLocator';

export const FOR_APPLICATION = { source: ['application'] };

const MESSAGE = { resource: ['message'] };

export const DIRECT = { source: ['direct'] };

/**
 * The same for credentials. The editor takes a field that alone decides on the credentials for the way to sign in, and
 * does not show it among the parameters; written as a path from the root of the node it stays a field like the others.
 */
export const CREDENTIALS_WHEN = {
	direct: { show: { '/source': ['direct'] } },
	/** Everything but a direct send works on a store. */
	store: { hide: { '/source': ['direct'] } },
};

/** Whose channels and credentials are used. */
export const sourceFields: INodeProperties[] = [
	{
		displayName: 'Send With',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Application',
				value: 'application',
				description: 'The channels of an application, set up once with Manage App and Toggle Channel',
			},
			{ name: 'Direct', value: 'direct', description: 'Credentials attached to this node' },
		],
		default: 'application',
		description: 'Whose credentials are used',
		displayOptions: { show: MESSAGE },
	},
	applicationLocator({ show: { ...MESSAGE, ...FOR_APPLICATION } }),
];
