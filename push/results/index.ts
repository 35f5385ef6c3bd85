export { type AwsEvent, toAwsEvent } from './awsEvent';
export { findInvalidTokens, type InvalidToken, type SuspectWave } from './invalidTokens';
export { type BatchHead, createDeliveryLog, type DeliveryLog, storeFault } from './log';
export {
	eraseAddress,
	filterOf,
	type FoundResult,
	listResults,
	type ResultQuery,
	resultsIn,
	streamResults,
} from './query';
export { type RecordedSendOptions, recordResults, withWarning } from './recording';
export { createUpkeep, DEFAULT_RETENTION, readRetention, type Retention, type Upkeep, writeRetention } from './upkeep';
export { createChannelHealth } from './channelHealth';
export {
	DIMENSIONS,
	type Dimension,
	type Figures,
	figuresOf,
	foldMetrics,
	type MetricPoint,
	type MetricsQuery,
	readMetrics,
	trimMetrics,
} from './metrics';
export {
	ALARM_METRICS,
	type AlarmChange,
	type AlarmMetric,
	type AlarmRule,
	type Delivery,
	type Skipped,
	sourceOf,
	type Subject,
	Subscriber,
	type SubscriptionItem,
} from './subscriptions';
export { type ReportData, reportData, type ReportRequest } from './report/data';
export type { Report } from './report';
export { prometheusText } from './prometheus';
