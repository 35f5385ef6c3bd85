import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { toNodeError } from './errors';
import { type OpenedRegistry, openRegistryForEditor } from './registry';

/** Entries the editor gets at a time; it asks for more when they are scrolled to. */
export const PAGE = 50;

type Read = (
	opened: OpenedRegistry,
	wanted: { readonly filter: string; readonly after: string | undefined },
) => Promise<INodeListSearchResult>;

type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A list of the editor that is loaded from the store. `whenEmpty` is what it says while there is nothing at all. */
export function storedList(whenEmpty: string, read: Read): ListSearch {
	return async function (filter, paginationToken) {
		const found = await attempt(this, read, { filter: filter?.trim() ?? '', after: paginationToken });
		if ('mistake' in found) throw toNodeError(this.getNode(), found.mistake);
		if (found.results.length > 0 || filter || paginationToken) return found;
		// An entry that says so is all a list can say; choosing it leaves the field empty.
		return { results: [{ name: whenEmpty, value: '' }] };
	};
}

async function attempt(
	context: ILoadOptionsFunctions,
	read: Read,
	wanted: Parameters<Read>[1],
): Promise<INodeListSearchResult | { readonly mistake: unknown }> {
	try {
		return await read(await openRegistryForEditor(context), wanted);
	} catch (mistake) {
		return { mistake };
	}
}
