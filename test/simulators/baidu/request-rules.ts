import type { WireRequest } from '../desk';
import { parseObject } from '../json';
import type { Fixtures } from '../pki/fixtures';
import type { BaiduFault } from './service';
import { baiduSignature } from './signature';

const USER_AGENT = /^BCCS_SDK\/3\.0 \([^)]+\) \S+\/\S+ \(Baidu Push SDK for .+ v3\.0\.0\) .+$/;
const VALID_SECONDS = 600;

/** Methods that are answered; the first pushes, the others only read. */
const METHODS: ReadonlySet<string> = new Set([
	'push/single_device',
	'report/query_msg_status',
	'report/query_timer_records',
	'report/query_topic_records',
	'report/statistic_device',
	'report/statistic_topic',
	'report/statistic_msg',
	'timer/query_list',
	'topic/query_list',
	'app/query_tags',
]);

const COMMON = ['apikey', 'timestamp', 'sign', 'expires', 'device_type'];
const PUSH_FIELDS = new Set([
	...COMMON,
	'channel_id',
	'msg_type',
	'msg',
	'msg_expires',
	'deploy_status',
	'topic_id',
	'extra_msg_type',
	'extra_msg',
	'channel_type',
]);

export interface BaiduSurroundings {
	readonly account: Fixtures['baidu'];
	/** Origins the request may have been signed for. */
	readonly hosts: readonly string[];
	/** Epoch ms. */
	readonly now: number;
}

/** What is wrong with a request, in the order Baidu looks at it: shape, clock, signature, fields. */
export function requestFault(
	request: WireRequest,
	form: URLSearchParams,
	around: BaiduSurroundings,
): BaiduFault | undefined {
	if (request.method !== 'POST') return ['30601'];
	const path = request.path.split('?')[0] ?? '';
	const method = /^\/rest\/3\.0\/(\w+\/\w+)$/.exec(path)?.[1];
	if (method === undefined || !METHODS.has(method)) return ['30605'];
	const type = (request.headers['content-type'] ?? '').replace(/\s/g, '').toLowerCase();
	if (!type.startsWith('application/x-www-form-urlencoded')) return ['30602', 'Content-Type'];
	if (!USER_AGENT.test(request.headers['user-agent'] ?? '')) return ['30602', 'User-Agent'];
	return commonFault(path, form, around) ?? (method === 'push/single_device' ? pushFault(form) : undefined);
}

function commonFault(
	path: string,
	form: URLSearchParams,
	{ account, hosts, now }: BaiduSurroundings,
): BaiduFault | undefined {
	const timestamp = form.get('timestamp') ?? '';
	const sign = form.get('sign') ?? '';
	if (new Set(form.keys()).size !== [...form.keys()].length) return ['30602', 'a field came twice'];
	if (!/^\d{10}$/.test(timestamp)) return ['30602', 'timestamp'];
	if (!/^[0-9a-f]{32}$/.test(sign)) return ['30602', 'sign'];
	if (form.get('apikey') !== account.apiKey) return ['30603'];
	if (Math.abs(now / 1000 - Number(timestamp)) > VALID_SECONDS) return ['30606'];
	const expires = form.get('expires');
	if (expires !== null && !(Number(expires) > now / 1000)) return ['30606'];
	const genuine = hosts.some((host) => baiduSignature('POST', host + path, form, account.secretKey) === sign);
	if (!genuine) return ['30603'];
	return ['3', '4', null].includes(form.get('device_type')) ? undefined : ['30602', 'device_type'];
}

function pushFault(form: URLSearchParams): BaiduFault | undefined {
	for (const field of form.keys()) if (!PUSH_FIELDS.has(field)) return ['30602', field];
	if (!/^\d{10,25}$/.test(form.get('channel_id') ?? '')) return ['30602', 'channel_id'];
	const messageType = form.get('msg_type') ?? '0';
	if (!['0', '1'].includes(messageType)) return ['30602', 'msg_type'];
	const expires = form.get('msg_expires') ?? '18000';
	if (!/^\d{1,6}$/.test(expires) || Number(expires) > 604_800) return ['30602', 'msg_expires'];
	if (!['1', '2', null].includes(form.get('deploy_status'))) return ['30602', 'deploy_status'];
	const topic = form.get('topic_id');
	if (topic !== null && !/^[\w-]{1,128}$/.test(topic)) return ['30602', 'topic_id'];
	return messageFault(form.get('msg') ?? '', messageType, form.get('device_type'));
}

function messageFault(text: string, messageType: string, deviceType: string | null): BaiduFault | undefined {
	if (text === '' || Buffer.byteLength(text, 'utf8') > 4096) return ['30602', 'msg'];
	const message = parseObject(text);
	if (deviceType === '4') {
		if (messageType !== '1') return ['30602', 'msg_type'];
		return typeof message?.aps === 'object' && message.aps !== null ? undefined : ['40002'];
	}
	if (messageType === '0') return undefined;
	// iOS notifications may come without device_type: an app has only one platform.
	if (typeof message?.aps === 'object' && message.aps !== null) return undefined;
	return typeof message?.description === 'string' && message.description !== ''
		? undefined
		: ['30602', 'msg.description'];
}
