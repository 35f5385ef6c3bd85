import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ReportData } from './data';
import { shortNumber, timeLabel } from './words';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/**
 * Colours as the pictures name them. In a page they follow its light or dark scheme, in a file of its own they are
 * those of the light one.
 */
export const INKS = {
	text: { written: '#010101', light: '#1f2430', dark: '#e6e8ee' },
	quiet: { written: '#020202', light: '#6b7280', dark: '#9aa3b2' },
	line: { written: '#030303', light: '#e5e7eb', dark: '#333a47' },
	good: { written: '#040404', light: '#2f9e6e', dark: '#4cc38a' },
	bad: { written: '#050505', light: '#d6453d', dark: '#ff6b63' },
	slow: { written: '#060606', light: '#e08a1e', dark: '#f5a944' },
	other: { written: '#070707', light: '#7c6fdc', dark: '#9d92f5' },
	faint: { written: '#080808', light: '#a8b3c7', dark: '#5d6779' },
} as const;

/** px of a picture; a phone gets pictures made for its width, not shrunk ones. */
export interface Size {
	readonly width: number;
	readonly height: number;
	readonly phone: boolean;
	/** In a page the legend is a part of the page, which breaks lines better. */
	readonly legend: boolean;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** One picture as an SVG text. */
function draw(option: EChartsCoreOption, { width, height }: Size): string {
	const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
	try {
		chart.setOption({
			animation: false,
			textStyle: { fontFamily: FONT, fontSize: 13, color: INKS.quiet.written },
			...option,
		});
		return chart.renderToSVGString();
	} finally {
		chart.dispose();
	}
}

const axisText = { color: INKS.quiet.written, fontSize: 12, fontFamily: FONT };
const baseLine = { lineStyle: { color: INKS.line.written } };

function valueAxis(unit = '') {
	return {
		type: 'value',
		splitNumber: 4,
		axisLabel: { ...axisText, formatter: (value: number) => `${shortNumber(value)}${unit}` },
		splitLine: { lineStyle: { color: INKS.line.written } },
	};
}

function timeAxis({ periods, resolution }: ReportData, { phone }: Size) {
	const shown = phone ? 4 : 8;
	// A day that does not begin with UTC's is called by the date on which most of it lies. ms.
	const middle = resolution === 86_400 ? 43_200_000 : 0;
	return {
		type: 'category',
		data: periods.map(({ period }) => timeLabel(period + middle, resolution)),
		axisTick: { show: false },
		axisLine: baseLine,
		axisLabel: { ...axisText, interval: Math.max(0, Math.ceil(periods.length / shown) - 1), hideOverlap: true },
	};
}

const ownLegend = {
	top: 0,
	left: 0,
	itemWidth: 11,
	itemHeight: 11,
	itemGap: 28,
	icon: 'roundRect',
	textStyle: { color: INKS.text.written, fontSize: 12, fontFamily: FONT },
};

/** The names and colours of a picture's series. */
export type Legend = ReadonlyArray<readonly [string, keyof typeof INKS]>;

const grid = { left: 2, right: 14, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' };

type Pick = (figures: ReportData['total']) => number;

/** What can become of a message, each with its colour; what did not happen is left out. */
const FATES: ReadonlyArray<readonly [string, keyof typeof INKS, Pick]> = [
	['Successful', 'good', ({ successful }) => successful],
	['Permanent failure', 'bad', ({ permanentFailure }) => permanentFailure],
	['Temporary or throttled', 'slow', ({ temporaryFailure, throttled }) => temporaryFailure + throttled],
	['Unknown', 'other', ({ unknown }) => unknown],
	['Opted out, duplicate', 'faint', ({ optOut, duplicate }) => optOut + duplicate],
];

const fatesOf = ({ total }: ReportData) => FATES.filter(([, , value]) => value(total) > 0);

export const sendsLegend = (data: ReportData): Legend => fatesOf(data).map(([name, ink]) => [name, ink]);

export function sendsOverTime(data: ReportData, size: Size): string {
	const series = fatesOf(data).map(([name, ink, value]) => ({
		type: 'bar',
		name,
		stack: 'all',
		barCategoryGap: data.periods.length > 60 ? '12%' : '28%',
		barMaxWidth: 36,
		itemStyle: { color: INKS[ink].written },
		data: data.periods.map(({ figures }) => value(figures)),
	}));
	return draw({ ...frame(size), xAxis: timeAxis(data, size), yAxis: valueAxis(), series }, size);
}

export const LATENCY_LEGEND: Legend = [
	['Median', 'good'],
	['90 % are faster', 'slow'],
	['99 % are faster', 'bad'],
];

export function latencyOverTime(data: ReportData, size: Size): string {
	const values = [
		({ latencyP50 }: ReportData['total']) => latencyP50,
		({ latencyP90 }: ReportData['total']) => latencyP90,
		({ latencyP99 }: ReportData['total']) => latencyP99,
	];
	const series = LATENCY_LEGEND.map(([name, ink], place) => ({
		type: 'line',
		name,
		showSymbol: data.periods.length < 40,
		symbolSize: 5,
		connectNulls: true,
		lineStyle: { color: INKS[ink].written, width: 2 },
		itemStyle: { color: INKS[ink].written },
		data: data.periods.map(({ figures }) => values[place]?.(figures) ?? null),
	}));
	return draw({ ...frame(size), xAxis: timeAxis(data, size), yAxis: valueAxis(' ms'), series }, size);
}

function frame({ legend }: Size) {
	return legend ? { grid: { ...grid, top: 40 }, legend: ownLegend } : { grid };
}

export function failureReasons({ reasons }: ReportData, size: Size): string {
	const ranked = [...reasons].reverse();
	const series = {
		type: 'bar',
		barMaxWidth: 22,
		itemStyle: { color: INKS.bad.written, borderRadius: [0, 3, 3, 0] },
		label: {
			show: true,
			position: 'right',
			color: INKS.text.written,
			fontSize: 12,
			formatter: ({ value }: { value: number }) => shortNumber(value),
		},
		data: ranked.map(({ count }) => count),
	};
	return draw(
		{
			grid: { ...grid, top: 4, right: 48 },
			xAxis: { type: 'value', show: false },
			yAxis: nameAxis(
				ranked.map(({ reason }) => reason),
				size,
			),
			series: [series],
		},
		size,
	);
}

export const COMPARED_LEGEND: Legend = [
	['Successful', 'good'],
	['Failed', 'bad'],
	['Not sent', 'faint'],
];

/** One bar for each, as long as it is large, with its failures in it. */
export function compared(
	rows: ReadonlyArray<{ readonly label: string; readonly figures: ReportData['total'] }>,
	size: Size,
): string {
	const shown = [...rows].reverse();
	const part = (name: string, color: string, value: (figures: ReportData['total']) => number, last = false) => ({
		type: 'bar',
		name,
		stack: 'all',
		barMaxWidth: 22,
		itemStyle: { color },
		data: shown.map(({ figures }) => value(figures)),
		...(last
			? {
					label: {
						show: true,
						position: 'right',
						color: INKS.text.written,
						fontSize: 12,
						formatter: ({ dataIndex }: { dataIndex: number }) => {
							const figures = shown[dataIndex]?.figures;
							if (!figures) return '';
							const failed = `${Number(figures.failurePercent.toFixed(1))} %`;
							return size.phone
								? `${shortNumber(figures.total)}, ${failed}`
								: `${shortNumber(figures.total)}, ${failed} failed`;
						},
					},
				}
			: {}),
	});
	const series = [
		part('Successful', INKS.good.written, ({ successful }) => successful),
		part('Failed', INKS.bad.written, ({ failed }) => failed),
		part('Not sent', INKS.faint.written, ({ optOut, duplicate }) => optOut + duplicate, true),
	];
	return draw(
		{
			grid: { ...grid, top: 4, right: size.phone ? 84 : 122 },
			xAxis: { type: 'value', show: false },
			yAxis: nameAxis(
				shown.map(({ label }) => label),
				size,
			),
			series,
		},
		size,
	);
}

function nameAxis(names: readonly string[], { phone }: Size) {
	return {
		type: 'category',
		data: names,
		axisTick: { show: false },
		axisLine: { show: false },
		axisLabel: { ...axisText, color: INKS.text.written, width: phone ? 110 : 190, overflow: 'truncate' },
	};
}
