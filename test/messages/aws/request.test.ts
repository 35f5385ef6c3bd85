import { compileMessageRequest, MAX_ADDRESSES } from '../../../push/messages';
import { PushError } from '../../../push/model';

const MessageConfiguration = { DefaultMessage: { Body: 'b' } };
const compile = (request: unknown) => compileMessageRequest(request, { style: 'aws' });

function addresses(count: number, ChannelType = 'GCM') {
	return Object.fromEntries(Array.from({ length: count }, (_, index) => [`token-${index}`, { ChannelType }]));
}

describe('a whole request is refused', () => {
	test.each<[string, unknown, RegExp]>([
		['that is no object', 'text', /not a JSON object/],
		['that is a list', [], /not a JSON object/],
		['that is null', null, /not a JSON object/],
		['without recipients', { MessageConfiguration }, /no recipients/],
		['with an empty map of them', { Addresses: {}, MessageConfiguration }, /no recipients/],
		['with more than 100', { Addresses: addresses(101), MessageConfiguration }, /101 addresses; at most 100/],
		[
			'with a channel nobody knows',
			{ Addresses: addresses(1, 'PIGEON'), MessageConfiguration },
			/unknown ChannelType: "PIGEON"/,
		],
		[
			'with a channel that is no push',
			{ Addresses: addresses(1, 'SMS'), MessageConfiguration },
			/"SMS" is not a push channel/,
		],
		['without a channel', { Addresses: { t: {} }, MessageConfiguration }, /has no ChannelType/],
		['without content', { Addresses: addresses(1) }, /no MessageConfiguration/],
		['with endpoints', { Endpoints: { e: {} }, MessageConfiguration }, /no device registry/],
		[
			'with a push template',
			{ Addresses: addresses(1), TemplateConfiguration: { PushTemplate: { Name: 'n' } } },
			/templates belong to a Push Store/,
		],
		[
			'with a badge in quotes',
			{ Addresses: addresses(1), MessageConfiguration: { APNSMessage: { Badge: '1' } } },
			/MessageConfiguration\.APNSMessage\.Badge must be a (whole )?number/,
		],
		[
			'with half a second',
			{ Addresses: addresses(1), MessageConfiguration: { GCMMessage: { TimeToLive: 1.5 } } },
			/TimeToLive must be a whole number/,
		],
		[
			'with a truth in quotes',
			{ Addresses: addresses(1), MessageConfiguration: { GCMMessage: { SilentPush: 'true' } } },
			/SilentPush must be true or false/,
		],
		[
			'with an unknown action',
			{ Addresses: addresses(1), MessageConfiguration: { GCMMessage: { Action: 'JUMP' } } },
			/Action must be one of OPEN_APP, DEEP_LINK, URL/,
		],
		[
			'with data that is no text',
			{ Addresses: addresses(1), MessageConfiguration: { GCMMessage: { Data: { k: 1 } } } },
			/Data\.k must be a string/,
		],
		[
			'with substitutions that are no lists',
			{ Addresses: { t: { ChannelType: 'GCM', Substitutions: { a: 'x' } } }, MessageConfiguration },
			/Substitutions\.a must be a list of strings/,
		],
		[
			'with a message that is a text',
			{ Addresses: addresses(1), MessageConfiguration: { GCMMessage: 'hi' } },
			/GCMMessage must be an object/,
		],
	])('%s', (_what, request, sentence) => {
		expect(() => compile(request)).toThrow(sentence);
		expect(() => compile(request)).toThrow(
			expect.objectContaining({ code: 'InvalidRequest', hint: expect.stringMatching(/\S/) }),
		);
		expect(() => compile(request)).toThrow(PushError);
	});
});

describe('the recipients of a request', () => {
	test('are the addresses in their order, exactly as written', () => {
		const { recipients, refusals, traceId } = compile({
			Addresses: {
				' b ': {
					ChannelType: 'fcm',
					TitleOverride: 't',
					BodyOverride: 'b',
					Substitutions: { s: ['1'] },
					Context: { c: '1' },
				},
				a: { ChannelType: 'apns_voip_sandbox', RawContent: '{}' },
			},
			MessageConfiguration,
			TraceId: 'trace',
		});
		expect(recipients).toEqual([
			{
				ref: 0,
				address: ' b ',
				channelType: 'GCM',
				titleOverride: 't',
				bodyOverride: 'b',
				substitutions: { s: ['1'] },
				context: { c: '1' },
			},
			{ ref: 1, address: 'a', channelType: 'APNS_VOIP_SANDBOX', rawContent: '{}' },
		]);
		expect([refusals, traceId]).toEqual([[], 'trace']);
	});

	test('may be 100', () => {
		expect(compile({ Addresses: addresses(MAX_ADDRESSES), MessageConfiguration }).recipients).toHaveLength(100);
	});

	test('that are the same Apple device get the message once', () => {
		const { recipients, refusals } = compile({
			Addresses: {
				ABCD: { ChannelType: 'APNS' },
				'<ab cd>': { ChannelType: 'APNS' },
				abcd: { ChannelType: 'APNS_SANDBOX' },
			},
			MessageConfiguration,
		});
		expect(recipients.map(({ address }) => address)).toEqual(['ABCD', 'abcd']);
		expect(refusals).toEqual([
			expect.objectContaining({
				ref: 1,
				address: '<ab cd>',
				deliveryStatus: 'DUPLICATE',
				statusCode: 200,
				attempts: 0,
			}),
		]);
	});

	test('of Google differ by case', () => {
		const Addresses = { a: { ChannelType: 'GCM' }, A: { ChannelType: 'GCM' }, ' a': { ChannelType: 'GCM' } };
		const { recipients, refusals } = compile({ Addresses, MessageConfiguration });
		expect(recipients.map(({ address }) => address)).toEqual(['a', 'A']);
		expect(refusals.map(({ address }) => address)).toEqual([' a']);
	});

	test('without an address are refused one by one', () => {
		const { recipients, refusals } = compile({
			Addresses: { '': { ChannelType: 'GCM' }, a: { ChannelType: 'GCM' } },
			MessageConfiguration,
		});
		expect(recipients).toHaveLength(1);
		expect(refusals).toEqual([
			expect.objectContaining({ ref: 0, deliveryStatus: 'PERMANENT_FAILURE', statusCode: 400 }),
		]);
	});
});
