import type { IExecuteFunctions, NodeEgressFilter } from 'n8n-workflow';
import type { EgressFilter } from '../../push/transport/types';

/** n8n's egress filter in the engine's words. */
export function toEgressFilter(filter: NodeEgressFilter): EgressFilter {
	return {
		async validateUrl(url) {
			const verdict = await filter.validateUrl(url);
			return verdict.ok ? { ok: true } : { ok: false, reason: verdict.error.message };
		},
		lookup: () => filter.createSecureLookup(),
	};
}

/** The filter this execution offers; older versions of n8n have none. */
export function egressFilterOf(context: IExecuteFunctions): EgressFilter | undefined {
	const helpers: Partial<Pick<IExecuteFunctions['helpers'], 'getSecureEgressFilter'>> = context.helpers;
	const filter = helpers.getSecureEgressFilter?.();
	return filter === undefined ? undefined : toEgressFilter(filter);
}
