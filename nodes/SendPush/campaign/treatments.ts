import { WorkflowMistake } from '../../shared/errors';
import { flagOf, numberOf, textOf, type Values } from '../../shared/parameters';
import { settingNumber } from './numbers';

/** One of the versions of a message. */
export interface TreatmentWish {
	readonly name: string;
	readonly weight: number;
	/** What takes the place of the message's own. */
	readonly texts: Readonly<Record<string, string>>;
	/** Undefined for the message's own. */
	readonly templateVersion: number | undefined;
}

/** As many as the form has room for. */
const MOST = 5;

/** Characters of a name, as the engine allows them. */
const NAME_LIMIT = 64;

/**
 * @param values of the whole form: how its message is written decides what a treatment can change
 * @param rows of *Treatments*
 * @throws {WorkflowMistake} where a treatment could change nothing, or the figures could not tell them apart
 */
export function treatmentsOf(values: Values, rows: readonly Values[]): TreatmentWish[] {
	if (rows.length === 0) return [];
	refuseIneffective(values);
	if (rows.length > MOST) {
		throw new WorkflowMistake(`There are ${rows.length} treatments.`, `A campaign can have up to ${MOST}.`);
	}
	const names = namesOf(rows);
	return rows.map((row, index) => {
		const name = names[index] ?? '';
		const given = texts(row);
		if (given.url !== undefined && (textOf(values, 'action') ?? 'OPEN_APP') === 'OPEN_APP') {
			throw new WorkflowMistake(
				`The treatment "${name}" has a link, but a tap opens the app.`,
				'Set When Tapped to Open Deep Link or Open URL, or remove Link from the treatment.',
			);
		}
		return {
			name,
			weight: settingNumber(row, 'treatments', 'values', 'weight') ?? 1,
			texts: given,
			templateVersion: numberOf(row, 'templateVersion', 'Template Version') || undefined,
		};
	});
}

function refuseIneffective(values: Values): void {
	if (flagOf(values, 'rawPayload')) throw ineffective('Raw Payload', 'a raw payload is sent as it is written');
	if (flagOf(values, 'silent')) throw ineffective('Silent', 'a silent push shows no texts');
}

function ineffective(mode: string, why: string): WorkflowMistake {
	return new WorkflowMistake(`Treatments would change nothing: ${why}.`, `Turn ${mode} off, or remove Treatments.`);
}

/** Treatments without a name are called by the first letters that are free. */
function namesOf(rows: readonly Values[]): string[] {
	const given = rows.map((row) => textOf(row, 'name')?.trim() || undefined);
	const free = ['A', 'B', 'C', 'D', 'E'].filter((letter) => !given.includes(letter));
	for (const [index, name] of given.entries()) {
		if (name === undefined) continue;
		if (name.length > NAME_LIMIT) {
			throw new WorkflowMistake(
				`The name of a treatment has ${name.length} characters.`,
				`Give it one of up to ${NAME_LIMIT}.`,
			);
		}
		if (given.indexOf(name) === index) continue;
		throw new WorkflowMistake(`Two treatments are called "${name}".`, 'Give each one a name of its own, or none.');
	}
	return given.map((name) => name ?? free.shift() ?? '');
}

function texts(row: Values): Readonly<Record<string, string>> {
	const given: Record<string, string> = {};
	for (const name of ['title', 'body', 'imageUrl', 'url']) {
		const text = textOf(row, name);
		if (text !== undefined) given[name] = text;
	}
	return given;
}
