import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { CompiledMessageRequest } from '../../../push';
import type { DeliveryResult, Recipient } from '../../../push/model';
import type { SendBatch } from '../../../push/sending/types';
import type { EngineModule } from '../../shared/engine';
import type { Summary } from '../../shared/summary';
import type { Pending } from './devicePlan';
import { Counts } from './once';

interface ItemRequest {
	readonly itemIndex: number;
	readonly request: CompiledMessageRequest;
	readonly results: DeliveryResult[];
}

/** The requests of all items as one stream of recipients, and their results as one answer per request. */
export class RequestPlan {
	/** Handed out and not answered yet, by `ref` within the whole send. */
	readonly pending = new Map<number, Pending>();

	private readonly requests: ItemRequest[] = [];

	/** The recipient's own number within its request. */
	private readonly ownRefs = new Map<number, { readonly entry: ItemRequest; readonly ref: number }>();

	constructor(private readonly summary: Summary) {}

	add(itemIndex: number, request: CompiledMessageRequest): void {
		this.requests.push({ itemIndex, request, results: [] });
		for (const warning of request.warnings) this.summary.warn(warning);
		for (const refusal of request.refusals) this.summary.add(refusal);
	}

	*batches(): Generator<SendBatch> {
		let next = 0;
		for (const entry of this.requests) {
			const recipients: Recipient[] = [];
			for (const recipient of entry.request.recipients) {
				const ref = next++;
				const { traceId } = entry.request;
				const numbered = { ...recipient, ref, ...(traceId === undefined ? {} : { traceId }) };
				this.ownRefs.set(ref, { entry, ref: recipient.ref });
				this.pending.set(ref, { itemIndex: entry.itemIndex, recipient: numbered });
				recipients.push(numbered);
			}
			if (recipients.length > 0) yield { message: entry.request.message, recipients };
		}
	}

	settle(result: DeliveryResult): void {
		this.summary.add(result);
		const own = this.ownRefs.get(result.ref);
		if (!own) return;
		this.ownRefs.delete(result.ref);
		own.entry.results.push({ ...result, ref: own.ref });
	}

	/** What became of each request's recipients, in numbers. */
	counts(): Record<string, number>[] {
		return this.requests.map(({ request, results }) => {
			const counts = new Counts();
			for (const result of [...request.refusals, ...results]) counts.add(result);
			return counts.toJson();
		});
	}

	/** One MessageResponse per request, in the order of the items. */
	responses(engine: EngineModule, applicationId: string): { readonly itemIndex: number; readonly json: IDataObject }[] {
		return this.requests.map(({ itemIndex, request, results }) => ({
			itemIndex,
			json: { ...engine.toMessageResponse(request, results, { applicationId, requestId: randomUUID() }) },
		}));
	}
}
