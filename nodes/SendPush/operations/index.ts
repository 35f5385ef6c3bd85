import type { INodePropertyOptions } from 'n8n-workflow';
import { operationOptions } from '../../shared/operation';
import {
	cancelCampaign,
	deleteCampaign,
	getCampaign,
	getManyCampaigns,
	pauseCampaign,
	resumeCampaign,
} from './campaigns';
import { eraseResults } from './eraseResults.operation';
import { exportResults } from './exportResults.operation';
import { getInvalidTokens } from './getInvalidTokens.operation';
import { getManyResults } from './getManyResults.operation';
import type { SendPushOperation } from './operation';
import { runCampaigns } from './runCampaigns.operation';
import { sendMessageRequest } from './sendMessageRequest.operation';
import { sendToDevices } from './sendToDevices.operation';
import { startCampaign } from './startCampaign.operation';

/** By resource, in the order of the editor's lists. */
const OPERATIONS = {
	campaign: [
		cancelCampaign,
		deleteCampaign,
		getCampaign,
		getManyCampaigns,
		pauseCampaign,
		resumeCampaign,
		runCampaigns,
		startCampaign,
	],
	message: [sendToDevices, sendMessageRequest],
	result: [eraseResults, exportResults, getInvalidTokens, getManyResults],
} satisfies Record<string, readonly SendPushOperation[]>;

export const ALL_OPERATIONS: readonly SendPushOperation[] = Object.values(OPERATIONS).flat();

/** As `resource:operation`. */
export function operationsWithOneOutput(): string[] {
	const entries: Array<[string, readonly SendPushOperation[]]> = Object.entries(OPERATIONS);
	return entries.flatMap(([resource, operations]) =>
		operations.filter(({ outputs }) => outputs === 'one').map(({ option }) => `${resource}:${option.value}`),
	);
}

export function optionsOf(resource: keyof typeof OPERATIONS): INodePropertyOptions[] {
	return operationOptions(OPERATIONS[resource]);
}

/** @returns undefined for words that name no operation: a workflow's JSON may have been written by hand. */
export function findOperation(resource: unknown, operation: unknown): SendPushOperation | undefined {
	const operations: Readonly<Record<string, readonly SendPushOperation[]>> = OPERATIONS;
	const name = String(resource);
	if (!Object.hasOwn(operations, name)) return undefined;
	return operations[name]?.find(({ option }) => option.value === operation);
}
