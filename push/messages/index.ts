/** What is sent: notifications, AWS's requests and raw payloads on the way in, one channel's JSON on the way out. */
export * from './content';
export * from './notification';
export { compileNotification } from './compile';
export type { CompileOptions } from './compile';
export { compileMessageRequest, compileTemplateMessage, MAX_ADDRESSES, namedTemplate } from './aws/request';
export { readDefaults, readTemplateContent, TEMPLATE_PARTS } from './aws/templateContent';
export type { CompiledTemplate, TemplatePartName } from './aws/templateContent';
export type { CompiledMessageRequest, CompileRequestOptions, CompileTemplateOptions } from './aws/request';
export { toAwsResult, toMessageResponse } from './aws/response';
export type { MessageStyle } from './aws/words';
export type * from './aws/types';
export { readLenientJson } from './lenient';
export { compileText, Filling, mayHavePlaceholders, placeholderNames } from './substitution';
export type { OnMissing, Placeholder, Program, Programs, Template } from './substitution';
export { COLLAPSE_ID_LIMIT, TIME_TO_LIVE } from './size';
