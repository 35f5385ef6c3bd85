import { CHANNELS } from '../../model';
import type { ChannelType } from '../../model';
import { isTreeObject, NotJson, parseTree } from '../json';
import type { TreeObject } from '../json';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import { refuse } from '../refusal';
import { rawAdmPlan } from './adm';
import { rawApnsPlan } from './apns';
import { rawBaiduPlan } from './baidu';
import { rawFcmPlan } from './fcm';
import type { LegacyScope } from './legacyGcm';

/**
 * Content as somebody wrote it, in place of everything shown; what travels in headers still comes from `fields`.
 * `{{name}}` inside its strings is filled in, escaped.
 * @param scope how much of FCM's old format is carried over to iPhones and browsers
 * @throws {Refused}
 */
export function rawPlan(
	raw: string,
	fields: Fields,
	channelType: ChannelType,
	warn: Warn,
	scope: LegacyScope = 'everywhere',
): ChannelPlan {
	const tree = readRaw(raw, channelType);
	switch (CHANNELS[channelType].provider) {
		case 'apns':
			return rawApnsPlan(raw, tree, fields, channelType, warn);
		case 'fcm':
			return rawFcmPlan(tree, fields, warn, scope);
		case 'baidu':
			return rawBaiduPlan(raw, tree, fields);
		case 'adm':
			return rawAdmPlan(tree, fields, warn);
	}
}

function readRaw(raw: string, channelType: ChannelType): TreeObject {
	const what = `The raw payload for ${CHANNELS[channelType].label} cannot be used`;
	try {
		const tree = parseTree(raw);
		if (isTreeObject(tree)) return tree;
	} catch (error) {
		if (!(error instanceof NotJson)) throw error;
		const braces = raw.includes('{{') ? ' A {{name}} must stand inside quotes.' : '';
		return refuse('InvalidRawContent', `${what}: ${error.message}. Correct the JSON.${braces}`);
	}
	return refuse('InvalidRawContent', `${what}: it is not a JSON object. Put it in { }.`);
}
