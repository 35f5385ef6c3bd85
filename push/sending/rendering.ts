import { type ChannelContent, type CompiledMessage, isRefusal } from '../messages/content';
import type { Outcome } from '../model';
import type { Flight } from './flight';
import { MISSING_ADDRESS, notSent, refusedRendering } from './outcomes';

function isBlank(text: string): boolean {
	// Nearly every address shows with its first character that it is none.
	return !((text.charCodeAt(0) > 0x20 && text.charCodeAt(0) < 0x7f) || /\S/.test(text));
}

/** Fills messages for recipients, and knows which messages are refused for everybody on this channel. */
export class Rendering {
	/** Messages, and contents filled for a recipient. Weak: a send may have one of its own for each recipient. */
	readonly #refused = new WeakMap<CompiledMessage | ChannelContent, Outcome>();

	/** Nothing was refused so far: nothing need be looked up. */
	#allGood = true;

	/** @returns why there is nothing to send to this recipient; undefined when it has its content. */
	prepare(flight: Flight): Outcome | undefined {
		const { recipient, message } = flight;
		if (isBlank(recipient.address)) return MISSING_ADDRESS;
		const refused = this.#allGood ? undefined : this.#refused.get(message);
		if (refused) return refused;
		const rendered = message.render(recipient);
		if (!isRefusal(rendered)) {
			flight.content = rendered;
			return this.#allGood ? undefined : this.refusalOf(flight);
		}
		const outcome = refusedRendering(rendered);
		if (rendered.stops === 'message') this.#remember(message, outcome);
		return outcome;
	}

	/**
	 * From now on nobody gets what this one was refused for: the whole message when its topic or another setting is
	 * wrong, this very content otherwise, since another recipient's values may well be taken.
	 */
	refuse({ message, content }: Flight, outcome: Outcome): void {
		this.#remember(outcome.class === 'config' ? message : (content ?? message), outcome);
	}

	/** Why this one is not sent any more; undefined when it may be. */
	refusalOf({ message, content }: Flight): Outcome | undefined {
		if (this.#allGood) return undefined;
		return this.#refused.get(message) ?? (content && this.#refused.get(content));
	}

	#remember(what: CompiledMessage | ChannelContent, outcome: Outcome): void {
		this.#allGood = false;
		this.#refused.set(what, notSent(outcome));
	}
}
