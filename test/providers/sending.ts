import type { ChannelContent } from '../../push/messages/content';
import type { ChannelType, Outcome, Recipient } from '../../push/model';
import type { ProviderClient } from '../../push/providers/provider';

export function recipient(address: string, channelType: ChannelType): Recipient {
	return { ref: 0, address, channelType };
}

export interface SendChoices {
	readonly validateOnly?: boolean;
	readonly timeoutMs?: number;
}

/** One try, as a promise. */
export async function send(
	client: ProviderClient,
	content: ChannelContent,
	address: string,
	choices: SendChoices = {},
): Promise<Outcome> {
	return await new Promise((resolve) => {
		const attempt = {
			messageId: '8f0e2a1c-0000-4000-8000-000000000001',
			timeoutMs: choices.timeoutMs ?? 15_000,
			validateOnly: choices.validateOnly ?? false,
		};
		client.send(content, recipient(address, client.channelType), attempt, resolve);
	});
}

/** As the sender does: a refused authorization is renewed once, and the message sent once more. */
export async function sendRenewing(client: ProviderClient, content: ChannelContent, address: string): Promise<Outcome> {
	const outcome = await send(client, content, address);
	if (outcome.class !== 'auth-refresh') return outcome;
	return (await client.renewAuthorization(outcome)) ? await send(client, content, address) : outcome;
}
