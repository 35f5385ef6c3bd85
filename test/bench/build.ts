import { join } from 'node:path';
import { build } from 'esbuild';
import { CLIENT_NAMES } from './clients/types';

const ROOT = join(__dirname, '..', '..');

/** Where the programs lie that {@link buildPrograms} makes. */
export const PROGRAMS = join(ROOT, '.cache', 'bench');

/** The sink and the clients as bundles: the engine runs as it is published, not file by file. */
export async function buildPrograms(): Promise<void> {
	const clients = [...CLIENT_NAMES, 'main'].map((name) => [
		`clients/${name}`,
		join(__dirname, 'clients', `${name}.ts`),
	]);
	await build({
		entryPoints: Object.fromEntries([...clients, ['sink', join(__dirname, 'sink', 'main.ts')]]),
		outdir: PROGRAMS,
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'cjs',
		target: 'node24',
		define: { PACKAGE_VERSION: '"bench"' },
		logLevel: 'warning',
	});
}
