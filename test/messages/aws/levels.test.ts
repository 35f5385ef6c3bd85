import { compileMessageRequest, type CompiledTemplate, readTemplateContent } from '../../../push/messages';
import { compileTemplate } from '../../../push/templates';
import { jsonOf } from '../content';

/** AWS's order, the strongest first (aws-push-api.md 3.3). */
const LEVELS = ['address', 'message', 'template part', 'template default', 'default push', 'default message'] as const;

type Level = (typeof LEVELS)[number];

/** Which member a level can say; an address overrides only the texts. */
const SAYS: Readonly<Record<Level, readonly string[]>> = {
	address: ['Title', 'Body'],
	message: ['Title', 'Body', 'Url', 'Action', 'Data', 'SilentPush'],
	'template part': ['Title', 'Body', 'Url', 'Action'],
	'template default': ['Title', 'Body', 'Url', 'Action'],
	'default push': ['Title', 'Body', 'Url', 'Action', 'Data', 'SilentPush'],
	'default message': ['Body'],
};

/** What the level says for the member, told apart by the level's name. */
function said(level: Level, member: string): unknown {
	if (member === 'Action') return level === 'message' || level === 'template default' ? 'DEEP_LINK' : 'URL';
	if (member === 'Data') return { from: level };
	if (member === 'SilentPush') return level === 'message';
	return `https://${level.replace(' ', '-')}/${member}`;
}

const members = (level: Level, spoken: readonly Level[], member: string) =>
	spoken.includes(level) ? { [member]: said(level, member) } : {};

async function templateOf(spoken: readonly Level[], member: string): Promise<CompiledTemplate> {
	const url = member === 'Action' ? { Url: 'https://target' } : member === 'Url' ? { Action: 'URL' } : {};
	const part = members('template part', spoken, member);
	const base = members('template default', spoken, member);
	const content = readTemplateContent({
		GCM: Object.keys(part).length > 0 ? { ...url, ...part } : {},
		Default: { Sound: 's', ...(Object.keys(base).length > 0 ? { ...url, ...base } : {}) },
	});
	return await compileTemplate({ name: 't', version: 1, content });
}

/** The message's data for GCM in AWS's style, with the given levels all saying the member. */
async function dataWith(spoken: readonly Level[], member: string): Promise<Record<string, unknown>> {
	const { Title, Body } = Object(members('address', spoken, member));
	const texts = { ...(Title ? { TitleOverride: Title } : {}), ...(Body ? { BodyOverride: Body } : {}) };
	const request = {
		Addresses: { token: { ChannelType: 'GCM', ...texts } },
		MessageConfiguration: {
			GCMMessage: {
				// Something to show, whatever the levels leave out.
				ImageUrl: 'https://picture',
				...(member === 'Url' ? { Action: 'URL' } : {}),
				...(member === 'Action' ? { Url: 'https://target' } : {}),
				...members('message', spoken, member),
			},
			DefaultPushNotificationMessage: members('default push', spoken, member),
			DefaultMessage: members('default message', spoken, member),
		},
	};
	const { message, recipients } = compileMessageRequest(request, {
		style: 'aws',
		template: await templateOf(spoken, member),
	});
	const [recipient] = recipients;
	if (!recipient) throw new Error('no recipient');
	return Object(jsonOf(message.render(recipient)).data);
}

const ON_THE_WIRE: Readonly<Record<string, (data: Record<string, unknown>) => unknown>> = {
	Title: (data) => data['pinpoint.notification.title'],
	Body: (data) => data['pinpoint.notification.body'],
	Url: (data) => data['pinpoint.url'],
	Action: (data) => ('pinpoint.deeplink' in data ? 'DEEP_LINK' : 'URL'),
	Data: (data) => JSON.parse(String(data['pinpoint.jsonBody'])),
	SilentPush: (data) => data['pinpoint.notification.silentPush'] === '1',
};

describe.each(Object.entries(ON_THE_WIRE))('who says %s', (member, onTheWire) => {
	const speakers = LEVELS.filter((level) => SAYS[level].includes(member));

	test.each(speakers.map((level, index) => [level, speakers.slice(index)] as const))(
		'%s wins over all below it',
		async (strongest, spoken) => {
			expect(onTheWire(await dataWith(spoken, member))).toEqual(said(strongest, member));
		},
	);
});

describe('raw content of a template', () => {
	const raw = JSON.stringify({ notification: { title: 'raw {{who}}' } });

	async function sentTo(address: object, own: object = {}) {
		const template = await compileTemplate({
			name: 't',
			version: 1,
			content: { Default: { Title: 'title', Body: 'body' }, GCM: { RawContent: raw } },
		});
		const { message, recipients } = compileMessageRequest(
			{
				Addresses: { token: { ChannelType: 'GCM', Substitutions: { who: ['Ann'] }, ...address } },
				MessageConfiguration: { GCMMessage: own },
			},
			{ style: 'native', template },
		);
		return recipients.map((recipient) => jsonOf(message.render(recipient)).notification);
	}

	test('takes the place of its texts', async () => {
		expect(await sentTo({})).toEqual([{ title: 'raw Ann' }]);
	});

	test.each([
		['the address’s own text', { BodyOverride: 'own' }, {}, { title: 'title', body: 'own' }],
		['a text of the request', {}, { Title: 'request' }, { title: 'request', body: 'body' }],
		['raw content of the request', {}, { RawContent: '{"notification":{"title":"r"}}' }, { title: 'r' }],
	])('gives way to %s', async (_what, address, own, expected) => {
		expect(await sentTo(address, own)).toEqual([expected]);
	});

	test('of the request stays, whatever the address overrides', async () => {
		const own = { RawContent: '{"notification":{"title":"r"}}' };
		expect(await sentTo({ BodyOverride: 'own' }, own)).toEqual([{ title: 'r' }]);
	});
});
