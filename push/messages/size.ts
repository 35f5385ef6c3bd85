import { CHANNELS } from '../model';
import type { ChannelType } from '../model';
import type { RenderRefusal } from './content';
import { refusal, refuse } from './refusal';

/** Apple: apns-collapse-id; taken over for the other services' keys, which state no smaller limit. */
export const COLLAPSE_ID_LIMIT = 64;

/** Seconds a service keeps a message for a device that is offline. */
export const TIME_TO_LIVE: Readonly<
	Record<'GCM' | 'BAIDU' | 'ADM', { readonly least: number; readonly most: number }>
> = {
	GCM: { least: 0, most: 2_419_200 },
	BAIDU: { least: 0, most: 604_800 },
	ADM: { least: 1, most: 2_678_400 },
};

const figures = new Intl.NumberFormat('en-US');

/** The refusal of a message that is too long; undefined when it fits. Sizes in bytes of UTF-8. */
export function tooLarge(bytes: number, limit: number, channelType: ChannelType): RenderRefusal | undefined {
	if (bytes <= limit) return undefined;
	const { label } = CHANNELS[channelType];
	return refusal(
		'PayloadTooLarge',
		`The message is ${figures.format(bytes)} bytes long; ${label} takes at most ${figures.format(limit)}. Shorten the text or the data.`,
		413,
	);
}

/** The refusal of a collapse id that is too long; undefined when it fits. */
export function collapseIdTooLong(collapseId: string): RenderRefusal | undefined {
	const bytes = Buffer.byteLength(collapseId);
	if (bytes <= COLLAPSE_ID_LIMIT) return undefined;
	return refusal(
		'InvalidCollapseId',
		`The collapse id is ${bytes} bytes long; at most ${COLLAPSE_ID_LIMIT} are allowed. Use a shorter one.`,
	);
}

/** Whole seconds within the service's range. @throws {Refused} for every recipient of the channel. */
export function checkTimeToLive(seconds: number, channelType: keyof typeof TIME_TO_LIVE): void {
	const { least, most } = TIME_TO_LIVE[channelType];
	if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return;
	refuse(
		'InvalidTimeToLive',
		`A time to live of ${seconds} s is out of range: ${CHANNELS[channelType].label} takes whole seconds from ${least} to ${figures.format(most)}.`,
	);
}
