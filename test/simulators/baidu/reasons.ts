/** Baidu Cloud Push: error codes of REST API 3.0 with their HTTP status and text. */
export const BAIDU_REASONS = {
	30600: [500, 'Internal Server Error'],
	30601: [405, 'Method Not Allowed'],
	30602: [400, 'Request Params Not Valid'],
	30603: [403, 'Authentication Failed'],
	30604: [402, 'Quota Use Up Payment Required'],
	30605: [404, 'Data Required Not Found'],
	30606: [408, 'Request Time Expires Timeout'],
	30607: [408, 'Channel Token Timeout'],
	30608: [404, 'Bind Relation Not Found'],
	30609: [404, 'Bind Number Too Many'],
	30610: [409, 'Duplicate Operation'],
	30611: [404, 'Tag Not Found'],
	30612: [401, 'Application Forbidden, Need Whitelist Authorization'],
	30613: [402, 'App Need Inited First In Push-console'],
	30614: [403, 'Number Of Tag For User Too Many'],
	30615: [403, 'Number Of Tag For App Too Many'],
	30616: [401, 'Application Not Approved'],
	30617: [401, 'No Right To Push Broadcast'],
	30618: [401, 'No Right To Push Unicast'],
	30619: [403, 'Default Tag Reserved'],
	30620: [403, 'One App One Platform'],
	30621: [400, 'Package Name Invalid'],
	30699: [402, 'Requests Are Too Frequent To Be Temporarily Rejected'],
	40001: [400, 'Invalid iOS Device Token'],
	40002: [400, 'Invalid iOS Message'],
	40003: [400, 'Expired iOS Device Token'],
	40004: [400, 'Invalid iOS Certificate'],
	40005: [400, 'Duplicate Message'],
	40006: [400, 'Invalid iOS Production Certificate'],
	40007: [400, 'Invalid iOS Development Certificate'],
	40008: [400, 'Expired iOS Production Certificate'],
	40009: [400, 'Expired iOS Development Certificate'],
	40010: [400, 'Need iOS Development Certificate'],
	40011: [400, 'Need iOS Production Certificate'],
	40012: [400, 'iOS Certificate File Error'],
	41001: [400, 'Timer Task Not Found'],
	41002: [400, 'Timer Task Duplicate'],
	41003: [400, 'Timer Tasks Too Many'],
	41004: [400, 'Timer Task About To Run'],
	41005: [400, 'Timer Task Done'],
	50001: [400, 'Console Account Error'],
	50002: [400, 'Console Account Error'],
	50003: [400, 'Console Account Error'],
	50004: [400, 'Console Account Error'],
	50005: [400, 'Console Account Error'],
	50006: [400, 'Console Account Error'],
	50007: [400, 'Console Account Error'],
	50008: [400, 'Console Account Error'],
} as const satisfies Readonly<Record<number, readonly [status: number, text: string]>>;

export type BaiduCode = keyof typeof BAIDU_REASONS;

const CODES: ReadonlyMap<string, readonly [status: number, text: string]> = new Map(Object.entries(BAIDU_REASONS));

/** Status and text of a code given as text (`30608`). */
export function baiduReason(code: string): readonly [status: number, text: string] | undefined {
	return CODES.get(code);
}
