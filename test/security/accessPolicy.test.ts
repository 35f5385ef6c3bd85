import fc from 'fast-check';
import { type AccessPolicy, isAllowed, PRESET_POLICY, wildcard } from '../../push/security/accessPolicy';

const ask = (policy: AccessPolicy, action: string, resource = 'apps/a1/messages', tags: Record<string, string> = {}) =>
	isAllowed(policy, { action: `mobiletargeting:${action}`, resource, tags });

test('nothing is allowed without an Allow, and a Deny wins whatever the order', () => {
	expect(ask({ statements: [] }, 'SendMessages')).toBe(false);
	const allow = { effect: 'Allow', actions: ['*'], resources: ['*'] } as const;
	const deny = { effect: 'Deny', actions: ['mobiletargeting:Delete*'], resources: ['apps/*'] } as const;
	for (const statements of [
		[allow, deny],
		[deny, allow],
	]) {
		expect(ask({ statements }, 'DeleteApp', 'apps/a1')).toBe(false);
		expect(ask({ statements }, 'SendMessages')).toBe(true);
	}
});

test.each([
	['Admin', 'DeleteApp', true],
	['Admin', 'SendMessages', true],
	['Sender', 'SendMessages', true],
	['Sender', 'GetApp', true],
	['Sender', 'CreateCampaign', true],
	['Sender', 'UpdateCampaign', true],
	['Sender', 'DeleteCampaign', false],
	['Sender', 'UpdateGcmChannel', false],
	['Sender', 'DeleteApp', false],
	['ReadOnly', 'GetChannels', true],
	['ReadOnly', 'SendMessages', false],
	['ReadOnly', 'CreateApp', false],
] as const)('preset %s: %s is %s', (preset, action, allowed) => {
	expect(ask(PRESET_POLICY[preset], action)).toBe(allowed);
});

test('resources and tags narrow a statement', () => {
	const policy: AccessPolicy = {
		statements: [
			{
				effect: 'Allow',
				actions: ['*'],
				resources: ['apps/a1*'],
				resourceTags: { env: ['prod', 'stage-?'], team: ['*'] },
			},
		],
	};
	expect(ask(policy, 'GetApp', 'apps/a1', { env: 'stage-1', team: 'x' })).toBe(true);
	expect(ask(policy, 'GetApp', 'apps/a1', { env: 'stage-12', team: 'x' })).toBe(false);
	expect(ask(policy, 'GetApp', 'apps/a1', { env: 'prod' })).toBe(false);
	expect(ask(policy, 'GetApp', 'apps/b1', { env: 'prod', team: 'x' })).toBe(false);
	const inherited: AccessPolicy = {
		statements: [{ effect: 'Allow', actions: ['*'], resources: ['*'], resourceTags: { constructor: ['*'] } }],
	};
	expect(ask(inherited, 'GetApp')).toBe(false);
});

test('wildcards match as a naive reading does', () => {
	const naive = (pattern: string, value: string): boolean => {
		if (pattern === '') return value === '';
		if (pattern[0] === '*') return naive(pattern.slice(1), value) || (value !== '' && naive(pattern, value.slice(1)));
		return value !== '' && (pattern[0] === '?' || pattern[0] === value[0]) && naive(pattern.slice(1), value.slice(1));
	};
	const letters = (extra: string[]) => fc.string({ unit: fc.constantFrom('a', 'b', '/', ...extra), maxLength: 10 });
	fc.assert(
		fc.property(letters(['*', '?']), letters([]), (pattern, value) => {
			expect(wildcard(pattern, value)).toBe(naive(pattern, value));
		}),
		{ numRuns: 2_000 },
	);
});
