import type { IDataObject } from 'n8n-workflow';
import type { Grant } from '../../../push';
import { isoDate } from '../../shared/views';

/** A grant as items show it. Its secret is not part of it. */
export function grantJson({ id, name, policy, createdAt }: Grant): IDataObject {
	const plain: IDataObject = JSON.parse(JSON.stringify(policy));
	return { id, name, policy: plain, creationDate: isoDate(createdAt) };
}
