import { type CompiledMessage, isRefusal } from '../messages/content';
import type { Outcome } from '../model';
import type { Flight } from './flight';
import { MISSING_ADDRESS, notSent, refusedRendering } from './outcomes';

/** Fills messages for recipients, and knows which messages are refused for everybody on this channel. */
export class Rendering {
	/** Weak: a send may have a message of its own for each recipient. */
	readonly #refused = new WeakMap<CompiledMessage, Outcome>();

	/** @returns why there is nothing to send to this recipient; undefined when it has its content. */
	prepare(flight: Flight): Outcome | undefined {
		const { recipient, message } = flight;
		if (recipient.address.trim() === '') return MISSING_ADDRESS;
		const refused = this.refusalOf(message);
		if (refused) return refused;
		const rendered = message.render(recipient);
		if (!isRefusal(rendered)) {
			flight.content = rendered;
			return undefined;
		}
		const outcome = refusedRendering(rendered);
		if (rendered.stops === 'message') this.refuse(message, outcome);
		return outcome;
	}

	/** From now on nobody gets this message: it would end the same way. */
	refuse(message: CompiledMessage, outcome: Outcome): void {
		this.#refused.set(message, notSent(outcome));
	}

	refusalOf(message: CompiledMessage): Outcome | undefined {
		return this.#refused.get(message);
	}
}
