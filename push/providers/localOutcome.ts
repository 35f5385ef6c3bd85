import type { Outcome } from '../model';
import type { RequestHandle } from '../transport/types';

const NOTHING_TO_CANCEL: RequestHandle = { cancel() {} };

/** Tells an outcome that no request was needed for; `done` is never called before this returns. */
export function answerLocally(outcome: Outcome, done: (outcome: Outcome) => void): RequestHandle {
	queueMicrotask(() => done(outcome));
	return NOTHING_TO_CANCEL;
}

/** The address cannot be one of this provider's; nothing was sent. */
export function invalidAddress(message: string): Outcome {
	return {
		class: 'token',
		statusCode: 400,
		message,
		tokenAction: 'suspect',
		processed: false,
		providerReason: 'InvalidAddress',
	};
}

/** Content of another provider was handed over: a mistake of this program. */
export function wrongContent(providerLabel: string, got: string): Outcome {
	return {
		class: 'client-bug',
		message: `A message made for ${got} was handed to ${providerLabel}; nothing was sent. Please report this.`,
		tokenAction: 'keep',
		processed: false,
		providerReason: 'WrongContent',
		stops: 'message',
	};
}

/** All local checks passed, and the provider has nothing more to ask (validate only). */
export function validLocally(providerLabel: string): Outcome {
	return {
		class: 'ok',
		message: `Valid; not sent (${providerLabel} has no validate-only mode).`,
		tokenAction: 'keep',
		processed: false,
	};
}
