import type { IExecuteFunctions } from 'n8n-workflow';
import type { CompiledTemplate, DirectMessageConfiguration } from '../../../push/messages';
import { WorkflowMistake } from '../../shared/errors';
import { choiceOf, ItemParameters, numberOf, section, textOf, type Values } from '../../shared/parameters';
import { openRegistry } from '../../shared/registry';
import { templateName, versionOf } from '../../shared/templateLocator';

/** The value of the parameter Message From that takes the texts from a template. */
export const TEMPLATE = 'template';

/** A template as a workflow names it; no version means the active one. */
export interface TemplateWish {
	readonly name: string;
	readonly version?: number;
}

type Fetched = { readonly template: CompiledTemplate } | { readonly mistake: unknown };

/** The templates a send needs, each read once. */
export class TemplateShelf {
	private readonly fetched = new Map<string, Fetched>();

	private opened: Awaited<ReturnType<typeof openRegistry>> | undefined;

	constructor(private readonly context: IExecuteFunctions) {}

	/** Keeps what goes wrong for the item that asks for it. */
	async fetch(wish: TemplateWish): Promise<void> {
		const key = keyOf(wish);
		if (!this.fetched.has(key)) this.fetched.set(key, await this.attempt(wish));
	}

	/** @throws what reading it came to: `NotFound`, `AccessDenied`, ... */
	get(wish: TemplateWish): CompiledTemplate {
		const fetched = this.fetched.get(keyOf(wish));
		if (fetched === undefined) throw new WorkflowMistake(`The template "${wish.name}" was not read.`, 'Run it again.');
		if ('mistake' in fetched) throw fetched.mistake;
		return fetched.template;
	}

	private async attempt({ name, version }: TemplateWish): Promise<Fetched> {
		try {
			this.opened ??= await openRegistry(this.context);
			const { registry, caller } = this.opened;
			return { template: await registry.templates.compiled(caller, name, version) };
		} catch (mistake) {
			return { mistake };
		}
	}
}

function keyOf({ name, version }: TemplateWish): string {
	return JSON.stringify([name, version ?? 0]);
}

/** The templates that the items of Send to Devices name; mistakes come up when an item is used. */
export async function shelfFor(context: IExecuteFunctions): Promise<TemplateShelf> {
	const shelf = new TemplateShelf(context);
	const parameters = new ItemParameters(context, ['source', 'messageFrom', 'template', 'templateVersion']);
	const count = parameters.constant ? Math.min(1, context.getInputData().length) : context.getInputData().length;
	for (let item = 0; item < count; item++) {
		const wish = attemptWish(() => parameters.at(item));
		if (wish) await shelf.fetch(wish);
	}
	return shelf;
}

function attemptWish(values: () => Values): TemplateWish | undefined {
	try {
		return wishOf(values());
	} catch {
		// The item says so itself when its message is made.
		return undefined;
	}
}

/** Undefined when the message is written in the node. @throws {WorkflowMistake} */
export function wishOf(values: Values): TemplateWish | undefined {
	if (textOf(values, 'messageFrom') !== TEMPLATE) return undefined;
	const version = versionOf(values.templateVersion);
	return { name: templateName(values.template), ...(version === undefined ? {} : { version }) };
}

/** What the node's fields add to a template. @throws {WorkflowMistake} naming the field that cannot be used */
export function additions(values: Values): DirectMessageConfiguration {
	const additional = section(values, 'additionalFields');
	const collapseId = textOf(additional, 'collapseId');
	const priority = choiceOf(additional, 'priority', 'Priority', ['high', 'normal']);
	const seconds = numberOf(additional, 'timeToLive', 'Time to Live');
	return {
		APNSMessage: { CollapseId: collapseId, Priority: priority, TimeToLive: seconds },
		GCMMessage: { CollapseKey: collapseId, Priority: priority, TimeToLive: seconds },
		BaiduMessage: { TimeToLive: seconds },
		ADMMessage: { ConsolidationKey: collapseId, ExpiresAfter: seconds === undefined ? undefined : String(seconds) },
	};
}
