import { isObject } from '../json';
import { FCM_REASONS, type FcmRefusal } from './reasons';
import { MESSAGE } from './schema';
import { fieldOf, schemaFault, unknownName, violation } from './schema-check';

const TARGETS = ['token', 'fid', 'topic', 'condition'];
const ENVELOPE: ReadonlySet<string> = new Set(['message', 'validate_only', 'validateOnly']);
const SIZE_LIMIT = 4096;
const TOPICS_LIMIT = 5;

/** What is wrong with a send request's body (FCM: "REST Resource: projects.messages"). */
export function messageFault(
	body: Record<string, unknown>,
	message: Record<string, unknown> | undefined,
): FcmRefusal | undefined {
	for (const key of Object.keys(body)) if (!ENVELOPE.has(key)) return unknownName(key, '');
	const validateOnly = body.validate_only ?? body.validateOnly ?? false;
	if (typeof validateOnly !== 'boolean') {
		return violation('validate_only', `Invalid value at 'validate_only' (TYPE_BOOL), ${JSON.stringify(validateOnly)}`);
	}
	if (!message) return violation('message', 'Message is required');
	return schemaFault(message, MESSAGE, 'message') ?? targetFault(message) ?? dataFault(message) ?? sizeFault(message);
}

function targetFault(message: Record<string, unknown>): FcmRefusal | undefined {
	const targets = TARGETS.filter((target) => message[target] !== undefined && message[target] !== null);
	if (targets.length === 0) return violation('message', 'Recipient of the message is not set.');
	if (targets.length > 1) {
		return violation(
			`message.${targets[1] ?? ''}`,
			`oneof field 'target' is already set. Cannot set '${targets[1] ?? ''}'`,
		);
	}
	const { topic, condition } = message;
	if (typeof topic === 'string' && !/^[\w.~%-]{1,900}$/.test(topic))
		return violation('message.topic', 'Invalid topic name');
	if (typeof condition === 'string') return conditionFault(condition);
	return undefined;
}

function conditionFault(condition: string): FcmRefusal | undefined {
	const topics = condition.match(/'[\w.~%-]+' in topics/g) ?? [];
	const rest = condition.replace(/'[\w.~%-]+' in topics/g, '').replace(/&&|\|\||[!()\s]/g, '');
	const fine = topics.length > 0 && topics.length <= TOPICS_LIMIT && rest === '';
	return fine ? undefined : violation('message.condition', 'Invalid condition expression provided.');
}

/** Keys Google keeps for itself. */
function dataFault(message: Record<string, unknown>): FcmRefusal | undefined {
	const maps = [message.data, fieldOf(message.android, 'data')].filter(isObject);
	for (const key of maps.flatMap(Object.keys)) {
		if (/^(?:from|message_type|gcm|(?:google|gcm)\..*)$/.test(key)) {
			return { ...FCM_REASONS.INVALID_DATA_KEY, message: `Invalid data payload key: ${key}` };
		}
	}
	return undefined;
}

/** Keys and values of what the device gets: data and notification, as Android would see them. */
function sizeFault(message: Record<string, unknown>): FcmRefusal | undefined {
	const android = message.android;
	const data = fieldOf(android, 'data') ?? message.data;
	const notification = { ...objectOf(message.notification), ...objectOf(fieldOf(android, 'notification')) };
	return sizeOf(objectOf(data)) + sizeOf(notification) > SIZE_LIMIT ? FCM_REASONS.MESSAGE_TOO_BIG : undefined;
}

const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

function sizeOf(value: Record<string, unknown>): number {
	return Object.entries(value).reduce((sum, [key, entry]) => {
		const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
		return sum + Buffer.byteLength(key) + Buffer.byteLength(text);
	}, 0);
}
