import { createPublicKey, verify } from 'node:crypto';
import { createProviderTokens } from '../../../push/providers/apns/auth';
import { keyIdentity } from './key-identity';
import { MINUTE, TurnedClock } from './turned-clock';

function parts(authorization: string): { header: unknown; claims: unknown; signed: Buffer; signature: Buffer } {
	const [head = '', body = '', signature = ''] = authorization.replace(/^bearer /, '').split('.');
	const json = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
	return {
		header: json(head),
		claims: json(body),
		signed: Buffer.from(`${head}.${body}`),
		signature: Buffer.from(signature, 'base64url'),
	};
}

/** The clock is read once a turn. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('provider tokens', () => {
	it('are JWTs as Apple wants them: kid, iss and iat alone, dated back 10 s, signed with ES256 in the raw form', async () => {
		const clock = new TurnedClock();
		const identity = await keyIdentity();
		const { authorization } = await createProviderTokens(clock).obtain(identity);
		const { header, claims, signed, signature } = parts(authorization);
		expect(header).toEqual({ alg: 'ES256', kid: 'ABC123DEFG' });
		expect(claims).toEqual({ iss: 'TEAM012345', iat: clock.now() / 1000 - 10 });
		const publicKey = createPublicKey(identity.signingKey);
		expect(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
	});

	it('are signed once for any number of callers at the same time', async () => {
		const tokens = createProviderTokens(new TurnedClock());
		const identity = await keyIdentity();
		const issued = await Promise.all(Array.from({ length: 50 }, async () => await tokens.obtain(identity)));
		expect(new Set(issued).size).toBe(1);
		expect(tokens.current(identity)).toBe(issued[0]);
	});

	it('are shared by all who opened the same key, and by nobody else', async () => {
		const tokens = createProviderTokens(new TurnedClock());
		const identity = await keyIdentity();
		const again = { ...identity };
		const stranger = await keyIdentity();
		expect(await tokens.obtain(again)).toBe(await tokens.obtain(identity));
		expect(await tokens.obtain(stranger)).not.toBe(await tokens.obtain(identity));
	});

	it('live 45 minutes', async () => {
		const clock = new TurnedClock();
		const tokens = createProviderTokens(clock);
		const identity = await keyIdentity();
		const first = await tokens.obtain(identity);
		clock.pass(45 * MINUTE - 1);
		expect(tokens.current(identity)).toBe(first);
		clock.pass(1);
		await nextTurn();
		expect(tokens.current(identity)).toBeUndefined();
		const second = await tokens.obtain(identity);
		expect(second.authorization).not.toBe(first.authorization);
		expect(tokens.ageMs(second)).toBe(0);
	});

	it('are not renewed before they are 20 minutes old', async () => {
		const clock = new TurnedClock();
		const tokens = createProviderTokens(clock);
		const identity = await keyIdentity();
		const first = await tokens.obtain(identity);
		clock.pass(20 * MINUTE - 1);
		expect(await tokens.renew(identity, first)).toBe(false);
		expect(tokens.current(identity)).toBe(first);
		clock.pass(1);
		expect(await tokens.renew(identity, first)).toBe(true);
		expect(tokens.current(identity)).not.toBe(first);
	});

	it('are renewed once when many requests come back with the same old one', async () => {
		const clock = new TurnedClock();
		const tokens = createProviderTokens(clock);
		const identity = await keyIdentity();
		const first = await tokens.obtain(identity);
		clock.pass(30 * MINUTE);
		const answers = await Promise.all(Array.from({ length: 20 }, async () => await tokens.renew(identity, first)));
		expect(answers).toEqual(Array.from({ length: 20 }, () => true));
		const second = tokens.current(identity);
		// A straggler that had been sent with the first one needs only to be sent again.
		expect(await tokens.renew(identity, first)).toBe(true);
		expect(tokens.current(identity)).toBe(second);
		expect(await tokens.renew(identity, second)).toBe(false);
	});

	it('are renewed when the clock was set forward, and kept their 45 minutes when it was set back', async () => {
		const clock = new TurnedClock();
		const tokens = createProviderTokens(clock);
		const identity = await keyIdentity();
		await tokens.obtain(identity);
		clock.set(clock.now() + 60 * MINUTE);
		expect(tokens.current(identity)).toBeUndefined();
		const second = await tokens.obtain(identity);
		clock.set(clock.now() - 60 * MINUTE);
		expect(tokens.current(identity)).toBe(second);
		clock.pass(45 * MINUTE);
		await nextTurn();
		expect(tokens.current(identity)).toBeUndefined();
	});
});
