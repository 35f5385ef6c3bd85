import { formatDate } from './dates';
import { compare, entriesOf, isTrue, MAX_OUTPUT, numberOf, textOf, type Value } from './values';

export interface HelperCall {
	readonly params: readonly Value[];
	readonly hash: Readonly<Record<string, Value>>;
	/** Epoch ms. */
	readonly now: number;
}

type Helper = (call: HelperCall) => Value;

/** Decide something; missing values are an answer to them, not a mistake. */
export const CONDITIONS: ReadonlyMap<string, Helper> = new Map<string, Helper>([
	['and', ({ params }) => params.every(isTrue)],
	['or', ({ params }) => params.some(isTrue)],
	['not', ({ params: [value] }) => !isTrue(value)],
	['eq', ({ params: [a, b] }) => compare(a, b) === 0],
	['neq', ({ params: [a, b] }) => compare(a, b) !== 0],
	['gt', ({ params: [a, b] }) => compare(a, b) > 0],
	['gte', ({ params: [a, b] }) => compare(a, b) >= 0],
	['lt', ({ params: [a, b] }) => compare(a, b) < 0],
	['lte', ({ params: [a, b] }) => compare(a, b) <= 0],
]);

/** Give something for a missing value. */
const FALLBACKS: ReadonlyArray<readonly [string, Helper]> = [
	['default', ({ params: [value, other] }) => (isEmpty(value) ? other : value)],
	['defaultIfEmpty', ({ params: [value, other] }) => (isEmpty(value) ? other : value)],
	['yesno', ({ params: [value], hash }) => (isTrue(value) ? (hash.yes ?? 'yes') : (hash.no ?? 'no'))],
	['length', ({ params: [value] }) => (isEmpty(value) ? 0 : entriesOf(value).length)],
];

export const FORGIVING: ReadonlyMap<string, Helper> = new Map([...CONDITIONS, ...FALLBACKS]);

/** Work on values that have to be there. */
const STRICT: ReadonlyMap<string, Helper> = new Map<string, Helper>([
	['upper', text((value) => value.toUpperCase())],
	['lower', text((value) => value.toLowerCase())],
	['trim', text((value) => value.trim())],
	['capitalizeFirst', text((value) => value.slice(0, 1).toUpperCase() + value.slice(1))],
	[
		'capitalize',
		text((value) => value.replaceAll(/\p{L}+/gu, (word) => word.slice(0, 1).toUpperCase() + word.slice(1))),
	],
	['stripTags', text((value) => value.replaceAll(/<[^<>]*>/g, ''))],
	['slugify', text(slug)],
	['urlEncode', text((value) => encodeURIComponent(Buffer.from(value).toString()))],
	['encodeBase64', text((value) => Buffer.from(value).toString('base64'))],
	['abbreviate', ({ params: [value, width] }) => abbreviate(textOf(value), size(width))],
	['cut', ({ params: [value, part = ' '] }) => textOf(value).replaceAll(textOf(part), '')],
	['replace', ({ params: [value, from, to] }) => replaced(textOf(value), textOf(from), textOf(to))],
	[
		'substring',
		({ params: [value, from, to] }) => textOf(value).slice(size(from), to === undefined ? undefined : size(to)),
	],
	['center', ({ params: [value], hash }) => centered(textOf(value), size(hash.size), padOf(hash.pad))],
	['ljust', ({ params: [value], hash }) => textOf(value).padEnd(size(hash.size), padOf(hash.pad))],
	['rjust', ({ params: [value], hash }) => textOf(value).padStart(size(hash.size), padOf(hash.pad))],
	[
		'join',
		({ params: [value, separator = ', '] }) => entriesOf(value).slice(0, 100).map(textOf).join(textOf(separator)),
	],
	['add', math((a, b) => a + b)],
	['subtract', math((a, b) => a - b)],
	['multiply', math((a, b) => a * b)],
	['divide', math((a, b) => a / b)],
	['modulo', math((a, b) => a % b)],
	['round', math((a) => Math.round(a))],
	['numberFormat', ({ params: [value], hash }) => formatNumber(value, hash)],
	['dateFormat', ({ params: [value, format], hash }) => formatDate(textOf(value), hash.format ?? format, hash.tz)],
	['now', ({ params: [format], hash, now }) => formatDate(now, hash.format ?? format, hash.tz)],
]);

export const HELPERS: ReadonlyMap<string, Helper> = new Map([...FORGIVING, ...STRICT]);

function isEmpty(value: Value): boolean {
	return value === undefined || value === '';
}

function text(change: (value: string) => string): Helper {
	return ({ params: [value] }) => change(textOf(value).slice(0, MAX_OUTPUT));
}

/** What is no number stays as it is written: a wrong figure would be worse. */
function math(calculate: (a: number, b: number) => number): Helper {
	return ({ params: [one, other] }) => {
		const result = calculate(numberOf(one), numberOf(other ?? 0));
		return Number.isFinite(result) ? Number(result.toPrecision(15)) : textOf(one);
	};
}

/** A count of characters; texts of a notification are short. */
function size(value: Value): number {
	const wanted = Math.trunc(numberOf(value));
	return Number.isNaN(wanted) ? 0 : Math.min(Math.max(wanted, 0), 1_000);
}

function padOf(value: Value): string {
	return textOf(value) || ' ';
}

function centered(value: string, width: number, pad: string): string {
	const left = Math.max(0, Math.floor((width - value.length) / 2));
	return value.padStart(value.length + left, pad).padEnd(width, pad);
}

function replaced(value: string, from: string, to: string): string {
	return from === '' ? value : value.split(from, 1_000).join(to.slice(0, 1_000));
}

function abbreviate(value: string, width: number): string {
	const characters = [...new Intl.Segmenter().segment(value.slice(0, MAX_OUTPUT))].map(({ segment }) => segment);
	return characters.length <= width
		? value
		: `${characters
				.slice(0, Math.max(0, width - 1))
				.join('')
				.trimEnd()}…`;
}

function slug(value: string): string {
	const plain = value.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
	return plain.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '');
}

function formatNumber(value: Value, hash: HelperCall['hash']): string {
	const number = numberOf(value);
	if (Number.isNaN(number)) return textOf(value);
	const digits = (name: string) => {
		const count = numberOf(hash[name]);
		return Number.isInteger(count) && count >= 0 && count <= 20 ? count : undefined;
	};
	const [least, most] = [digits('minimumFractionDigits'), digits('maximumFractionDigits')];
	const currency = textOf(hash.currency).toUpperCase();
	return new Intl.NumberFormat(localeOf(hash.locale), {
		...(/^[A-Z]{3}$/.test(currency) ? { style: 'currency', currency } : {}),
		...(textOf(hash.style) === 'percent' ? { style: 'percent' } : {}),
		...(least === undefined
			? {}
			: { minimumFractionDigits: least, maximumFractionDigits: Math.max(least, most ?? least) }),
		...(least === undefined && most !== undefined ? { maximumFractionDigits: most, minimumFractionDigits: 0 } : {}),
	}).format(number);
}

function localeOf(value: Value): string {
	try {
		return Intl.getCanonicalLocales(textOf(value).replaceAll('_', '-'))[0] ?? 'en-US';
	} catch {
		return 'en-US';
	}
}
