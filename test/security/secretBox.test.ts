import fc from 'fast-check';
import { deriveMasterKey } from '../../push/security/masterKey';
import { open, seal } from '../../push/security/secretBox';

const key = deriveMasterKey('instance key');
const other = deriveMasterKey('another key');
const context = { applicationId: 'a'.repeat(32), channelType: 'APNS' };

test('the same material gives the same keys, other material other ones, and none shows the material', () => {
	expect(deriveMasterKey('instance key')).toEqual(key);
	expect(other.id).not.toBe(key.id);
	expect(key.id).toMatch(/^[0-9a-f]{16}$/);
	expect(key.sealing.equals(key.audit)).toBe(false);
});

test('what was sealed opens again, whatever it is, and never twice with the same nonce', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (plaintext) => {
			const record = seal(plaintext, key, context);
			expect(open(record, { current: other, others: [key] }, context)).toBe(Buffer.from(plaintext).toString());
			expect(seal(plaintext, key, context)).not.toBe(record);
		}),
	);
});

test('any changed character is noticed', () => {
	const record = seal('-----BEGIN PRIVATE KEY-----', key, context);
	fc.assert(
		fc.property(fc.nat(record.length - 1), fc.constantFrom('A', 'b', '7', '.'), (at, character) => {
			fc.pre(record[at] !== character);
			const changed = record.slice(0, at) + character + record.slice(at + 1);
			// base64url's last character carries unused bits: two spellings of the same bytes are no change.
			const sameBytes =
				changed.split('.').length === 4 &&
				record.split('.').every((part, i) => {
					const theirs = changed.split('.')[i] ?? '';
					return i < 2 ? part === theirs : Buffer.from(part, 'base64url').equals(Buffer.from(theirs, 'base64url'));
				});
			fc.pre(!sameBytes);
			expect(() => open(changed, { current: key, others: [] }, context)).toThrow();
		}),
	);
});

test('a record does not open for another application or channel', () => {
	const record = seal('secret', key, context);
	const keyring = { current: key, others: [] };
	for (const elsewhere of [
		{ ...context, channelType: 'ADM' },
		{ ...context, applicationId: 'b'.repeat(32) },
	]) {
		expect(() => open(record, keyring, elsewhere)).toThrow(expect.objectContaining({ code: 'StoreUnavailable' }));
	}
});

test('a missing key is named by its id', () => {
	const record = seal('secret', key, context);
	expect(() => open(record, { current: other, others: [] }, context)).toThrow(
		expect.objectContaining({ code: 'KeyMissing', message: expect.stringContaining(key.id) }),
	);
});
