import * as fc from 'fast-check';
import { type IDataObject, NodeOperationError, UserError } from 'n8n-workflow';
import { addressesInList, itemField, substitutionsOf } from '../../../nodes/shared/itemField';
import { hideAddress, showAddress } from '../../../nodes/shared/addresses';
import { toChannelCredential } from '../../../nodes/shared/credentials';
import { toEgressFilter } from '../../../nodes/shared/egress';
import { toNodeError, toSentence, WorkflowMistake } from '../../../nodes/shared/errors';
import { jsonOf, numberOf, textsOf } from '../../../nodes/shared/parameters';
import { Summary } from '../../../nodes/shared/summary';
import { localRefusal } from '../../../nodes/shared/results';
import { PUSH_ERROR_CODES, PushError } from '../../../push/model';

const node = { id: '1', name: 'Push', type: 'x', typeVersion: 1, position: [0, 0], parameters: {} } satisfies object;

describe('errors', () => {
	const place: [number, number] = [0, 0];
	const inNode = { ...node, position: place };

	it.each(PUSH_ERROR_CODES)('%s keeps its sentence and hint, and loses its cause and stack', (code) => {
		const error = new PushError(code, 'It went wrong.', { hint: 'Do this.', cause: new Error('k3y-material') });
		const shown = toNodeError(inNode, error, 3);
		expect(shown).toBeInstanceOf(NodeOperationError);
		expect(shown).toMatchObject({ message: 'It went wrong.', description: 'Do this.', context: { itemIndex: 3 } });
		expect(shown.stack).toBe('NodeOperationError: It went wrong.');
		expect(JSON.stringify(shown)).not.toContain('k3y-material');
		expect(toSentence(error)).toBe('It went wrong. Do this.');
	});

	it.each([
		['InvalidCredential', 'credential-invalid'],
		['CredentialRefused', 'credential-invalid'],
		['InvalidMessage', 'configuration-invalid'],
		['Unreachable', 'temporarily-unavailable'],
	] as const)('%s is told to n8n as %s', (code, cause) => {
		expect(toNodeError(inNode, new PushError(code, 'No.')).failure).toEqual({ cause });
	});

	it('a sentence with the letters of a system error in it stays as it is', () => {
		const sentence = 'The gateway could not be found (ENOTFOUND). EPERM is not the reason.';
		expect(toNodeError(inNode, new PushError('Unreachable', sentence)).message).toBe(sentence);
	});

	it("n8n's own sentences are kept", () => {
		expect(toSentence(new UserError('The parameter is wrong', { description: 'Mend it.' }))).toBe(
			'The parameter is wrong Mend it.',
		);
	});

	it('anything else becomes a sentence that repeats nothing of it', () => {
		const error = new TypeError("Cannot read properties of undefined (reading 's3cret')");
		const shown = toNodeError(inNode, error);
		expect(shown.message).toBe('Something unexpected happened in this node (TypeError).');
		expect(JSON.stringify({ ...shown, stack: shown.stack })).not.toContain('s3cret');
		expect(shown.failure).toEqual({ cause: 'node-defect' });
	});

	it('what is an error of n8n already passes through', () => {
		const error = new NodeOperationError(inNode, 'As it is');
		expect(toNodeError(inNode, error)).toBe(error);
	});
});

describe('parameters', () => {
	it('JSON that cannot be read is a mistake that does not repeat the text', () => {
		const read = () => jsonOf({ data: '{"pass": "s3cret" oops' }, 'data', 'Data');
		expect(read).toThrow(WorkflowMistake);
		expect(read).toThrow(/^Data is not valid JSON/);
		expect(read).not.toThrow(/s3cret/);
	});

	it('numbers come as numbers or text; 0 is a number and empty is none', () => {
		expect([0, '0', '', undefined, null, 2.5].map((value) => numberOf({ value }, 'value', 'V'))).toEqual([
			0,
			0,
			undefined,
			undefined,
			undefined,
			2.5,
		]);
		expect(() => numberOf({ value: 'many' }, 'value', 'Badge')).toThrow('Badge is not a number.');
	});

	it('several texts come as a list or with commas', () => {
		expect(textsOf({ v: ['a', 'b, c'] }, 'v')).toEqual(['a', 'b, c']);
		expect(textsOf({ v: 'a, b,,' }, 'v')).toEqual(['a', 'b']);
		expect(textsOf({ v: '' }, 'v')).toBeUndefined();
	});
});

