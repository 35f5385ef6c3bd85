import type { Operation } from '../../shared/operation';

/** Encrypts every stored credential again under the current key; sends go on meanwhile. */
export const rotateKeys: Operation = {
	peopleOnly: true,
	option: {
		name: 'Rotate Keys',
		value: 'rotateKeys',
		description: 'Encrypt all stored credentials again under the current key',
		action: 'Rotate the encryption key',
	},
	fields: [],
	async run({ registry, caller }) {
		return [{ ...(await registry.rotateKeys(caller)) }];
	},
};
