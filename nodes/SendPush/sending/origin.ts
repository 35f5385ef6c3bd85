import type { IExecuteFunctions } from 'n8n-workflow';
import type { SendOrigin } from '../../../push/model';
import { flagOf, ItemParameters, section, textOf } from '../../shared/parameters';
import { openRegistry } from '../../shared/registry';

/** Where a send comes from, for the delivery log. */
export function originOf(context: IExecuteFunctions): SendOrigin {
	const { id, name } = context.getWorkflow();
	const values = options(context);
	const traceId = textOf(values, 'traceId')?.trim();
	const tag = textOf(values, 'tag')?.trim();
	return {
		...(id ? { workflowId: id } : {}),
		...(name ? { workflowName: name } : {}),
		nodeId: context.getNode().id,
		executionId: context.getExecutionId(),
		...(traceId ? { traceId } : {}),
		...(tag ? { tag } : {}),
	};
}

/** Direct sends leave no trace unless it is asked for. */
export async function directLog(context: IExecuteFunctions) {
	if (flagOf(options(context), 'recordResults') !== true) return {};
	const { registry } = await openRegistry(context);
	return { log: registry.deliveryLog };
}

function options(context: IExecuteFunctions) {
	return section(new ItemParameters(context, ['options']).at(0), 'options');
}
