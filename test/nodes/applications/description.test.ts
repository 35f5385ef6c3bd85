import { type INodeParameters, NodeHelpers } from 'n8n-workflow';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PushStoreApi } from '../../../credentials/PushStoreApi.credentials';
import { DeliveryResultTrigger } from '../../../nodes/DeliveryResultTrigger/DeliveryResultTrigger.node';
import { ManageApp } from '../../../nodes/ManageApp/ManageApp.node';
import { findOperation, OPERATIONS } from '../../../nodes/ManageApp/operations';
import { SendPush } from '../../../nodes/SendPush/SendPush.node';
import { toNodeError } from '../../../nodes/shared/errors';
import { ToggleChannel } from '../../../nodes/ToggleChannel/ToggleChannel.node';
import { PUSH_ERROR_CODES, PushError } from '../../../push/model';
import { ROOT } from '../setup';
import { ALL_CREDENTIALS } from './harness';

type NodeWithDescription = ManageApp | ToggleChannel | SendPush;

function visible({ description }: NodeWithDescription, parameters: INodeParameters) {
	const values =
		NodeHelpers.getNodeParameters(description.properties, parameters, true, false, null, description) ?? {};
	const shows = (entry: Parameters<typeof NodeHelpers.displayParameter>[1]) =>
		NodeHelpers.displayParameter(values, entry, null, description);
	return {
		parameters: description.properties.filter(shows).map(({ name }) => name),
		credentials: (description.credentials ?? []).filter(shows).map(({ name }) => name),
	};
}

/** What the collection Options of Enable offers for these channels. */
function options({ description }: ToggleChannel, channels: string[]): string[] {
	const collection = description.properties.find(({ name }) => name === 'options');
	const fields = (collection?.options ?? []).flatMap((option) =>
		'displayName' in option && 'default' in option ? [option] : [],
	);
	const root = { operation: 'enable', channels };
	return fields
		.filter((field) => NodeHelpers.displayParameter({}, field, null, description, root))
		.map(({ name }) => name);
}

/**
 * What the editor of n8n takes for the way to sign in and does not show among the parameters: a field called
 * "authentication", or one each of whose options shows some credential.
 */
function takenForSignIn({ description }: NodeWithDescription): string[] {
	const shown = new Map<string, unknown[]>();
	for (const { displayOptions } of description.credentials ?? []) {
		for (const [name, values] of Object.entries(displayOptions?.show ?? {}))
			shown.set(name, [...(shown.get(name) ?? []), ...(Array.isArray(values) ? values : [])]);
	}
	return description.properties
		.filter(({ name, options = [] }) => {
			const values = shown.get(name);
			if (!values || options.length === 0) return false;
			return name === 'authentication' || options.every((option) => 'value' in option && values.includes(option.value));
		})
		.map(({ name }) => name);
}

test.each([new ManageApp(), new ToggleChannel(), new SendPush()].map((node) => [node.description.displayName, node]))(
	'%s keeps every field visible in the editor',
	(_, node) => {
		expect(takenForSignIn(node)).toEqual([]);
	},
);

test.each([new ManageApp(), new ToggleChannel(), new SendPush(), new DeliveryResultTrigger()])(
	'every list of $description.displayName searches, and opens without a credential: the Push Store is optional',
	({ description, methods }) => {
		const lists = description.properties.flatMap(({ modes = [] }) => modes).filter(({ type }) => type === 'list');
		expect(lists.length).toBeGreaterThan(0);
		for (const { typeOptions } of lists) {
			expect(typeOptions).toMatchObject({ searchable: true, skipCredentialsCheckInRLC: true });
			expect(Object.keys(methods.listSearch)).toContain(typeOptions?.searchListMethod);
		}
	},
);

/** Operations the editor offers, in the node or in its form as a tool. */
function offered({ description }: NodeWithDescription, asTool: boolean): string[] {
	return description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			options.flatMap((option) => {
				if (!('value' in option)) return [];
				const hidden = asTool && option.displayOptions?.hide?.['@tool'] !== undefined;
				return hidden ? [] : [`${String(displayOptions?.show?.resource ?? 'channel')}:${String(option.value)}`];
			}),
		);
}

