import { type ChannelContent, type CompiledMessage, isRefusal } from '../messages/content';
import type { Outcome } from '../model';
import type { Flight } from './flight';
import { MISSING_ADDRESS, notSent, refusedRendering } from './outcomes';

/** Fills messages for recipients, and knows which messages are refused for everybody on this channel. */
export class Rendering {
	/** Messages, and contents filled for a recipient. Weak: a send may have one of its own for each recipient. */
	readonly #refused = new WeakMap<CompiledMessage | ChannelContent, Outcome>();

	/** @returns why there is nothing to send to this recipient; undefined when it has its content. */
	prepare(flight: Flight): Outcome | undefined {
		const { recipient, message } = flight;
		if (recipient.address.trim() === '') return MISSING_ADDRESS;
		const refused = this.#refused.get(message);
		if (refused) return refused;
		const rendered = message.render(recipient);
		if (!isRefusal(rendered)) {
			flight.content = rendered;
			return this.refusalOf(flight);
		}
		const outcome = refusedRendering(rendered);
		if (rendered.stops === 'message') this.#refused.set(message, notSent(outcome));
		return outcome;
	}

	/**
	 * From now on nobody gets what this one was refused for: the whole message when its topic or another setting is
	 * wrong, this very content otherwise, since another recipient's values may well be taken.
	 */
	refuse({ message, content }: Flight, outcome: Outcome): void {
		this.#refused.set(outcome.class === 'config' ? message : (content ?? message), notSent(outcome));
	}

	/** Why this one is not sent any more; undefined when it may be. */
	refusalOf({ message, content }: Flight): Outcome | undefined {
		return this.#refused.get(message) ?? (content && this.#refused.get(content));
	}
}
