import { join } from 'node:path';

/** The full n8n that `npm start` and `npm run test:n8n` run; newer ones may name packages the registry does not have. */
export const N8N_VERSION = '2.41.1';

/** The root of this repository. */
export const ROOT = join(__dirname, '..', '..');

/** Everything that is installed or made at run time; git ignores it. */
export const DEV_FOLDER = join(ROOT, '.n8n-dev');

/** Where the full n8n is installed. */
export const N8N_FOLDER = join(DEV_FOLDER, 'n8n');

/** A mistake that is told in its own words, without a stack trace. */
export class ScriptError extends Error {
	override readonly name = 'ScriptError';
}
