import { PushError } from '../model';

/** AWS's shape of a policy, as far as this package evaluates it. */
export interface PolicyStatement {
	readonly effect: 'Allow' | 'Deny';
	/** `mobiletargeting:SendMessages`, `mobiletargeting:Get*`, `*`. */
	readonly actions: readonly string[];
	/** `apps/<id>/messages`, `apps/*`, `*`. */
	readonly resources: readonly string[];
	/** Every tag must have one of the values; wildcards allowed (`aws:ResourceTag/<key>`). */
	readonly resourceTags?: Readonly<Record<string, readonly string[]>>;
}

export interface AccessPolicy {
	readonly statements: readonly PolicyStatement[];
}

export interface AccessRequest {
	readonly action: string;
	readonly resource: string;
	/** Tags of the application asked for; empty where there is none. */
	readonly tags: Readonly<Record<string, string>>;
}

export const POLICY_PRESETS = ['Admin', 'Sender', 'ReadOnly'] as const;

export type PolicyPreset = (typeof POLICY_PRESETS)[number];

export const PRESET_POLICY: Readonly<Record<PolicyPreset, AccessPolicy>> = {
	Admin: { statements: [{ effect: 'Allow', actions: ['*'], resources: ['*'] }] },
	Sender: {
		statements: [
			{
				effect: 'Allow',
				actions: [
					'mobiletargeting:SendMessages',
					'mobiletargeting:SendUsersMessages',
					'mobiletargeting:CreateCampaign',
					'mobiletargeting:GetCampaign',
					'mobiletargeting:GetCampaigns',
					'mobiletargeting:UpdateCampaign',
					'mobiletargeting:GetApp',
					'mobiletargeting:GetApps',
					'mobiletargeting:GetPushTemplate',
					'mobiletargeting:ListTemplates',
				],
				resources: ['*'],
			},
		],
	},
	ReadOnly: {
		statements: [{ effect: 'Allow', actions: ['mobiletargeting:Get*', 'mobiletargeting:List*'], resources: ['*'] }],
	},
};

/** Nothing is allowed that no statement allows, and a Deny wins over every Allow (AWS: policy evaluation logic). */
export function isAllowed(policy: AccessPolicy, request: AccessRequest): boolean {
	const matching = policy.statements.filter((statement) => matches(statement, request));
	return matching.some(({ effect }) => effect === 'Allow') && !matching.some(({ effect }) => effect === 'Deny');
}

function matches(
	{ actions, resources, resourceTags = {} }: PolicyStatement,
	{ action, resource, tags }: AccessRequest,
): boolean {
	return (
		actions.some((pattern) => wildcard(pattern.toLowerCase(), action.toLowerCase())) &&
		resources.some((pattern) => wildcard(pattern, resource)) &&
		Object.entries(resourceTags).every(([key, values]) => {
			const tag = Object.hasOwn(tags, key) ? tags[key] : undefined;
			return tag !== undefined && values.some((pattern) => wildcard(pattern, tag));
		})
	);
}

/** `*` any run of characters, `?` any one. Two moving marks instead of a RegExp: no pattern can make it slow. */
export function wildcard(pattern: string, value: string): boolean {
	let p = 0;
	let v = 0;
	let star = -1;
	let resume = 0;
	while (v < value.length) {
		if (p < pattern.length && pattern[p] === '*') {
			star = p++;
			resume = v;
		} else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === value[v])) {
			p += 1;
			v += 1;
		} else if (star >= 0) {
			p = star + 1;
			v = ++resume;
		} else {
			return false;
		}
	}
	while (pattern[p] === '*') p += 1;
	return p === pattern.length;
}

/** AWS's own words, which people search for. */
export function accessDenied(who: string, { action, resource }: Pick<AccessRequest, 'action' | 'resource'>): PushError {
	return new PushError(
		'AccessDenied',
		`User: ${who} is not authorized to perform: ${action} on resource: ${resource}`,
		{
			hint: 'Ask whoever keeps this Push Store for a policy that allows it, or attach the Push Store credential that has one.',
		},
	);
}
