/** The engine's composer, as nodes see it: types now, code at first use. */
export type EngineModule = typeof import('../../push');

let loading: Promise<EngineModule> | undefined;

/**
 * Loads the engine at first use: n8n starts every package's nodes, but only few of them send something.
 * Built, the path leads to the bundle `dist/push/index.js`; from sources, to `push/index.ts`.
 */
export async function loadEngine(): Promise<EngineModule> {
	loading ??= import('../../push').catch((error: unknown) => {
		// A file that is missing while a package update is under way may be there the next time.
		loading = undefined;
		throw error;
	});
	return await loading;
}
