import { existsSync } from 'node:fs';
import { type Browser, chromium, selectors } from 'playwright-core';

/** Debian's Chromium first: the pictures in docs/images come from it. */
const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Nothing but the page: no calls home, no GPU, and a sandbox is not to be had as root. */
const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--font-render-hinting=none',
];

function findBrowser(): string | undefined {
	const named = process.env.BROWSER_PATH;
	if (named === undefined) return KNOWN.find((path) => existsSync(path));
	if (!existsSync(named)) throw new Error(`BROWSER_PATH names ${named}, which does not exist.`);
	return named;
}

const program = findBrowser();

/** Tests that need a browser: skipped, with a word why, where there is none; under CI its absence is a failure. */
export const describeInBrowser = program === undefined ? skipVisibly() : describe;

function skipVisibly() {
	const advice = 'No Chromium found: install it (Debian: apt-get install chromium) or name it in BROWSER_PATH.';
	if (process.env.CI === 'true') throw new Error(advice);
	process.stderr.write(`\n${advice} The browser tests are skipped.\n`);
	return describe.skip;
}

/** A browser with an empty profile of its own. */
export async function launchBrowser(): Promise<Browser> {
	// n8n's editor marks what can be clicked with this attribute.
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({ executablePath: program, args: FLAGS });
}
