import type { Operation } from '../../shared/operation';
import { grantJson } from './grant';

/** Whether the store is locked, and who may do what. Never an access secret. */
export const getAccess: Operation = {
	option: {
		name: 'Get Access',
		value: 'getAccess',
		description: 'See whether the store is locked, and who may do what',
		action: 'Get the access policy of the store',
	},
	fields: [],
	async run({ registry, caller }) {
		const { locked, grants } = await registry.listAccess(caller);
		return [{ locked, grants: grants.map(grantJson) }];
	},
};
