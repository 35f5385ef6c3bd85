import type { Suppression, SuppressionReason } from '../model';
import { PushError } from '../model';
import type { Page } from '../store';
import { type ApplicationLocator, findApplication } from './applications';
import type { Caller } from './caller';
import { type Context, perform } from './context';
import { resource } from './resources';

export interface SuppressionInput {
	readonly address: string;
	readonly reason: SuppressionReason;
	readonly note?: string;
}

/** Addresses an application does not send to: dead ones and opt-outs. */
export interface Suppressions {
	/** @returns how many are new. Any number of rows; written in slices. */
	add(caller: Caller, locator: ApplicationLocator, rows: readonly SuppressionInput[]): Promise<number>;
	/** @returns how many were there. */
	remove(caller: Caller, locator: ApplicationLocator, addresses: readonly string[]): Promise<number>;
	list(
		caller: Caller,
		locator: ApplicationLocator,
		page: { readonly limit: number; readonly after?: string },
	): Promise<Page<Suppression>>;
}

/** Addresses of one DELETE. */
const SLICE = 500;

export function createSuppressions(context: Context): Suppressions {
	const { store, clock } = context;

	return {
		async add(caller, locator, rows) {
			const application = await findApplication(context, caller, locator);
			const createdAt = clock.now();
			const suppressions = rows.map(({ address, reason, note }): Suppression => {
				const trimmed = address.trim();
				if (trimmed === '')
					throw new PushError('InvalidRequest', 'An address to suppress is empty.', { hint: 'Remove the empty row.' });
				return { applicationId: application.id, address: trimmed, reason, createdAt, ...(note ? { note } : {}) };
			});
			const operation = {
				action: 'PutSuppressions',
				resource: resource.suppressions(application.id),
				application,
				details: { addresses: rows.length },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => await store.suppressions.add(suppressions));
		},

		async remove(caller, locator, addresses) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				action: 'DeleteSuppressions',
				resource: resource.suppressions(application.id),
				application,
				details: { addresses: addresses.length },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				let removed = 0;
				for (let start = 0; start < addresses.length; start += SLICE) {
					const slice = addresses.slice(start, start + SLICE).map((address) => address.trim());
					removed += await store.suppressions.remove(application.id, slice);
				}
				return removed;
			});
		},

		async list(caller, locator, page) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				action: 'GetSuppressions',
				resource: resource.suppressions(application.id),
				application,
				changes: false,
			} as const;
			return await perform(context, caller, operation, async () => await store.suppressions.list(application.id, page));
		},
	};
}
