import { isTreeObject } from '../json';
import type { TreeObject } from '../json';
import { admPlanOf, dataChecksum, expiresAfter } from '../native/adm';
import { isEmpty } from '../native/data';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import { refuse } from '../refusal';

/** The request body of ADM as written; the fields beside the raw payload fill only what it leaves open. */
export function rawAdmPlan(body: TreeObject, fields: Fields, warn: Warn): ChannelPlan {
	if (body.data === undefined && body.notification === undefined) {
		refuse(
			'InvalidRawContent',
			'The raw payload for Amazon has neither "data" nor "notification". Give it at least one of them.',
		);
	}
	const { collapseId, timeToLiveSeconds, priority, checksum, adm } = fields;
	const data = isTreeObject(body.data) ? body.data : {};
	return admPlanOf({
		...body,
		consolidationKey: body.consolidationKey ?? collapseId,
		expiresAfter:
			body.expiresAfter ?? (timeToLiveSeconds === undefined ? undefined : expiresAfter(timeToLiveSeconds, warn)),
		priority: body.priority ?? priority,
		md5: body.md5 ?? checksum ?? (adm.md5 && !isEmpty(data) ? dataChecksum(data) : undefined),
	});
}
