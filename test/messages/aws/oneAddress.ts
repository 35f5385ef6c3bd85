import {
	type AddressConfiguration,
	compileMessageRequest,
	type DirectMessageConfiguration,
	type MessageRequest,
	type MessageStyle,
} from '../../../push/messages';
import { jsonOf } from '../content';

/** A request to one address. */
export interface Case {
	configuration: DirectMessageConfiguration;
	address?: AddressConfiguration;
	request?: Partial<MessageRequest>;
	style?: MessageStyle;
}

export function rendered(channelType: string, { configuration, address = {}, request = {}, style = 'aws' }: Case) {
	const compiled = compileMessageRequest(
		{ Addresses: { token: { ChannelType: channelType, ...address } }, MessageConfiguration: configuration, ...request },
		{ style },
	);
	const [recipient] = compiled.recipients;
	if (!recipient) throw new Error('no recipient');
	return { content: compiled.message.render(recipient), warnings: compiled.warnings };
}

export const json = (channelType: string, given: Case) => jsonOf(rendered(channelType, given).content);
/** Texts that every message has. */
export const T = { Title: 'T', Body: 'B' };
