/** RFC 7541 appendix A; index 1 is the first row. */
export const STATIC_TABLE: ReadonlyArray<readonly [name: string, value: string]> = [
	[':authority', ''],
	[':method', 'GET'],
	[':method', 'POST'],
	[':path', '/'],
	[':path', '/index.html'],
	[':scheme', 'http'],
	[':scheme', 'https'],
	[':status', '200'],
	[':status', '204'],
	[':status', '206'],
	[':status', '304'],
	[':status', '400'],
	[':status', '404'],
	[':status', '500'],
	['accept-charset', ''],
	['accept-encoding', 'gzip, deflate'],
	['accept-language', ''],
	['accept-ranges', ''],
	['accept', ''],
	['access-control-allow-origin', ''],
	['age', ''],
	['allow', ''],
	['authorization', ''],
	['cache-control', ''],
	['content-disposition', ''],
	['content-encoding', ''],
	['content-language', ''],
	['content-length', ''],
	['content-location', ''],
	['content-range', ''],
	['content-type', ''],
	['cookie', ''],
	['date', ''],
	['etag', ''],
	['expect', ''],
	['expires', ''],
	['from', ''],
	['host', ''],
	['if-match', ''],
	['if-modified-since', ''],
	['if-none-match', ''],
	['if-range', ''],
	['if-unmodified-since', ''],
	['last-modified', ''],
	['link', ''],
	['location', ''],
	['max-forwards', ''],
	['proxy-authenticate', ''],
	['proxy-authorization', ''],
	['range', ''],
	['referer', ''],
	['refresh', ''],
	['retry-after', ''],
	['server', ''],
	['set-cookie', ''],
	['strict-transport-security', ''],
	['transfer-encoding', ''],
	['user-agent', ''],
	['vary', ''],
	['via', ''],
	['www-authenticate', ''],
];

/** Entries of the dynamic table follow after this index. */
export const STATIC_LENGTH = STATIC_TABLE.length;

const names = new Map<string, number>();
const fields = new Map<string, number>();
STATIC_TABLE.forEach(([name, value], row) => {
	if (!names.has(name)) names.set(name, row + 1);
	fields.set(`${name}\0${value}`, row + 1);
});

/** First index with this name; 0 when there is none. */
export function staticName(name: string): number {
	return names.get(name) ?? 0;
}

/** Index of name and value together; 0 when there is none. */
export function staticField(name: string, value: string): number {
	return names.has(name) ? (fields.get(`${name}\0${value}`) ?? 0) : 0;
}
