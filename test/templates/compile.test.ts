import { compileTemplateMessage, readTemplateContent } from '../../push/messages';
import type { OnMissing } from '../../push/messages';
import type { Substitutions, TemplateContent } from '../../push/model';
import { compileTemplate } from '../../push/templates/compile';
import { jsonOf, recipient, refusalOf } from '../messages/content';

const NOW = Date.UTC(2026, 0, 31, 13, 5, 9);

async function messageOf(content: TemplateContent, onMissing?: OnMissing) {
	const template = await compileTemplate({ name: 't', version: 1, content: readTemplateContent(content) });
	return compileTemplateMessage({
		template,
		style: 'native',
		clock: { now: () => NOW },
		...(onMissing ? { onMissing } : {}),
	});
}

async function bodyOf(Body: string, substitutions: Substitutions = {}, onMissing?: OnMissing): Promise<unknown> {
	const message = await messageOf({ Default: { Body } }, onMissing);
	const rendered = message.render(recipient('APNS', { substitutions }));
	return Reflect.get(Reflect.get(Reflect.get(Object(jsonOf(rendered)), 'aps'), 'alert'), 'body');
}

async function refusedBody(Body: string, substitutions: Substitutions = {}) {
	return refusalOf((await messageOf({ Default: { Body } })).render(recipient('APNS', { substitutions })));
}

const values = {
	name: ['ann'],
	Likes: ['tea', 'rum', 'pie'],
	count: ['3'],
	vip: ['false'],
	html: ['<b>Tom & "Jerry"</b>'],
	items: ['[{"title":"Tea","price":2},{"title":"Pie","price":3.5}]'],
	'User.UserAttributes.City': ['Rome'],
};

