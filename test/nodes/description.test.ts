import { type INodeProperties, NodeHelpers } from 'n8n-workflow';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AmazonDeviceMessagingApi } from '../../credentials/AmazonDeviceMessagingApi.credentials';
import { ApnsCertificateApi } from '../../credentials/ApnsCertificateApi.credentials';
import { ApnsKeyApi } from '../../credentials/ApnsKeyApi.credentials';
import { BaiduPushApi } from '../../credentials/BaiduPushApi.credentials';
import { FcmServiceAccountApi } from '../../credentials/FcmServiceAccountApi.credentials';
import { toNotification } from '../../nodes/SendPush/content/notification';
import { SendPush } from '../../nodes/SendPush/SendPush.node';
import { LenientJson } from '../../nodes/shared/lenientJson';
import { WorkflowTimes } from '../../nodes/shared/times';
import * as engine from '../../push';
import { CHANNEL_TYPES } from '../../push/model';
import { ROOT } from './setup';

const { description, methods } = new SendPush();
const credentials = [
	new ApnsKeyApi(),
	new ApnsCertificateApi(),
	new FcmServiceAccountApi(),
	new BaiduPushApi(),
	new AmazonDeviceMessagingApi(),
];

function isField(option: object): option is INodeProperties {
	return 'displayName' in option && 'default' in option;
}

/** A property and the fields of its collection. */
function withInner(property: INodeProperties): INodeProperties[] {
	return [property, ...(property.options ?? []).filter(isField)];
}

/** Names of what the editor shows for these parameters, fields of collections as `collection.field`. */
function shown(parameters: Record<string, string | boolean>): string[] {
	const values =
		NodeHelpers.getNodeParameters(
			description.properties,
			{ source: 'direct', ...parameters },
			true,
			false,
			null,
			description,
		) ?? {};
	return description.properties
		.filter((property) => NodeHelpers.displayParameter(values, property, null, description))
		.flatMap((property) => [
			property.name,
			...(property.options ?? [])
				.filter(isField)
				.filter((field) => NodeHelpers.displayParameter({}, field, null, description, values))
				.map((field) => `${property.name}.${field.name}`),
		]);
}

function selectable(parameters: Record<string, string | boolean>): string[] {
	const values =
		NodeHelpers.getNodeParameters(
			description.properties,
			{ source: 'direct', ...parameters },
			true,
			false,
			null,
			description,
		) ?? {};
	return (description.credentials ?? [])
		.filter((credential) => NodeHelpers.displayParameter(values, credential, null, description))
		.map(({ name }) => name);
}

