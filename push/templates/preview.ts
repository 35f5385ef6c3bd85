import { type ChannelContent, type CompiledMessage, isRefusal, type RenderRefusal } from '../messages';
import { CHANNELS, type ChannelType, type Recipient, type Substitutions } from '../model';
import { previewPage } from './picture/page';
import { type LockScreen, phonesSvg } from './picture/phones';
import { shownOf } from './picture/shown';

/** What one channel would send to a sample recipient. */
export interface ChannelPreview {
	readonly channelType: ChannelType;
	/** What people call the channel. */
	readonly label: string;
	/** The JSON text that would be sent, exactly; absent when it would be refused. */
	readonly payload?: string;
	/** What travels beside it: push type, priority, time to live, collapse id. */
	readonly headers?: Readonly<Record<string, string | number | boolean>>;
	/** UTF-8 bytes as the provider counts them. */
	readonly bytes?: number;
	readonly limit: number;
	readonly warnings: readonly string[];
	readonly refusal?: Pick<RenderRefusal, 'reason' | 'message'>;
}

export interface Preview {
	readonly channels: readonly ChannelPreview[];
	/** Lock screens of the first Apple channel and the first of the others. */
	readonly svg: string;
	/** The same picture with payloads, sizes and warnings: one page that needs nothing else. */
	readonly html: string;
}

export interface PreviewOptions {
	readonly channels: readonly ChannelType[];
	readonly substitutions: Substitutions;
	readonly title: string;
	readonly appName: string;
	/** Epoch ms: the time on the lock screen. */
	readonly now: number;
	/** IANA name. @default UTC */
	readonly timeZone?: string;
}

/** Where it goes is no part of the content. */
const SAMPLE_ADDRESS = 'sample';

/** @param make a fresh message for each channel, so that its warnings are its own */
export function previewMessage(make: () => CompiledMessage, options: PreviewOptions): Preview {
	const previews = options.channels.map((channelType) => previewOf(make(), channelType, options.substitutions));
	const screenOf = (apple: boolean): LockScreen | undefined => {
		const found = previews.find(({ channel }) => (CHANNELS[channel.channelType].provider === 'apns') === apple);
		return found && lockScreen(found, options);
	};
	const [ios, android] = [screenOf(true), screenOf(false)];
	const svg = phonesSvg({ ...(ios ? { ios } : {}), ...(android ? { android } : {}) });
	const channels = previews.map(({ channel }) => channel);
	return { channels, svg, html: previewPage(options.title, svg, channels) };
}

interface Rendered {
	readonly channel: ChannelPreview;
	readonly content?: ChannelContent;
}

function previewOf(message: CompiledMessage, channelType: ChannelType, substitutions: Substitutions): Rendered {
	const recipient: Recipient = { ref: 0, address: SAMPLE_ADDRESS, channelType, substitutions };
	const rendered = message.render(recipient);
	const { label, payloadLimit: limit } = CHANNELS[channelType];
	const common = { channelType, label, limit, warnings: message.warnings };
	if (isRefusal(rendered)) {
		return { channel: { ...common, refusal: { reason: rendered.reason, message: rendered.message } } };
	}
	const { payload, headers } = partsOf(rendered);
	return { channel: { ...common, payload, headers, bytes: rendered.bytes }, content: rendered };
}

function partsOf(content: ChannelContent): Required<Pick<ChannelPreview, 'payload' | 'headers'>> {
	switch (content.provider) {
		case 'apns': {
			const { pushType, topic, priority, timeToLiveSeconds, collapseId } = content;
			return {
				payload: content.payload,
				headers: present({ pushType, topic, priority, timeToLiveSeconds, collapseId }),
			};
		}
		case 'fcm':
			return { payload: content.message, headers: content.validateOnly ? { validateOnly: true } : {} };
		case 'baidu': {
			const { messageType, expiresSeconds, deviceType, deployStatus, topicId } = content;
			return {
				payload: content.message,
				headers: present({ messageType, expiresSeconds, deviceType, deployStatus, topicId }),
			};
		}
		case 'adm':
			return { payload: content.body, headers: {} };
	}
}

function present(headers: Readonly<Record<string, string | number | undefined>>): Record<string, string | number> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
	);
}

function lockScreen({ channel, content }: Rendered, { appName, now, timeZone }: PreviewOptions): LockScreen {
	const format = (options: Intl.DateTimeFormatOptions) =>
		new Intl.DateTimeFormat('en-US', { ...options, timeZone: timeZone ?? 'UTC' }).format(now);
	return {
		appName,
		time: format({ hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }),
		date: format({ weekday: 'long', month: 'long', day: 'numeric' }),
		...(content ? { shown: shownOf(content) } : {}),
		...(channel.refusal ? { refusal: channel.refusal.message } : {}),
	};
}
