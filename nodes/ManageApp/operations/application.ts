import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { SettingsChange } from '../../../push/applications';
import { applicationLocator, NO_APPLICATION, readApplication } from '../../shared/applicationLocator';
import { WorkflowMistake } from '../../shared/errors';
import type { OperationContext } from '../../shared/operation';
import { flagOf, isRecord, numberOf, textOf, type Values } from '../../shared/parameters';

export type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** The application an operation of this node works on. */
export const chooseApplication = (show: Show) => applicationLocator({ show });

/** @throws {WorkflowMistake} when none is chosen */
export function chosenApplication({ functions }: OperationContext, itemIndex: number) {
	return readApplication(functions, itemIndex, `Choose one. ${NO_APPLICATION.manage}.`);
}

/** A collection parameter's fields for one item. */
export function collection({ functions }: OperationContext, name: string, itemIndex: number): Values {
	const value: unknown = functions.getNodeParameter(name, itemIndex, {});
	return isRecord(value) ? value : {};
}

/** What a text parameter holds for one item; empty when it holds nothing. */
export function textParameter({ functions }: OperationContext, name: string, itemIndex: number): string {
	return textOf({ value: functions.getNodeParameter(name, itemIndex, '') }, 'value') ?? '';
}

export const tagsField: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Tag',
	default: {},
	description: 'Up to 50. Access policies can ask for them.',
	options: [
		{
			displayName: 'Tag',
			name: 'tag',
			values: [
				{
					displayName: 'Key',
					name: 'key',
					type: 'string',
					default: '',
					placeholder: 'e.g. team',
					description: 'What the tag is about',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. mobile',
					description: 'What it says',
				},
			],
		},
	],
};

export const settingsFields: Record<'rate' | 'quietStart' | 'quietEnd' | 'suppress', INodeProperties> = {
	rate: {
		displayName: 'Messages per Second',
		name: 'messagesPerSecond',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: "Send no faster than this over each channel. 0 means the provider's own default.",
	},
	quietStart: {
		displayName: 'Quiet Hours Start',
		name: 'quietHoursStart',
		type: 'string',
		default: '',
		placeholder: 'e.g. 22:00',
		description: 'Campaigns keep quiet from this time on, in the local time of the devices',
	},
	quietEnd: {
		displayName: 'Quiet Hours End',
		name: 'quietHoursEnd',
		type: 'string',
		default: '',
		placeholder: 'e.g. 07:00',
		description: 'Campaigns go on at this time. Leave start and end empty for no quiet hours.',
	},
	suppress: {
		displayName: 'Suppress Dead Addresses',
		name: 'suppressDeadAddresses',
		type: 'boolean',
		default: true,
		description: 'Whether sends put addresses that providers call dead on the suppression list',
	},
};

/** @throws {WorkflowMistake} when two tags have one key */
export function readTags(values: Values): Record<string, string> | undefined {
	const { tags } = values;
	if (!isRecord(tags)) return undefined;
	const rows: readonly unknown[] = Array.isArray(tags.tag) ? tags.tag : [];
	const found: Record<string, string> = {};
	for (const row of rows) {
		if (!isRecord(row)) continue;
		const key = textOf(row, 'key')?.trim() ?? '';
		if (Object.hasOwn(found, key)) throw new WorkflowMistake(`The tag "${key}" is given twice.`, 'Remove one of them.');
		found[key] = textOf(row, 'value') ?? '';
	}
	return found;
}

/** What is given of the settings; `null` where the field was emptied. */
export function readSettings(values: Values): SettingsChange {
	const rate = numberOf(values, 'messagesPerSecond', 'Messages per Second');
	const suppress = flagOf(values, 'suppressDeadAddresses');
	return {
		...('messagesPerSecond' in values ? { ratePerSecond: rate === undefined || rate === 0 ? null : rate } : {}),
		...quietHours(values),
		...(suppress === undefined ? {} : { suppressDeadAddresses: suppress }),
	};
}

function quietHours(values: Values): Pick<SettingsChange, 'quietHours'> {
	const given = {
		...('quietHoursStart' in values ? { start: textOf(values, 'quietHoursStart')?.trim() ?? '' } : {}),
		...('quietHoursEnd' in values ? { end: textOf(values, 'quietHoursEnd')?.trim() ?? '' } : {}),
	};
	if (given.start === undefined && given.end === undefined) return {};
	return { quietHours: given.start === '' && given.end === '' ? null : given };
}

/** What goes, or went, with an application. */
export function goesWith(
	counts: Readonly<Record<'channels' | 'suppressions' | 'idempotencyKeys', number>>,
): IDataObject {
	const { channels, suppressions, idempotencyKeys } = counts;
	return { channels, suppressions, idempotencyKeys };
}
