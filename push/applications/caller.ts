import type { Principal } from '../model';

/** On whose behalf something is done, and the access secret shown for it (needed on a locked store only). */
export interface Caller {
	readonly principal: Principal;
	readonly accessSecret?: string;
}

/** How a principal is named in refusals and in "last modified by". */
export function principalName(principal: Principal): string {
	const parts = [
		principal.userId && `user ${principal.userId}`,
		principal.credentialName && `Push Store "${principal.credentialName}"`,
		principal.workflowName
			? `workflow "${principal.workflowName}"`
			: principal.workflowId && `workflow ${principal.workflowId}`,
	].filter(Boolean);
	return parts.length > 0 ? parts.join(', ') : 'anonymous';
}
