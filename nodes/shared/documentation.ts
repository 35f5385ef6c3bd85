import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

const PAGES = 'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/docs/';

/** Where a field is explained: a page of `docs/`, with its chapter. */
export type PageOf = (field: INodeProperties) => string;

/** The fields with a link to the documentation at the end of each description, those inside collections included. */
export function documented(fields: readonly INodeProperties[], pageOf: PageOf): INodeProperties[] {
	return fields.map((field) => withLink(field, pageOf(field)));
}

function withLink(field: INodeProperties, page: string): INodeProperties {
	if (field.type === 'notice' || field.type === 'hidden') return field;
	const link = `<a href="${PAGES}${page}" target="_blank">More</a>`;
	const description = field.description === undefined ? link : `${sentence(field.description)} ${link}`;
	return { ...field, description, ...(field.options ? { options: inner(field.options, page) } : {}) };
}

/** Choices keep their own words; fields and groups of fields get the link too. */
function inner(options: NonNullable<INodeProperties['options']>, page: string): INodeProperties['options'] {
	return options.map((option) => {
		if (isGroup(option)) return { ...option, values: option.values.map((field) => withLink(field, page)) };
		return isField(option) ? withLink(option, page) : option;
	});
}

type Option = INodePropertyOptions | INodeProperties | INodePropertyCollection;

function isGroup(option: Option): option is INodePropertyCollection {
	return 'values' in option;
}

function isField(option: Option): option is INodeProperties {
	return 'displayName' in option && 'default' in option;
}

/** n8n's style is no full stop after a single sentence; before the link there must be one. */
function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
