const ESCAPES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Characters XML has no place for, not even escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text for HTML and SVG, inside elements and attributes alike. */
export function escaped(text: string): string {
	return text.replaceAll(NOT_XML, '\ufffd').replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

export interface Style {
	readonly size: number;
	readonly color: string;
	readonly weight?: number;
	readonly anchor?: 'start' | 'middle' | 'end';
	readonly opacity?: number;
}

/** Lines of text, the first one's baseline at `y`. */
export function textAt(x: number, y: number, lines: readonly string[], style: Style, step = style.size * 1.28): string {
	const { size, color, weight = 400, anchor = 'start', opacity = 1 } = style;
	const spans = lines.map(
		(line, index) => `<tspan x="${x}" y="${(y + index * step).toFixed(1)}">${escaped(line)}</tspan>`,
	);
	return `<text font-size="${size}" font-weight="${weight}" fill="${color}" fill-opacity="${opacity}" text-anchor="${anchor}" xml:space="preserve">${spans.join('')}</text>`;
}

/** Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms, before any letter of another script. */
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/** Lines in a column: from its right edge where the text is written from right to left. */
export function paragraphAt(
	{ left, width }: { readonly left: number; readonly width: number },
	y: number,
	lines: readonly string[],
	style: Style,
	step: number,
): string {
	if (!RIGHT_TO_LEFT.test(lines.join(' '))) return textAt(left, y, lines, style, step);
	return `<g direction="rtl">${textAt(left + width, y, lines, style, step)}</g>`;
}

export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	readonly radius: number;
}

export function boxAt({ x, y, width, height, radius }: Box, attributes: string): string {
	return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" ${attributes}/>`;
}

/** Stands for the picture of a notification, which is not fetched. */
export function pictureAt(box: Box, id: string): string {
	const { x, y, width, height } = box;
	const at = (dx: number, dy: number) => `${(x + width * dx).toFixed(1)} ${(y + height * dy).toFixed(1)}`;
	return `<clipPath id="${id}">${boxAt(box, '')}</clipPath><g clip-path="url(#${id})">${boxAt({ ...box, radius: 0 }, 'fill="#b9d4f1"')}<circle cx="${(x + width * 0.72).toFixed(1)}" cy="${(y + height * 0.3).toFixed(1)}" r="${(height * 0.12).toFixed(1)}" fill="#fff3c4"/><path d="M${at(0, 1)} L${at(0.36, 0.42)} L${at(0.62, 0.8)} L${at(0.76, 0.62)} L${at(1, 1)} Z" fill="#5f87b8"/></g>`;
}
