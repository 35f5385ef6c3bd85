import { createHash } from 'node:crypto';
import type { ApnsEnvironment } from '../../../push/model';
import { isApnsReason, type ApnsReason } from './reasons';

/** First bytes of the tokens of one environment, so that the other one refuses them as Apple does. */
const ENVIRONMENT_MARK: Readonly<Record<ApnsEnvironment, string>> = { production: 'a9150d', sandbox: 'a9158b' };

const FAIL = 'fail:';

/** 64 hex digits, as devices report them. */
export function apnsGoodAddress(environment: ApnsEnvironment, n: number): string {
	const digest = createHash('sha256').update(`${environment} device ${n}`).digest('hex');
	return ENVIRONMENT_MARK[environment] + digest.slice(ENVIRONMENT_MARK[environment].length);
}

/** Hex of `fail:<reason>:<n>`, filled up with zeros. */
export function apnsAddressFor(reason: ApnsReason, n: number): string {
	return Buffer.from(`${FAIL}${reason}:${n}`, 'latin1').toString('hex').padEnd(64, '0');
}

export function apnsReasonIn(address: string): ApnsReason | undefined {
	const text = Buffer.from(address, 'hex').toString('latin1');
	if (!text.startsWith(FAIL)) return undefined;
	const word = text.slice(FAIL.length).split(':')[0] ?? '';
	return isApnsReason(word) ? word : undefined;
}

/** Tokens no device of this environment ever had: not hex, too short or too long, one byte over and over, the other environment's. */
export function isDeviceToken(address: string, environment: ApnsEnvironment): boolean {
	if (!/^(?:[0-9a-f]{2}){32,100}$/i.test(address)) return false;
	if (/^([0-9a-f]{2})\1*$/i.test(address)) return false;
	const other: ApnsEnvironment = environment === 'production' ? 'sandbox' : 'production';
	return !address.toLowerCase().startsWith(ENVIRONMENT_MARK[other]);
}
