import type { ChannelType, Clock, Recipient, Substitutions } from '../model';
import type { ChannelContent, CompiledMessage, Rendered, RenderRefusal } from './content';
import { Slot } from './json';
import type { FilledJson, JsonTemplate, Text } from './json';
import { forEveryRecipient, refusal, Refused } from './refusal';
import { ShorteningBody } from './shorten';
import { collapseIdTooLong, tooLarge } from './size';
import { compileText, Filling, mayHavePlaceholders } from './substitution';
import type { OnMissing, Programs, Template } from './substitution';

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
	/** The message's own body, before it is filled in. */
	body(channelType: ChannelType): string | undefined;
	/** The recipients' `context` is part of the content. */
	readonly usesContext: boolean;
	/** One recipient's refusal may be taken for everybody's (no recipient is likely to bring raw content). */
	readonly refusesTogether: boolean;
	readonly warnings: ReadonlySet<string>;
	/** Of the template the message is made from. */
	readonly programs?: Programs | undefined;
	/** The texts ask for what AWS knows of every recipient: `{{Address}}` or `{{ChannelType}}`. */
	readonly namesRecipient?: boolean;
}

export interface FillingOptions {
	readonly onMissing: OnMissing;
	readonly clock: Pick<Clock, 'now'>;
	/** A body that makes the message too long is cut, instead of refusing the recipient. */
	readonly shortenToFit?: boolean;
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

	/** Some body was. */
	private shortened = false;

	/** Raw content is mostly the same text over and over: the last one is kept. */
	private lastRaw: { readonly key: string; readonly plan: PreparedPlan } | undefined;

	/** Of recipients without overrides, which most are: nothing is to be put together to find it. */
	private lastPlain: { readonly channelType: ChannelType; readonly plan: PreparedPlan } | undefined;

	constructor(
		private readonly source: PlanSource,
		private readonly options: FillingOptions,
	) {}

	get warnings(): readonly string[] {
		return [...this.source.warnings, ...(this.shortened ? [SHORTENED] : [])];
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
		const plan = this.prepare(recipient.channelType, overrides);
		this.prepared.set(key, plan);
		return plan;
	}

	private freshPlan(recipient: Recipient): PreparedPlan {
		const overrides = { ...overridesOf(recipient), context: recipient.context };
		return this.prepare(recipient.channelType, overrides);
	}

	private rawPlan(recipient: Recipient, raw: string): PreparedPlan {
		const key = `${recipient.channelType} ${raw}`;
		if (this.lastRaw?.key === key) return this.lastRaw.plan;
		const plan = this.preparePlan(recipient.channelType, () => this.source.rawPlan(recipient.channelType, raw), {
			own: true,
		});
		this.lastRaw = { key, plan };
		return plan;
	}

	private prepare(channelType: ChannelType, overrides: Overrides): PreparedPlan {
		const make = (own: Overrides) => () => this.source.plan(channelType, own);
		if (!this.options.shortenToFit) return this.preparePlan(channelType, make(overrides), {});
		const body = new ShorteningBody();
		const shorter = planOrRefusal(make({ ...overrides, body: body.slot }));
		const text = this.source.body(channelType);
		const shortening =
			shorter instanceof Refused ? {} : { shortening: { body, plan: shorter, text, noted: this.noteShortened } };
		return this.preparePlan(channelType, make(overrides), shortening);
	}

	private preparePlan(
		channelType: ChannelType,
		make: () => ChannelPlan,
		{ own, shortening }: { readonly own?: boolean; readonly shortening?: Shortening },
	): PreparedPlan {
		const { programs, namesRecipient = false } = this.source;
		const together = this.source.refusesTogether && !own;
		const common = this.source.substitutions(channelType);
		const options = { ...this.options, channelType, common, together, programs, namesRecipient };
		return new PreparedPlan(planOrRefusal(make), options, shortening);
	}

	private readonly noteShortened = (): void => {
		this.shortened = true;
	};
}

const SHORTENED = 'The body was too long for some recipients and was shortened to fit.';

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
	readonly programs: Programs | undefined;
	readonly namesRecipient: boolean;
}

/** The same content with a body that can get shorter. */
interface Shortening {
	readonly body: ShorteningBody;
	readonly plan: ChannelPlan;
	/** The message's own body; a recipient may bring another. */
	readonly text: string | undefined;
	noted(): void;
}

