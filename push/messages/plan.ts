import type { ChannelType, Clock, Recipient, Substitutions } from '../model';
import type { ChannelContent, CompiledMessage, Rendered } from './content';
import { Slot } from './json';
import type { FilledJson, JsonTemplate, Text } from './json';
import { forEveryRecipient, refusal, Refused } from './refusal';
import { collapseIdTooLong, tooLarge } from './size';
import { compileText, Filling, mayHavePlaceholders } from './substitution';
import type { OnMissing, Template } from './substitution';

/** The content of one channel, ready to be filled. */
export interface ChannelPlan {
	readonly json: JsonTemplate;
	/** Most bytes of the counted parts. */
	readonly limit: number;
	readonly collapseId?: string;
	finish(json: FilledJson, collapseId: string | undefined): ChannelContent;
}

/** What a recipient may bring in place of the message's own. */
export interface Overrides {
	readonly title?: Text;
	readonly body?: Text;
	readonly context?: Readonly<Record<string, string>>;
}

/** Where plans come from: a Notification, or a MessageRequest. Both functions throw `Refused`. */
export interface PlanSource {
	plan(channelType: ChannelType, overrides: Overrides): ChannelPlan;
	/** Of a recipient's own raw content. */
	rawPlan(channelType: ChannelType, raw: string): ChannelPlan;
	substitutions(channelType: ChannelType): Substitutions | undefined;
	/** The recipients' `context` is part of the content. */
	readonly usesContext: boolean;
	/** One recipient's refusal may be taken for everybody's (no recipient is likely to bring raw content). */
	readonly refusesTogether: boolean;
	readonly warnings: ReadonlySet<string>;
}

export interface FillingOptions {
	readonly onMissing: OnMissing;
	readonly clock: Pick<Clock, 'now'>;
}

/** Compiles a channel when its first recipient comes; then only fills holes. */
export function compileMessage(source: PlanSource, options: FillingOptions): CompiledMessage {
	return new LazyMessage(source, options);
}

/** A recipient's own title and body may hold placeholders too. */
const OWN_TITLE = new Slot((filling) => ownText(filling, filling.recipient?.titleOverride));
const OWN_BODY = new Slot((filling) => ownText(filling, filling.recipient?.bodyOverride));

function ownText(filling: Filling, text = ''): string {
	return mayHavePlaceholders(text) ? filling.text(compileText(text)) : text;
}

class LazyMessage implements CompiledMessage {
	/** By channel and by which of the two overrides the recipient has. */
	private readonly prepared = new Map<string, PreparedPlan>();

	/** Raw content is mostly the same text over and over: the last one is kept. */
	private lastRaw: { readonly key: string; readonly plan: PreparedPlan } | undefined;

	/** Of recipients without overrides, which most are: nothing is to be put together to find it. */
	private lastPlain: { readonly channelType: ChannelType; readonly plan: PreparedPlan } | undefined;

	constructor(
		private readonly source: PlanSource,
		private readonly options: FillingOptions,
	) {}

	get warnings(): readonly string[] {
		return [...this.source.warnings];
	}

	render(recipient: Recipient): Rendered {
		if (recipient.rawContent) return this.rawPlan(recipient, recipient.rawContent).render(recipient);
		if (this.source.usesContext && recipient.context) return this.freshPlan(recipient).render(recipient);
		return this.plan(recipient).render(recipient);
	}

	private plan(recipient: Recipient): PreparedPlan {
		if (recipient.titleOverride || recipient.bodyOverride) return this.planFor(recipient);
		const { lastPlain } = this;
		if (lastPlain?.channelType === recipient.channelType) return lastPlain.plan;
		const plan = this.planFor(recipient);
		this.lastPlain = { channelType: recipient.channelType, plan };
		return plan;
	}

	private planFor(recipient: Recipient): PreparedPlan {
		const overrides = overridesOf(recipient);
		const key = `${recipient.channelType} ${overrides.title ? 't' : ''}${overrides.body ? 'b' : ''}`;
		const known = this.prepared.get(key);
		if (known) return known;
		const plan = this.prepare(recipient.channelType, () => this.source.plan(recipient.channelType, overrides));
		this.prepared.set(key, plan);
		return plan;
	}

