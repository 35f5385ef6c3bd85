import type { Operation } from '../../shared/operation';
import { optionalApplication } from '../../shared/resultQuery';
import { textParameter } from './application';
import { readRange, rangeFields, scopeOf, showMetrics } from './metrics';

const show = showMetrics('report');

/** A page with pictures, ready for an e-mail or a browser. */
export const reportMetrics: Operation = {
	option: {
		name: 'Report',
		value: 'report',
		description: 'A page with pictures: messages over time, why they failed, latency, channels and campaigns',
		action: 'Make a report',
	},
	fields: [
		optionalApplication(show),
		...rangeFields(show),
		{
			displayName: 'Title',
			name: 'title',
			type: 'string',
			default: '',
			placeholder: 'e.g. Push notifications in November',
			description: 'Stands at the top. When empty: "Push notifications", with the name of the application.',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const { functions, registry, caller, engine } = context;
		const title = textParameter(context, 'title', itemIndex).trim();
		const data = await registry.metrics.report(caller, scopeOf(context, itemIndex), {
			...readRange(context, itemIndex, Date.now()),
			...(title === '' ? {} : { title }),
		});
		const { html, svg } = await engine.renderReport(data);
		const file = async (text: string, name: string, type: string) =>
			await functions.helpers.prepareBinaryData(Buffer.from(text), name, type);
		return [
			{
				json: { title: data.title, ...data.total },
				binary: {
					data: await file(html, 'push-report.html', 'text/html'),
					picture: await file(svg, 'push-report.svg', 'image/svg+xml'),
				},
			},
		];
	},
};
