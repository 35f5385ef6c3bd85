import { baiduReason } from './reasons';

/** 19 digits, as the client SDK reports channel ids. */
export const baiduGoodAddress = (n: number): string => `3${String(n).padStart(18, '0')}`;

export const baiduAddressFor = (code: string, n: number): string => `9990${code}${String(n).padStart(10, '0')}`;

export function baiduReasonIn(address: string): string | undefined {
	const code = /^9990(\d{5})\d{10}$/.exec(address)?.[1];
	return code !== undefined && baiduReason(code) ? code : undefined;
}
