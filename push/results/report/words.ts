/** 950, 1.2k, 48k, 1.3M. */
export function shortNumber(value: number): string {
	const units: Array<[number, string]> = [
		[1e9, 'G'],
		[1e6, 'M'],
		[1e3, 'k'],
	];
	for (const [size, unit] of units) {
		if (value >= size) return `${Number((value / size).toPrecision(value / size >= 100 ? 3 : 2))}${unit}`;
	}
	return String(Number(value.toPrecision(3)));
}

/** A moment as precise as the periods are long; UTC. */
export function timeLabel(at: number, resolution: number): string {
	const iso = new Date(at).toISOString();
	const day = `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''}`;
	if (resolution >= 86_400) return day;
	const time = iso.slice(11, 16);
	return resolution >= 3_600 ? `${day}, ${time}` : time;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function escapeHtml(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
