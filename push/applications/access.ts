import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import { PushError } from '../model';
import {
	type AccessPolicy,
	type AccessRequest,
	accessDenied,
	isAllowed,
	PRESET_POLICY,
} from '../security/accessPolicy';
import type { Store } from '../store';
import { type Caller, principalName } from './caller';

const DOCUMENT = 'access';

const statement = z.object({
	effect: z.enum(['Allow', 'Deny']),
	actions: z.array(z.string().min(1)).min(1),
	resources: z.array(z.string().min(1)).min(1),
	resourceTags: z.record(z.string(), z.array(z.string())).optional(),
});

const accessDocument = z.object({
	grants: z.array(
		z.object({
			id: z.string(),
			name: z.string(),
			secretHash: z.string(),
			policy: z.object({ statements: z.array(statement) }),
			createdAt: z.number(),
		}),
	),
});

type AccessDocument = z.infer<typeof accessDocument>;

/** What may be shown of a grant. */
export interface Grant {
	readonly id: string;
	readonly name: string;
	readonly policy: AccessPolicy;
	/** Epoch ms. */
	readonly createdAt: number;
}

/** A new access secret: shown this once, kept only as its hash. */
export interface NewGrant extends Grant {
	readonly accessSecret: string;
}

/**
 * Who may do what in a store. *Open*: everybody who reaches it. *Locked*: nobody without a known access secret; its
 * policy is read from the store, so that nothing typed into a credential can widen it.
 */
export interface Access {
	/** @throws {PushError} `AccessDenied` in AWS's words. */
	authorize(caller: Caller, request: AccessRequest): Promise<void>;
	isLocked(): Promise<boolean>;
	/** The grant an access secret belongs to; undefined when it is unknown, or the store is open. */
	grantOf(accessSecret: string | undefined): Promise<Grant | undefined>;
	/** The first grant is an administrator's. @throws {PushError} `Conflict` when it is locked already. */
	lock(name: string): Promise<NewGrant>;
	unlock(): Promise<void>;
	/** @throws {PushError} `InvalidRequest` when the store is open, or the policy is none. */
	grant(name: string, policy: unknown): Promise<NewGrant>;
	/** @throws {PushError} `NotFound`; `InvalidRequest` when nobody could administer the store afterwards. */
	revoke(id: string): Promise<Grant>;
	list(): Promise<readonly Grant[]>;
}

export function createAccess(store: Store, now: () => number): Access {
	async function read(): Promise<{ readonly document: AccessDocument; readonly version: number } | undefined> {
		const stored = await store.documents.get(DOCUMENT);
		if (!stored) return undefined;
		const parsed = accessDocument.safeParse(JSON.parse(stored.value));
		// Unreadable must not mean open.
		if (!parsed.success) throw new PushError('StoreUnavailable', 'The access policy of the store cannot be read.');
		return { document: parsed.data, version: stored.version };
	}

	async function locked() {
		const found = await read();
		if (!found)
			throw new PushError('InvalidRequest', 'The store is open: it has no access policy.', {
				hint: 'Lock the store first.',
			});
		return found;
	}

	function newGrant(
		name: string,
		policy: AccessPolicy,
	): { readonly shown: NewGrant; readonly kept: AccessDocument['grants'][number] } {
		const accessSecret = `push_${randomBytes(32).toString('base64url')}`;
		const grant = { id: randomBytes(8).toString('hex'), name, policy, createdAt: now() };
		const statements = policy.statements.map(({ effect, actions, resources, resourceTags }) => ({
			effect,
			actions: [...actions],
			resources: [...resources],
			...(resourceTags
				? { resourceTags: Object.fromEntries(Object.entries(resourceTags).map(([key, values]) => [key, [...values]])) }
				: {}),
		}));
		return {
			shown: { ...grant, accessSecret },
			kept: { ...grant, policy: { statements }, secretHash: hashOf(accessSecret) },
		};
	}

	return {
		async authorize(caller, request) {
			const found = await read();
			if (!found) return;
			const hash = caller.accessSecret ? hashOf(caller.accessSecret) : undefined;
			const grant = found.document.grants.find(({ secretHash }) => secretHash === hash);
			if (!grant) throw accessDenied(`${principalName(caller.principal)} (no valid access secret)`, request);
			if (!isAllowed(grant.policy, request))
				throw accessDenied(`${grant.name} (${principalName(caller.principal)})`, request);
		},

		async isLocked() {
			return (await read()) !== undefined;
		},

		async grantOf(accessSecret) {
			const hash = accessSecret ? hashOf(accessSecret) : undefined;
			const grant = (await read())?.document.grants.find(({ secretHash }) => secretHash === hash);
			return grant && shownOf(grant);
		},

		async lock(name) {
			if (await read())
				throw new PushError('Conflict', 'The store is locked already.', { hint: 'Use Grant Access to add a secret.' });
			const { shown, kept } = newGrant(name, PRESET_POLICY.Admin);
			await store.documents.put(DOCUMENT, JSON.stringify({ grants: [kept] }), 0);
			return shown;
		},

		async unlock() {
			await store.documents.remove(DOCUMENT);
		},

		async grant(name, policy) {
			const { document, version } = await locked();
			const { shown, kept } = newGrant(name, readPolicy(policy));
			await store.documents.put(DOCUMENT, JSON.stringify({ grants: [...document.grants, kept] }), version);
			return shown;
		},

		async revoke(id) {
			const { document, version } = await locked();
			const revoked = document.grants.find((grant) => grant.id === id);
			if (!revoked)
				throw new PushError('NotFound', `There is no access grant ${id}.`, { hint: 'Get Access lists them.' });
			const grants = document.grants.filter((grant) => grant !== revoked);
			if (!grants.some(({ policy }) => isAllowed(policy, ADMINISTRATION))) {
				throw new PushError('InvalidRequest', 'This is the last grant that can administer the store.', {
					hint: 'Grant access to another administrator first, or unlock the store.',
				});
			}
			await store.documents.put(DOCUMENT, JSON.stringify({ grants }), version);
			return shownOf(revoked);
		},

		async list() {
			return ((await read())?.document.grants ?? []).map(shownOf);
		},
	};
}

