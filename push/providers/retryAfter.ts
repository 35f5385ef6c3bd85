const LONGEST_SECONDS = 3600;

const SECONDS = /^[+-]?\d{1,15}(?:\.\d+)?$/;

/** The three date forms of HTTP: IMF-fixdate, RFC 850, asctime (the last without a zone: it is UTC). */
const ZONED_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .* GMT$/;
const ASCTIME_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

function dateMs(text: string): number | undefined {
	const zoned = ZONED_DATE.test(text) ? text : ASCTIME_DATE.test(text) ? `${text} GMT` : undefined;
	const parsed = zoned === undefined ? Number.NaN : Date.parse(zoned);
	return Number.isNaN(parsed) ? undefined : parsed;
}

/**
 * Reads a Retry-After header in both of its forms, delay seconds and HTTP-date (RFC 9110 10.2.3).
 * @param nowMs epoch ms a date is measured against
 * @returns whole seconds, clamped to 0..3600; undefined when the header is absent or says nothing readable
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
	const text = value?.trim() ?? '';
	if (SECONDS.test(text)) return clamp(Number(text));
	const until = dateMs(text);
	return until === undefined ? undefined : clamp((until - nowMs) / 1000);
}

function clamp(seconds: number): number {
	// Rounded up: a try that comes a moment early is refused again.
	return Math.min(LONGEST_SECONDS, Math.max(0, Math.ceil(seconds)));
}
