import { PushError } from '../model';
import { looksLikeSecret } from '../security/redaction';

/** AWS's limits (Amazon Pinpoint: quotas; tagging). */
const NAME_LIMIT = 64;
const TAG_LIMIT = 50;
const TAG_KEY_LIMIT = 128;
const TAG_VALUE_LIMIT = 256;

/** @throws {PushError} `InvalidRequest` */
export function checkName(name: string): string {
	const trimmed = name.trim();
	if (trimmed === '')
		throw new PushError('InvalidRequest', 'The application has no name.', {
			hint: 'Give it a name of up to 64 characters.',
		});
	if (trimmed.length > NAME_LIMIT) {
		throw new PushError('InvalidRequest', `The name has ${trimmed.length} characters; ${NAME_LIMIT} are allowed.`, {
			hint: 'Shorten it.',
		});
	}
	refuseSecret('name', trimmed);
	return trimmed;
}

/** @throws {PushError} `InvalidRequest` */
export function checkTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	const entries = Object.entries(tags);
	const refuse = (message: string, hint: string) => new PushError('InvalidRequest', message, { hint });
	if (entries.length > TAG_LIMIT)
		throw refuse(`${entries.length} tags were given; ${TAG_LIMIT} are allowed.`, 'Remove some.');
	for (const [key, value] of entries) {
		if (key === '' || key.length > TAG_KEY_LIMIT || value.length > TAG_VALUE_LIMIT) {
			throw refuse(
				`The tag "${key.slice(0, 40)}" is empty or too long.`,
				'Keys have 1 to 128, values up to 256 characters.',
			);
		}
		if (key.toLowerCase().startsWith('aws:'))
			throw refuse(`The tag "${key.slice(0, 40)}" starts with "aws:", which is reserved.`, 'Choose another key.');
		refuseSecret('tag key', key);
		refuseSecret(`value of tag "${key}"`, value);
	}
	return tags;
}

/** Names and tags are shown everywhere; a key pasted there by mistake would be too. */
function refuseSecret(what: string, text: string): void {
	const shape = looksLikeSecret(text);
	if (!shape) return;
	throw new PushError('InvalidRequest', `The ${what} looks like ${shape}; it was not stored.`, {
		hint: 'Names and tags are visible to everyone. Put keys into n8n credentials and attach them to Toggle Channel.',
	});
}
