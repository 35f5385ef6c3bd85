/** Nodes one after the other; each is named `n` and its place. */
export function inLine(id: string, nodes: ReadonlyArray<Record<string, unknown>>): object {
	const named = nodes.map((node, place) => ({
		id: `n${place}`,
		name: `n${place}`,
		position: [place * 200, 0],
		...node,
	}));
	const connections = Object.fromEntries(
		named.slice(1).map((node, place) => [`n${place}`, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]),
	);
	return { id, name: id, active: false, nodes: named, connections, settings: { executionOrder: 'v1' } };
}
