import { OUTCOME_CLASS, type Outcome } from '../../push/model';
import { transportOutcome, type Unanswered } from '../../push/providers/transportOutcome';
import type { UnreachableCause } from '../../push/transport/types';

const ORIGIN = 'https://api.push.apple.com';
const outcomeOf = (answer: Unanswered, origin = ORIGIN): Outcome => transportOutcome(answer, 'APNs', origin);
const unreachable = (cause: UnreachableCause, detail = ''): Unanswered => ({
	kind: 'unreachable',
	code: 'ECODE',
	detail,
	cause,
});

const CAUSES: Readonly<Record<UnreachableCause, { class: Outcome['class']; reason: string; advice: RegExp }>> = {
	dns: { class: 'temporary', reason: 'HostNotFound', advice: /DNS/ },
	refused: { class: 'temporary', reason: 'ConnectionRefused', advice: /host and port/ },
	network: { class: 'temporary', reason: 'NetworkError', advice: /network/ },
	timeout: { class: 'temporary', reason: 'ConnectTimeout', advice: /firewall/ },
	proxy: { class: 'temporary', reason: 'ProxyFailed', advice: /HTTPS_PROXY/ },
	tls: { class: 'config', reason: 'TlsFailed', advice: /CA certificate/ },
	credential: { class: 'config', reason: 'ClientCertificateRefused', advice: /create a new one/ },
	egress: { class: 'config', reason: 'EgressRefused', advice: /administrator/ },
};

describe('a request without an answer', () => {
	const causes: readonly UnreachableCause[] = [
		'dns',
		'refused',
		'network',
		'timeout',
		'proxy',
		'tls',
		'credential',
		'egress',
	];

	it('has an expectation for every cause', () => {
		expect([...causes].sort()).toEqual(Object.keys(CAUSES).sort());
	});

	it.each(causes)('unreachable by %s is judged and explained', (cause) => {
		const expected = CAUSES[cause];
		const outcome = outcomeOf(unreachable(cause));
		expect(outcome).toMatchObject({
			class: expected.class,
			providerReason: expected.reason,
			tokenAction: 'keep',
			processed: false,
		});
		expect(outcome.stops).toBe(expected.class === 'config' ? 'client' : undefined);
		expect(outcome.message).toMatch(/^No connection to APNs at api\.push\.apple\.com: .*\(ECODE\)\./);
		expect(outcome.message).toMatch(expected.advice);
	});

	it("lets the transport's own sentence stand in place of ours", () => {
		const outcome = outcomeOf(unreachable('dns', 'The name has no address. Check the DNS (ENOTFOUND).'));
		expect(outcome.message).toBe(
			'No connection to APNs at api.push.apple.com. The name has no address. Check the DNS (ENOTFOUND).',
		);
	});

	it('a refused stream may be tried again without any risk', () => {
		const outcome = outcomeOf({ kind: 'refused', code: 'REFUSED_STREAM', detail: '' });
		expect(outcome).toMatchObject({ class: 'temporary', tokenAction: 'keep', processed: false });
		expect(OUTCOME_CLASS[outcome.class].retryable).toBe(true);
		expect(outcome.message).toMatch(/nothing was delivered/);
	});

	it('a lost answer is ambiguous and never condemns the address', () => {
		const outcome = outcomeOf({ kind: 'lost', code: 'ECONNRESET', detail: '' });
		expect(outcome).toMatchObject({ class: 'ambiguous', tokenAction: 'keep' });
		expect(outcome.processed).toBeUndefined();
		expect(outcome.message).toMatch(/\(ECONNRESET\): it may or may not have been delivered/);
	});

	it('a timeout says how long was waited', () => {
		expect(outcomeOf({ kind: 'timeout', afterMs: 15_000 })).toMatchObject({
			class: 'timeout',
			message: expect.stringMatching(/did not answer within 15 s/),
		});
	});

	it('a stopped request says whether it was out already', () => {
		expect(outcomeOf({ kind: 'cancelled', written: false })).toMatchObject({
			message: 'Stopped before the message was sent.',
			processed: false,
		});
		const out = outcomeOf({ kind: 'cancelled', written: true });
		expect(out.message).toMatch(/may have been delivered/);
		expect(out.processed).toBeUndefined();
	});

	it('shows neither the login in an endpoint nor an endless detail', () => {
		const outcome = outcomeOf(unreachable('network', 'x'.repeat(5_000)), 'https://user:hunter2@gateway.example:8443');
		expect(outcome.message).toContain('gateway.example:8443');
		expect(outcome.message).not.toContain('hunter2');
		expect(outcome.message.length).toBeLessThan(500);
	});
});
