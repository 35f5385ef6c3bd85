import type { CompiledMessage } from '../../../push/messages/content';
import type { CompileOptions } from '../../../push/messages';
import type { EngineModule } from '../../shared/engine';
import { LenientJson } from '../../shared/lenientJson';
import type { ItemParameters, Values } from '../../shared/parameters';
import type { WorkflowTimes } from '../../shared/times';
import { toNotification } from './notification';
import { additions, type TemplateShelf, type TemplateWish, wishOf } from './templates';

/** How every message is laid out and filled in. */
export type Rendering = Required<Pick<CompileOptions, 'onMissing' | 'shortenToFit' | 'style'>>;

export interface PreparedMessage {
	readonly compiled: CompiledMessage;
	/** Names of the `{{name}}` in it: what each recipient has to bring along. */
	readonly placeholders: readonly string[];
	/** What it is made of as JSON, before it was compiled: equal for equal messages. */
	readonly source: string;
}

/** The message of each item. Compiled once when no field holds an expression, and once for each run of equal ones. */
export class MessageSource {
	private readonly all = new Set<CompiledMessage>();

	private readonly json: LenientJson;

	private last: { readonly key: string; readonly message: PreparedMessage } | undefined;

	constructor(
		private readonly engine: EngineModule,
		private readonly parameters: ItemParameters,
		private readonly rendering: Rendering,
		private readonly templates: TemplateShelf,
		private readonly times: WorkflowTimes,
	) {
		this.json = new LenientJson(engine);
	}

	get constant(): boolean {
		return this.parameters.constant;
	}

	/**
	 * @throws {PushError} `InvalidMessage`
	 * @throws {WorkflowMistake} for a field that cannot be used
	 */
	at(itemIndex: number): PreparedMessage {
		if (this.constant && this.last) return this.last.message;
		const values = this.parameters.at(itemIndex);
		const wish = wishOf(values);
		return wish ? this.fromTemplate(values, wish) : this.fromFields(values);
	}

	/** Things the author should know, known once the messages were filled for their channels. */
	warnings(): ReadonlySet<string> {
		return new Set([...this.json.notes, ...[...this.all].flatMap(({ warnings }) => warnings)]);
	}

	private fromFields(values: Values): PreparedMessage {
		const notification = toNotification(values, this.json, this.times);
		return this.once(JSON.stringify({ ...notification, ...this.inStyle }), () => ({
			compiled: this.engine.compileNotification(notification, this.rendering),
			placeholders: this.engine.placeholderNames(notification),
		}));
	}

	private fromTemplate(values: Values, wish: TemplateWish): PreparedMessage {
		const template = this.templates.get(wish);
		const configuration = additions(values);
		const { name, version } = template;
		return this.once(JSON.stringify({ template: { name, version }, configuration, ...this.inStyle }), () => ({
			compiled: this.engine.compileTemplateMessage({
				template,
				configuration,
				...this.rendering,
			}),
			placeholders: [...new Set([...template.placeholders, ...this.engine.placeholderNames(configuration)])],
		}));
	}

	/** Another style makes another message of the same fields. */
	private get inStyle() {
		const { style } = this.rendering;
		return style === 'native' ? {} : { style };
	}

	private once(key: string, compile: () => Omit<PreparedMessage, 'source'>): PreparedMessage {
		if (this.last?.key !== key) {
			const message = { ...compile(), source: key };
			this.last = { key, message };
			// One message stands for many alike: with an expression in it there may be one per item.
			if (this.all.size < 100) this.all.add(message.compiled);
		}
		return this.last.message;
	}
}
