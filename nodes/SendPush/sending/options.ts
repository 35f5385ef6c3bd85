import type { IExecuteFunctions } from 'n8n-workflow';
import type { MessageStyle } from '../../../push/messages';
import type { SendOptions } from '../../../push/sending/types';
import { ADDRESS_FORMS, type AddressForm } from '../../shared/addresses';
import { choiceOf, flagOf, ItemParameters, numberOf, section } from '../../shared/parameters';

export const RESULT_CHOICES = ['all', 'failuresAndSummary', 'summary'] as const;

export type ResultChoice = (typeof RESULT_CHOICES)[number];

export const MISSING_CHOICES = ['fail', 'empty', 'keep'] as const;

const STYLES: Readonly<Record<'awsCompatible' | 'native', MessageStyle>> = { awsCompatible: 'aws', native: 'native' };

export interface SendSettings {
	readonly send: SendOptions;
	readonly results: ResultChoice;
	readonly addressesInOutput: AddressForm;
	/** Undefined: each operation has its own. */
	readonly style: MessageStyle | undefined;
	readonly rendering: {
		readonly onMissing: (typeof MISSING_CHOICES)[number];
		readonly shortenToFit: boolean;
	};
}

/**
 * The collection "Options". It governs the whole send, so an expression in it is read for the first item only.
 * @throws {WorkflowMistake} naming the option that cannot be used.
 */
export function readSettings(context: IExecuteFunctions): SendSettings {
	const values = section(new ItemParameters(context, ['options']).at(0), 'options');
	const style = choiceOf(values, 'style', 'Style', ['awsCompatible', 'native']);
	return {
		send: {
			ratePerSecond: positive(numberOf(values, 'messagesPerSecond', 'Messages per Second')),
			rampUpMs: milliseconds(numberOf(values, 'rampUp', 'Ramp-Up')),
			concurrency: positive(numberOf(values, 'concurrency', 'Concurrency')),
			maximumWaitMs: milliseconds(numberOf(values, 'maximumWait', 'Maximum Wait')),
			whenAnswerIsLost: choiceOf(values, 'whenAnswerIsLost', 'When the Answer Is Lost', [
				'auto',
				'report',
				'sendAgain',
			]),
			validateOnly: flagOf(values, 'validateOnly'),
			signal: context.getExecutionCancelSignal(),
		},
		results: choiceOf(values, 'results', 'Results', RESULT_CHOICES) ?? 'all',
		addressesInOutput: choiceOf(values, 'addressesInOutput', 'Addresses in Output', ADDRESS_FORMS) ?? 'full',
		style: style && STYLES[style],
		rendering: {
			onMissing: choiceOf(values, 'onMissing', 'Missing Values', MISSING_CHOICES) ?? 'fail',
			shortenToFit: flagOf(values, 'shortenToFit') ?? false,
		},
	};
}

/** 0 means "no limit of my own". */
function positive(value: number | undefined): number | undefined {
	return value !== undefined && value > 0 ? value : undefined;
}

function milliseconds(seconds: number | undefined): number | undefined {
	return seconds === undefined ? undefined : Math.max(0, seconds * 1000);
}
