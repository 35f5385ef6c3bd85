import { CHANNELS } from '../../model';
import type { ChannelType, ProviderId, Substitutions } from '../../model';
import type { Fields, Warn } from '../native/fields';
import { isRecipientName } from '../plan';
import type { ChannelPlan, Overrides, PlanSource } from '../plan';
import { noContent } from '../refusal';
import { rawPlan } from '../raw/raw';
import type { Programs } from '../substitution';
import { admFields, awsAdmPlan, awsBaiduPlan, awsGcmPlan, baiduFields, gcmFields } from './android';
import { apnsFields, awsApnsPlan } from './apns';
import { channelMessage, mergeMessage, mergeSubstitutions } from './precedence';
import type { MergedMessage } from './precedence';
import { withTemplate } from './templateContent';
import type { CompiledTemplate } from './templateContent';
import type { DirectMessageConfiguration, MessageRequest } from './types';
import { warnOfAction } from './words';
import type { MessageStyle } from './words';

/** Makes the channels' content out of a MessageRequest. */
export class RequestSource implements PlanSource {
	readonly usesContext = true;

	/** Each address may bring its own content; what one is refused for need not be another's. */
	readonly refusesTogether = false;

	readonly warnings = new Set<string>();

	readonly programs: Programs | undefined;

	readonly namesRecipient: boolean;

	private readonly configuration: DirectMessageConfiguration;

	constructor(
		private readonly request: MessageRequest,
		private readonly style: MessageStyle,
		private readonly template?: CompiledTemplate,
	) {
		const own = request.MessageConfiguration ?? {};
		this.configuration = template ? withTemplate(own, template) : own;
		this.programs = template?.programs;
		this.namesRecipient = template?.placeholders.some((name) => isRecipientName(name)) ?? false;
	}

	plan(channelType: ChannelType, overrides: Overrides): ChannelPlan {
		const raw = this.rawContent(channelType, overrides);
		if (raw) return this.rawPlan(channelType, raw);
		const message = mergeMessage(this.configuration, channelType, overrides);
		if (!this.speaksOf(channelType, overrides)) {
			noContent(channelType, 'Either a template or a push message must be specified: add a message for this channel.');
		}
		warnOfAction(message, this.warn);
		return this.channelPlan(channelType, message, { ...this.request.Context, ...overrides.context });
	}

	rawPlan(channelType: ChannelType, raw: string): ChannelPlan {
		const fields = this.fieldsFor(channelType, mergeMessage(this.configuration, channelType, {}));
		return rawPlan(raw, fields, channelType, this.warn, 'android');
	}

	substitutions(channelType: ChannelType): Substitutions | undefined {
		const own = mergeSubstitutions(this.configuration, channelType);
		return this.template ? { ...this.template.defaults, ...own } : own;
	}

	body(channelType: ChannelType): string | undefined {
		const { Body } = mergeMessage(this.configuration, channelType, {});
		return typeof Body === 'string' ? Body : undefined;
	}

	readonly warn: Warn = (sentence) => {
		this.warnings.add(sentence);
	};

	/** A recipient's own text comes after the request's raw content, and before the template's. */
	private rawContent(channelType: ChannelType, { title, body }: Overrides): string | undefined {
		const own = this.request.MessageConfiguration ?? {};
		return channelMessage(title || body ? own : this.configuration, channelType)?.RawContent;
	}

	private speaksOf(channelType: ChannelType, { title, body }: Overrides): boolean {
		const { DefaultMessage: text, DefaultPushNotificationMessage: push } = this.configuration;
		return Boolean(channelMessage(this.configuration, channelType) ?? push ?? text ?? title ?? body);
	}

	private channelPlan(channelType: ChannelType, message: MergedMessage, context: Record<string, string>): ChannelPlan {
		const { style, warn, configuration } = this;
		switch (CHANNELS[channelType].provider) {
			case 'apns':
				return awsApnsPlan(message, configuration.APNSMessage ?? {}, context, { channelType, style, warn });
			case 'fcm':
				return awsGcmPlan(message, configuration.GCMMessage ?? {}, { context, style, warn });
			case 'baidu':
				return awsBaiduPlan(message, configuration.BaiduMessage ?? {}, { context, style, warn });
			case 'adm':
				return awsAdmPlan(message, configuration.ADMMessage ?? {}, { context, style, warn });
		}
	}

	/** With raw content only the headers are of use. */
	private fieldsFor(channelType: ChannelType, message: MergedMessage): Fields {
		const fields: Readonly<Record<ProviderId, () => Fields>> = {
			apns: () => apnsFields(message, this.configuration.APNSMessage ?? {}),
			fcm: () => gcmFields(message, this.configuration.GCMMessage ?? {}),
			baidu: () => baiduFields(message, this.configuration.BaiduMessage ?? {}),
			adm: () => admFields(message, this.configuration.ADMMessage ?? {}),
		};
		return fields[CHANNELS[channelType].provider]();
	}
}
