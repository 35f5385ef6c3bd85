export { type AwsEvent, toAwsEvent } from './awsEvent';
export { findInvalidTokens, type InvalidToken, type SuspectWave } from './invalidTokens';
export { type BatchHead, createDeliveryLog, type DeliveryLog } from './log';
export {
	eraseAddress,
	filterOf,
	type FoundResult,
	listResults,
	type ResultQuery,
	resultsIn,
	streamResults,
} from './query';
export { type RecordedSendOptions, recordResults } from './recording';
export { createUpkeep, DEFAULT_RETENTION, readRetention, type Retention, type Upkeep, writeRetention } from './upkeep';
