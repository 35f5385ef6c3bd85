import { randomInt } from 'node:crypto';
import type { Answer, Judgement, PushService, WireRequest } from '../desk';
import type { Fixtures } from '../pki/fixtures';
import { baiduReasonIn } from './addresses';
import { requestFault } from './request-rules';
import { baiduReason } from './reasons';

/** A refusal and, for 30602, the field it is about. */
export type BaiduFault = readonly [code: string, detail?: string];

/** Reads requests as strictly as Baidu Cloud Push 3.0 does. */
export class BaiduService implements PushService {
	/** Baidu's own habit is the table's HTTP status; some of its gateways answer 200 with the error inside. */
	errorsInside200 = false;

	#lastMessage = 0;

	constructor(
		private readonly account: Fixtures['baidu'],
		private readonly hosts: () => readonly string[],
		private readonly now: () => number,
	) {}

	judge(request: WireRequest): Judgement {
		const form = new URLSearchParams(request.body);
		const fault = requestFault(request, form, { account: this.account, hosts: this.hosts(), now: this.now() });
		return {
			address: form.get('channel_id') ?? '',
			refusal: fault && this.#refusal(...fault),
			accept: () => this.#accepted(request.path, form),
		};
	}

	answerFor(reason: string): Answer {
		if (!baiduReason(reason)) throw new Error(`Baidu has no error code "${reason}"`);
		return this.#refusal(reason);
	}

	reasonIn(address: string): string | undefined {
		return baiduReasonIn(address);
	}

	#refusal(code: string, detail?: string): Answer {
		const [status, text] = baiduReason(code) ?? [400, 'Unknown'];
		const message = JSON.stringify(detail === undefined ? text : `${text}: ${detail}`);
		const body = `{"request_id":${requestId()},"error_code":${code},"error_msg":${message}}`;
		return { status: this.errorsInside200 ? 200 : status, headers: JSON_TYPE, body, reason: code };
	}

	#accepted(path: string, form: URLSearchParams): Answer {
		const params = path.endsWith('/push/single_device') ? this.#pushed() : queried(path, form);
		return { status: 200, headers: JSON_TYPE, body: `{"request_id":${requestId()},"response_params":${params}}` };
	}

	#pushed(): string {
		this.#lastMessage += 1;
		const messageId = `81${String(Math.floor(this.now()))}${String(this.#lastMessage).padStart(6, '0')}`;
		return JSON.stringify({ msg_id: messageId, send_time: Math.floor(this.now() / 1000) });
	}
}

const JSON_TYPE = { 'Content-Type': 'application/json' } as const;

/** Beyond 2^53, as the real ones: JSON.parse would round it. */
const requestId = (): string => `9${randomInt(100_000_000)}${randomInt(1_000_000_000, 10_000_000_000)}`.padEnd(19, '7');

function queried(path: string, form: URLSearchParams): string {
	if (path.endsWith('/report/query_msg_status')) {
		return JSON.stringify({
			total_num: 1,
			result: [{ msg_id: form.get('msg_id') ?? '', status: 0, send_time: 0, success: 1 }],
		});
	}
	return JSON.stringify({ total_num: 0, result: path.includes('/report/statistic') ? {} : [] });
}