describe('the description of Send Push', () => {
	it('has a name for each output and can be a tool', () => {
		expect(description.outputs).toContain('"Sent"');
		expect(description.outputs).toContain('"Failed"');
		expect(description.usableAsTool).toBe(true);
	});

	it('offers every channel the engine knows, and the one from a field', () => {
		const channel = description.properties.find(({ name }) => name === 'channel');
		const values = (channel?.options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
		expect([...values].sort()).toEqual([...CHANNEL_TYPES, 'fromField'].sort());
	});

	it('shows Apple what only Apple has', () => {
		const apple = shown({ channel: 'APNS' });
		expect(apple).toEqual(expect.arrayContaining(['apnsOptions', 'additionalFields.subtitle', 'authentication']));
		for (const channel of ['GCM', 'BAIDU', 'ADM']) {
			const others = shown({ channel });
			expect(others).not.toContain('apnsOptions');
			expect(others).not.toContain('additionalFields.subtitle');
			expect(others).not.toContain('additionalFields.threadId');
			expect(others).not.toContain('authentication');
		}
	});

	it.each([
		['APNS', 'apnsOptions'],
		['APNS_VOIP_SANDBOX', 'apnsOptions'],
		['GCM', 'fcmOptions'],
		['BAIDU', 'baiduOptions'],
		['ADM', 'admOptions'],
	])('%s shows %s and no other channel’s options', (channel, own) => {
		const names = shown({ channel }).filter((name) => /^(apns|fcm|baidu|adm)Options$/.test(name));
		expect(names).toEqual([own]);
	});

	it('shows the fields of all channels when each item names its own', () => {
		expect(shown({ channel: 'fromField' })).toEqual(
			expect.arrayContaining(['channelField', 'apnsOptions', 'fcmOptions', 'baiduOptions', 'admOptions']),
		);
	});

	it('hides from VoIP what a call does not have', () => {
		const voip = shown({ channel: 'APNS_VOIP' });
		for (const name of ['sound', 'silent', 'action', 'additionalFields.badge', 'additionalFields.category']) {
			expect(voip).not.toContain(name);
		}
		expect(voip).toEqual(
			expect.arrayContaining(['voipNotice', 'dataMode', 'additionalFields.collapseId', 'additionalFields.timeToLive']),
		);
	});

	it('puts a raw payload in the place of the content, and keeps the headers', () => {
		const raw = shown({ channel: 'APNS', rawPayload: true });
		expect(raw).toEqual(expect.arrayContaining(['apnsPayload', 'additionalFields.collapseId', 'apnsOptions.topic']));
		for (const name of ['title', 'body', 'data', 'dataMode', 'sound', 'silent', 'fcmPayload']) {
			expect(raw).not.toContain(name);
		}
		expect(raw).not.toContain('additionalFields.badge');
	});

	it('leaves a silent push nothing but its data', () => {
		const silent = shown({ channel: 'APNS', silent: true });
		expect(silent).toEqual(expect.arrayContaining(['dataMode', 'silentNotice']));
		for (const name of ['title', 'body', 'sound', 'action', 'additionalFields.badge'])
			expect(silent).not.toContain(name);
	});

	it('asks for a campaign in the order people think: whom it is for, to whom, what, when', () => {
		const campaign = { resource: 'campaign', operation: 'start', source: 'application' };
		const order = shown(campaign).filter((name) => !name.includes('.'));
		const wanted = ['application', 'campaignKey', 'channel', 'recipientsFrom', 'addressColumn', 'title', 'body'];
		const last = ['additionalFields', 'fcmOptions', 'campaignSettings', 'failures'];
		expect(order.filter((name) => [...wanted, ...last].includes(name))).toEqual([...wanted, ...last]);
		for (const name of ['recipientSource', 'recipientField', 'options', 'source']) expect(order).not.toContain(name);
	});

	it('offers a campaign only the settings that apply', () => {
		const campaign = { resource: 'campaign', operation: 'start', source: 'application' };
		const ofFiles = ['campaignSettings.delimiter', 'campaignSettings.fileType'];
		expect(shown(campaign)).toEqual(expect.arrayContaining(ofFiles));
		const fromQuery = shown({ ...campaign, recipientsFrom: 'postgres' });
		for (const name of ofFiles) expect(fromQuery).not.toContain(name);
		expect(fromQuery).toEqual(expect.arrayContaining(['query', 'campaignSettings.startAt']));
	});

	it('lets the model name the recipient when an AI agent uses it as a tool', () => {
		const tool = { ...description, name: 'sendPushTool' };
		const [node, asTool] = [description, tool].map((type) =>
			NodeHelpers.getNodeParameters(type.properties, {}, true, false, null, type),
		);
		expect(node?.recipientSource).toBe('field');
		expect(asTool).toMatchObject({ recipientSource: 'expression', recipient: '' });
		expect(asTool).not.toHaveProperty('recipientField');
	});

	it('shows Send Message Request its request, the options it has, and every credential', () => {
		const names = shown({ operation: 'sendMessageRequest' });
		expect(names).toEqual(expect.arrayContaining(['messageRequest', 'options.style', 'options.maximumWait']));
		expect(names).not.toContain('title');
		expect(names).not.toContain('channel');
		expect(names).not.toContain('options.results');
		expect(selectable({ operation: 'sendMessageRequest' })).toEqual(credentials.map(({ name }) => name));
	});

	it.each([
		[{ channel: 'APNS' }, ['apnsKeyApi']],
		[{ channel: 'APNS_VOIP', authentication: 'certificate' }, ['apnsCertificateApi']],
		[{ channel: 'GCM' }, ['fcmServiceAccountApi']],
		[{ channel: 'BAIDU' }, ['baiduPushApi']],
		[{ channel: 'ADM' }, ['amazonDeviceMessagingApi']],
		[{ channel: 'fromField' }, credentials.map(({ name }) => name)],
	])('%p can select %p', (parameters, names) => {
		expect(selectable(parameters)).toEqual(names);
	});

	it('has no parameter that looks like a secret to n8n', () => {
		const names = description.properties.flatMap(withInner).map(({ name }) => name);
		expect(names.filter((name) => /token|secret|password|apikey/i.test(name))).toEqual([]);
	});

	it('every field of the channels’ options ends up in the notification', () => {
		const example = (field: INodeProperties) => {
			if (field.type === 'options') return field.default;
			if (field.type === 'json') return '{"a":1}';
			if (field.type === 'dateTime') return '2027-01-10T09:00:00';
			if (field.name === 'vibrateTimings') return '1';
			if (field.type === 'number' || field.type === 'boolean') return field.default;
			return field.typeOptions?.multipleValues ? ['x'] : 'x';
		};
		const json = new LenientJson(engine);
		const times = new WorkflowTimes(engine, { getTimezone: () => 'Europe/Berlin' });
		for (const [collection, part] of Object.entries({
			apnsOptions: 'apns',
			fcmOptions: 'fcm',
			baiduOptions: 'baidu',
			admOptions: 'adm',
		} as const)) {
			const fields = description.properties.find(({ name }) => name === collection)?.options?.filter(isField) ?? [];
			const filled = Object.fromEntries(fields.map((field) => [field.name, example(field)]));
			const extras = Object.entries(toNotification({ [collection]: filled }, json, times)[part] ?? {});
			const names = extras.filter(([, value]) => value !== undefined).map(([name]) => name);
			expect(names.sort()).toEqual(fields.map(({ name }) => name).sort());
			expect(names.length).toBeGreaterThan(5);
		}
	});
});

describe('the credentials', () => {
	it('each have a Test button that exists', () => {
		for (const { name } of credentials) {
			const testedBy = description.credentials?.find((entry) => entry.name === name)?.testedBy;
			expect(Object.keys(methods.credentialTest)).toContain(testedBy);
		}
	});

	it.each([
		...credentials.map(({ name, icon }) => ({ name, icon, from: 'credentials' })),
		{ name: 'sendPush', icon: description.icon, from: 'nodes/SendPush' },
	])('$name has an icon for light and dark', ({ icon, from }) => {
		if (typeof icon !== 'object') throw new Error('The icon has no themes');
		expect(icon.light).not.toBe(icon.dark);
		for (const file of [icon.light, icon.dark]) {
			const path = join(ROOT, from, file.replace('file:', ''));
			expect(existsSync(path)).toBe(true);
			expect(readFileSync(path, 'utf8')).toMatch(/^<svg [^>]*viewBox="0 0 24 24"/);
			expect(dirname(path)).toBe(join(ROOT, 'icons'));
		}
	});

	it('lead to a chapter of the documentation that exists', () => {
		const page = readFileSync(join(ROOT, 'docs', 'credentials.md'), 'utf8');
		const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
			title
				.toLowerCase()
				.replace(/[^\w\s-]/g, '')
				.trim()
				.replace(/\s/g, '-'),
		);
		for (const { documentationUrl } of credentials) expect(anchors).toContain(documentationUrl.split('#')[1]);
	});

	it('hide their secrets and take several lines where files are pasted', () => {
		const secret =
			/secretKey|clientSecret|apiKey|privateKey|pkcs12|password|passphrase|certificate|serviceAccountJson|proxyUrl/;
		for (const { properties } of credentials) {
			for (const { name, typeOptions } of properties) {
				expect(typeOptions?.password === true).toBe(secret.test(name));
				if (/privateKey|pkcs12|certificate|serviceAccountJson|^ca$/.test(name)) {
					expect(typeOptions?.rows ?? 1).toBeGreaterThan(1);
				}
			}
		}
	});

	it('all have the Advanced part', () => {
		for (const { properties } of credentials) {
			const names = properties.map(({ name }) => name);
			expect(names).toEqual(expect.arrayContaining(['advanced', 'endpoint', 'ca', 'proxyUrl']));
		}
	});
});
