import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

import { at } from '../../scripts/fullN8n';
import { readPolicy } from '../../push/applications/access';
import { compileTemplateMessage, readTemplateContent } from '../../push/messages';
import { isAllowed } from '../../push/security/accessPolicy';
import { compileTemplate } from '../../push/templates';
import { CHANNEL_TYPES } from '../../push/model';
import { exampleWorkflow } from '../full-n8n/harness';
import { jsonOf, recipient } from '../messages/content';
import { push, type Surroundings, surroundings } from '../nodes/setup';
import { describePostgres, postgresPlace } from '../store/stores';
import { blocksOf } from './pages';

/** The JSON of a page's blocks. @throws SyntaxError */
function jsonIn(page: string): unknown[] {
	return blocksOf(page, 'json').map(({ text }) => JSON.parse(text));
}

test('the policy of docs/applications.md lets a team send, and keeps it away from one application', () => {
	const [policy] = jsonIn('docs/applications.md');
	const ask = (action: string, resource: string, team: string) =>
		isAllowed(readPolicy(policy), { action: `mobiletargeting:${action}`, resource, tags: { team } });
	expect(ask('SendMessages', 'apps/a1/messages', 'mobile')).toBe(true);
	expect(ask('GetApp', 'apps/a1', 'mobile')).toBe(true);
	expect(ask('SendMessages', 'apps/a1/messages', 'web')).toBe(false);
	expect(ask('DeleteApp', 'apps/a1', 'mobile')).toBe(false);
	expect(ask('SendMessages', 'apps/0123456789abcdef0123456789abcdef/messages', 'mobile')).toBe(false);
});

describe('the template of docs/messages.md', () => {
	const [{ text }] = blocksOf('docs/messages.md', '');

	async function filledIn(values: Readonly<Record<string, string[]>>): Promise<unknown> {
		const content = readTemplateContent({ Default: { Body: text } });
		const template = await compileTemplate({ name: 't', version: 1, content });
		const message = compileTemplateMessage({ template, style: 'native', clock: { now: () => 0 } });
		return at(jsonOf(message.render(recipient('APNS', { substitutions: values }))), 'aps', 'alert', 'body');
	}

	const order = {
		'order.id': ['A-7'],
		items: ['[{"title":"Tea"},{"title":"Pie"}]'],
		due: ['2026-06-01T12:30:00Z'],
	};

	test('greets whoever is dear by name', async () => {
		expect(await filledIn({ ...order, vip: ['true'], name: ['ann'] })).toBe(
			'Dear Ann, order A-7 has\nTea, Pie. It arrives Monday, 2:30 PM.',
		);
	});

	test('greets a friend whose name nobody knows', async () => {
		expect(await filledIn({ ...order, vip: ['false'] })).toContain('Hi friend, order A-7');
	});
});

describe('in n8n', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	afterAll(async () => await around.close());

	test('the request of docs/migrating-from-pinpoint.md is answered, its text filled in', async () => {
		const [, request] = jsonIn('docs/migrating-from-pinpoint.md');
		const device = around.simulators.fcm.goodAddress(1);
		const messageRequest = JSON.stringify(request).replace('device token', device);
		const { sent } = await push(around, {
			parameters: { operation: 'sendMessageRequest', messageRequest, options: {} },
		});
		expect(at(sent[0]?.json, 'Result', device)).toMatchObject({ DeliveryStatus: 'SUCCESSFUL' });
		const { body } = around.simulators.fcm.arrivals.find(({ address }) => address === device) ?? {};
		expect(JSON.parse(body ?? '')).toMatchObject({
			message: { data: { 'pinpoint.notification.title': 'Hello friend' } },
		});
	});

	test('the result of docs/send-push.md is what comes out for a device that is gone', async () => {
		const [shown] = jsonIn('docs/send-push.md');
		const device = around.simulators.apns.production.addressFor('Unregistered', 1);
		const { failed } = await push(around, {
			parameters: { channel: 'APNS', recipientSource: 'list', recipientList: device, title: 'Hello', options: {} },
			select: ['apnsKeyApi'],
		});
		const json = { ...failed[0]?.json };
		expect(Object.keys(json).sort()).toEqual(Object.keys({ ...Object(shown) }).sort());
		const own = ['address', 'messageId', 'invalidSince', 'latencyMs', 'sentAt'];
		const stable = Object.entries({ ...Object(shown) }).filter(([key]) => !own.includes(key));
		expect(json).toMatchObject(Object.fromEntries(stable));
	});

	test('the devices of docs/getting-started.md are a good one and one that is gone', async () => {
		const [{ text }] = blocksOf('docs/getting-started.md', 'text');
		const { sent, failed } = await push(around, {
			parameters: { channel: 'GCM', recipientSource: 'list', recipientList: text, title: 'Hello', options: {} },
			select: ['fcmServiceAccountApi'],
		});
		expect(sent.map(({ json }) => json.address)).toEqual([text.split('\n')[0]]);
		expect(failed.map(({ json }) => [json.address, json.tokenAction])).toEqual([[text.split('\n')[1], 'remove']]);
	});
});

test("Pinpoint's endpoint in docs/migrating-from-pinpoint.md names a channel of ours", () => {
	const [endpoint] = jsonIn('docs/migrating-from-pinpoint.md');
	expect(CHANNEL_TYPES).toContain(at(endpoint, 'ChannelType'));
	expect(Object.keys({ ...Object(endpoint) })).toEqual(expect.arrayContaining(['Address', 'OptOut', 'User']));
});

describePostgres('the table of docs/receive.md', () => {
	const { options } = postgresPlace();
	const client = new Client(options);

	beforeAll(async () => {
		await client.connect();
		const schema = `docs_${randomBytes(6).toString('hex')}`;
		await client.query(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}`);
	});

	afterAll(async () => {
		const { rows } = await client.query<{ name: string }>('SELECT current_schema() AS name');
		await client.query(`DROP SCHEMA ${rows[0]?.name} CASCADE`);
		await client.end();
	});

	test('takes what the app sends, a device once, and is what the campaign from PostgreSQL reads', async () => {
		const [table, upsert] = blocksOf('docs/receive.md', 'sql');
		const [body] = jsonIn('docs/receive.md');
		await client.query(table.text);
		for (const user of [at(body, 'user'), '43']) {
			await client.query(upsert?.text ?? '', [at(body, 'address'), at(body, 'channel'), user]);
		}
		await client.query("UPDATE push_devices SET country = 'DE', first_name = 'Ann', time_zone = 'Europe/Berlin'");
		const { rows } = await client.query('SELECT device_token, user_id FROM push_devices');
		expect(rows).toEqual([{ device_token: at(body, 'address'), user_id: '43' }]);

		const nodes = Object.values(at(await exampleWorkflow('postgres-campaign'), 'nodes') ?? {});
		const campaign = at(
			nodes.find((node) => at(node, 'parameters', 'recipientsFrom') === 'postgres'),
			'parameters',
		);
		const found = await client.query(
			String(at(campaign, 'query')),
			JSON.parse(String(at(campaign, 'queryParameters'))),
		);
		expect(found.rows).toEqual([
			{ device_token: at(body, 'address'), channel: 'APNS', first_name: 'Ann', time_zone: 'Europe/Berlin' },
		]);
	});
});
