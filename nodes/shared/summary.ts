import type { IDataObject, NodeExecutionHint } from 'n8n-workflow';
import { isSent, type ResultLike } from './results';

interface FailureGroup {
	readonly message: string;
	count: number;
}

/** Different sentences remembered at most; a run with more has no common cause to tell. */
const MAX_GROUPS = 200;

/** Counts results as they come in; memory does not grow with their number. */
export class Summary {
	private recipients = 0;

	private successful = 0;

	private removable = 0;

	private suspect = 0;

	private readonly byStatus: Record<string, number> = {};

	private readonly byReason: Record<string, number> = {};

	private readonly byChannel: Record<string, { successful: number; failed: number }> = {};

	private readonly failures = new Map<string, FailureGroup>();

	private readonly warnings = new Set<string>();

	/** @param startedAt ms of a clock that never goes back */
	constructor(private readonly startedAt: number) {}

	add(result: ResultLike): void {
		const sent = isSent(result);
		this.recipients += 1;
		if (sent) this.successful += 1;
		if (result.tokenAction === 'remove') this.removable += 1;
		if (result.tokenAction === 'suspect') this.suspect += 1;
		count(this.byStatus, result.deliveryStatus);
		const channel = (this.byChannel[result.channelType ?? 'UNKNOWN'] ??= { successful: 0, failed: 0 });
		channel[sent ? 'successful' : 'failed'] += 1;
		if (!sent) this.addFailure(result);
		for (const warning of result.warnings ?? []) this.warn(warning);
	}

	warn(warning: string): void {
		if (this.warnings.size < MAX_GROUPS) this.warnings.add(warning);
	}

	/** @param now ms of the clock given at the start */
	toJson(now: number): IDataObject {
		const durationMs = Math.round(now - this.startedAt);
		const attempted = this.recipients;
		return {
			recipients: attempted,
			successful: this.successful,
			failed: attempted - this.successful,
			byStatus: this.byStatus,
			byReason: this.byReason,
			byChannel: this.byChannel,
			addressesToRemove: this.removable,
			suspectAddresses: this.suspect,
			durationMs,
			messagesPerSecond: durationMs > 0 ? Math.round((attempted / durationMs) * 10_000) / 10 : attempted,
			...(this.warnings.size > 0 ? { warnings: [...this.warnings] } : {}),
		};
	}

	/** What the person who runs the workflow should know, beside the result items. */
	hints(): NodeExecutionHint[] {
		const hints: NodeExecutionHint[] = [];
		const common = this.commonFailure();
		if (common) {
			hints.push(hint(`${common.count} of ${this.recipients} recipients failed for one reason: ${common.message}`));
		}
		if (this.removable > 0) {
			const dead = `${this.removable} of ${this.recipients} ${this.recipients === 1 ? 'address is' : 'addresses are'} dead`;
			hints.push(hint(`${dead}. Connect a clean-up: delete those whose "tokenAction" is "remove" from your data.`));
		}
		if (this.suspect > 0) {
			const devices = this.suspect === 1 ? '1 address was' : `${this.suspect} addresses were`;
			hints.push(
				hint(
					`${devices} refused in a way that a wrong environment, app or project causes too. Check these before deleting any.`,
				),
			);
		}
		for (const warning of this.warnings) hints.push(hint(warning));
		return hints;
	}

	private addFailure(result: ResultLike): void {
		count(this.byReason, result.providerReason ?? String(result.statusCode));
		const group = this.failures.get(result.statusMessage);
		if (group) group.count += 1;
		else if (this.failures.size < MAX_GROUPS) {
			this.failures.set(result.statusMessage, { message: result.statusMessage, count: 1 });
		}
	}

	/** One sentence behind most failures of a larger send: a wrong key or topic rather than single devices. */
	private commonFailure(): FailureGroup | undefined {
		const failed = this.recipients - this.successful;
		let largest: FailureGroup | undefined;
		for (const group of this.failures.values()) if (group.count > (largest?.count ?? 1)) largest = group;
		return largest && largest.count * 2 > failed && largest.message !== '' ? largest : undefined;
	}
}

function count(counts: Record<string, number>, key: string): void {
	counts[key] = (counts[key] ?? 0) + 1;
}

function hint(message: string): NodeExecutionHint {
	return { message, type: 'warning', location: 'outputPane' };
}
