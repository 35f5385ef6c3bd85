import type { ApplicationSend } from '../applications';
import type { Application } from '../model';
import type { CampaignDefinition } from './definition';

/** In which nothing is sent, and whose they are. */
export type QuietHours = NonNullable<CampaignDefinition['quietHours']> & { readonly of: 'campaign' | 'application' };

/** The campaign's own hours; else those of its application, as they are now. */
export function quietHoursOf({ settings }: Application, definition: CampaignDefinition): QuietHours | undefined {
	const { quietHours, timeZone = 'UTC', applicationQuietHours: otherwise = 'wait' } = definition;
	if (quietHours) return { ...quietHours, of: 'campaign' };
	if (!settings.quietHours || otherwise === 'ignore') return undefined;
	return { ...settings.quietHours, timeZone, otherwise, of: 'application' };
}

/**
 * A campaign under its application: never faster than that may go, all processes together, and quiet when it is, unless
 * the campaign has hours of its own. The application's settings count as they are now, not as they were at Start; who
 * waits for the end of a night already goes on waiting for it.
 */
export function underSettingsOf(
	{ application }: Pick<ApplicationSend, 'application'>,
	definition: CampaignDefinition,
): CampaignDefinition {
	const { ratePerSecond: limit = Infinity } = application.settings;
	const quietHours = quietHoursOf(application, definition);
	const ratePerSecond = Math.min(limit, definition.ratePerSecond ?? Infinity);
	return {
		...definition,
		...(ratePerSecond === Infinity ? {} : { ratePerSecond }),
		...(quietHours ? { quietHours } : {}),
	};
}
