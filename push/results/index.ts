export { type BatchHead, createDeliveryLog, type DeliveryLog } from './log';
export { type RecordedSendOptions, recordResults } from './recording';
export { createUpkeep, DEFAULT_RETENTION, readRetention, type Retention, type Upkeep, writeRetention } from './upkeep';
