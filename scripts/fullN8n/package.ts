import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lastLines, npm } from './commands';
import { ROOT, ScriptError } from './paths';

/** The package's name, and the folder n8n knows it by. */
export const PACKAGE_NAME = 'n8n-nodes-push-notifications';

/**
 * Packs the built package as `npm publish` would, into `folder`.
 * @returns the tarball's path.
 */
export async function packPackage(folder: string): Promise<string> {
	const { code, output } = await npm(
		['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
		ROOT,
	);
	const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
	if (code !== 0 || !tarball) {
		throw new ScriptError(`"npm pack" failed (exit ${code ?? 'by a signal'}):\n${lastLines(output)}`);
	}
	return join(folder, tarball);
}

/** Packs the package and installs the tarball where n8n looks for community packages; replaces an earlier one. */
export async function installPackage(userFolder: string): Promise<void> {
	const nodes = join(userFolder, '.n8n', 'nodes');
	await mkdir(nodes, { recursive: true });
	const manifest = join(nodes, 'package.json');
	if (!existsSync(manifest)) await writeFile(manifest, '{ "name": "installed-nodes", "private": true }\n');
	const folder = await mkdtemp(join(tmpdir(), 'push-package-'));
	try {
		const tarball = await packPackage(folder);
		// As n8n installs community packages: no scripts, no peers, nothing beside the package.
		const flags = [
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--install-strategy=shallow',
			'--no-package-lock',
			'--no-save',
		];
		const args = ['install', ...flags, '--no-audit', '--no-fund', '--loglevel=error', tarball];
		await rm(join(nodes, 'node_modules', PACKAGE_NAME), { recursive: true, force: true });
		const { code, output } = await npm(args, nodes);
		if (code !== 0) throw new ScriptError(`The package could not be installed into ${nodes}:\n${lastLines(output)}`);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