describe('Manage App and Toggle Channel', () => {
	test('as tools of an AI agent offer nothing that destroys, locks or shows a secret', () => {
		const hidden = [new ManageApp(), new ToggleChannel()].flatMap((node) => {
			const forAgents = offered(node, true);
			return offered(node, false).filter((operation) => !forAgents.includes(operation));
		});
		expect(hidden).toEqual([
			'application:delete',
			'application:export',
			'application:import',
			'store:grant',
			'store:lock',
			'store:revoke',
			'store:rotateKeys',
			'store:setRetention',
			'store:unlock',
			'template:delete',
			'channel:delete',
		]);
	});

	test('each operation is found by what the editor stores, and asks for an application where it needs one', () => {
		const node = new ManageApp();
		for (const [resource, operations] of Object.entries(OPERATIONS)) {
			for (const { option } of operations) {
				expect(findOperation(resource, option.value)?.option).toBe(option);
				const { parameters } = visible(node, { resource, operation: option.value });
				const needs =
					resource === 'suppression' ||
					resource === 'metrics' ||
					(resource === 'application' && ['get', 'update', 'delete'].includes(option.value));
				expect(parameters.includes('application')).toBe(needs);
				const ofTemplate = resource === 'template' && !['create', 'getMany'].includes(option.value);
				expect(parameters.includes('template')).toBe(ofTemplate);
			}
		}
		expect(findOperation('application', 'explode')).toBeUndefined();
		expect(findOperation('toString', 'get')).toBeUndefined();
	});

	test('credentials of a provider show with its channels, where they are of use', () => {
		const node = new ToggleChannel();
		const show = (operation: string, channels: string[]) => visible(node, { operation, channels }).credentials;
		expect(show('enable', ['APNS'])).toEqual(['apnsKeyApi', 'apnsCertificateApi', 'pushStoreApi']);
		expect(show('check', ['GCM', 'ADM'])).toEqual(['fcmServiceAccountApi', 'amazonDeviceMessagingApi', 'pushStoreApi']);
		expect(show('disable', ['APNS'])).toEqual(['pushStoreApi']);
		expect(options(node, ['GCM'])).toEqual(['legacyServerKey', 'verify']);
		expect(options(node, ['APNS'])).toEqual(['defaultMethod', 'verify']);
		expect(visible(node, { operation: 'getMany' }).parameters).not.toContain('channels');
	});
});

describe('Send Push', () => {
	test('for an application shows the application and the Push Store only, direct the credentials only', () => {
		const node = new SendPush();
		const application = visible(node, { channel: 'APNS' });
		expect(application.credentials).toEqual(['pushStoreApi']);
		expect(application.parameters).toContain('application');
		expect(application.parameters).not.toContain('authentication');
		const direct = visible(node, { source: 'direct', channel: 'fromField' });
		expect(direct.credentials).toEqual(ALL_CREDENTIALS);
		expect(direct.parameters).not.toContain('application');
	});
});

describe('the Push Store credential', () => {
	const credential = new PushStoreApi();

	test('is tested by every node that takes it', () => {
		for (const node of [new ManageApp(), new ToggleChannel(), new SendPush()]) {
			const entry = node.description.credentials?.find(({ name }) => name === credential.name);
			expect(Object.keys(node.methods.credentialTest)).toContain(entry?.testedBy);
		}
	});

	test('hides what is secret, and has icons and a chapter in the documentation', () => {
		const hidden = credential.properties.filter(({ typeOptions }) => typeOptions?.password).map(({ name }) => name);
		expect(hidden).toEqual(['connectionUrl', 'password', 'accessSecret', 'encryptionKey', 'previousKeys']);
		const page = readFileSync(join(ROOT, 'docs', 'credentials.md'), 'utf8');
		expect(page).toContain('\n## Push Store API\n');
		expect(credential.documentationUrl).toMatch(/credentials\.md#push-store-api$/);
		for (const icon of ['pushStore', 'manageApp', 'toggleChannel']) {
			for (const theme of ['', '.dark']) expect(existsSync(join(ROOT, 'icons', `${icon}${theme}.svg`))).toBe(true);
		}
	});
});

describe('every refusal of the engine', () => {
	test.each(PUSH_ERROR_CODES)('%s keeps its sentence and its hint', (code) => {
		const node = {
			id: '1',
			name: 'N',
			type: 't',
			typeVersion: 1,
			position: [0, 0] satisfies [number, number],
			parameters: {},
		};
		const error = toNodeError(node, new PushError(code, 'What happened.', { hint: 'What to do.' }), 3);
		expect(error).toMatchObject({ message: 'What happened.', description: 'What to do.', context: { itemIndex: 3 } });
	});
});
