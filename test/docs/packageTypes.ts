import type { ICredentialType, INodeType } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ROOT } from '../../scripts/fullN8n';

export interface Codex {
	readonly node: string;
	readonly alias: readonly string[];
	readonly resources: Readonly<
		Record<'primaryDocumentation' | 'credentialDocumentation', ReadonlyArray<{ url: string }>>
	>;
}

/** Every node and credential that package.json lists, from the sources, whatever their number. */
export async function packageTypes(): Promise<{ nodes: INodeType[]; credentials: ICredentialType[]; codex: Codex[] }> {
	const { n8n }: { n8n: Record<'nodes' | 'credentials', string[]> } = JSON.parse(
		readFileSync(join(ROOT, 'package.json'), 'utf8'),
	);
	const source = (file: string) => join(ROOT, file.replace(/^dist\//, '').replace(/\.js$/, ''));
	const [nodes, credentials] = await Promise.all([
		Promise.all(n8n.nodes.map(async (file) => await make<INodeType>(source(file)))),
		Promise.all(n8n.credentials.map(async (file) => await make<ICredentialType>(source(file)))),
	]);
	const codex = n8n.nodes.map(
		(file): Codex => JSON.parse(readFileSync(source(file).replace(/\.node$/, '.node.json'), 'utf8')),
	);
	return { nodes, credentials, codex };
}

/** The file's one class, made as n8n makes it. */
async function make<T>(file: string): Promise<T> {
	const exported: Readonly<Record<string, new () => T>> = await import(file);
	const Type = exported[basename(file).split('.')[0] ?? ''];
	if (!Type) throw new Error(`${file} exports no class of its name`);
	return new Type();
}
