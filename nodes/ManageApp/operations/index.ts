import type { Operation } from '../../shared/operation';
import { addSuppression } from './addSuppression.operation';
import { createApplication } from './createApplication.operation';
import { createTemplate } from './createTemplate.operation';
import { deleteApplication } from './deleteApplication.operation';
import { deleteTemplate } from './deleteTemplate.operation';
import { exportApplications } from './exportApplications.operation';
import { getAccess } from './getAccess.operation';
import { getApplication } from './getApplication.operation';
import { getManyApplications } from './getManyApplications.operation';
import { getManyAuditEntries } from './getManyAuditEntries.operation';
import { getManySuppressions } from './getManySuppressions.operation';
import { getManyTemplates } from './getManyTemplates.operation';
import { getMetrics } from './getMetrics.operation';
import { getTemplate } from './getTemplate.operation';
import { grantAccess } from './grantAccess.operation';
import { importApplications } from './importApplications.operation';
import { importSuppressions } from './importSuppressions.operation';
import { listTemplateVersions } from './listTemplateVersions.operation';
import { lockStore } from './lockStore.operation';
import { previewTemplate } from './previewTemplate.operation';
import { prometheusMetrics } from './prometheusMetrics.operation';
import { removeSuppression } from './removeSuppression.operation';
import { reportMetrics } from './reportMetrics.operation';
import { revokeAccess } from './revokeAccess.operation';
import { rotateKeys } from './rotateKeys.operation';
import { setActiveTemplateVersion } from './setActiveTemplateVersion.operation';
import { setRetention } from './setRetention.operation';
import { unlockStore } from './unlockStore.operation';
import { updateApplication } from './updateApplication.operation';
import { updateTemplate } from './updateTemplate.operation';
import { verifyAuditTrail } from './verifyAuditTrail.operation';

/** By resource, each in the order of the alphabet: the order of the editor's lists. */
export const OPERATIONS = {
	application: [
		createApplication,
		deleteApplication,
		exportApplications,
		getApplication,
		getManyApplications,
		importApplications,
		updateApplication,
	],
	audit: [getManyAuditEntries, verifyAuditTrail],
	metrics: [getMetrics, prometheusMetrics, reportMetrics],
	store: [getAccess, grantAccess, lockStore, revokeAccess, rotateKeys, setRetention, unlockStore],
	suppression: [addSuppression, getManySuppressions, importSuppressions, removeSuppression],
	template: [
		createTemplate,
		deleteTemplate,
		getTemplate,
		getManyTemplates,
		listTemplateVersions,
		previewTemplate,
		setActiveTemplateVersion,
		updateTemplate,
	],
} satisfies Record<string, readonly Operation[]>;

/** @returns undefined for words that name no operation: a workflow's JSON may have been written by hand. */
export function findOperation(resource: unknown, operation: unknown): Operation | undefined {
	const operations: Readonly<Record<string, readonly Operation[]>> = OPERATIONS;
	const name = String(resource);
	if (!Object.hasOwn(operations, name)) return undefined;
	return operations[name]?.find(({ option }) => option.value === operation);
}
