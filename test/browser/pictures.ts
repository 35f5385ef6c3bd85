import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

import { ROOT } from '../../scripts/fullN8n';

/** `npm run docs:screenshots` writes the pictures of the documentation; a test run leaves its own beside the cache. */
const FOLDER =
	process.env.WRITE_SCREENSHOTS === '1' ? join(ROOT, 'docs', 'images') : join(ROOT, '.cache', 'screenshots');

/** Takes one picture when everything stands still. */
export async function picture(what: Page | Locator, name: string): Promise<void> {
	await mkdir(FOLDER, { recursive: true });
	await what.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled', caret: 'hide', scale: 'css' });
}
