import type { Step } from '../../scripts/demos/applicationSteps';
import { difference, STEPS } from '../../scripts/demos/applicationSteps';
import { at, PACKAGE_NAME } from '../../scripts/fullN8n';

/** One node of a workflow as n8n imports it. */
interface Node {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly typeVersion: number;
	readonly position: readonly [number, number];
	readonly parameters: object;
	readonly credentials?: object;
	readonly onError?: string;
	readonly executeOnce?: boolean;
	readonly webhookId?: string;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Without a trigger of its own it starts at `path` and answers with what comes out of its last node. */
function webhookNode(path: string): Node {
	return {
		id: path,
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		position: [0, 0],
		parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
		webhookId: `${path}-webhook`,
	};
}

/** A node of this package; on failure it puts out the sentence and the workflow goes on. */
export function packageNode(name: string, type: string, parameters: object, credentials: object = {}): Node {
	return {
		id: name,
		name,
		type: `${PACKAGE_NAME}.${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials,
		onError: 'continueRegularOutput',
		executeOnce: true,
	};
}

/** A chain of nodes behind a webhook; its id is the webhook's path. */
export function chain(path: string, nodes: readonly Node[]): object {
	const all = [webhookNode(path), ...nodes];
	const links = all.slice(1).map(({ name }, index) => {
		const next = [{ node: name, type: 'main', index: 0 }];
		// Both outputs where there are two.
		return [all[index]?.name ?? '', { main: [next, next] }];
	});
	return { id: path, name: path, active: false, nodes: all, connections: Object.fromEntries(links), settings: {} };
}

/** One item with all that came out of the nodes named, by node. */
export function collect(names: readonly string[]): Node {
	const of = (name: string) =>
		`${JSON.stringify(name)}: [...$(${JSON.stringify(name)}).all(0), ...second(${JSON.stringify(name)})].map(({ json }) => json)`;
	const second = 'const second = (name) => { try { return $(name).all(1); } catch { return []; } };';
	return {
		id: 'collect',
		name: 'Collect',
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		position: [0, 0],
		parameters: { jsCode: `${second}\nreturn [{ json: { ${names.map(of).join(', ')} } }];` },
		executeOnce: true,
	};
}

/** The device that docs/workflows/applications.json sends to through Google. */
export function googleDevice(workflow: unknown): string {
	const recipients = list(at(workflow, 'nodes')).map((node) => String(at(node, 'parameters', 'recipient')));
	const device = recipients.map((recipient) => /\bGCM: "([^"]+)"/.exec(recipient)?.[1]).find(Boolean);
	if (!device) throw new Error('The example sends to no device of Google');
	return device;
}

/** docs/workflows/applications.json under another id, with a Push Store credential on every node of the package. */
export function onStore(workflow: unknown, id: string, credentialId: string): object {
	const nodes = list(at(workflow, 'nodes')).map((node) => {
		if (!String(at(node, 'type')).startsWith(PACKAGE_NAME)) return node;
		const credentials = { ...Object(at(node, 'credentials')), pushStoreApi: { id: credentialId, name: credentialId } };
		return { ...Object(node), credentials };
	});
	return { ...Object(workflow), id, name: id, nodes };
}

/** The same, started by a web request and answered with what Delete, then its last node, puts out. */
export function onWebhook(workflow: unknown, path: string): object {
	const nodes = list(at(workflow, 'nodes'))
		.filter((node) => at(node, 'type') !== 'n8n-nodes-base.noOp')
		.map((node) =>
			at(node, 'type') === 'n8n-nodes-base.manualTrigger' ? { ...webhookNode(path), name: at(node, 'name') } : node,
		);
	const [sent] = list(at(workflow, 'connections', 'Send again', 'main'));
	const connections = { ...Object(at(workflow, 'connections')), 'Send again': { main: [sent] } };
	return { ...Object(workflow), id: path, name: path, nodes, connections };
}

/** What was not as it should be in a run of docs/workflows/applications.json, as n8n's command line prints it. */
export function problemsOf(run: unknown): string[] {
	const items = (node: string, output: number) =>
		list(at(run, 'data', 'resultData', 'runData', node, 0, 'data', 'main', output)).map((item) => ({
			...Object(at(item, 'json')),
		}));
	const [application] = items('Create the application', 0);
	const outputs = (step: Step) => ({
		first: items(step.node, 0),
		second: items(step.node, 1),
		applicationId: String(at(application, 'id')),
		name: String(at(application, 'name')),
	});
	return STEPS.flatMap((step) => {
		const problem = difference(step, outputs(step));
		return problem === undefined ? [] : [`${step.node}: ${problem}`];
	});
}
