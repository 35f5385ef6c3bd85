import type { Answer } from '../../push/transport/types';
import { type TokenGrant, type TokenReading, type TokenSlot, tokenSlot } from '../../push/providers/accessTokens';
import { readTokenAnswer } from '../../push/providers/tokenEndpoint';
import { eventually, ManualClock, settle } from './manual-clock';
import { granted, response, type Script, ScriptedTransports } from './scripted-transports';

const URL_OF_TOKENS = 'https://tokens.example/token';
const MINUTE = 60_000;
const random = { uuid: () => '00000000-0000-4000-8000-000000000000', fraction: () => 0 };

function engine(script: Script, sign: () => Promise<string> = () => Promise.resolve('signed')) {
	const clock = new ManualClock();
	const transports = new ScriptedTransports(script);
	const deps = { clock, random, transports };
	const grant = (key: string): TokenGrant => ({
		key,
		transport: transports.http1({ origin: 'https://tokens.example' }, key, {}),
		request: async () => ({ method: 'POST', path: '/token', headers: {}, body: await sign(), timeoutMs: 10_000 }),
		read: (answer: Answer) =>
			readTokenAnswer(
				answer,
				{ label: 'The token server', url: URL_OF_TOKENS, secrets: ['s3cret'], explain: () => undefined },
				clock.now(),
			),
	});
	return { clock, transports, slot: (key = 'one') => tokenSlot(grant(key), deps) };
}

/** Numbers the tokens: t1, t2, ... */
const numbered =
	(lifetime = 3600): Script =>
	(_sent, number) =>
		granted(`t${number}`, lifetime);

function ask(slot: TokenSlot): TokenReading[] {
	const readings: TokenReading[] = [];
	slot.obtain((reading) => readings.push(reading));
	return readings;
}

async function first(slot: TokenSlot): Promise<TokenReading> {
	const readings = ask(slot);
	await eventually(() => readings.length > 0);
	const [reading] = readings;
	if (!reading) throw new Error('No reading');
	return reading;
}

function refusalIn(reading: TokenReading | undefined) {
	if (!reading || reading.ok) throw new Error('Expected a refusal');
	return reading.outcome;
}

