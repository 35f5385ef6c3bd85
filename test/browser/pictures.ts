import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

import { ROOT } from '../../scripts/fullN8n';

const DOCUMENTATION = join(ROOT, 'docs', 'images');

/** What the last run saw, where it is not what the documentation shows. */
const SEEN = join(ROOT, '.cache', 'screenshots');

/** `npm run docs:screenshots` takes the pictures of the documentation anew. */
const WRITE = process.env.WRITE_SCREENSHOTS === '1';

/** IDs, dates and the edges of letters differ from run to run; a field more or less is far above this. */
const MAX_DIFFERENCE = 0.02;

/** A part of a picture, in its pixels. */
interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/**
 * Takes one picture when everything stands still, and holds it against the one in the documentation.
 * @param changing what says something else in each run (IDs, times): it must be there, and is not compared
 * @throws Error when the documentation shows something else
 */
export async function picture(page: Page, what: Page | Locator, name: string, changing?: Locator): Promise<void> {
	const boxes = changing ? await boxesIn(what, changing) : [];
	const taken = await what.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' });
	const shown = join(DOCUMENTATION, `${name}.png`);
	if (WRITE) {
		await mkdir(DOCUMENTATION, { recursive: true });
		await writeFile(shown, taken);
		return;
	}
	const seen = join(SEEN, `${name}.png`);
	await mkdir(SEEN, { recursive: true });
	await writeFile(seen, taken);
	const difference = existsSync(shown) ? await differenceOf(page, await readFile(shown), taken, boxes) : 1;
	if (difference <= MAX_DIFFERENCE) return;
	throw new Error(
		`docs/images/${name}.png is not what a person sees (${Math.round(difference * 100)} % differs, see ${seen}). ` +
			'If what they see is right, run "npm run docs:screenshots" and look at the pictures.',
	);
}

/** @throws Error when nothing of it is to be seen */
async function boxesIn(what: Page | Locator, changing: Locator): Promise<Box[]> {
	const frame = 'boundingBox' in what ? await what.boundingBox() : { x: 0, y: 0 };
	const boxes: Box[] = [];
	for (const one of await changing.all()) {
		const box = await one.boundingBox();
		if (box && frame) boxes.push({ ...box, x: box.x - frame.x, y: box.y - frame.y });
	}
	if (boxes.length === 0) throw new Error('What changes from run to run is not in the picture any more');
	return boxes;
}

/**
 * The part of a grid of 160 columns whose fields look different, from 0 to 1; 1 for pictures of another shape. Fields
 * within the boxes count as alike.
 */
async function differenceOf(page: Page, one: Buffer, other: Buffer, boxes: readonly Box[]): Promise<number> {
	const sources = [one, other].map((png) => `data:image/png;base64,${png.toString('base64')}`);
	const compare = `(async ([one, other], boxes) => {
		const load = (source) => new Promise((done, fail) => {
			const image = new Image();
			image.onload = () => done(image);
			image.onerror = fail;
			image.src = source;
		});
		const images = [await load(one), await load(other)];
		if (images[0].width !== images[1].width || images[0].height !== images[1].height) return 1;
		const width = 160;
		const height = Math.round((images[0].height / images[0].width) * width);
		const [a, b] = images.map((image) => {
			const canvas = new OffscreenCanvas(width, height);
			const context = canvas.getContext('2d');
			context.imageSmoothingQuality = 'high';
			context.drawImage(image, 0, 0, width, height);
			return context.getImageData(0, 0, width, height).data;
		});
		const scale = images[0].width / width;
		const leftOut = (place) => {
			const [x, y] = [((place % width) + 0.5) * scale, (Math.floor(place / width) + 0.5) * scale];
			return boxes.some((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
		};
		let different = 0;
		for (let at = 0; at < a.length; at += 4) {
			if (leftOut(at / 4)) continue;
			if ([0, 1, 2].some((colour) => Math.abs(a[at + colour] - b[at + colour]) > 40)) different++;
		}
		return different / (width * height);
	})(${JSON.stringify(sources)}, ${JSON.stringify(boxes)})`;
	// On a page of its own: n8n's own page may forbid what this does.
	const blank = await page.context().newPage();
	const difference: unknown = await blank.evaluate(compare).finally(async () => await blank.close());
	if (typeof difference !== 'number') throw new Error('The pictures could not be compared');
	return difference;
}
