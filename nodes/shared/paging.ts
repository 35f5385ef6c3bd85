import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Page } from '../../push/store';

type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** Rows asked of the store at a time. */
const PAGE = 500;

/** "Return All" and "Limit", as every Get Many has them. */
export function pagingFields(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
			displayOptions: { show },
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			displayOptions: { show: { ...show, returnAll: [false] } },
		},
	];
}

/** As many rows as the parameters ask for, read page by page: only what is put out is ever held. */
export async function readPages<Row, Output>(
	context: IExecuteFunctions,
	itemIndex: number,
	list: (page: { readonly limit: number; readonly after?: string }) => Promise<Page<Row>>,
	output: (row: Row) => Output,
): Promise<Output[]> {
	const all = context.getNodeParameter('returnAll', itemIndex, false) === true;
	const wanted = all
		? Infinity
		: Math.max(1, Math.floor(Number(context.getNodeParameter('limit', itemIndex, 50)) || 50));
	const outputs: Output[] = [];
	let after: string | undefined;
	do {
		const page = await list({ limit: Math.min(PAGE, wanted - outputs.length), ...(after ? { after } : {}) });
		for (const row of page.items) outputs.push(output(row));
		after = page.next;
	} while (after && outputs.length < wanted);
	return outputs;
}
