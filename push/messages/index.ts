/** What is sent: notifications, AWS's requests and raw payloads on the way in, one channel's JSON on the way out. */
export * from './content';
export * from './notification';
export { compileNotification } from './compile';
export type { CompileOptions } from './compile';
export { compileMessageRequest, MAX_ADDRESSES } from './aws/request';
export type { CompiledMessageRequest, CompileRequestOptions } from './aws/request';
export { toAwsResult, toMessageResponse } from './aws/response';
export type { MessageStyle } from './aws/words';
export type * from './aws/types';
export { compileText, Filling, placeholderNames } from './substitution';
export type { OnMissing, Placeholder, Program, Programs, Template } from './substitution';
export { COLLAPSE_ID_LIMIT, TIME_TO_LIVE } from './size';
