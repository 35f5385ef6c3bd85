import { PAGE, storedList } from '../../shared/storedList';
import { stateName } from './states';

/** Campaigns looked at for one search at most: who has more of them types the ID. */
const MAX_LOOKED_AT = 1_000;

/** The list of the editor, the newest first. What is typed is part of a key. */
export const searchCampaigns = storedList(
	'No campaign yet: start one with the operation Start',
	async ({ registry, caller }, { filter, after }) => {
		const part = filter.toLowerCase();
		const results = [];
		let next = after;
		let lookedAt = 0;
		do {
			const page = await registry.campaigns.list(caller, { limit: PAGE, ...(next ? { after: next } : {}) });
			lookedAt += page.items.length;
			for (const { id, key, state } of page.items) {
				if (key.toLowerCase().includes(part)) results.push({ name: `${key} (${stateName(state)})`, value: id });
			}
			next = page.next;
		} while (next !== undefined && results.length < PAGE && lookedAt < MAX_LOOKED_AT);
		return { results, ...(next === undefined ? {} : { paginationToken: next }) };
	},
);
