import {
	compared,
	COMPARED_LEGEND,
	failureReasons,
	INKS,
	LATENCY_LEGEND,
	latencyOverTime,
	type Legend,
	sendsLegend,
	sendsOverTime,
	type Size,
} from './charts';
import type { ReportData } from './data';
import { escapeHtml, shortNumber, timeLabel } from './words';

/** A report as files: a page with everything, and its main picture alone. */
export interface Report {
	/** One self-contained HTML page: no script, no request to anywhere. */
	readonly html: string;
	/** Sends over time. */
	readonly svg: string;
}

export function renderReport(data: ReportData): Report {
	const wide: Size = { width: 900, height: 320, phone: false, legend: true };
	return { html: page(data), svg: inLight(sendsOverTime(data, wide)) };
}

interface Section {
	readonly title: string;
	readonly lead: string;
	/** px; a phone's may differ. */
	readonly height: number;
	readonly legend?: Legend;
	draw(size: Size): string;
}

function page(data: ReportData): string {
	const { title, since, until, total, now } = data;
	const range = `${timeLabel(since, 3_600)} to ${timeLabel(until, 3_600)} UTC`;
	const body =
		total.total === 0
			? '<p class="empty">Nothing was sent in this time.</p>'
			: sections(data).map(sectionHtml).join('\n');
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style()}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(range)}</p></header>
${tiles(data)}
${body}
<footer>Made ${escapeHtml(new Date(now).toISOString().slice(0, 16).replace('T', ' '))} UTC by n8n-nodes-push-notifications</footer>
</main>
</body>
</html>
`;
}

function tiles({ total }: ReportData): string {
	const { successful, failed, failurePercent, latencyP50, latencyP90, optOut, duplicate } = total;
	const rate = total.total === 0 ? '–' : `${Number((100 - failurePercent).toFixed(2))} %`;
	const rows: Array<[string, string, string, string]> = [
		['Messages', shortNumber(total.total), `${shortNumber(optOut + duplicate)} not sent`, ''],
		['Accepted', rate, `${shortNumber(successful)} messages`, 'good'],
		['Failed', shortNumber(failed), `${failurePercent} %`, failed > 0 ? 'bad' : ''],
		[
			'Latency, median',
			latencyP50 === undefined ? '–' : `${shortNumber(latencyP50)} ms`,
			latencyP90 === undefined ? '' : `90 % within ${shortNumber(latencyP90)} ms`,
			'',
		],
	];
	const html = rows.map(
		([name, value, note, kind]) =>
			`<li><span>${escapeHtml(name)}</span><strong class="${kind}">${escapeHtml(value)}</strong><small>${escapeHtml(note)}</small></li>`,
	);
	return `<ul class="tiles">${html.join('')}</ul>`;
}

function sections(data: ReportData): Section[] {
	const { reasons, channels, campaigns, total } = data;
	const per = { 60: 'minute', 3_600: 'hour', 86_400: 'day' }[data.resolution];
	const worst = reasons[0];
	const all: Array<Section | false> = [
		{
			title: 'Messages over time',
			lead: `Per ${per}, by what became of them.`,
			height: 300,
			legend: sendsLegend(data),
			draw: (size) => sendsOverTime(data, size),
		},
		worst !== undefined && {
			title: 'Why messages failed',
			lead: `${worst.reason} is the most frequent reason: ${Math.round((worst.count / Math.max(1, total.failed)) * 100)} % of all failures.`,
			height: 40 + reasons.length * 30,
			draw: (size) => failureReasons(data, size),
		},
		total.latencyP50 !== undefined && {
			title: 'Latency',
			lead: `From the first attempt to the provider’s answer, per ${per}.`,
			height: 260,
			legend: LATENCY_LEGEND,
			draw: (size) => latencyOverTime(data, size),
		},
		channels.length > 0 && {
			title: 'Channels',
			lead: 'The largest first; how much of each failed.',
			height: 16 + channels.length * 38,
			legend: COMPARED_LEGEND,
			draw: (size) => compared(channels, size),
		},
		campaigns.length > 0 && {
			title: 'Campaigns',
			lead: `The last ${campaigns.length === 1 ? 'one' : campaigns.length}, the newest first.`,
			height: 16 + campaigns.length * 38,
			legend: COMPARED_LEGEND,
			draw: (size) =>
				compared(
					[...campaigns].reverse().map(({ campaignId, figures }) => ({ label: campaignId, figures })),
					size,
				),
		},
	];
	return all.filter((section) => section !== false);
}

function sectionHtml({ title, lead, height, legend = [], draw }: Section): string {
	const wide = inPage(draw({ width: 900, height, phone: false, legend: false }));
	const narrow = inPage(draw({ width: 360, height: Math.min(240, height), phone: true, legend: false }));
	const label = escapeHtml(title);
	return `<section><h2>${label}</h2><p>${escapeHtml(lead)}</p>${legendHtml(legend)}
<div class="wide" role="img" aria-label="${label}">${wide}</div><div class="narrow" role="img" aria-label="${label}">${narrow}</div></section>`;
}

function legendHtml(legend: Legend): string {
	if (legend.length === 0) return '';
	const entries = legend.map(([name, ink]) => `<li><i style="background:var(--${ink})"></i>${escapeHtml(name)}</li>`);
	return `<ul class="legend">${entries.join('')}</ul>`;
}

/** The colours of a picture become those of the page's scheme. */
function inPage(svg: string): string {
	return Object.entries(INKS).reduce((text, [name, { written }]) => text.replaceAll(written, `var(--${name})`), svg);
}

function inLight(svg: string): string {
	return Object.values(INKS).reduce((text, { written, light }) => text.replaceAll(written, light), svg);
}

function style(): string {
	const scheme = (which: 'light' | 'dark') =>
		Object.entries(INKS)
			.map(([name, ink]) => `--${name}:${ink[which]};`)
			.join('');
	return `:root{${scheme('light')}--paper:#f6f7f9;--card:#fff}
@media (prefers-color-scheme:dark){:root{${scheme('dark')}--paper:#14171d;--card:#1d2129}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:980px;margin:0 auto;padding:28px 20px 40px}
h1{font-size:26px;line-height:1.2;margin:0}
h2{font-size:18px;margin:0}
header p,section p{margin:4px 0 14px;color:var(--quiet)}
section,.tiles li{background:var(--card);border:1px solid var(--line);border-radius:12px}
section{padding:18px 20px 14px;margin-top:16px}
.tiles{list-style:none;margin:0;padding:0;display:grid;gap:12px;grid-template-columns:repeat(auto-fit,minmax(180px,1fr))}
.legend{list-style:none;margin:0 0 10px;padding:0;display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px}
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px}
.tiles li{padding:14px 16px;display:flex;flex-direction:column}
.tiles span,.tiles small,footer{color:var(--quiet);font-size:13px}
.tiles strong{font-size:25px;line-height:1.3;font-weight:650}
.good{color:var(--good)}.bad{color:var(--bad)}
svg{display:block;width:100%;height:auto;overflow:visible}
.narrow{display:none}
.empty{margin-top:24px;text-align:center;color:var(--quiet)}
footer{margin-top:20px}
@media (max-width:640px){main{padding:18px 12px 28px}section{padding:14px 12px 10px}.wide{display:none}.narrow{display:block}.tiles{grid-template-columns:1fr 1fr}h1{font-size:22px}}
@media print{body{background:#fff}section{break-inside:avoid}}`;
}

export type { ReportData } from './data';
