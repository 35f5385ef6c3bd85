import type { OutcomeClass, TokenAction } from '../../model';

/** What one error code means and what to do about it. */
export interface BaiduRow {
	readonly class: OutcomeClass;
	readonly statusCode?: number;
	/** @default 'keep' */
	readonly tokenAction?: TokenAction;
	readonly stops?: 'message' | 'client';
	/** First delay of the back-off, ms. */
	readonly backoffMs?: number;
	readonly retryInRun?: boolean;
	/** When trying again makes sense, seconds. */
	readonly adviseSeconds?: number;
	readonly message: string;
}

const BACKOFF_MS = 2_000;
const TOO_FREQUENT_BACKOFF_MS = 10_000;
const HOUR_SECONDS = 3_600;

/** Every code of Baidu Cloud Push REST 3.0 (error code list, Java SDK's enumeration). */
export const BAIDU_CODES = [
	'30600',
	'30601',
	'30602',
	'30603',
	'30604',
	'30605',
	'30606',
	'30607',
	'30608',
	'30609',
	'30610',
	'30611',
	'30612',
	'30613',
	'30614',
	'30615',
	'30616',
	'30617',
	'30618',
	'30619',
	'30620',
	'30621',
	'30699',
	'40001',
	'40002',
	'40003',
	'40004',
	'40005',
	'40006',
	'40007',
	'40008',
	'40009',
	'40010',
	'40011',
	'40012',
	'41001',
	'41002',
	'41003',
	'41004',
	'41005',
	'50001',
	'50002',
	'50003',
	'50004',
	'50005',
	'50006',
	'50007',
	'50008',
	'10001',
	'10002',
	'10003',
	'10101',
] as const;

export type BaiduCode = (typeof BAIDU_CODES)[number];

const CONSOLE = 'the Baidu Cloud Push console (push.baidu.com)';

function config(message: string, statusCode = 400): BaiduRow {
	return { class: 'config', statusCode, stops: 'client', message };
}

function payload(message: string): BaiduRow {
	return { class: 'payload', stops: 'message', message };
}

function deadToken(message: string): BaiduRow {
	return { class: 'token', statusCode: 410, tokenAction: 'remove', message };
}

function duplicate(message: string): BaiduRow {
	return { class: 'duplicate', message };
}

const certificate = (problem: string) =>
	config(`Baidu cannot reach Apple for this app: ${problem}. Upload the right certificate in ${CONSOLE}.`);
const account = config(`Baidu has trouble with the developer account or the application. Look at both in ${CONSOLE}.`);
/** Codes of the SDK inside the app; the REST service never gives them. */
const ofTheApp: BaiduRow = {
	class: 'unknown',
	message:
		'Baidu answered with a code that only its SDK inside the app uses. Check the custom endpoint, if one is set.',
};

/** 30602 when Baidu says that it means `channel_id`. It may also be the id of another application. */
export const BAD_CHANNEL_ID: BaiduRow = {
	class: 'token',
	statusCode: 400,
	tokenAction: 'suspect',
	message: 'Baidu does not accept this channel id. Check that it comes from the app of this API key.',
};

export const BAIDU_ERROR: Readonly<Record<BaiduCode, BaiduRow>> = {
	'30600': { class: 'temporary', backoffMs: BACKOFF_MS, message: 'Baidu has an internal error. Try again later.' },
	'30601': {
		class: 'client-bug',
		stops: 'client',
		message:
			'Baidu does not take this kind of request. Check the custom endpoint, if one is set; otherwise please report this.',
	},
	'30602': {
		class: 'payload',
		message: 'Baidu does not accept a field of the message. Check content, time to live and device type.',
	},
	'30603': config(
		'Baidu refused the signature: the API key or the secret key is wrong, or the clock of the n8n server is. Check all three.',
		403,
	),
	'30604': {
		class: 'throttle-sender',
		retryInRun: false,
		adviseSeconds: HOUR_SECONDS,
		stops: 'client',
		message: `The application's quota at Baidu is used up for today. Send again tomorrow, or raise the quota in ${CONSOLE}.`,
	},
	'30605': payload('Baidu finds no data for this request. Check the topic id and the message.'),
	'30606': {
		class: 'auth-refresh',
		statusCode: 403,
		message: 'Baidu finds the request too old: the clock of the n8n server is wrong. Set it right (NTP).',
	},
	'30607': deadToken('The channel of this device has expired. Remove the channel id.'),
	'30608': deadToken('The app on this device is no longer bound to Baidu push. Remove the channel id.'),
	'30609': config(`Baidu says that too many devices are bound. See the limits of the application in ${CONSOLE}.`),
	'30610': duplicate('Baidu has done this already.'),
	'30611': payload('Baidu finds no such tag or group. Check its name.'),
	'30612': config(
		`The application is not allowed to do this; Baidu must put it on its white list. Ask for it in ${CONSOLE}.`,
		401,
	),
	'30613': config(`The application must first be set up for push in ${CONSOLE}.`),
	'30614': config(`The account has too many tags. Delete some in ${CONSOLE}.`, 403),
	'30615': config(`The application has too many tags. Delete some in ${CONSOLE}.`, 403),
	'30616': config(`Baidu has not approved the application yet. See its state in ${CONSOLE}.`, 401),
	'30617': config(`The application has no right to broadcast. Ask for it in ${CONSOLE}.`, 401),
	'30618': config(`The application has no right to send to single devices. Ask for it in ${CONSOLE}.`, 401),
	'30619': payload('This tag name is reserved by Baidu. Use another one.'),
	'30620': config('The application serves one platform only, and it is the other one. Correct the device type.', 403),
	'30621': config(`Baidu does not accept the package name of the application. Correct it in ${CONSOLE}.`),
	'30699': {
		class: 'throttle-sender',
		backoffMs: TOO_FREQUENT_BACKOFF_MS,
		message: 'Requests to Baidu come too frequently. Lower the messages per second.',
	},
	'40001': deadToken('Apple does not accept the device token behind this channel id. Remove the channel id.'),
	'40002': payload('Apple does not accept this message. Correct its content.'),
	'40003': deadToken('The device token behind this channel id has expired. Remove the channel id.'),
	'40004': certificate('its certificate is invalid'),
	'40005': duplicate('Baidu has this message already.'),
	'40006': certificate('its production certificate is invalid'),
	'40007': certificate('its development certificate is invalid'),
	'40008': certificate('its production certificate has expired'),
	'40009': certificate('its development certificate has expired'),
	'40010': certificate('a development certificate is needed'),
	'40011': certificate('a production certificate is needed'),
	'40012': certificate('a certificate file is wrong'),
	'41001': payload('Baidu finds no such timer. Check its id.'),
	'41002': payload('Baidu has such a timer already. Use another one.'),
	'41003': payload('The application has too many timers. Cancel some.'),
	'41004': payload('The timer is about to run and cannot be changed any more.'),
	'41005': payload('The timer has run already.'),
	'50001': account,
	'50002': account,
	'50003': account,
	'50004': account,
	'50005': account,
	'50006': account,
	'50007': account,
	'50008': account,
	'10001': ofTheApp,
	'10002': ofTheApp,
	'10003': ofTheApp,
	'10101': ofTheApp,
};
