import type { Notification } from '../../../push/messages/notification';
import type { ProviderId } from '../../../push/model';
import { WorkflowMistake } from '../../shared/errors';
import type { LenientJson } from '../../shared/lenientJson';
import { choiceOf, flagOf, isRecord, jsonOf, numberOf, section, textOf, type Values } from '../../shared/parameters';
import type { WorkflowTimes } from '../../shared/times';
import { admExtras, apnsExtras, baiduExtras, fcmExtras } from './extras';

/** The parameters that make up the message. */
export const MESSAGE_PARAMETERS = [
	'messageFrom',
	'template',
	'templateVersion',
	'rawPayload',
	'apnsPayload',
	'fcmPayload',
	'baiduPayload',
	'admPayload',
	'silent',
	'title',
	'body',
	'dataMode',
	'data',
	'dataJson',
	'action',
	'url',
	'sound',
	'additionalFields',
	'apnsOptions',
	'fcmOptions',
	'baiduOptions',
	'admOptions',
] as const;

const RAW_FIELDS: Readonly<Record<ProviderId, { name: string; label: string }>> = {
	apns: { name: 'apnsPayload', label: 'Apple Payload' },
	fcm: { name: 'fcmPayload', label: 'Google Payload' },
	baidu: { name: 'baiduPayload', label: 'Baidu Payload' },
	adm: { name: 'admPayload', label: 'Amazon Payload' },
};

/**
 * The node's fields as a notification.
 * @throws {WorkflowMistake} naming the field that cannot be used.
 */
export function toNotification(values: Values, json: LenientJson, times: WorkflowTimes): Notification {
	const additional = section(values, 'additionalFields');
	const notification: Notification = {
		...(flagOf(values, 'rawPayload') ? { raw: rawPayloads(values, json) } : content(values, additional, json)),
		collapseId: textOf(additional, 'collapseId'),
		priority: choiceOf(additional, 'priority', 'Priority', ['high', 'normal']),
		timeToLiveSeconds: numberOf(additional, 'timeToLive', 'Time to Live'),
		apns: apnsExtras(values, json, times),
		fcm: fcmExtras(values, json, times),
		baidu: baiduExtras(values),
		adm: admExtras(values),
	};
	return withoutGaps(notification);
}

function content(values: Values, additional: Values, json: LenientJson): Notification {
	const action = choiceOf(values, 'action', 'When Tapped', ['OPEN_APP', 'DEEP_LINK', 'URL']);
	const url = textOf(values, 'url');
	if (action !== undefined && action !== 'OPEN_APP' && url === undefined) {
		throw new WorkflowMistake('Link is empty.', 'Enter the link to open, or set When Tapped to Open App.');
	}
	const texts = {
		title: textOf(values, 'title'),
		subtitle: textOf(additional, 'subtitle'),
		body: textOf(values, 'body'),
	};
	return {
		...texts,
		data: appData(values, json),
		action,
		url,
		imageUrl: textOf(additional, 'imageUrl'),
		sound: soundOf(values, texts),
		badge: numberOf(additional, 'badge', 'Badge'),
		category: textOf(additional, 'category'),
		threadId: textOf(additional, 'threadId'),
		silent: flagOf(values, 'silent'),
	};
}

/** The field's default is meant for texts: it must not turn an empty message, or a new badge, into a noise. */
function soundOf(values: Values, texts: Readonly<Record<string, string | undefined>>): string | undefined {
	const sound = textOf(values, 'sound');
	const localized = [section(values, 'apnsOptions'), section(values, 'fcmOptions')].some(
		(options) => options.locKey ?? options.titleLocKey ?? options.bodyLocKey,
	);
	const hasText = localized || Object.values(texts).some((text) => text !== undefined);
	return sound === 'default' && !hasText ? undefined : sound;
}

function rawPayloads(values: Values, json: LenientJson): Notification['raw'] {
	const raw: Partial<Record<ProviderId, string>> = {};
	for (const provider of ['apns', 'fcm', 'baidu', 'adm'] as const) {
		const { name, label } = RAW_FIELDS[provider];
		const payload = json.read(values, name, label);
		if (payload === undefined) continue;
		// Text goes out as typed, mended where it is only nearly JSON; what an expression made is written down.
		raw[provider] = String(json.text(textOf(values, name) ?? JSON.stringify(payload), label));
	}
	return raw;
}

function appData(values: Values, json: LenientJson): Readonly<Record<string, unknown>> | undefined {
	const data = textOf(values, 'dataMode') === 'json' ? dataFromJson(values, json) : dataFromFields(values);
	return data === undefined || Object.keys(data).length === 0 ? undefined : data;
}

function dataFromJson(values: Values, json: LenientJson): Readonly<Record<string, unknown>> | undefined {
	const data = json.read(values, 'dataJson', 'Data JSON');
	if (data === undefined || isRecord(data)) return data;
	throw new WorkflowMistake('Data JSON is not an object.', 'Write keys and values in braces, e.g. {"order": "42"}.');
}

function dataFromFields(values: Values): Readonly<Record<string, unknown>> {
	const { assignments } = section(values, 'data');
	const data: Record<string, unknown> = {};
	if (!Array.isArray(assignments)) return data;
	for (const assignment of assignments) {
		if (!isRecord(assignment)) continue;
		const name = textOf(assignment, 'name');
		if (name !== undefined) data[name] = typed(assignment, name);
	}
	return data;
}

/** n8n keeps what was typed as text; the type beside it says what is meant. */
function typed(assignment: Values, name: string): unknown {
	const label = `The data field "${name}"`;
	switch (assignment.type) {
		case 'number':
			return numberOf(assignment, 'value', label);
		case 'boolean':
			return flagOf(assignment, 'value') ?? false;
		case 'array':
		case 'object':
			return jsonOf(assignment, 'value', label);
		default:
			return textOf(assignment, 'value') ?? '';
	}
}

/** Two notifications with the same content have the same JSON. */
function withoutGaps(notification: Notification): Notification {
	return Object.fromEntries(Object.entries(notification).filter(([, value]) => value !== undefined));
}
