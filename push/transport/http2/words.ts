/** RFC 9113 7: error codes by number. */
const ERROR_NAMES = [
	'NO_ERROR',
	'PROTOCOL_ERROR',
	'INTERNAL_ERROR',
	'FLOW_CONTROL_ERROR',
	'SETTINGS_TIMEOUT',
	'STREAM_CLOSED',
	'FRAME_SIZE_ERROR',
	'REFUSED_STREAM',
	'CANCEL',
	'COMPRESSION_ERROR',
	'CONNECT_ERROR',
	'ENHANCE_YOUR_CALM',
	'INADEQUATE_SECURITY',
	'HTTP_1_1_REQUIRED',
] as const;

/** `ENHANCE_YOUR_CALM` for 11; unknown codes by number. */
export function errorName(code: number): string {
	return ERROR_NAMES[code] ?? `ERROR_${code}`;
}

const LONGEST_DEBUG_DATA = 200;

/**
 * A GOAWAY in words. Its debug data says why: Apple puts `{"reason":"Shutdown"}` there (Apple: Handling notification
 * responses from APNs), others plain text.
 */
export function goawayWords(name: string, code: number, data: Uint8Array | undefined): string {
	const reason = debugReason(data);
	return `${name} is closing the connection (GOAWAY ${errorName(code)}${reason === '' ? '' : `: ${reason}`}).`;
}

function debugReason(data: Uint8Array | undefined): string {
	if (!data || data.length === 0) return '';
	const text = Buffer.from(data.subarray(0, 4 * LONGEST_DEBUG_DATA)).toString('utf8');
	try {
		const parsed: unknown = JSON.parse(text);
		if (typeof parsed === 'object' && parsed !== null && 'reason' in parsed && typeof parsed.reason === 'string') {
			return printable(parsed.reason);
		}
	} catch {
		// Plain text.
	}
	return printable(text);
}

function printable(text: string): string {
	return text
		.replace(/[^\x20-\x7e]+/g, ' ')
		.trim()
		.slice(0, LONGEST_DEBUG_DATA);
}
