import { CHANNELS, systemClock } from '../model';
import type { ChannelType, Clock, Substitutions } from '../model';
import { awsPlan } from './aws/notification';
import type { MessageStyle } from './aws/words';
import type { CompiledMessage } from './content';
import { checkNotification, withOverrides } from './native/fields';
import type { Fields, Warn } from './native/fields';
import { nativePlan } from './native/native';
import type { Notification } from './notification';
import { compileMessage } from './plan';
import type { ChannelPlan, Overrides, PlanSource } from './plan';
import { rawPlan } from './raw/raw';
import type { OnMissing } from './substitution';

export interface CompileOptions {
	/** A `{{name}}` without a value: refuse the recipient (default), leave the place empty, or leave it as written. */
	readonly onMissing?: OnMissing;
	/** Values for recipients that bring none of their own. */
	readonly substitutions?: Substitutions;
	/** For the expiry FCM wants as a moment (iPhones). */
	readonly clock?: Pick<Clock, 'now'>;
	/** A body that makes the message too long is cut between two characters and ended by an ellipsis. */
	readonly shortenToFit?: boolean;
	/** `aws`: for apps that read AWS's keys. @default native */
	readonly style?: MessageStyle;
}

/**
 * A notification for any of the channels: shown by the phone itself, without any SDK in the app, unless the style is
 * AWS's. Each channel is compiled when its first recipient comes; a message without `{{name}}` renders one frozen
 * object for all. What only one channel cannot take is a refusal of that channel's recipients.
 * @throws {PushError} `InvalidMessage` for what is wrong on every channel.
 */
export function compileNotification(notification: Notification, options: CompileOptions = {}): CompiledMessage {
	return compileMessage(new NotificationSource(notification, options.substitutions, options.style ?? 'native'), {
		onMissing: options.onMissing ?? 'fail',
		clock: options.clock ?? systemClock,
		shortenToFit: options.shortenToFit ?? false,
	});
}

class NotificationSource implements PlanSource {
	readonly usesContext = false;

	readonly refusesTogether = true;

	readonly warnings = new Set<string>();

	private readonly fields: Fields;

	constructor(
		private readonly notification: Notification,
		private readonly common: Substitutions | undefined,
		private readonly style: MessageStyle,
	) {
		this.fields = checkNotification(notification);
	}

	plan(channelType: ChannelType, overrides: Overrides): ChannelPlan {
		const raw = this.notification.raw?.[CHANNELS[channelType].provider];
		if (raw !== undefined && raw.trim() !== '') return this.rawPlan(channelType, raw);
		const plan = this.style === 'aws' ? awsPlan : nativePlan;
		return plan(withOverrides(this.fields, overrides), channelType, this.warn);
	}

	rawPlan(channelType: ChannelType, raw: string): ChannelPlan {
		return rawPlan(raw, this.fields, channelType, this.warn);
	}

	substitutions(): Substitutions | undefined {
		return this.common;
	}

	body(): string | undefined {
		return typeof this.fields.body === 'string' ? this.fields.body : undefined;
	}

	private readonly warn: Warn = (sentence) => {
		this.warnings.add(sentence);
	};
}
