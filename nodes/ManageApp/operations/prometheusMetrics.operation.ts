import type { Operation } from '../../shared/operation';
import { optionalApplication } from '../../shared/resultQuery';
import { scopeOf, showMetrics } from './metrics';

const show = showMetrics('prometheus');

/** Everything counted so far, for a webhook that Prometheus asks. */
export const prometheusMetrics: Operation = {
	option: {
		name: 'Prometheus',
		value: 'prometheus',
		description: "Everything counted so far in Prometheus' text format",
		action: 'Get metrics for prometheus',
	},
	fields: [optionalApplication(show)],
	async run(context, itemIndex) {
		const text = await context.registry.metrics.prometheus(context.caller, scopeOf(context, itemIndex));
		return [{ text, contentType: 'text/plain; version=0.0.4' }];
	},
};
