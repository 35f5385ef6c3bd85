import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { AddressKind, ChannelType } from '../../../push/model';
import type { EngineModule } from '../../shared/engine';
import { WorkflowMistake } from '../../shared/errors';
import { choiceOf, ItemParameters, textOf } from '../../shared/parameters';
import { FROM_FIELD } from '../description/channels';
import { addressesIn, addressesInList, itemField } from '../../shared/itemField';

/** Where the addresses of an item come from. */
export interface RecipientSource {
	readonly kind: 'field' | 'expression' | 'list';
	/** The same for every item, read without evaluating anything. */
	readonly cheap: boolean;
	/** Addresses as given; empty when the item has none. */
	at(itemIndex: number): readonly string[];
	/** For the refusal of an item without an address. */
	readonly missing: string;
}

/** @throws {WorkflowMistake} when Recipient Field holds an expression */
export function recipientSource(context: IExecuteFunctions, items: readonly INodeExecutionData[]): RecipientSource {
	const fixed = new ItemParameters(context, ['recipientSource', 'recipientField']).at(0);
	switch (textOf(fixed, 'recipientSource')) {
		case 'list':
			return fromList(context);
		case 'expression':
			return fromExpression(context);
		default:
			return fromField(
				items,
				fieldName(textOf(fixed, 'recipientField') ?? 'device', 'Recipient Field', RECIPIENT_HINT),
			);
	}
}

/** What the addresses are; undefined for device tokens. @throws {WorkflowMistake} */
export function addressKindOf(context: IExecuteFunctions): AddressKind | undefined {
	const values = new ItemParameters(context, ['addressKind']).at(0);
	const kind = choiceOf(values, 'addressKind', 'Recipients Are', ['token', 'fid', 'topic', 'condition']);
	return kind === 'token' ? undefined : kind;
}

const RECIPIENT_HINT = 'Enter the name alone, e.g. user.device, or choose "From an Expression" under Recipients.';

const CHANNEL_HINT = 'Enter the name alone, e.g. user.channel.';

/**
 * A field's name as people type it: with `$json.` in front, too.
 * @throws {WorkflowMistake} for an expression: n8n hands its text on without evaluating it
 */
function fieldName(typed: string, label: string, hint: string): string {
	if (typed.includes('{{')) {
		throw new WorkflowMistake(`${label} holds an expression where the name of a field belongs.`, hint);
	}
	return typed.trim().replace(/^\$json\./, '');
}

function fromField(items: readonly INodeExecutionData[], path: string): RecipientSource {
	return {
		kind: 'field',
		cheap: true,
		at(itemIndex) {
			const item = items[itemIndex];
			return item ? addressesIn(itemField(item.json, path)) : [];
		},
		missing: `The item has no device address in the field "${path}". Fill it in, or change Recipient Field.`,
	};
}

function fromExpression(context: IExecuteFunctions): RecipientSource {
	const parameters = new ItemParameters(context, ['recipient']);
	return {
		kind: 'expression',
		cheap: parameters.constant,
		at: (itemIndex) => addressesIn(parameters.at(itemIndex).recipient),
		missing: 'Recipient gives no device address for this item. Check the expression and the item it reads.',
	};
}

function fromList(context: IExecuteFunctions): RecipientSource {
	const parameters = new ItemParameters(context, ['recipientList']);
	const constant = parameters.constant ? addressesInList(parameters.at(0).recipientList) : undefined;
	return {
		kind: 'list',
		cheap: parameters.constant,
		at: (itemIndex) => constant ?? addressesInList(parameters.at(itemIndex).recipientList),
		missing: 'Recipient List is empty. Enter at least one device address.',
	};
}

/** The channel of an item, or why it has none. */
export type ChannelOfItem = (itemIndex: number) => { channel: ChannelType } | { word?: string; refusal: string };

/**
 * @throws {WorkflowMistake} when Channel Field holds an expression
 * @throws {PushError} `UnknownChannel` when the node itself names a channel that does not exist
 */
export function channelSource(
	context: IExecuteFunctions,
	engine: EngineModule,
	items: readonly INodeExecutionData[],
): { readonly fixed?: ChannelType; readonly of: ChannelOfItem } {
	const values = new ItemParameters(context, ['channel', 'channelField']).at(0);
	const chosen = textOf(values, 'channel') ?? '';
	if (chosen !== FROM_FIELD) {
		const channel = engine.parseChannelType(chosen);
		const answer = { channel };
		return { fixed: channel, of: () => answer };
	}
	const path = fieldName(textOf(values, 'channelField') ?? 'channel', 'Channel Field', CHANNEL_HINT);
	const known = new Map(engine.CHANNEL_TYPES.map((channel) => [channel.toString(), { channel }]));
	const fcm = known.get('GCM');
	if (fcm) known.set('FCM', fcm);
	return {
		of(itemIndex) {
			const word = itemField(items[itemIndex]?.json ?? {}, path);
			if (typeof word !== 'string' || word.trim() === '') {
				return { refusal: `The item has no channel in the field "${path}". Fill it in, or change Channel Field.` };
			}
			const found = known.get(word.trim().toUpperCase());
			const words = engine.CHANNEL_TYPES.join(', ');
			return (
				found ?? {
					word: word.slice(0, 40),
					refusal: `"${word.slice(0, 40)}" is not a push channel. Use one of ${words} (FCM is accepted for GCM).`,
				}
			);
		},
	};
}
