import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

import { ROOT } from '../../scripts/fullN8n';
import { read } from './pages';

const filesIn = (folder: string) => readdirSync(join(ROOT, folder)).map((file) => `${folder}/${file}`);

describe("the workflows, read by GitHub's own parser", () => {
	/** Mistakes in structure, values and expressions. */
	function mistakesIn(content: string): string[] {
		const { context } = parseWorkflow({ name: 'workflow', content }, new NoOperationTraceWriter());
		return context.errors.getErrors().map(({ message }) => message);
	}

	test.each(filesIn('.github/workflows'))('%s has no mistake', (file) => {
		expect(mistakesIn(read(file))).toEqual([]);
	});

	test.each([
		['runs-on:', 'run-on:', /Unexpected value 'run-on'/],
		['timeout-minutes: 30', 'timeout-minutes: long', /Unexpected value 'long'/],
		['github.ref', 'githb.ref', /Unrecognized named-value: 'githb'/],
	])('a mistake would be found: %s as %s', (right, wrong, words) => {
		const content = read('.github/workflows/ci.yml');
		expect(content).toContain(right);
		expect(mistakesIn(content.replace(right, wrong)).join('\n')).toMatch(words);
	});

	test('publishing has what npm asks for provenance: the right to an identity, and the flag', () => {
		const { jobs }: { jobs: { publish: { permissions: object; steps: Array<{ run?: string }> } } } = parse(
			read('.github/workflows/publish.yml'),
		);
		expect(jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
		expect(jobs.publish.steps.at(-1)?.run).toBe('npm publish --provenance --access public');
	});

	test('every job that runs tests of PostgreSQL brings one: under CI=true they do not skip', () => {
		interface Job {
			services?: { postgres?: { ports: string[]; env: Record<string, string> } };
			steps: Array<{ run?: string }>;
		}
		const jobs = filesIn('.github/workflows').flatMap((file) => {
			const workflow: { jobs: Record<string, Job> } = parse(read(file));
			return Object.values(workflow.jobs);
		});
		const testing = jobs.filter(({ steps }) =>
			steps.some(({ run = '' }) => /^npm (test|run test:(n8n|faults))$/.test(run)),
		);
		expect(testing.length).toBeGreaterThan(3);
		for (const { services } of testing) {
			expect(services?.postgres).toMatchObject({
				ports: ['5432:5432'],
				env: { POSTGRES_DB: 'test', POSTGRES_HOST_AUTH_METHOD: 'trust' },
			});
		}
	});

	test('one version of each action everywhere', () => {
		const used = filesIn('.github/workflows').flatMap((file) =>
			[...read(file).matchAll(/uses: ([^@\s]+)@(\S+)/g)].map(
				([, action = '', version = '']) => [action, version] as const,
			),
		);
		expect(used.length).toBeGreaterThan(5);
		const versions = new Map<string, Set<string>>();
		for (const [action, version] of used) versions.set(action, (versions.get(action) ?? new Set()).add(version));
		expect([...versions].filter(([, all]) => all.size > 1)).toEqual([]);
	});
});

const text = z.string().min(1);
const part = { id: z.string().regex(/^[\w-]+$/) };
const validations = z.strictObject({ required: z.boolean() }).optional();
const label = { label: text, description: text.optional() };

/** docs.github.com: "Syntax for GitHub's form schema". */
const issueForm = z.strictObject({
	name: text,
	description: text,
	title: text.optional(),
	labels: z.array(text).optional(),
	body: z
		.array(
			z.discriminatedUnion('type', [
				z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: text }) }),
				z.strictObject({
					type: z.literal('textarea'),
					...part,
					attributes: z.strictObject({ ...label, placeholder: text.optional(), render: text.optional() }),
					validations,
				}),
				z.strictObject({
					type: z.literal('input'),
					...part,
					attributes: z.strictObject({ ...label, placeholder: text.optional() }),
					validations,
				}),
				z.strictObject({
					type: z.literal('dropdown'),
					...part,
					attributes: z.strictObject({ ...label, options: z.array(text).min(1), multiple: z.boolean().optional() }),
					validations,
				}),
			]),
		)
		.min(1),
});

/** docs.github.com: "Configuring the template chooser". */
const chooser = z.strictObject({
	blank_issues_enabled: z.boolean(),
	contact_links: z.array(z.strictObject({ name: text, url: z.string().url(), about: text })),
});

/** docs.github.com: "Dependabot options reference", what we use of it. */
const dependabot = z.strictObject({
	version: z.literal(2),
	updates: z.array(
		z.strictObject({
			'package-ecosystem': z.enum(['npm', 'github-actions']),
			directory: z.string().startsWith('/'),
			schedule: z.strictObject({ interval: z.enum(['daily', 'weekly', 'monthly', 'quarterly']) }),
			'open-pull-requests-limit': z.number().int().positive().optional(),
			groups: z
				.record(
					text,
					z.strictObject({
						patterns: z.array(text).optional(),
						'dependency-type': z.enum(['development', 'production']).optional(),
						'update-types': z.array(z.enum(['major', 'minor', 'patch'])).optional(),
					}),
				)
				.optional(),
		}),
	),
});

describe('what people fill in', () => {
	const forms = filesIn('.github/ISSUE_TEMPLATE').filter((file) => !file.endsWith('config.yml'));

	test.each(forms)('%s is a form that GitHub shows', (file) => {
		const form = issueForm.parse(parse(read(file)));
		const ids = form.body.flatMap((entry) => ('id' in entry ? [entry.id] : []));
		expect(new Set(ids).size).toBe(ids.length);
		// GitHub refuses a form in which there is nothing to fill in.
		expect(ids.length).toBeGreaterThan(0);
	});

	test('the chooser of templates', () => {
		chooser.parse(parse(read('.github/ISSUE_TEMPLATE/config.yml')));
	});

	test('dependabot looks after what the project uses', () => {
		const { updates } = dependabot.parse(parse(read('.github/dependabot.yml')));
		expect(updates.map((update) => update['package-ecosystem']).sort()).toEqual(['github-actions', 'npm']);
	});

	test('no mistake in YAML goes unseen: the same key twice is one', () => {
		for (const file of [...forms, ...filesIn('.github/workflows'), '.github/dependabot.yml']) {
			expect(() => parse(readFileSync(join(ROOT, file), 'utf8'), { uniqueKeys: true, strict: true })).not.toThrow();
		}
	});
});
