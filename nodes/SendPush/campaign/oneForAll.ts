import type { IExecuteFunctions } from 'n8n-workflow';
import { WorkflowMistake } from '../../shared/errors';
import { isRecord } from '../../shared/parameters';
import { MESSAGE_PARAMETERS } from '../content/notification';
import { fieldsOnWay, labelOf } from '../description/formField';
import { messageForm } from '../description/form';

/** What an expression reads of the item it is evaluated for. `$('Node').first()` and `$input.all()` name their own. */
const OF_THE_ITEM = /\$(?:json|binary|item|itemIndex|node)\b|(?:\$input|\$\((['"`]).*?\1\))\s*\??\.\s*item\b/;

const IN_BRACES = /\{\{(.*?)\}\}/gs;

interface Reading {
	readonly path: readonly string[];
	/** As it is written: `$json`. */
	readonly written: string;
}

/**
 * Refuses a message that reads the values of an item. A campaign's message is made once, so that everybody would get
 * what the first item says.
 * @throws {WorkflowMistake} naming the field
 */
export function refuseItemValues(context: IExecuteFunctions): void {
	if (context.getNodeParameter('recipientsFrom', 0, '') !== 'items' || context.getInputData().length < 2) return;
	for (const name of [...MESSAGE_PARAMETERS, 'campaignSettings']) {
		const raw: unknown = context.getNodeParameter(name, 0, null, { rawExpressions: true });
		const found = name === 'campaignSettings' ? inTreatments(raw) : readingIn(raw, [name]);
		if (found) throw mistake(found);
	}
}

/** The other settings are the campaign's, not the message's. */
function inTreatments(settings: unknown): Reading | undefined {
	return isRecord(settings) ? readingIn(settings.treatments, ['campaignSettings', 'treatments']) : undefined;
}

function readingIn(value: unknown, path: readonly string[]): Reading | undefined {
	if (typeof value === 'string') {
		const written = value.startsWith('=') ? itemRead(value) : undefined;
		return written === undefined ? undefined : { path, written };
	}
	if (typeof value !== 'object' || value === null) return undefined;
	for (const [key, inner] of Object.entries(value)) {
		const found = readingIn(inner, [...path, key]);
		if (found) return found;
	}
	return undefined;
}

function itemRead(expression: string): string | undefined {
	for (const [, code = ''] of expression.matchAll(IN_BRACES)) {
		const [written] = OF_THE_ITEM.exec(code) ?? [];
		if (written !== undefined) return written;
	}
	return undefined;
}

function mistake({ path, written }: Reading): WorkflowMistake {
	return new WorkflowMistake(
		`${labelOf(fieldsOnWay(messageForm, path))} reads a value of one item (${written}), but the message of a campaign is made once: everybody would get the value of the first item.`,
		"For each recipient's own value write {{name}} in plain text, not as an expression. For one value for all write {{ $('Node').first().json.name }}.",
	);
}