describe('addresses', () => {
	const address = fc.stringMatching(/^[A-Za-z0-9:_.-]{1,40}$/);

	it('a list reads the same by lines, by commas and as a JSON array', () => {
		fc.assert(
			fc.property(fc.array(address), fc.constantFrom('\n', '\r\n', ',', ', ', ' ; '), (addresses, separator) => {
				expect(addressesInList(addresses.join(separator))).toEqual(addresses);
				expect(addressesInList(JSON.stringify(addresses))).toEqual(addresses);
				expect(addressesInList(addresses)).toEqual(addresses);
			}),
		);
	});

	it('whatever is in an item, reading a field of it never throws', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (json, path) => {
				const item = JSON.parse(JSON.stringify(json));
				expect(() => itemField(item, path)).not.toThrow();
			}),
		);
	});

	it('a field whose very name holds a dot comes before a nested one', () => {
		expect(itemField({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
		expect(itemField({ a: { b: 2 } }, 'a.b')).toBe(2);
		expect(itemField({ a: [{ b: 3 }] }, 'a.0.b')).toBe(3);
		expect(itemField({ a: [{ b: 3 }] }, 'a.[0].b')).toBe(3);
		for (const path of ['a.[1]', 'a.', 'a.[]', 'a.b', 'a.length']) expect(itemField({ a: [1] }, path)).toBeUndefined();
		expect(itemField({}, 'constructor.name')).toBeUndefined();
	});

	it('substitutions hold what the item has, and nothing for what it has not', () => {
		expect(substitutionsOf({ a: 1, b: { c: 'x' }, n: null }, ['a', 'b.c', 'n', 'z'])).toEqual({
			a: ['1'],
			'b.c': ['x'],
		});
		expect(substitutionsOf({ a: 1 }, [])).toBeUndefined();
		// What a database node puts into its items, though n8n's types know only JSON.
		const row: IDataObject = Object.fromEntries([['at', new Date('2027-01-10T09:00:00Z')]]);
		expect(substitutionsOf(row, ['at'])).toEqual({ at: ['2027-01-10T09:00:00.000Z'] });
		expect(substitutionsOf({ a: ['x', 2, true, null], b: [{ c: 1 }], d: { e: [] } }, ['a', 'b', 'd', 'd.e'])).toEqual({
			a: ['x', '2', 'true', ''],
			b: ['[{"c":1}]'],
			d: ['{"e":[]}'],
			'd.e': [],
		});
	});

	it('shortened, neither the address nor a sentence about it shows it whole', () => {
		const long = fc.stringMatching(/^[a-f0-9]{20,80}$/);
		fc.assert(
			fc.property(long, fc.constantFrom('last6' as const, 'hash' as const), (device, form) => {
				expect(showAddress(device, form)).not.toContain(device);
				expect(hideAddress(`No device ${device} here`, device, form)).not.toContain(device);
				expect(hideAddress(`No device ${device} here`, device, 'full')).toContain(device);
			}),
		);
	});
});

describe('credentials', () => {
	it('Advanced fields count whenever they are filled', () => {
		const credential = toChannelCredential('baiduPushApi', {
			apiKey: ' key ',
			secretKey: 'secret',
			endpoint: 'https://gateway.example',
			ca: '',
		});
		expect(credential).toEqual({
			type: 'baidu',
			apiKey: 'key',
			secretKey: 'secret',
			connection: { endpoint: 'https://gateway.example' },
		});
	});

	it('without them there are no connection settings', () => {
		expect(
			toChannelCredential('amazonDeviceMessagingApi', { clientId: 'a', clientSecret: 'b' }).connection,
		).toBeUndefined();
	});

	it('a certificate takes the fields of its format only', () => {
		const fields = { pkcs12: 'p12', password: 'one', certificate: 'pem', privateKey: 'key', passphrase: 'two' };
		expect(toChannelCredential('apnsCertificateApi', { ...fields, format: 'pkcs12' })).toEqual({
			type: 'apnsCertificate',
			pkcs12: 'p12',
			passphrase: 'one',
		});
		expect(toChannelCredential('apnsCertificateApi', { ...fields, format: 'pem' })).toEqual({
			type: 'apnsCertificate',
			certificate: 'pem',
			privateKey: 'key',
			passphrase: 'two',
		});
	});
});

describe('the egress filter', () => {
	it("n8n's verdicts in the engine's words", async () => {
		const lookup = () => {};
		const filter = toEgressFilter({
			validateUrl: async (url) =>
				String(url).includes('good') ? { ok: true, result: undefined } : { ok: false, error: new Error('Blocked') },
			validateConnectionHost: () => ({ ok: true, result: undefined }),
			createSecureLookup: () => lookup,
			validateRedirectSync: () => {},
		});
		expect(await filter.validateUrl('https://good.example')).toEqual({ ok: true });
		expect(await filter.validateUrl('https://bad.example')).toEqual({ ok: false, reason: 'Blocked' });
		expect(filter.lookup()).toBe(lookup);
	});
});

describe('the summary', () => {
	const failed = (ref: number, message: string) =>
		localRefusal({ ref, address: 'x', channelType: 'GCM' }, 'R', message);

	it('speaks of a common reason only where most failures share it', () => {
		const shared = new Summary(0);
		for (let ref = 0; ref < 10; ref++) shared.add(failed(ref, ref < 8 ? 'The key is wrong.' : `Other ${ref}.`));
		expect(shared.hints()).toEqual([
			{
				message: '8 of 10 recipients failed for one reason: The key is wrong.',
				type: 'warning',
				location: 'outputPane',
			},
		]);
		const mixed = new Summary(0);
		for (let ref = 0; ref < 10; ref++) mixed.add(failed(ref, `Reason ${ref}.`));
		expect(mixed.hints()).toEqual([]);
	});

	it('counts the rate over the whole run', () => {
		const summary = new Summary(1000);
		for (let ref = 0; ref < 50; ref++) summary.add(failed(ref, 'No.'));
		expect(summary.toJson(3000)).toMatchObject({ durationMs: 2000, messagesPerSecond: 25, recipients: 50 });
	});

	it('repeats a warning once', () => {
		const summary = new Summary(0);
		for (const ref of [1, 2])
			summary.add({ ...failed(ref, `No ${ref}.`), warnings: ['The certificate expires soon.'] });
		expect(summary.toJson(1)).toMatchObject({ warnings: ['The certificate expires soon.'] });
		expect(summary.hints().map(({ message }) => message)).toContain('The certificate expires soon.');
	});
});
