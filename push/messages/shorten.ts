import { Slot } from './json';
import type { FilledJson } from './json';

/** What people see as one character: never cut in two. */
const characters = new Intl.Segmenter();

const ELLIPSIS = '…';

/** A body that gets shorter until the message fits. One per plan; not for two fillings at once. */
export class ShorteningBody {
	private text = '';

	/** Stands where the body stands in the content. */
	readonly slot = new Slot(() => this.text);

	/**
	 * The longest beginning of the body, ended by an ellipsis, with which the message fits.
	 * @param fill makes the JSON with the body as it is then
	 * @param limit bytes of the counted parts
	 * @returns undefined when not even one character of the body fits
	 */
	fit(body: string, fill: () => FilledJson, limit: number): FilledJson | undefined {
		// Each character takes a byte at least: what is beyond the limit need not be looked at.
		const found = [...characters.segment(body.slice(0, limit))].map(({ segment }) => segment);
		let least = 1;
		let most = found.length - 1;
		let best: FilledJson | undefined;
		while (least <= most) {
			const count = (least + most) >> 1;
			this.text = `${found.slice(0, count).join('').trimEnd()}${ELLIPSIS}`;
			const filled = fill();
			if (filled.bytes <= limit) {
				best = filled;
				least = count + 1;
			} else {
				most = count - 1;
			}
		}
		return best;
	}
}
