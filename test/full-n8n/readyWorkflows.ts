import { at } from '../../scripts/fullN8n';
import { exampleWorkflow } from './harness';

/** A text of a workflow's JSON and what stands in its place. */
export type Change = readonly [from: string, to: string];

/**
 * One of docs/workflows under another id, with nothing but the changes named: a path, a credential, the pace of its clock.
 * @throws Error when the file no longer has what is to be changed
 */
export async function adapted(name: string, id: string, changes: readonly Change[]): Promise<object> {
	let text = JSON.stringify(await exampleWorkflow(name));
	for (const [from, to] of changes) {
		if (!text.includes(from)) throw new Error(`docs/workflows/${name}.json has no ${from} any more`);
		text = text.replaceAll(from, to);
	}
	const workflow: object = JSON.parse(text);
	return { ...workflow, id, name: id };
}

/** The schedule as n8n writes it, and every three seconds in its place: a test does not wait for the morning. */
export function everyThreeSeconds(workflow: unknown): Change {
	const nodes = Object.values(at(workflow, 'nodes') ?? {});
	const trigger = nodes.find((node) => at(node, 'type') === 'n8n-nodes-base.scheduleTrigger');
	const interval = JSON.stringify(at(trigger, 'parameters', 'rule', 'interval'));
	return [interval, '[{"field":"seconds","secondsInterval":3}]'];
}

/** docs/workflows/campaign-runner.json in a hurry. @param credentials of its node */
export async function quickRunner(credentials: object = {}): Promise<object> {
	const which = '"which":"due"}';
	return await adapted('campaign-runner', 'quickRunner', [
		everyThreeSeconds(await exampleWorkflow('campaign-runner')),
		[which, `${which},"credentials":${JSON.stringify(credentials)}`],
	]);
}

/** A time zone in which it is about that hour now; whole hours, as `Etc/GMT-3`, whose sign is the other way round. */
export function zoneWhereItIs(hour: number, now = new Date()): string {
	const ahead = ((hour - now.getUTCHours() + 36) % 24) - 12;
	return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