describe('access tokens', () => {
	it('asks once for a hundred who need a token at the same time, and gives it to all of them', async () => {
		const { slot, transports } = engine(numbered());
		const readings = await Promise.all(Array.from({ length: 100 }, async () => await first(slot())));
		expect(transports.sent).toHaveLength(1);
		expect(readings.every((reading) => reading.ok && reading.accessToken === 't1')).toBe(true);
	});

	it('leaves no timer behind', async () => {
		const { slot, clock } = engine(numbered());
		await first(slot());
		expect(clock.pending).toBe(0);
	});

	it('is shared by all clients of one credential, and by no other credential or engine', async () => {
		const one = engine(numbered());
		const other = engine(numbered());
		await first(one.slot('a'));
		expect(one.slot('a').current()).toBe('t1');
		expect(one.slot('b').current()).toBeUndefined();
		expect(other.slot('a').current()).toBeUndefined();
	});

	it('never calls back before it returns, also when the token is at hand', async () => {
		const { slot } = engine(numbered());
		await first(slot());
		const readings = ask(slot());
		expect(readings).toHaveLength(0);
		await settle();
		expect(readings).toHaveLength(1);
	});

	it('renews five minutes before the end, while the old token still serves', async () => {
		const { slot, clock, transports } = engine(numbered(3600));
		await first(slot());
		await clock.advance(55 * MINUTE - 1);
		expect(slot().current()).toBe('t1');
		await settle();
		expect(transports.sent).toHaveLength(1);
		await clock.advance(1);
		expect(slot().current()).toBe('t1');
		expect(slot().current()).toBe('t1');
		await settle();
		expect(transports.sent).toHaveLength(2);
		expect(slot().current()).toBe('t2');
	});

	it('renews a token of a short life at half of it', async () => {
		const { slot, clock, transports } = engine(numbered(60));
		await first(slot());
		await clock.advance(29_999);
		expect(slot().current()).toBe('t1');
		expect(transports.sent).toHaveLength(1);
		await clock.advance(1);
		slot().current();
		await settle();
		expect(slot().current()).toBe('t2');
	});

	it('does not use a token that has expired', async () => {
		const { slot, clock } = engine(numbered(3600));
		await first(slot());
		await clock.advance(60 * MINUTE);
		expect(slot().current()).toBeUndefined();
		expect(await first(slot())).toMatchObject({ ok: true, accessToken: 't2' });
	});

	it('keeps the old token when its renewal fails, and does not ask again for half a minute', async () => {
		const { slot, clock, transports } = engine((_sent, number) =>
			number === 1 ? granted('t1', 3600) : response(503, ''),
		);
		await first(slot());
		await clock.advance(56 * MINUTE);
		expect(slot().current()).toBe('t1');
		await clock.advance(10_000);
		expect(transports.sent).toHaveLength(4);
		expect(slot().current()).toBe('t1');
		await settle();
		expect(transports.sent).toHaveLength(4);
		await clock.advance(30_000);
		expect(slot().current()).toBe('t1');
		await settle();
		expect(transports.sent).toHaveLength(5);
	});

	it('gives up on a stuck token endpoint after three tries of ten seconds, and tells everybody who waited', async () => {
		const { slot, clock, transports } = engine(() => undefined);
		const waiting = [ask(slot()), ask(slot())];
		await clock.advance(29_999);
		expect(waiting.flat()).toHaveLength(0);
		await clock.advance(5_000);
		expect(transports.sent).toHaveLength(3);
		for (const readings of waiting) {
			expect(refusalIn(readings[0])).toMatchObject({
				class: 'temporary',
				providerReason: 'TokenTimeout',
				processed: false,
			});
		}
		expect(clock.pending).toBe(0);
		expect(transports.cancelled).toBe(3);
	});

	it('lets nobody wait for an endpoint that has just failed, and asks again after five seconds', async () => {
		let healthy = false;
		const { slot, clock, transports } = engine(() => (healthy ? granted('late') : response(503, '')));
		const readings = ask(slot());
		await clock.advance(3_000);
		expect(refusalIn(readings[0])).toMatchObject({ class: 'temporary', retryAfterSeconds: 5 });
		healthy = true;
		expect(refusalIn(await first(slot()))).toMatchObject({ class: 'temporary', providerStatus: 503 });
		expect(transports.sent).toHaveLength(3);
		await clock.advance(5_000);
		expect(await first(slot())).toMatchObject({ ok: true, accessToken: 'late' });
	});

	it.each([
		['503', response(503, '')],
		['500', response(500, { error: 'ServerError' })],
		['429', response(429, { error: 'rate_limit_exceeded' })],
		['a lost answer', { kind: 'lost', code: 'ECONNRESET', detail: '' } as const],
		['no connection', { kind: 'unreachable', code: 'ECONNREFUSED', detail: '', cause: 'refused' } as const],
	])('tries again after %s', async (_name, trouble: Answer) => {
		const { slot, clock, transports } = engine((_sent, number) => (number < 3 ? trouble : granted('third')));
		const readings = ask(slot());
		await clock.advance(10_000);
		expect(readings).toEqual([{ ok: true, accessToken: 'third', lifetimeSeconds: 3599 }]);
		expect(transports.sent).toHaveLength(3);
	});

	it('waits between the tries, longer the second time', async () => {
		const { slot, clock, transports } = engine(() => response(503, ''));
		ask(slot());
		await clock.advance(499);
		expect(transports.sent).toHaveLength(1);
		await clock.advance(1);
		expect(transports.sent).toHaveLength(2);
		await clock.advance(999);
		expect(transports.sent).toHaveLength(2);
		await clock.advance(1);
		expect(transports.sent).toHaveLength(3);
	});

	it('waits as long as a short Retry-After says', async () => {
		const { slot, clock, transports } = engine((_sent, number) =>
			number === 1 ? response(503, '', { 'retry-after': '4' }) : granted('after'),
		);
		const readings = ask(slot());
		await clock.advance(3_999);
		expect(transports.sent).toHaveLength(1);
		await clock.advance(1);
		expect(readings).toHaveLength(1);
	});

	it.each([
		['in seconds', '90'],
		['as a date', new Date(Date.UTC(2026, 10, 22, 12, 1, 30)).toUTCString()],
	])('asks nothing before the end of a long Retry-After (%s), and says how long', async (_form, retryAfter) => {
		const { slot, clock, transports } = engine((_sent, number) =>
			number === 1 ? response(503, '', { 'retry-after': retryAfter }) : granted('after'),
		);
		expect(refusalIn(await first(slot()))).toMatchObject({ class: 'temporary', retryAfterSeconds: 90 });
		await clock.advance(60_000);
		expect(refusalIn(await first(slot()))).toMatchObject({ retryAfterSeconds: 30 });
		expect(transports.sent).toHaveLength(1);
		await clock.advance(30_000);
		expect(await first(slot())).toMatchObject({ ok: true, accessToken: 'after' });
	});

	it('does not try a refused credential again, and forgets the refusal for the next who asks', async () => {
		const { slot, transports } = engine((_sent, number) =>
			number === 1
				? response(401, { error: 'invalid_client', error_description: 'no such s3cret client' })
				: granted('mended'),
		);
		const refusal = refusalIn(await first(slot()));
		expect(refusal).toMatchObject({
			class: 'config',
			stops: 'client',
			statusCode: 401,
			providerReason: 'invalid_client',
		});
		expect(JSON.stringify(refusal)).not.toContain('s3cret');
		expect(transports.sent).toHaveLength(1);
		expect(await first(slot())).toMatchObject({ ok: true, accessToken: 'mended' });
	});

	it('does not try again where the host cannot prove who it is', async () => {
		const { slot, transports } = engine(() => ({ kind: 'unreachable', code: 'CERT', detail: '', cause: 'tls' }));
		expect(refusalIn(await first(slot()))).toMatchObject({
			class: 'config',
			providerReason: 'TlsFailed',
			processed: false,
		});
		expect(transports.sent).toHaveLength(1);
	});

	it.each([
		['a page', response(200, '<html>')],
		['no token in it', response(200, { expires_in: 3600 })],
		['a token that would break the header', response(200, { access_token: 'a\r\nb', expires_in: 3600 })],
	])('takes %s in HTTP 200 for no token', async (_name, answer) => {
		const { slot } = engine(() => answer);
		expect(refusalIn(await first(slot()))).toMatchObject({ class: 'config', providerReason: 'TokenRequestFailed' });
	});

	it('takes the life of a token to be an hour when the answer does not say', async () => {
		const { slot, clock } = engine((_sent, number) => response(200, { access_token: `t${number}` }));
		await first(slot());
		await clock.advance(59 * MINUTE);
		expect(slot().current()).toBe('t1');
		await clock.advance(MINUTE);
		expect(slot().current()).not.toBe('t1');
	});

	it('says that the key cannot sign without quoting what the key looks like', async () => {
		const { slot } = engine(
			() => granted('never'),
			() => Promise.reject(new Error('bad key MIIEvQIBADAN')),
		);
		const refusal = refusalIn(await first(slot()));
		expect(refusal).toMatchObject({ class: 'config', providerReason: 'KeyCannotSign' });
		expect(JSON.stringify(refusal)).not.toContain('MIIEvQ');
	});

	it('does not call back who took the wish back', async () => {
		const { slot } = engine(numbered());
		const readings: TokenReading[] = [];
		slot().obtain((reading) => readings.push(reading))();
		await first(slot());
		slot().obtain((reading) => readings.push(reading))();
		await settle();
		expect(readings).toHaveLength(0);
	});

	it('stops trying once nobody waits any more', async () => {
		const { slot, clock, transports } = engine(() => response(503, ''));
		const forget = slot().obtain(() => undefined);
		await settle();
		forget();
		await clock.advance(60_000);
		expect(transports.sent.length).toBeLessThan(3);
	});

	it('asks again when told to renew although a token is at hand', async () => {
		const { slot } = engine(numbered());
		await first(slot());
		expect(await slot().renew()).toMatchObject({ ok: true, accessToken: 't2' });
		expect(slot().current()).toBe('t2');
	});

	describe('that the provider refuses', () => {
		it('are not used again', async () => {
			const { slot } = engine(numbered());
			await first(slot());
			expect(slot().reject('t1')).toBe(true);
			expect(slot().current()).toBeUndefined();
			expect(await first(slot())).toMatchObject({ accessToken: 't2' });
		});

		it('leave a newer token alone', async () => {
			const { slot } = engine(numbered());
			await first(slot());
			slot().reject('t1');
			await first(slot());
			expect(slot().reject('t1')).toBe(true);
			expect(slot().current()).toBe('t2');
		});

		it('cannot be helped by renewing when the one fetched in its place is refused too', async () => {
			const { slot } = engine(numbered());
			await first(slot());
			slot().reject('t1');
			await first(slot());
			expect(slot().reject('t2')).toBe(false);
			expect(slot().reject('t2')).toBe(false);
			expect(slot().current()).toBeUndefined();
		});

		it('can be renewed again once the provider took one in between', async () => {
			const { slot } = engine(numbered());
			await first(slot());
			slot().reject('t1');
			await first(slot());
			slot().accept('t2');
			expect(slot().reject('t2')).toBe(true);
		});
	});
});
