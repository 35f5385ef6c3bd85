import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lastLines } from './commands';
import { ScriptError } from './paths';
import { n8nCommand } from './server';

/**
 * Imports workflows or credentials through n8n's command line; what has the same id is replaced.
 * Credentials are given in the clear: the file is readable by its owner alone and gone afterwards.
 *
 * @throws ScriptError with n8n's own words.
 */
export async function importIntoN8n(
	program: string,
	userFolder: string,
	what: 'workflow' | 'credentials',
	content: readonly unknown[],
	env: NodeJS.ProcessEnv = {},
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'push-import-'));
	try {
		const file = join(folder, 'content.json');
		await writeFile(file, JSON.stringify(content), { mode: 0o600 });
		const { code, output } = await n8nCommand(
			program,
			userFolder,
			[`import:${what}`, `--input=${file}`],
			undefined,
			env,
		);
		// n8n reports some mistakes with exit code 0.
		if (code !== 0 || !output.includes('Successfully imported')) {
			throw new ScriptError(`n8n could not import the ${what}:\n${lastLines(output)}`);
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
