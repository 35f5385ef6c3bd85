import { CHANNELS } from '../../model';
import type { ChannelType } from '../../model';
import type { ChannelPlan } from '../plan';
import { admPlan } from './adm';
import { apnsPlan } from './apns';
import { baiduPlan } from './baidu';
import { fcmPlan } from './fcm';
import type { Fields, Warn } from './fields';

/** @throws {Refused} what the channel cannot take, or that there is nothing to send */
export function nativePlan(fields: Fields, channelType: ChannelType, warn: Warn): ChannelPlan {
	switch (CHANNELS[channelType].provider) {
		case 'apns':
			return apnsPlan(fields, channelType, warn);
		case 'fcm':
			return fcmPlan(fields, warn);
		case 'baidu':
			return baiduPlan(fields, warn);
		case 'adm':
			return admPlan(fields, warn);
	}
}
