import type { Operation } from '../../shared/operation';

/** Everybody who reaches the store may use it again; all access secrets are void. */
export const unlockStore: Operation = {
	peopleOnly: true,
	option: {
		name: 'Unlock Store',
		value: 'unlock',
		description: 'Allow every workflow of this n8n again; all access secrets become void',
		action: 'Unlock the store',
	},
	fields: [],
	async run({ registry, caller }) {
		await registry.unlockStore(caller);
		return [{ locked: false }];
	},
};
