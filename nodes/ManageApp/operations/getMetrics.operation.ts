import type { IDataObject } from 'n8n-workflow';
import type { Figures, MetricPoint } from '../../../push';
import type { EngineModule } from '../../shared/engine';
import type { Operation } from '../../shared/operation';
import { choiceOf, textsOf } from '../../shared/parameters';
import { optionalApplication } from '../../shared/resultQuery';
import { isoDate } from '../../shared/views';
import { readRange, rangeFields, scopeOf, showMetrics } from './metrics';

const show = showMetrics('get');

const PERIODS = { minute: 60, hour: 3_600, day: 86_400 } as const;

const DIMENSIONS = ['application', 'channel', 'kind'] as const;

/** One item per period and dimension. */
export const getMetrics: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'What was sent, in numbers, per minute, hour or day',
		action: 'Get metrics',
	},
	fields: [
		optionalApplication(show),
		...rangeFields(show),
		{
			displayName: 'Period',
			name: 'period',
			type: 'options',
			options: [
				{ name: 'Day', value: 'day', description: 'Kept for 15 months; days of UTC' },
				{ name: 'Hour', value: 'hour', description: 'Kept for 15 months' },
				{ name: 'Minute', value: 'minute', description: 'Kept for 15 days' },
			],
			default: 'hour',
			description: 'What one item stands for',
			displayOptions: { show },
		},
		{
			displayName: 'Keep Apart',
			name: 'dimensions',
			type: 'multiOptions',
			options: [
				{ name: 'Application', value: 'application' },
				{ name: 'Channel', value: 'channel' },
				{ name: 'Direct and Campaign', value: 'kind' },
			],
			default: ['application', 'channel', 'kind'],
			description: 'What gets items of its own; everything else is added up',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const { functions, registry, caller, engine } = context;
		const parameters = {
			period: functions.getNodeParameter('period', itemIndex, 'hour'),
			dimensions: functions.getNodeParameter('dimensions', itemIndex, [...DIMENSIONS]),
		};
		const period = choiceOf(parameters, 'period', 'Period', ['minute', 'hour', 'day']) ?? 'hour';
		const words = textsOf(parameters, 'dimensions') ?? [];
		const points = await registry.metrics.get(caller, scopeOf(context, itemIndex), {
			...readRange(context, itemIndex, Date.now()),
			resolution: PERIODS[period],
			dimensions: DIMENSIONS.filter((dimension) => words.includes(dimension)),
		});
		return points.map((point) => pointJson(engine, point));
	},
};

function pointJson(
	engine: EngineModule,
	{ period, applicationId, channelType, kind, tally }: MetricPoint,
): IDataObject {
	const figures = engine.figuresOf(tally);
	return {
		date: isoDate(period),
		...(applicationId === undefined ? {} : { applicationId }),
		...(channelType === undefined ? {} : { channelType }),
		...(kind === undefined ? {} : { kind }),
		...figures,
		reasons: { ...tally.reasons },
		...(kind === undefined ? {} : { metrics: awsMetrics(kind === 'direct' ? 'Direct' : 'Campaign', figures) }),
	};
}

/** CloudWatch's names, and the same kind of names for what AWS does not count. Latencies in seconds, as there. */
function awsMetrics(kind: 'Direct' | 'Campaign', figures: Figures): IDataObject {
	const { successful, permanentFailure, temporaryFailure, throttled, optOut, duplicate, unknown, latencyP90 } = figures;
	const name = (what: string) => `${kind}SendMessage${what}`;
	return {
		[name('Success')]: successful,
		[name('PermanentFailure')]: permanentFailure,
		[name('TemporaryFailure')]: temporaryFailure,
		[name('Throttled')]: throttled,
		[name('UnknownFailure')]: unknown,
		[name('OptOut')]: optOut,
		[name('Duplicate')]: duplicate,
		...(latencyP90 === undefined ? {} : { [name('Latency')]: latencyP90 / 1_000 }),
	};
}
