import { linesOf } from './lines';
import { boxAt, escaped, paragraphAt, pictureAt, textAt } from './markup';
import type { Nothing, Shown } from './shown';

export interface LockScreen {
	readonly appName: string;
	/** As the clock of the phone shows it. */
	readonly time: string;
	readonly date: string;
	/** Absent: the channel was refused, `refusal` says why. */
	readonly shown?: Shown;
	readonly refusal?: string;
}

const FONT = "-apple-system, 'SF Pro Text', 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

/** How much wider bold letters are than those of a body. */
const BOLD = 1.08;

const WIDTH = 340;
const HEIGHT = 700;

/** Two phones side by side. */
export function phonesSvg(screens: { readonly ios?: LockScreen; readonly android?: LockScreen }): string {
	const phones = [
		...(screens.ios ? [phone(screens.ios, IOS)] : []),
		...(screens.android ? [phone(screens.android, ANDROID)] : []),
	];
	const width = Math.max(1, phones.length) * (WIDTH + 40) + 40;
	const drawn = phones.map(
		(markup, index) => `<g transform="translate(${40 + index * (WIDTH + 40)} 40)">${markup}</g>`,
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT + 110}" viewBox="0 0 ${width} ${HEIGHT + 110}" font-family="${escaped(FONT)}" role="img">${drawn.join('')}</svg>`;
}

interface Look {
	readonly id: 'ios' | 'android';
	readonly label: string;
	readonly colors: readonly [string, string, string];
	readonly radius: number;
	clock(screen: LockScreen): string;
	/** The card, its top at `y`. */
	card(shown: Shown, screen: LockScreen, y: number): string;
}

function phone(screen: LockScreen, look: Look): string {
	const { id, colors, radius, label } = look;
	const [top, middle, bottom] = colors;
	const background = `<linearGradient id="${id}-sky" x1="0" y1="0" x2="0.6" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="0.55" stop-color="${middle}"/><stop offset="1" stop-color="${bottom}"/></linearGradient>`;
	const frame = { x: 0, y: 0, width: WIDTH, height: HEIGHT, radius };
	const glass = { x: 9, y: 9, width: WIDTH - 18, height: HEIGHT - 18, radius: radius - 9 };
	return [
		`<title>${escaped(label)}</title><defs>${background}</defs>`,
		boxAt(frame, 'fill="#15171c" stroke="#3a3d45" stroke-width="1.5"'),
		boxAt(glass, `fill="url(#${id}-sky)"`),
		look.clock(screen),
		content(screen, look),
		boxAt(
			{ x: WIDTH / 2 - 55, y: HEIGHT - 25, width: 110, height: 4.5, radius: 2.2 },
			'fill="#fff" fill-opacity="0.85"',
		),
		textAt(WIDTH / 2, HEIGHT + 34, [label], { size: 14, color: '#6b7280', weight: 600, anchor: 'middle' }),
	].join('');
}

/** The notification, or why there is none. */
function content(screen: LockScreen, look: Look): string {
	const { shown, refusal } = screen;
	if (!shown) return note(linesOf(`Not sent. ${refusal ?? ''}`, 17, 9));
	const { nothing } = shown;
	if (nothing !== undefined && nothing !== 'appOnly') return note(NOTES[nothing]);
	const card = look.card(shown, screen, 292);
	return nothing === undefined ? card : `<g opacity="0.62">${card}</g>${note(NOTES[nothing], 500)}`;
}

const NOTES: Readonly<Record<Nothing, readonly string[]>> = {
	silent: ['Nothing is shown:', 'the app gets the data.'],
	appOnly: ['Shown only if the app builds it', 'from the data (AWS’s libraries do).'],
	badge: ['Nothing is shown:', 'the number on the app’s icon changes.'],
	sound: ['Nothing is shown:', 'a sound is played.'],
	activity: ['No notification:', 'the Live Activity changes.'],
	call: ['The app is woken', 'and shows the incoming call.'],
};

function note(lines: readonly string[], y = 330): string {
	const height = 34 + lines.length * 19;
	return [
		boxAt({ x: 26, y: y - 26, width: WIDTH - 52, height, radius: 18 }, 'fill="#000" fill-opacity="0.28"'),
		textAt(WIDTH / 2, y + 2, lines, { size: 14, color: '#fff', anchor: 'middle', opacity: 0.92 }, 19),
	].join('');
}

/** The first letter of the app's name. */
function initial(appName: string): string {
	const [first] = new Intl.Segmenter().segment(appName.trim().toUpperCase());
	return first?.segment ?? 'A';
}

