import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { AddressForm } from '../../shared/addresses';
import { isSent, type ResultLike, toResultJson } from '../../shared/results';
import type { Summary } from '../../shared/summary';
import type { ResultChoice } from './options';

interface Entry {
	readonly itemIndex: number;
	readonly ref: number;
	readonly data: INodeExecutionData;
}

export interface CollectorSettings {
	readonly results: ResultChoice;
	readonly addressesInOutput: AddressForm;
	/** Failure items kept at most; the summary says how many were left out. */
	readonly maxFailures: number;
}

/** Turns results into items as they come in, and keeps only what the option Results asks for. */
export class Collector {
	private readonly sent: Entry[] = [];

	private readonly failed: Entry[] = [];

	private leftOut = 0;

	constructor(
		private readonly settings: CollectorSettings,
		private readonly summary: Summary,
	) {}

	add(result: ResultLike, itemIndex: number): void {
		this.summary.add(result);
		const { results, addressesInOutput } = this.settings;
		const sent = isSent(result);
		if (results === 'summary' || (sent && results !== 'all')) return;
		if (!sent && this.failed.length >= this.settings.maxFailures) {
			this.leftOut += 1;
			return;
		}
		const data = { json: toResultJson(result, addressesInOutput), pairedItem: { item: itemIndex } };
		(sent ? this.sent : this.failed).push({ itemIndex, ref: result.ref, data });
	}

	/** A mistake in the workflow with Continue on Fail: n8n's own form of an error item. */
	addMistake(itemIndex: number, error: string): void {
		this.failed.push({ itemIndex, ref: -1, data: { json: { error }, pairedItem: { item: itemIndex } } });
	}

	/**
	 * Items of the outputs Sent and Failed, in the order of the input.
	 * @param asTool everything on the first output: an AI agent sees no other
	 */
	outputs(now: number, asTool: boolean): INodeExecutionData[][] {
		const sent = this.settings.results === 'all' ? this.sent : [this.summaryEntry(now)];
		if (asTool) return [itemsOf([...sent, ...this.failed]), []];
		return [itemsOf(sent), itemsOf(this.failed)];
	}

	private summaryEntry(now: number): Entry {
		const json: IDataObject = { ...this.summary.toJson(now) };
		if (this.leftOut > 0) json.failuresLeftOut = this.leftOut;
		return { itemIndex: -1, ref: -1, data: { json, pairedItem: { item: 0 } } };
	}
}

function itemsOf(entries: Entry[]): INodeExecutionData[] {
	return entries.sort((a, b) => a.itemIndex - b.itemIndex || a.ref - b.ref).map(({ data }) => data);
}
