/** Named, versioned messages: keeping them, filling them in, and showing what they look like. */
export { compileTemplate } from './compile';
export { createTemplates } from './templates';
export type { NewTemplate, TemplateChange, Templates, TemplateView } from './templates';
export { previewMessage } from './preview';
export type { ChannelPreview, Preview, PreviewOptions } from './preview';