const IOS: Look = {
	id: 'ios',
	label: 'iOS',
	colors: ['#27406f', '#5a5a9d', '#c87f9a'],
	radius: 52,
	clock: ({ time, date }) =>
		[
			boxAt({ x: WIDTH / 2 - 48, y: 22, width: 96, height: 27, radius: 13.5 }, 'fill="#000"'),
			textAt(WIDTH / 2, 106, [date], { size: 18, color: '#fff', weight: 600, anchor: 'middle', opacity: 0.92 }),
			textAt(WIDTH / 2, 186, [time], { size: 80, color: '#fff', weight: 600, anchor: 'middle' }),
		].join(''),
	card({ title, subtitle, body, imageUrl }, { appName }, y) {
		const picture = imageUrl !== undefined;
		const width = picture ? 178 : 226;
		const room = width / 15;
		// Beside it stands the time, above the picture.
		const headingWidth = 200;
		const heading = linesOf(title ?? appName, headingWidth / 15 / BOLD, 1);
		const under = subtitle === undefined ? [] : linesOf(subtitle, (room - 0.8) / BOLD, 1);
		const lines = body === undefined ? [] : linesOf(body, room, 4);
		const height = Math.max(66, 30 + (heading.length + under.length + lines.length) * 19.5);
		const left = 76;
		const next = (count: number) => y + 29 + count * 19.5;
		return [
			boxAt({ x: 20, y, width: WIDTH - 40, height, radius: 22 }, 'fill="#f4f4f7" fill-opacity="0.86"'),
			boxAt({ x: 32, y: y + height / 2 - 17, width: 34, height: 34, radius: 8.5 }, 'fill="#3a6ff0"'),
			textAt(49, y + height / 2 + 6.5, [initial(appName)], { size: 18, color: '#fff', weight: 700, anchor: 'middle' }),
			paragraphAt({ left, width: headingWidth }, next(0), heading, { size: 15, color: '#111', weight: 650 }, 19.5),
			textAt(WIDTH - 34, next(0) - 1, ['now'], { size: 12.5, color: '#111', anchor: 'end', opacity: 0.45 }),
			paragraphAt({ left, width }, next(1), under, { size: 15, color: '#111', weight: 600 }, 19.5),
			paragraphAt({ left, width }, next(1 + under.length), lines, { size: 15, color: '#111', opacity: 0.88 }, 19.5),
			...(picture ? [pictureAt({ x: WIDTH - 72, y: y + 38, width: 38, height: 38, radius: 6 }, 'ios-picture')] : []),
		].join('');
	},
};

const ANDROID: Look = {
	id: 'android',
	label: 'Android',
	colors: ['#0d2b2e', '#17564f', '#3f8f6b'],
	radius: 40,
	clock: ({ time, date }) =>
		[
			`<circle cx="${WIDTH / 2}" cy="33" r="8.5" fill="#000"/>`,
			textAt(34, 132, [time], { size: 62, color: '#e6f4ea', weight: 400 }),
			textAt(36, 166, [date], { size: 16, color: '#e6f4ea', weight: 500, opacity: 0.9 }),
		].join(''),
	card({ title, body, imageUrl }, { appName }, y) {
		const picture = imageUrl !== undefined;
		const column = { left: 72, width: 224 };
		const room = column.width / 15;
		const heading = title === undefined ? [] : linesOf(title, room / BOLD, 1);
		const lines = body === undefined ? [] : linesOf(body, room, picture ? 2 : 5);
		const texts = 40 + (heading.length + lines.length) * 20;
		const height = Math.max(68, texts + (picture ? 122 : 0) + 8);
		const next = (count: number) => y + 45 + count * 20;
		return [
			boxAt({ x: 20, y, width: WIDTH - 40, height, radius: 26 }, 'fill="#eef5ee"'),
			`<circle cx="46" cy="${y + 34}" r="15" fill="#1f7a5c"/>`,
			textAt(46, y + 39.5, [initial(appName)], { size: 15, color: '#fff', weight: 700, anchor: 'middle' }),
			textAt(72, y + 25, [`${linesOf(appName, 15, 1)[0] ?? ''} · now`], {
				size: 12.5,
				color: '#1c2b24',
				opacity: 0.66,
			}),
			paragraphAt(column, next(0), heading, { size: 15, color: '#101a14', weight: 600 }, 20),
			paragraphAt(column, next(heading.length), lines, { size: 15, color: '#101a14', opacity: 0.84 }, 20),
			...(picture ? [pictureAt({ x: 72, y: y + texts, width: 224, height: 112, radius: 14 }, 'android-picture')] : []),
		].join('');
	},
};