describe('the texts of a template', () => {
	test.each([
		['Hi {{name}}', 'Hi ann'],
		['{{Likes.[1]}} {{Likes.0}} {{Likes}}', 'rum tea tea'],
		['{{User.UserAttributes.City}}', 'Rome'],
		['{{nick | "friend"}}', 'friend'],
		['{{nick | "friend"}} {{upper name}}', 'friend ANN'],
		['{{#if vip}}yes{{else}}no{{/if}}', 'no'],
		['{{#if name}}yes{{/if}}{{#if nick}}no{{/if}}', 'yes'],
		['{{#if vip}}a{{else if name}}b{{else}}c{{/if}}', 'b'],
		['{{#unless nick}}none{{/unless}}', 'none'],
		['{{#if (and name (gt count 2))}}many{{/if}}', 'many'],
		['{{#if (or nick (not vip))}}x{{/if}}', 'x'],
		['{{#eq name "ann"}}it is{{else}}no{{/eq}}', 'it is'],
		['{{#if (neq count 3)}}a{{else}}b{{/if}}', 'b'],
		['{{#if (lt count 10)}}a{{/if}}{{#if (lte count 3)}}b{{/if}}{{#if (gte count 3)}}c{{/if}}', 'abc'],
		['{{#each Likes}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}', '0tea, 1rum, 2pie'],
		['{{#each items}}{{title}} {{price}} {{name}};{{/each}}', 'Tea 2 ann;Pie 3.5 ann;'],
		['{{#each nothing}}a{{else}}empty{{/each}}', 'empty'],
		['{{! a comment }}{{{html}}} {{html}}', '<b>Tom & "Jerry"</b> <b>Tom & "Jerry"</b>'],
		['{{stripTags html}}', 'Tom & "Jerry"'],
		['{{capitalizeFirst name}} {{abbreviate "abcdef" 4}} {{replace name "n" "m"}}', 'Ann abc… amm'],
		[
			'{{substring "abcdef" 1 3}}|{{rjust name size=5}}|{{ljust name size=5 pad="."}}|{{center name size=5}}',
			'bc|  ann|ann..| ann ',
		],
		['{{join Likes " + "}} {{length Likes}} {{slugify "Über Größe 2"}}', 'tea + rum + pie 3 uber-große-2'],
		['{{add count 2}} {{divide count 2}} {{multiply 0.1 3}} {{round 2.5}}', '5 1.5 0.3 3'],
		[
			'{{numberFormat 1234.5 minimumFractionDigits=2}} {{numberFormat 3 currency="EUR" locale="de_DE"}}',
			'1,234.50 3,00\u00a0€',
		],
		['{{yesno vip yes="ja" no="nein"}} {{default nick "you"}} {{lower "ABC"}}', 'nein you abc'],
		['{{dateFormat "2026-03-01T10:00:00Z" "EEE, d MMM yyyy HH:mm" tz="Europe/Berlin"}}', 'Sun, 1 Mar 2026 11:00'],
		[
			'{{dateFormat "1767225600" "yyyy-MM-dd"}} {{now "h:mm a"}} {{now format="full"}}',
			'2026-01-01 1:05 PM Saturday, January 31, 2026',
		],
		['\\{{name}} {{upper name}}', '{{name}} ANN'],
	])('%s', async (text, expected) => {
		expect(await bodyOf(text, values)).toBe(expected);
	});

	test('a default value of the template comes after the recipient’s', async () => {
		const message = await messageOf({
			Default: { Body: '{{name}} {{User.City}} {{upper name}} {{#each Likes}}{{this}}{{/each}}' },
			DefaultSubstitutions: '{"name":"friend","User":{"City":"Oslo"},"Likes":["a","b"],"count":3}',
		});
		const bodyFor = (substitutions?: Substitutions) =>
			Reflect.get(Object(jsonOf(message.render(recipient('APNS', { substitutions })))), 'aps');
		expect(bodyFor()).toEqual({ alert: { body: 'friend Oslo FRIEND ab' } });
		expect(bodyFor({ name: ['Ann'] })).toEqual({ alert: { body: 'Ann Oslo ANN ab' } });
	});

	test('the address and the channel are known of every recipient, unless it brings values of these names', async () => {
		const message = await messageOf({
			Default: { Body: '{{ChannelType}} {{Address}} {{lower ChannelType}}' },
			DefaultSubstitutions: '{"Address":"never"}',
		});
		const bodyFor = (address: string, substitutions?: Substitutions) =>
			Object(jsonOf(message.render(recipient('APNS', { address, substitutions }))).aps).alert.body;
		expect(bodyFor('a1')).toBe('APNS a1 apns');
		expect(bodyFor('b2')).toBe('APNS b2 apns');
		expect(bodyFor('b2', { Address: ['elsewhere'] })).toBe('APNS elsewhere apns');
	});

	test.each(['{{upper nick}}', '{{nick}} {{upper name}}', '{{#if name}}{{nick}}{{/if}}', '{{add nick 1}}'])(
		'a missing value fails the recipient by default: %s',
		async (text) => {
			expect(await refusedBody(text, values)).toMatchObject({ reason: 'MissingSubstitution', statusCode: 400 });
			expect(await bodyOf(`${text}!`, values, 'empty')).toContain('!');
			expect(await bodyOf(text, values, 'keep')).toMatch(/\{\{nick\}\}|\{\{NICK\}\}/);
		},
	);

	test('raw content takes helpers inside its strings, and stays JSON whatever the value', async () => {
		const RawContent =
			'{"aps":{"alert":{"body":"{{#if (eq name \\"ann\\")}}Hi {{upper name}}{{/if}} {{q}}"},"badge":1},"k":"{{name}}"}';
		const message = await messageOf({ APNS: { RawContent } });
		const q = '"}],\\ \n \u2028';
		expect(jsonOf(message.render(recipient('APNS', { substitutions: { name: ['ann'], q: [q] } })))).toEqual({
			aps: { alert: { body: `Hi ANN ${q}` }, badge: 1 },
			k: 'ann',
		});
	});

	test.each([
		['{{#if a}}', 'line 1'],
		['{{foo a}}', 'no helper "foo"'],
		['{{#foo}}x{{/foo}}', 'no helper "foo"'],
		['{{> other}}', 'parts of other templates'],
		['{{* deco}}', 'decorators'],
		['{{#each a as |b|}}{{b}}{{/each}}', 'as |name|'],
		['{{lookup this "constructor"}}', 'no helper "lookup"'],
		['{{log "x"}}', 'no helper "log"'],
	])('%s is refused with the place and the reason', async (Body, words) => {
		await expect(messageOf({ GCM: { Body } })).rejects.toMatchObject({
			code: 'InvalidRequest',
			message: expect.stringMatching(/^GCM\.Body of the template/),
		});
		await expect(messageOf({ GCM: { Body } })).rejects.toThrow(words);
	});
});

describe('the sandbox', () => {
	test.each([
		'{{upper constructor}}',
		'{{upper __proto__}}',
		'{{#each items}}{{constructor.name}}{{toString}}{{__proto__.x}}{{/each}}',
		'{{upper name.constructor}}',
		'{{upper name.length}}',
		'{{upper Likes.length}}',
		'{{upper @root.constructor}}',
	])('%s finds nothing', async (text) => {
		const found = await bodyOf(`{{upper name}} ${text}.`, values, 'empty');
		expect(found).toMatch(/^ANN *\.$/);
	});

	test('an each stops after fifteen entries', async () => {
		const many = { list: Array.from({ length: 40 }, (_, n) => `${n}`) };
		expect(await bodyOf('{{#each list}}{{this}} {{/each}}', many)).toBe(
			Array.from({ length: 15 }, (_, n) => `${n} `).join(''),
		);
	});

	test('a text that multiplies itself fails that recipient instead of taking all memory', async () => {
		const each = '{{#each list}}';
		const text = `${each.repeat(8)}{{this}}${'{{/each}}'.repeat(8)}`;
		const list = Array.from({ length: 15 }, () => 'x'.repeat(100));
		expect(await refusedBody(text, { list })).toMatchObject({ reason: 'TemplateFailed' });
		expect(await bodyOf(text, { list: ['a'] })).toBe('a');
	});

	test('no size a helper is given makes a long text', async () => {
		expect(
			await bodyOf('{{length (rjust "a" size=1000000000000000)}}{{substring (rjust "a" size=1000000000000000) 999}}'),
		).toBe('1a');
	});
});
