import type { ApplicationSend } from '../applications';
import type { CampaignDefinition } from './definition';

/**
 * A campaign under its application: never faster than that may go, all processes together, and quiet when it is, unless
 * the campaign has hours of its own. The application's settings count as they are now, not as
 * they were at Start; who waits for the end of a night already goes on waiting for it.
 */
export function underSettingsOf(
	{ application }: Pick<ApplicationSend, 'application'>,
	definition: CampaignDefinition,
): CampaignDefinition {
	const { ratePerSecond: limit = Infinity, quietHours } = application.settings;
	const ratePerSecond = Math.min(limit, definition.ratePerSecond ?? Infinity);
	const timeZone = definition.timeZone ?? 'UTC';
	return {
		...definition,
		...(ratePerSecond === Infinity ? {} : { ratePerSecond }),
		...(quietHours && !definition.quietHours
			? { quietHours: { ...quietHours, timeZone, otherwise: 'wait' as const } }
			: {}),
	};
}