	private freshPlan(recipient: Recipient): PreparedPlan {
		const overrides = { ...overridesOf(recipient), context: recipient.context };
		return this.prepare(recipient.channelType, () => this.source.plan(recipient.channelType, overrides));
	}

	private rawPlan(recipient: Recipient, raw: string): PreparedPlan {
		const key = `${recipient.channelType} ${raw}`;
		if (this.lastRaw?.key === key) return this.lastRaw.plan;
		const plan = this.prepare(recipient.channelType, () => this.source.rawPlan(recipient.channelType, raw), 'own');
		this.lastRaw = { key, plan };
		return plan;
	}

	private prepare(channelType: ChannelType, make: () => ChannelPlan, whose?: 'own'): PreparedPlan {
		const together = this.source.refusesTogether && whose === undefined;
		const common = this.source.substitutions(channelType);
		return new PreparedPlan(planOrRefusal(make), { ...this.options, channelType, common, together });
	}
}

function overridesOf(recipient: Recipient): Overrides {
	return {
		...(recipient.titleOverride ? { title: OWN_TITLE } : {}),
		...(recipient.bodyOverride ? { body: OWN_BODY } : {}),
	};
}

function planOrRefusal(make: () => ChannelPlan): ChannelPlan | Refused {
	try {
		return make();
	} catch (error) {
		if (error instanceof Refused) return error;
		throw error;
	}
}

interface PreparedOptions extends FillingOptions {
	readonly channelType: ChannelType;
	readonly common: Substitutions | undefined;
	readonly together: boolean;
}

class PreparedPlan {
	/** The refusal, or the one content of all recipients alike. */
	private constant: Rendered | undefined;

	/** Epoch second `constant` was made for; 0 = for ever. */
	private second = 0;

	private readonly timed: boolean;

	private readonly sameForAll: boolean;

	private readonly collapse: Template | undefined;

	constructor(
		private readonly plan: ChannelPlan | Refused,
		private readonly options: PreparedOptions,
	) {
		this.timed = !(plan instanceof Refused) && plan.json.isTimed;
		this.collapse = plan instanceof Refused || !plan.collapseId ? undefined : compileText(plan.collapseId);
		this.sameForAll = plan instanceof Refused || (plan.json.isCommon && !this.collapse?.placeholders.length);
	}

	render(recipient: Recipient): Rendered {
		if (!this.sameForAll && dependsOn(recipient)) return this.make(recipient);
		const second = this.timed ? Math.floor(this.options.clock.now() / 1000) : 0;
		if (this.constant === undefined || this.second !== second) {
			this.second = second;
			this.constant = this.make(undefined);
		}
		return this.constant;
	}

	private make(recipient: Recipient | undefined): Rendered {
		if (this.plan instanceof Refused) return this.shared(this.plan.refusal);
		const { onMissing, common, clock } = this.options;
		const filling = new Filling(recipient, common, onMissing, this.timed ? clock.now() : 0);
		const collapseId = this.collapse && filling.text(this.collapse);
		const json = this.plan.json.fill(filling);
		if (filling.missing.length > 0) return missing(filling.missing);
		const refused =
			tooLarge(json.bytes, this.plan.limit, this.options.channelType) ??
			(collapseId === undefined ? undefined : collapseIdTooLong(collapseId));
		if (refused) return this.sameForAll && this.options.together ? forEveryRecipient(refused) : refused;
		return Object.freeze(this.plan.finish(json, collapseId || undefined));
	}

	private shared(refused: Refused['refusal']): Rendered {
		if (this.options.together || refused.stops === undefined) return refused;
		return Object.freeze({ ...refused, stops: undefined });
	}
}

function dependsOn(recipient: Recipient): boolean {
	return Boolean(recipient.substitutions || recipient.titleOverride || recipient.bodyOverride);
}

function missing(names: readonly string[]): Rendered {
	const list = names.map((name) => `{{${name}}}`).join(', ');
	return refusal(
		'MissingSubstitution',
		`No value was given for ${list}, so the message was not sent. Give the recipient a value for it, or a default one to the message.`,
	);
}