class PreparedPlan {
	/** The refusal, or the one content of all recipients alike. */
	private constant: Rendered | undefined;

	/** Epoch second `constant` was made for; 0 = for ever. */
	private second = 0;

	private readonly timed: boolean;

	private readonly sameForAll: boolean;

	private readonly collapse: Template | undefined;

	/** Of a collapse id that is the same for everybody: it was looked at once. */
	private collapseChecked = false;

	constructor(
		private readonly plan: ChannelPlan | Refused,
		private readonly options: PreparedOptions,
		private readonly shortening: Shortening | undefined,
	) {
		// The programs of a template may ask for the time.
		this.timed = !(plan instanceof Refused) && (plan.json.isTimed || (options.programs?.size ?? 0) > 0);
		this.collapse = plan instanceof Refused || !plan.collapseId ? undefined : compileText(plan.collapseId);
		this.sameForAll = plan instanceof Refused || (plan.json.isCommon && !this.collapse?.placeholders.length);
	}

	render(recipient: Recipient): Rendered {
		if (!this.sameForAll) {
			if (this.options.namesRecipient) return this.make(withItself(recipient));
			if (dependsOn(recipient)) return this.make(recipient);
		}
		const second = this.timed ? Math.floor(this.options.clock.now() / 1000) : 0;
		if (this.constant === undefined || this.second !== second) {
			this.second = second;
			this.constant = this.make(undefined);
		}
		return this.constant;
	}

	private make(recipient: Recipient | undefined): Rendered {
		if (this.plan instanceof Refused) return this.shared(this.plan.refusal);
		const { onMissing, common, clock, programs } = this.options;
		const filling = new Filling(recipient, common, onMissing, this.timed ? clock.now() : 0, programs);
		const { collapse } = this;
		const collapseId = collapse && (collapse.placeholders.length > 0 ? filling.text(collapse) : collapse.literals[0]);
		const full = this.plan.json.fill(filling);
		if (filling.failed !== undefined) return refusal('TemplateFailed', filling.failed);
		if (filling.missing.length > 0) return missing(filling.missing);
		const json = full.bytes > this.plan.limit ? (this.shorter(filling, this.plan.limit) ?? full) : full;
		const refused =
			tooLarge(json.bytes, this.plan.limit, this.options.channelType) ?? this.refuseCollapseId(collapseId);
		if (refused) return this.sameForAll && this.options.together ? forEveryRecipient(refused) : refused;
		const content = this.plan.finish(json, collapseId || undefined);
		return recipient ? content : Object.freeze(content);
	}

	private refuseCollapseId(collapseId: string | undefined): RenderRefusal | undefined {
		if (collapseId === undefined || this.collapseChecked) return undefined;
		const refused = collapseIdTooLong(collapseId);
		this.collapseChecked = !refused && this.collapse?.placeholders.length === 0;
		return refused;
	}

	private shorter(filling: Filling, limit: number): FilledJson | undefined {
		if (!this.shortening) return undefined;
		const { body, plan, text, noted } = this.shortening;
		const full = ownText(filling, filling.recipient?.bodyOverride || text);
		const fitting = body.fit(full, () => plan.json.fill(filling), limit);
		if (fitting) noted();
		return fitting;
	}

	private shared(refused: Refused['refusal']): Rendered {
		if (this.options.together || refused.stops === undefined) return refused;
		return Object.freeze({ ...refused, stops: undefined });
	}
}

function dependsOn(recipient: Recipient): boolean {
	return Boolean(recipient.substitutions || recipient.titleOverride || recipient.bodyOverride);
}

/** AWS: the attributes of an endpoint that a template may name without being given them. */
function withItself(recipient: Recipient): Recipient {
	const { address, channelType, substitutions } = recipient;
	return { ...recipient, substitutions: { Address: [address], ChannelType: [channelType], ...substitutions } };
}

export function isRecipientName(name: string): boolean {
	return name === 'Address' || name === 'ChannelType';
}

function missing(names: readonly string[]): Rendered {
	const list = names.map((name) => `{{${name}}}`).join(', ');
	return refusal(
		'MissingSubstitution',
		`No value was given for ${list}, so the message was not sent. Give the recipient a value for it, or a default one to the message.`,
	);
}
