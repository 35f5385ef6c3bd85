import { CHANNELS } from '../model';
import type { ChannelType } from '../model';
import type { RenderRefusal } from './content';

/** Our words for content that cannot go out. */
export type RefusalReason =
	| 'MissingSubstitution'
	| 'TemplateFailed'
	| 'PayloadTooLarge'
	| 'NoContent'
	| 'InvalidRawContent'
	| 'ReservedDataKey'
	| 'InvalidTimeToLive'
	| 'InvalidCollapseId'
	| 'InvalidPriority'
	| 'InvalidField';

/** Thrown while content is made, caught where a recipient gets its answer; never leaves this room. */
export class Refused extends Error {
	constructor(readonly refusal: RenderRefusal) {
		super(refusal.message);
	}
}

/** A refusal of this one recipient. */
export function refusal(reason: RefusalReason, message: string, statusCode = 400): RenderRefusal {
	return Object.freeze({ refused: true, reason, statusCode, message });
}

/** The same content would be refused for everybody on the channel. */
export function forEveryRecipient(refused: RenderRefusal): RenderRefusal {
	return refused.stops ? refused : Object.freeze({ ...refused, stops: 'message' });
}

/** Ends the making of content whatever the recipient. */
export function refuse(reason: RefusalReason, message: string, statusCode = 400): never {
	throw new Refused(forEveryRecipient(refusal(reason, message, statusCode)));
}

/** Nothing to show and not silent. Never for everybody: a recipient's own title or body would mend it. */
export function noContent(channelType: ChannelType, advice: string): never {
	throw new Refused(
		refusal('NoContent', `The message has nothing to show on ${CHANNELS[channelType].label}. ${advice}`),
	);
}
