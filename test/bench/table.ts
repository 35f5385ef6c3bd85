import { type Plan, type Row, SECTIONS, type SectionName, TITLES } from './plan';
import type { Failed, Measured } from './runner';
import { done, type Figures, type Target } from './targets';

const SPEED_HEAD = [
	'client',
	'pushes/s',
	'ours ×',
	'CPU µs/push',
	'peak RSS MB',
	'loop p99 ms',
	'in flight',
	'connections',
	'wrong results',
];

const FAULT_HEAD = [
	'fault',
	'pushes',
	'lost',
	'untrue',
	'doubled unsaid',
	'doubled and said',
	'unknown',
	'failed',
	'retried early',
];

/** Everything as Markdown tables. */
export function tables(plan: Plan, figures: Figures, targets: readonly Target[]): string {
	const parts = SECTIONS.map((section) =>
		[
			`### ${TITLES[section]}`,
			'',
			section === 'faults' ? faultTable(plan, figures) : speedTable(section, plan, figures),
		].join('\n'),
	);
	return [...parts, ['### Numbers to reach', '', targetTable(targets)].join('\n')].join('\n\n');
}

function speedTable(section: SectionName, plan: Plan, figures: Figures): string {
	const ours = done(figures[section].engine);
	const rows = plan[section].map((row) => speedRow(row, figures[section][row.name], ours));
	return markdown(SPEED_HEAD, rows);
}

function speedRow({ label }: Row, figure: Measured | Failed | undefined, ours: Measured | undefined): string[] {
	const measured = done(figure);
	if (!measured) return [label, failure(figure), ...Array.from({ length: SPEED_HEAD.length - 2 }, () => '')];
	const { perSecond } = measured;
	return [
		label,
		whole(perSecond),
		ours && measured.client !== 'engine' ? (ours.perSecond / perSecond).toFixed(1) : '',
		measured.cpuMicrosPerPush.toFixed(1),
		whole(measured.peakRssMb),
		measured.loopP99Ms.toFixed(1),
		whole(measured.maxInFlight),
		whole(measured.maxConnections),
		whole(measured.judgement.wrong),
	];
}

function faultTable(plan: Plan, figures: Figures): string {
	const rows = plan.faults.map(({ name, label }) => {
		const figure = figures.faults[name];
		const measured = done(figure);
		if (!measured) return [label, failure(figure), ...Array.from({ length: FAULT_HEAD.length - 2 }, () => '')];
		const { judgement, pushes, tooEarly } = measured;
		const { lost, falseSuccess, falseFailure, needlesslyUnknown, doubledUnsaid, doubledSaid, unknown, failed } =
			judgement;
		const untrue = falseSuccess + falseFailure + needlesslyUnknown;
		return [label, ...[pushes, lost, untrue, doubledUnsaid, doubledSaid, unknown, failed, tooEarly].map(whole)];
	});
	return markdown(FAULT_HEAD, rows);
}

function targetTable(targets: readonly Target[]): string {
	const rows = targets.map(({ what, value, atLeast, atMost, reached }) => [
		what,
		[atLeast === undefined ? '' : `at least ${atLeast}`, atMost === undefined ? '' : `at most ${atMost}`]
			.filter((text) => text !== '')
			.join(', '),
		value === undefined ? 'not measured' : String(Number(value.toFixed(value < 10 ? 3 : 1))),
		reached ? 'yes' : 'no',
	]);
	return markdown(['what', 'target', 'measured', 'reached'], rows);
}

function failure(figure: Measured | Failed | undefined): string {
	return figure && 'failed' in figure ? `did not finish: ${figure.failed.slice(0, 120)}` : 'not measured';
}

function whole(value: number): string {
	return Math.round(value).toLocaleString('en-US');
}

function markdown(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
	const all = [head, ...rows];
	const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => (cells[column] ?? '').length)));
	const line = (cells: readonly string[]) =>
		`| ${widths.map((width, column) => (column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
	const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
	return [line(head), rule, ...rows.map(line)].join('\n');
}
