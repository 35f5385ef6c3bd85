import { PushError } from '../model';

/** AWS: CreatePushTemplate, template name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** AWS: quotas of message templates. */
const MAX_TEMPLATES = 20_000;
const MAX_VERSIONS = 5_000;
const DESCRIPTION_LIMIT = 500;

/** @throws {PushError} `InvalidRequest` */
export function checkTemplateName(name: string): string {
	const trimmed = name.trim();
	if (NAME.test(trimmed)) return trimmed;
	throw new PushError(
		'InvalidRequest',
		trimmed === '' ? 'The template has no name.' : 'This is not a name a template can have.',
		{
			hint: 'Use up to 128 letters, digits, _ and -, beginning with a letter or digit.',
		},
	);
}

/** @throws {PushError} `InvalidRequest` */
export function checkDescription(description: string): string {
	if (description.length <= DESCRIPTION_LIMIT) return description;
	throw new PushError(
		'InvalidRequest',
		`The description has ${description.length} characters; ${DESCRIPTION_LIMIT} are allowed.`,
		{ hint: 'Shorten it.' },
	);
}

/** @param count templates there are. @throws {PushError} `InvalidRequest` when there is no room for one more */
export function checkRoom(count: number): void {
	if (count < MAX_TEMPLATES) return;
	throw new PushError('InvalidRequest', `There are ${MAX_TEMPLATES} templates already; no more are allowed.`, {
		hint: 'Delete one that is not used any more.',
	});
}

/** @throws {PushError} `InvalidRequest` */
export function checkVersionNumber(name: string, version: number): void {
	if (version <= MAX_VERSIONS) return;
	throw new PushError(
		'InvalidRequest',
		`The template "${name}" has had ${MAX_VERSIONS} versions; no more are allowed.`,
		{ hint: 'Overwrite the latest one, or create a template with another name.' },
	);
}
