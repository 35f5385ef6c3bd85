import type { Notification } from '../../../push/messages/notification';
import type { CompiledMessage } from '../../../push/messages/content';
import type { OnMissing } from '../../../push/messages';
import type { EngineModule } from '../../shared/engine';
import type { ItemParameters } from '../../shared/parameters';
import { toNotification } from './notification';

export interface PreparedMessage {
	readonly compiled: CompiledMessage;
	/** Names of the `{{name}}` in it: what each recipient has to bring along. */
	readonly placeholders: readonly string[];
	/** The notification as JSON, before it was compiled: equal for equal messages. */
	readonly source: string;
}

/** The message of each item. Compiled once when no field holds an expression, and once for each run of equal ones. */
export class MessageSource {
	private readonly all = new Set<CompiledMessage>();

	private last: { readonly key: string; readonly message: PreparedMessage } | undefined;

	constructor(
		private readonly engine: EngineModule,
		private readonly parameters: ItemParameters,
		private readonly onMissing: OnMissing,
	) {}

	get constant(): boolean {
		return this.parameters.constant;
	}

	/**
	 * @throws {PushError} `InvalidMessage`
	 * @throws {WorkflowMistake} for a field that cannot be used
	 */
	at(itemIndex: number): PreparedMessage {
		if (this.constant && this.last) return this.last.message;
		const notification = toNotification(this.parameters.at(itemIndex));
		const key = JSON.stringify(notification);
		if (this.last?.key !== key) this.last = { key, message: this.compile(notification, key) };
		return this.last.message;
	}

	/** Things the author should know, known once the messages were filled for their channels. */
	warnings(): ReadonlySet<string> {
		return new Set([...this.all].flatMap(({ warnings }) => warnings));
	}

	private compile(notification: Notification, json: string): PreparedMessage {
		const compiled = this.engine.compileNotification(notification, { onMissing: this.onMissing });
		// One message stands for many alike: with an expression in it there may be one per item.
		if (this.all.size < 100) this.all.add(compiled);
		return { compiled, placeholders: this.engine.placeholderNames(notification), source: json };
	}
}
