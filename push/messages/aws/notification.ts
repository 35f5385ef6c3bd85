import { CHANNELS } from '../../model';
import type { ChannelType } from '../../model';
import { apnsPlan } from '../native/apns';
import { baiduPlan } from '../native/baidu';
import { stringValues } from '../native/data';
import { leaveOut } from '../native/fields';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import { awsAdmPlan, awsGcmPlan, dataForAndroid } from './android';
import type { AndroidOptions } from './android';
import { dataForApple } from './apns';
import type { MergedMessage } from './precedence';

/**
 * A notification laid out as AWS does it: for apps that read AWS's keys. Apple's and Baidu's own fields
 * stay; of Google's and Amazon's only those AWS has are of use, because nothing is shown by the system there.
 * @throws {Refused}
 */
export function awsPlan(fields: Fields, channelType: ChannelType, warn: Warn): ChannelPlan {
	const { provider, label } = CHANNELS[channelType];
	const message = messageOf(fields);
	if (provider === 'apns') return forApple(fields, message, channelType, warn);
	const options: AndroidOptions = { context: {}, style: 'aws', warn };
	const { subtitle, badge, category, threadId, collapseId, priority, timeToLiveSeconds: seconds } = fields;
	const { icon: fcmIcon, restrictedPackageName, ...fcm } = fields.fcm;
	const { icon: admIcon, ...adm } = fields.adm;
	const leaveOutOf = (more: Readonly<Record<string, unknown>>) =>
		leaveOut(warn, `${label} in AWS’s style`, { subtitle, badge, category, thread: threadId, ...more });
	const shown = { ImageUrl: fields.imageUrl, Sound: fields.sound };
	switch (provider) {
		case 'fcm':
			leaveOutOf(fcm);
			return awsGcmPlan(
				message,
				{
					...shown,
					IconReference: fcmIcon,
					RestrictedPackageName: restrictedPackageName,
					CollapseKey: collapseId,
					Priority: priority,
					TimeToLive: seconds,
				},
				options,
			);
		case 'baidu':
			return baiduPlan({ ...fields, ...NO_TAP, data: dataForAndroid(message, shown, {}) }, warn);
		case 'adm':
			leaveOutOf({ priority, ...adm });
			return awsAdmPlan(
				message,
				{
					...shown,
					IconReference: admIcon,
					ConsolidationKey: collapseId,
					ExpiresAfter: seconds === undefined ? undefined : String(seconds),
				},
				options,
			);
	}
}

function forApple(fields: Fields, message: MergedMessage, channelType: ChannelType, warn: Warn): ChannelPlan {
	const { imageUrl, apns } = fields;
	const data = dataForApple(message, { MediaUrl: imageUrl }, {});
	const mutableContent = apns.mutableContent ?? imageUrl !== undefined;
	return apnsPlan(
		{
			...fields,
			data: { data },
			...NO_TAP,
			imageUrl: undefined,
			apns: mutableContent ? { ...apns, mutableContent } : apns,
		},
		channelType,
		warn,
	);
}

/** AWS's keys say it. */
const NO_TAP = { action: undefined, url: undefined } as const;

/** AWS's values of data are texts. */
function messageOf({ action, title, body, url, silent, data }: Fields): MergedMessage {
	const texts = stringValues(data);
	return {
		Action: action,
		Title: title,
		Body: body,
		Url: url,
		SilentPush: silent,
		...(Object.keys(texts).length === 0 ? {} : { Data: texts }),
	};
}
