import type { RenderRefusal } from '../messages/content';
import { CHANNELS, type ChannelType, type Outcome, type OutcomeClass, type PushError } from '../model';
import type { Flight } from './flight';
import type { ChannelRefusal } from './types';

/** Classes that say the provider answered, or that the request was at least written. */
const SEEN_WITHOUT_STATUS: ReadonlySet<OutcomeClass> = new Set([
	'duplicate',
	'ambiguous',
	'timeout',
	'unknown',
	'cancelled',
]);

/** Whether the provider got to see the request: no HTTP status on a class that needs an answer means it did not. */
export function wasSeen(outcome: Outcome, validateOnly: boolean): boolean {
	if (outcome.processed === false) return false;
	if (outcome.providerStatus !== undefined || SEEN_WITHOUT_STATUS.has(outcome.class)) return true;
	return outcome.class === 'ok' && !validateOnly;
}

/** The answer is missing: the message may be on the device. */
export function mayHaveArrived(outcome: Outcome): boolean {
	return outcome.class === 'ambiguous' || outcome.class === 'timeout';
}

/** What a lost or missing answer is reported as. */
export function reportLost(outcome: Outcome): Outcome {
	const message = outcome.message === '' ? 'No answer came: the message may have arrived.' : outcome.message;
	return { ...outcome, message, tokenAction: 'keep' };
}

export const MISSING_ADDRESS: Outcome = {
	class: 'payload',
	statusCode: 400,
	message: 'The recipient has no address. Give the device token (registration id, channel id) of the device.',
	tokenAction: 'keep',
	providerReason: 'MissingAddress',
};

export const STOPPED: Outcome = {
	class: 'cancelled',
	status: 'TEMPORARY_FAILURE',
	message: 'Not sent: the send was stopped.',
	tokenAction: 'keep',
	providerReason: 'Cancelled',
	processed: false,
	unsent: true,
};

/** A failure elsewhere in the send ended it; that failure is thrown. */
export const BROKEN_OFF: Outcome = {
	...STOPPED,
	message: 'Not sent: the send was broken off by an error.',
};

/** The process is asked to end. */
export const SHUTTING_DOWN: Outcome = {
	...STOPPED,
	message: 'Not sent: the process is being stopped. Send it again afterwards.',
	providerReason: 'ShuttingDown',
};

/** The send was stopped and the answer did not come within the grace. */
export const STOPPED_IN_FLIGHT: Outcome = {
	class: 'cancelled',
	message: 'The send was stopped while the answer was awaited: the message may have arrived.',
	tokenAction: 'keep',
	providerReason: 'Cancelled',
};

export function refusedRendering(refusal: RenderRefusal): Outcome {
	return {
		class: 'payload',
		statusCode: refusal.statusCode,
		message: refusal.message,
		tokenAction: 'keep',
		providerReason: refusal.reason,
	};
}

export function refusedChannel(refusal: ChannelRefusal): Outcome {
	return {
		class: 'config',
		statusCode: refusal.statusCode,
		message: refusal.message,
		tokenAction: 'keep',
		providerReason: refusal.reason,
	};
}

/** The channel's credential could not be opened; the error itself is thrown to the reader as well. */
export function credentialUnusable(error: PushError | undefined): Outcome {
	return {
		class: 'config',
		message: `Not sent: ${error ? [error.message, error.hint ?? ''].join(' ').trim() : 'the channel could not be opened.'}`,
		tokenAction: 'keep',
		providerReason: error?.code ?? 'InternalError',
		processed: false,
		unsent: true,
	};
}

/** For those who were not sent because the same would have happened to them. */
export function notSent(outcome: Outcome): Outcome {
	const retryAfterSeconds = outcome.retryAfterSeconds ?? outcome.adviseSeconds;
	return {
		class: outcome.class,
		...(outcome.status === undefined ? {} : { status: outcome.status }),
		...(outcome.statusCode === undefined ? {} : { statusCode: outcome.statusCode }),
		message: `Not sent: ${outcome.message}`,
		tokenAction: 'keep',
		...(outcome.providerReason === undefined ? {} : { providerReason: outcome.providerReason }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		processed: false,
		...(outcome.class === 'config' ? { unsent: true } : {}),
	};
}

/** A provider token that is refused and cannot be renewed is a fault of the credential. */
export function authorizationFailed(outcome: Outcome, sentence?: string): Outcome {
	return {
		...outcome,
		class: 'config',
		statusCode: outcome.statusCode ?? outcome.providerStatus ?? 401,
		...(sentence === undefined ? {} : { message: sentence }),
		stops: 'client',
	};
}

/** The provider closed its gate for longer than a recipient may wait. */
export function gateClosed(channelType: ChannelType, seconds: number): Outcome {
	return {
		class: 'throttle-sender',
		message:
			`Not sent: ${CHANNELS[channelType].label} asked this sender to slow down, and the pause is longer than the ` +
			`maximum wait. Try again in ${seconds} s, or send more slowly.`,
		tokenAction: 'keep',
		providerReason: 'SenderPaused',
		retryAfterSeconds: seconds,
		processed: false,
	};
}

/** There is a new provider token, and no time left to use it. */
export const RENEWED_TOO_LATE: Outcome = {
	class: 'temporary',
	message: 'Not sent: a new access token came only after the maximum wait. Try again, or set a longer maximum wait.',
	tokenAction: 'keep',
	providerReason: 'RenewedTooLate',
	retryAfterSeconds: 1,
	processed: false,
};

/** An earlier try of it got no answer, later ones were surely not delivered, and there is no further one. */
const EARLIER_ANSWER_LOST: Outcome = {
	class: 'ambiguous',
	message: 'The answer to an earlier try was lost: the message may have arrived.',
	tokenAction: 'keep',
	providerReason: 'AnswerLost',
};

/** The provider's client or the message broke its contract. */
export const FAULT: Outcome = {
	class: 'client-bug',
	statusCode: 500,
	message: 'A fault in this package kept this message from being sent. Please report it.',
	tokenAction: 'keep',
	providerReason: 'InternalError',
	processed: false,
};

/** What a recipient ends with when no further try is made, although there might have been one. */
export function leftover(flight: Flight, ending: Outcome): Outcome {
	const last = flight.lastOutcome;
	if (!last) return ending;
	if (last.class === 'auth-refresh') {
		// The refused token is not what it ends with, but an earlier try may have arrived.
		if (!flight.possibleDuplicate) return ending;
		return ending.class === 'cancelled' ? STOPPED_IN_FLIGHT : EARLIER_ANSWER_LOST;
	}
	if (mayHaveArrived(last)) return reportLost(last);
	if (ending.class === 'cancelled') {
		return { ...last, message: `${last.message} The send was stopped before another try.`.trimStart() };
	}
	return flight.possibleDuplicate ? last : ending;
}
