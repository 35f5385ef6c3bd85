import { compileJsonText } from '../json';
import type { TreeObject } from '../json';
import { baiduPlanOf, headersOf } from '../native/baidu';
import type { Fields } from '../native/fields';
import type { ChannelPlan } from '../plan';

/** The field `msg`, byte for byte as written. What has a `description` (Android) or `aps` (iOS) is a notification. */
export function rawBaiduPlan(raw: string, message: TreeObject, fields: Fields): ChannelPlan {
	return baiduPlanOf(compileJsonText(raw), headersOf(fields, messageType(message, fields)));
}

function messageType(message: TreeObject, { silent, baidu }: Fields): 0 | 1 {
	if (baidu.deviceType === 'ios') return 1;
	if (baidu.messageType) return baidu.messageType === 'notification' ? 1 : 0;
	return !silent && (message.description !== undefined || message.aps !== undefined) ? 1 : 0;
}
