import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPrograms, PROGRAMS } from './build';
import { type Machine, h2loadAgainst, machine } from './machine';
import { fullPlan, type Plan, quickPlan, type Row, SECTIONS, type SectionName, TITLES } from './plan';
import { Bench, type Failed, type Measured } from './runner';
import { tables } from './table';
import { type Figures, type Target, targetsOf } from './targets';

const ROOT = join(__dirname, '..', '..');
const RESULTS = join(ROOT, 'bench-results.json');
const PAGE = join(ROOT, 'docs', 'performance.md');
const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';
/** What the slowest target needs of the sink. */
const SINK_NEEDS = 300_000;
const FAULTS_AT_A_TIME = 4;

/** `npm run bench [-- --quick] [--only apns0,fcm0] [--write-docs]`: measures this package and its peers side by side. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string', default: SECTIONS.join(',') },
			'write-docs': { type: 'boolean', default: false },
		},
	});
	const wanted = SECTIONS.filter((section) => values.only.split(',').includes(section));
	const where = machine();
	const plan = values.quick ? quickPlan() : fullPlan();
	await buildPrograms();
	const bench = await Bench.start();
	const sinkPerSecond = await sinkCeiling(bench);
	const figures = await measureAll(bench, plan, wanted);
	await bench.close();

	const targets = targetsOf(figures).filter(({ section }) => wanted.includes(section));
	const text = tables(plan, figures, targets);
	const results = resultsOf(figures, targets);
	writeFileSync(RESULTS, `${JSON.stringify({ machine: where, sinkPerSecond, ...results, targets }, null, '\t')}\n`);
	if (values['write-docs']) writePage(text, where, sinkPerSecond, values.quick);
	console.log(`\n${text}\n`);
	if (where.loadBefore > 1)
		console.log(`The machine was busy before (load ${where.loadBefore}): the rates are too low.\n`);
	console.log(JSON.stringify(results));
}

async function sinkCeiling(bench: Bench): Promise<number | undefined> {
	const body = join(PROGRAMS, 'body.txt');
	writeFileSync(body, 'x'.repeat(250));
	const rate = await h2loadAgainst(bench.origin, body);
	if (rate === undefined)
		console.log('h2load is not installed (Debian: nghttp2-client); the sink is not checked by it.');
	else console.log(`The sink answers h2load ${Math.round(rate)} times a second.`);
	if (rate !== undefined && rate < SINK_NEEDS) console.log(`That is below ${SINK_NEEDS}: is the machine busy?`);
	return rate;
}

async function measureAll(bench: Bench, plan: Plan, wanted: readonly SectionName[]): Promise<Figures> {
	const figures: Record<SectionName, Record<string, Measured | Failed>> = {
		apns0: {},
		fcm0: {},
		apns50: {},
		fcm50: {},
		memory: {},
		faults: {},
	};
	const measureRow = async (on: Bench, section: SectionName, { name, label, measure }: Row): Promise<void> => {
		const figure = await on.measure(measure);
		figures[section][name] = figure;
		console.log(`${TITLES[section]}; ${label}: ${progress(figure)}`);
	};
	for (const section of wanted) {
		if (section === 'faults') await sideBySide(plan.faults, async (on, row) => await measureRow(on, section, row));
		else for (const row of plan[section]) await measureRow(bench, section, row);
	}
	return figures;
}

/** Faults are about truth, not about speed, and mostly waiting: some at a time, each with a sink of its own. */
async function sideBySide(rows: readonly Row[], measure: (on: Bench, row: Row) => Promise<void>): Promise<void> {
	const waiting = [...rows];
	await Promise.all(
		Array.from({ length: FAULTS_AT_A_TIME }, async () => {
			const own = await Bench.start();
			for (let row = waiting.shift(); row; row = waiting.shift()) await measure(own, row);
			await own.close();
		}),
	);
}

function progress(figure: Measured | Failed): string {
	if ('failed' in figure) return `did not finish: ${figure.failed}`;
	const { perSecond, cpuMicrosPerPush, judgement } = figure;
	return `${Math.round(perSecond)}/s, ${cpuMicrosPerPush.toFixed(1)} µs, ${judgement.wrong} wrong`;
}

/** Each section: the figures by client, and what is compared as `ratio`. */
function resultsOf(figures: Figures, targets: readonly Target[]): Record<string, unknown> {
	return Object.fromEntries(
		SECTIONS.map((section) => {
			const own = targets.filter((target) => target.section === section);
			const ratio = Object.fromEntries(
				own.map(({ name, value }) => [name, value === undefined ? null : rounded(value)]),
			);
			return [section, { ...Object.fromEntries(Object.entries(figures[section]).map(roundedFigure)), ratio }];
		}),
	);
}

function roundedFigure([name, figure]: [string, Measured | Failed]): [string, unknown] {
	return [
		name,
		JSON.parse(JSON.stringify(figure, (_key, value: unknown) => (typeof value === 'number' ? rounded(value) : value))),
	];
}

function rounded(value: number): number {
	return Number(value.toFixed(value < 100 ? 3 : 0));
}

function writePage(text: string, where: Machine, sinkPerSecond: number | undefined, quick: boolean): void {
	const page = readFileSync(PAGE, 'utf8');
	const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
	if (begin === -1 || end === -1) throw new Error(`docs/performance.md has lost its marks ${BEGIN} and ${END}.`);
	const about = [
		`Measured with \`npm run bench --${quick ? ' --quick' : ''} --write-docs\` on ${where.processor}, ${where.cores} cores,`,
		`${where.memoryGb} GB, ${where.system}, Node ${where.node} (load before: ${where.loadBefore}).`,
		sinkPerSecond === undefined
			? ''
			: `The sink answers h2load ${Math.round(sinkPerSecond).toLocaleString('en-US')} times a second.`,
	];
	const between = `${BEGIN}\n\n${about.filter((line) => line !== '').join('\n')}\n\n${text}\n\n`;
	writeFileSync(PAGE, page.slice(0, begin) + between + page.slice(end));
}

main().catch((error: unknown) => {
	console.error(`The benchmark did not run: ${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
	// Children would keep the process alive.
	process.exit();
});
