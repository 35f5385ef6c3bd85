import type { IExecuteFunctions } from 'n8n-workflow';
import type { ApplicationSend } from '../../../push';
import type { SendOptions } from '../../../push/sending/types';
import { WorkflowMistake } from '../../shared/errors';
import { isRecord } from '../../shared/parameters';
import { isResult, type ResultLike } from '../../shared/results';
import type { Summary } from '../../shared/summary';
import type { Collector } from './collector';
import { deliver } from './deliver';
import { DevicePlan, type PlanParts } from './devicePlan';
import { type Attempted, Counts, recordSend, refuseStopped, REPLAYED, sendOnce } from './once';
import type { OnMistake, SendGroup } from './target';

/** All results of a send with an idempotency key are recorded: that is for events, not for campaigns. */
const MAX_RECORDED = 10_000;

export interface DeviceRun {
	readonly context: IExecuteFunctions;
	readonly options: SendOptions;
	readonly summary: Summary;
	readonly collector: Collector;
	readonly onMistake: OnMistake;
}

interface Recorded {
	/** Place of the item among those of the group: another execution may have it elsewhere. */
	readonly place: number;
	readonly result: ResultLike;
}

type OnResult = (result: ResultLike, itemIndex: number) => void;

/** Items that go to one application, under one idempotency key if any. */
export class DeviceGroup {
	private readonly plan: DevicePlan;

	private onResult: OnResult = () => {};

	/** Evaluates what depends on the item. `onMistake`: told of an item that cannot be used; throws to stop everything. */
	constructor(
		private readonly group: SendGroup,
		parts: PlanParts,
		onMistake: OnMistake,
	) {
		this.plan = new DevicePlan(parts, (result, itemIndex) => this.onResult(result, itemIndex));
		this.plan.prepare(onMistake);
	}

	/** How many results there will be. */
	count(): number {
		return this.plan.count();
	}

	/** @throws in direct mode: what concerns the whole node, as long as nothing was sent */
	async send(run: DeviceRun): Promise<void> {
		const { application } = this.group.target;
		const { idempotencyKey } = this.group;
		if (application === undefined) return await this.sendUnrecorded(run);
		const attempt = await attemptGroup(async () => {
			if (idempotencyKey === undefined) await this.sendUnrecorded(run);
			else await this.sendKeyed(run, application, idempotencyKey);
		});
		if (attempt) for (const item of this.items(run)) run.onMistake(attempt.mistake, item);
	}

	private async sendUnrecorded(run: DeviceRun): Promise<void> {
		await this.sendAll(run, (result, itemIndex) => run.collector.add(result, itemIndex));
	}

	private async sendKeyed(run: DeviceRun, application: ApplicationSend, key: string): Promise<void> {
		const count = this.count();
		if (count > MAX_RECORDED) {
			throw new WorkflowMistake(
				`With an idempotency key, at most ${MAX_RECORDED.toLocaleString('en')} recipients can be sent to at once, not ${count.toLocaleString('en')}. Nothing was sent.`,
				'Remove the option Idempotency Key, or send in smaller parts with a key each.',
			);
		}
		const { value, replayed } = await sendOnce(
			application,
			key,
			{ operation: 'sendToDevices', items: this.plan.describe() },
			async (sent) => await this.sendAndRecord(run, sent),
			decode,
		);
		if (replayed) {
			run.summary.warn(REPLAYED);
			await recordSend(application, { replayed: value.length }, run.summary);
		}
		for (const { place, result } of value) run.collector.add(result, this.itemAt(place));
	}

	private async sendAndRecord(run: DeviceRun, sent: () => void): Promise<Attempted<readonly Recorded[]>> {
		const recorded: Recorded[] = [];
		const attempted = await this.sendAll(run, (result, itemIndex) => {
			if (result.attempts > 0) sent();
			recorded.push({ place: this.placeOf(itemIndex), result });
		});
		refuseStopped(run.context, attempted);
		return { value: recorded, attempted };
	}

	private async sendAll({ options, summary }: DeviceRun, onResult: OnResult): Promise<boolean> {
		const { target } = this.group;
		const counts = new Counts();
		this.onResult = (result, itemIndex) => {
			counts.add(result);
			onResult(result, itemIndex);
		};
		const attempted = await deliver({
			start: (batches) => target.start(batches, options),
			batches: this.plan.batches(),
			pending: this.plan.pending,
			onResult: (result, itemIndex) => this.onResult(result, itemIndex),
		});
		await recordSend(target.application, counts.toJson(), summary);
		return attempted;
	}

	private items({ context }: DeviceRun): readonly number[] {
		return this.group.items ?? context.getInputData().map((_, item) => item);
	}

	private placeOf(itemIndex: number): number {
		return this.group.items ? this.group.items.indexOf(itemIndex) : itemIndex;
	}

	private itemAt(place: number): number {
		return this.group.items?.[place] ?? place;
	}
}

/** Undefined when it went well. */
async function attemptGroup(work: () => Promise<void>): Promise<{ readonly mistake: unknown } | undefined> {
	try {
		await work();
		return undefined;
	} catch (mistake) {
		return { mistake };
	}
}

function decode(recorded: unknown): readonly Recorded[] {
	const list: readonly unknown[] = Array.isArray(recorded) ? recorded : [undefined];
	return list.map((entry) => {
		if (isRecord(entry) && typeof entry.place === 'number' && isResult(entry.result)) {
			return { place: entry.place, result: entry.result };
		}
		throw new WorkflowMistake(
			'The recorded results of this idempotency key cannot be read: another operation recorded them.',
			'Use a key of its own for each operation.',
		);
	});
}
