const graphemes = new Intl.Segmenter();

/** Width in ems, roughly, of one visible character in the fonts of phones. */
function widthOf(character: string): number {
	if (
		/\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/u.test(
			character,
		)
	)
		return 1.05;
	if (/^[iljt.,'|!:;() \u00a0]/.test(character)) return 0.3;
	if (/^[mwMW@%]/.test(character)) return 0.86;
	return /^\p{Lu}/u.test(character) ? 0.68 : 0.53;
}

/**
 * Breaks a text into lines as a phone would: at spaces, long words anywhere, the last line ended by an ellipsis.
 * @param width of a line, in ems
 */
export function linesOf(text: string, width: number, most: number): string[] {
	const lines: string[] = [];
	// A payload holds 4 KB; what cannot be shown need not be measured.
	for (const paragraph of text.slice(0, 2_000).split(/\r?\n/)) {
		if (lines.length > most) break;
		lines.push(...wrap(paragraph, width));
	}
	if (lines.length <= most) return lines;
	const kept = lines.slice(0, most);
	return [...kept.slice(0, -1), `${shorten(kept.at(-1) ?? '', width - 1)}…`];
}

function wrap(paragraph: string, width: number): string[] {
	const lines: string[] = [];
	let line = '';
	let used = 0;
	for (const word of paragraph.match(/\S+\s*|\s+/g) ?? ['']) {
		const size = sizeOf(word.trimEnd());
		if (used > 0 && used + size > width) {
			lines.push(line.trimEnd());
			line = '';
			used = 0;
		}
		for (const { segment } of graphemes.segment(word)) {
			const own = widthOf(segment);
			if (used + own > width && used > 0 && segment.trim() !== '') {
				lines.push(line);
				line = '';
				used = 0;
			}
			line += segment;
			used += own;
		}
	}
	return [...lines, line.trimEnd()];
}

function sizeOf(text: string): number {
	let size = 0;
	for (const { segment } of graphemes.segment(text)) size += widthOf(segment);
	return size;
}

function shorten(line: string, width: number): string {
	let kept = '';
	let used = 0;
	for (const { segment } of graphemes.segment(line)) {
		used += widthOf(segment);
		if (used > width) break;
		kept += segment;
	}
	return kept.trimEnd();
}
