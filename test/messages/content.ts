import {
	type CompiledMessage,
	type CompileOptions,
	compileNotification,
	isRefusal,
	type Notification,
	type Rendered,
} from '../../push/messages';
import type { ChannelType, Recipient } from '../../push/model';

/** A recipient with nothing of its own, unless given. */
export function recipient(channelType: ChannelType, own: Partial<Recipient> = {}): Recipient {
	return { ref: 0, address: 'device', channelType, ...own };
}

/** The JSON that would go to the provider. */
export function jsonText(rendered: Rendered): string {
	if (isRefusal(rendered)) throw new Error(`refused: ${rendered.reason}: ${rendered.message}`);
	switch (rendered.provider) {
		case 'apns':
			return rendered.payload;
		case 'fcm':
		case 'baidu':
			return rendered.message;
		case 'adm':
			return rendered.body;
	}
}

export function jsonOf(rendered: Rendered): Record<string, unknown> {
	const value: unknown = JSON.parse(jsonText(rendered));
	if (typeof value !== 'object' || value === null) throw new Error('not an object');
	return Object.fromEntries(Object.entries(value));
}

export function render(
	notification: Notification,
	channelType: ChannelType,
	own: Partial<Recipient> = {},
	options: CompileOptions = {},
): Rendered {
	return compileNotification(notification, options).render(recipient(channelType, own));
}

/** What is sent for a notification on one channel. */
export function sent(notification: Notification, channelType: ChannelType, own: Partial<Recipient> = {}): unknown {
	return jsonOf(render(notification, channelType, own));
}

export function refusalOf(rendered: Rendered) {
	if (!isRefusal(rendered)) throw new Error('expected a refusal');
	return rendered;
}

/** Everything of a content but its JSON. */
export function headersOf(rendered: Rendered): Record<string, unknown> {
	if (isRefusal(rendered)) throw new Error(`refused: ${rendered.reason}: ${rendered.message}`);
	const kept = Object.entries(rendered).filter(([key]) => !['payload', 'message', 'body', 'bytes'].includes(key));
	return Object.fromEntries(kept);
}

export function warningsAfter(message: CompiledMessage, channelType: ChannelType): readonly string[] {
	message.render(recipient(channelType));
	return message.warnings;
}
