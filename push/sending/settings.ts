import { PushError } from '../model';
import type { ProviderPace } from '../providers/provider';
import type { Pace } from './pacer';
import type { SendOptions } from './types';

const MAXIMUM_WAIT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** The options of a send with their defaults. */
export interface SendSettings extends SendOptions {
	readonly maximumWaitMs: number;
	readonly requestTimeoutMs: number;
	readonly whenAnswerIsLost: 'auto' | 'report' | 'sendAgain';
	readonly validateOnly: boolean;
}

interface NumberRule {
	readonly name:
		| 'ratePerSecond'
		| 'channelRatePerSecond'
		| 'rampUpMs'
		| 'concurrency'
		| 'window'
		| 'maximumWaitMs'
		| 'requestTimeoutMs';
	readonly what: string;
	readonly allowed: (value: number) => boolean;
	readonly todo: string;
}

const RULES: readonly NumberRule[] = [
	{
		name: 'ratePerSecond',
		what: 'The number of messages per second',
		allowed: (value) => value > 0,
		todo: 'Give a number above 0, or leave it out for the default of the provider.',
	},
	{
		name: 'channelRatePerSecond',
		what: 'The rate of the application',
		allowed: (value) => value > 0,
		todo: 'Correct the settings of the application.',
	},
	{ name: 'rampUpMs', what: 'The ramp-up', allowed: (value) => value >= 0, todo: 'Give 0 or more milliseconds.' },
	{
		name: 'concurrency',
		what: 'The concurrency',
		allowed: (value) => Number.isInteger(value) && value >= 1,
		todo: 'Give a whole number from 1 up, or leave it out for the default of the provider.',
	},
	{
		name: 'window',
		what: 'The window',
		allowed: (value) => Number.isInteger(value) && value >= 1,
		todo: 'Give a whole number from 1 up, or leave it out.',
	},
	{
		name: 'maximumWaitMs',
		what: 'The maximum wait',
		allowed: (value) => value >= 0,
		todo: 'Give 0 or more milliseconds.',
	},
	{
		name: 'requestTimeoutMs',
		what: 'The request timeout',
		allowed: (value) => value > 0,
		todo: 'Give a number of milliseconds above 0.',
	},
];

/** @throws {PushError} `InvalidRequest` when a number makes no sense. */
export function readSettings(options: SendOptions): SendSettings {
	for (const { name, what, allowed, todo } of RULES) {
		const value = options[name];
		if (value === undefined || (Number.isFinite(value) && allowed(value))) continue;
		throw new PushError('InvalidRequest', `${what} cannot be ${value}.`, { hint: todo });
	}
	return {
		...options,
		maximumWaitMs: options.maximumWaitMs ?? MAXIMUM_WAIT_MS,
		requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
		whenAnswerIsLost: options.whenAnswerIsLost ?? 'auto',
		validateOnly: options.validateOnly ?? false,
	};
}

/**
 * What a send asks of a client's throttle: its own rate and ramp-up where it has them, else the provider's. The rate of
 * its application is a limit as well, for others on the same credential too.
 */
export function channelPace(settings: SendSettings, pace: ProviderPace): Pace {
	return {
		ratePerSecond: settings.ratePerSecond ?? settings.channelRatePerSecond ?? pace.ratePerSecond ?? Infinity,
		rampUpMs: settings.rampUpMs ?? pace.rampUpMs,
		...(settings.channelRatePerSecond === undefined ? {} : { most: settings.channelRatePerSecond }),
	};
}
