import type { PageOf } from '../../shared/documentation';

const PAGES: Readonly<Record<string, string>> = {
	application: 'manage-app.md#application',
	audit: 'applications.md#audit-trail',
	metrics: 'results.md#figures',
	store: 'applications.md#who-may-do-what',
	suppression: 'manage-app.md#suppression',
	template: 'messages.md#templates',
};

/** By the resource a field belongs to. */
export const pageOf: PageOf = ({ displayOptions }) =>
	PAGES[String(displayOptions?.show?.resource?.[0])] ?? 'manage-app.md';
