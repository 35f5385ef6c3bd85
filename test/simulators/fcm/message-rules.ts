import { isObject } from '../json';
import type { FcmRefusal } from './reasons';

const TARGETS = ['token', 'fid', 'topic', 'condition'];

/** What is wrong with a send request's body (FCM: "REST Resource: projects.messages"). */
export function messageFault(
	body: Record<string, unknown>,
	message: Record<string, unknown> | undefined,
): FcmRefusal | undefined {
	for (const key of Object.keys(body)) {
		if (!['message', 'validate_only', 'validateOnly'].includes(key)) return unknownName(key, '');
	}
	if (!message) return violation('message', 'Message is required');
	const targets = TARGETS.filter((target) => message[target] !== undefined);
	if (targets.length !== 1) {
		return violation('message', 'Exactly one of token, fid, topic or condition is required');
	}
	if (isObject(message.data) && Object.values(message.data).some((value) => typeof value !== 'string')) {
		return violation('message.data', 'Invalid value, expected a string');
	}
	return undefined;
}

export function violation(field: string, description: string): FcmRefusal {
	return { status: 400, word: 'INVALID_ARGUMENT', message: description, violations: [{ field, description }] };
}

export function unknownName(name: string, at: string): FcmRefusal {
	const place = at === '' ? '' : ` at '${at}'`;
	const description = `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`;
	return { status: 400, word: 'INVALID_ARGUMENT', message: description, violations: [{ field: at, description }] };
}