const ADMINISTRATION: AccessRequest = { action: 'mobiletargeting:GrantAccess', resource: 'store', tags: {} };

function shownOf({ id, name, policy, createdAt }: AccessDocument['grants'][number]): Grant {
	const statements = policy.statements.map(({ resourceTags, ...rest }) => ({
		...rest,
		...(resourceTags ? { resourceTags } : {}),
	}));
	return { id, name, policy: { statements }, createdAt };
}

/** 256 bits of chance need no slow hash. */
function hashOf(accessSecret: string): string {
	return createHash('sha256').update(accessSecret).digest('hex');
}

/** A preset's name, or a policy in AWS's spelling (`Statement`, `Effect`, `Action`, `Resource`, `Condition`) or ours. */
export function readPolicy(policy: unknown): AccessPolicy {
	if (policy === 'Admin' || policy === 'Sender' || policy === 'ReadOnly') return PRESET_POLICY[policy];
	const aws = awsPolicy.safeParse(policy);
	if (aws.success) return { statements: aws.data.Statement.map(fromAws) };
	const own = z.object({ statements: z.array(statement).min(1) }).safeParse(policy);
	if (own.success)
		return own.data.statements.length > 0 ? { statements: own.data.statements.map(tidy) } : { statements: [] };
	throw new PushError('InvalidRequest', 'This is not an access policy.', {
		hint: 'Use Admin, Sender or ReadOnly, or JSON such as {"Statement":[{"Effect":"Allow","Action":["mobiletargeting:SendMessages"],"Resource":["apps/*"]}]}.',
	});
}

const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const awsPolicy = z.strictObject({
	Version: z.string().optional(),
	Statement: z
		.array(
			z.strictObject({
				Sid: z.string().optional(),
				Effect: z.enum(['Allow', 'Deny']),
				Action: words,
				Resource: words,
				Condition: z
					.strictObject({
						StringLike: z.record(z.string(), words).optional(),
						StringEquals: z.record(z.string(), words).optional(),
					})
					.optional(),
			}),
		)
		.min(1),
});

const TAG_CONDITION = 'aws:ResourceTag/';

function fromAws({
	Effect,
	Action,
	Resource,
	Condition,
}: z.infer<typeof awsPolicy>['Statement'][number]): AccessPolicy['statements'][number] {
	const resourceTags: Record<string, string[]> = {};
	for (const [key, value] of Object.entries({ ...Condition?.StringLike, ...Condition?.StringEquals })) {
		if (!key.startsWith(TAG_CONDITION)) {
			throw new PushError('InvalidRequest', `The condition key "${key}" is not supported.`, {
				hint: `Only ${TAG_CONDITION}<key> is.`,
			});
		}
		resourceTags[key.slice(TAG_CONDITION.length)] = [value].flat();
	}
	return {
		effect: Effect,
		actions: [Action].flat(),
		resources: [Resource].flat().map(withoutArn),
		...(Object.keys(resourceTags).length > 0 ? { resourceTags } : {}),
	};
}

/** `arn:aws:mobiletargeting:eu-central-1:123456789012:apps/ID/*` as AWS writes it: region and account mean nothing here. */
function withoutArn(pattern: string): string {
	return pattern.replace(/^arn:[^:]*:mobiletargeting:[^:]*:[^:]*:/, '');
}

function tidy({
	effect,
	actions,
	resources,
	resourceTags,
}: z.infer<typeof statement>): AccessPolicy['statements'][number] {
	return { effect, actions, resources, ...(resourceTags ? { resourceTags } : {}) };
}
