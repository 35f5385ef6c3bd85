import type { ChannelPreview } from '../preview';
import { escaped } from './markup';

const figures = new Intl.NumberFormat('en-US');

const CSS = `:root{color-scheme:light dark}body{margin:0;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;background:#eef0f4;color:#1c2430}
main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}h1{font-size:22px;margin:0 0 4px}p{margin:0 0 18px;color:#5b6472}
.phones{text-align:center;overflow-x:auto}section{background:#fff;border-radius:14px;padding:16px 20px;margin:16px 0;box-shadow:0 1px 3px #0001}
h2{font-size:16px;margin:0 0 6px;display:flex;gap:12px;align-items:baseline}h2 small{font-weight:400;color:#5b6472}
.bar{height:6px;border-radius:3px;background:#e3e7ee;overflow:hidden}.bar i{display:block;height:100%;background:#2f7d5b}
.over i{background:#c0392b}pre{overflow:auto;background:#f5f6f9;border-radius:8px;padding:12px;font-size:12.5px;margin:12px 0 0;white-space:pre-wrap;word-break:break-word}
.beside{margin:10px 0 0;font-size:13px}ul{margin:10px 0 0;padding-left:20px}.bad{color:#b3261e}
@media(prefers-color-scheme:dark){body{background:#14171c;color:#e6e9ee}section{background:#1e232b}pre{background:#14171c}p,h2 small{color:#9aa3b0}.bar{background:#333a45}.bad{color:#ff8a80}}`;

/** One page to look at, without anything from elsewhere: no scripts, no fonts, no pictures of others. */
export function previewPage(title: string, svg: string, channels: readonly ChannelPreview[]): string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(title)}</title><style>${CSS}</style></head><body><main><h1>${escaped(title)}</h1><p>About what a locked phone shows. Fonts, colours and line breaks differ from device to device.</p><div class="phones">${svg}</div>${channels.map(section).join('')}</main></body></html>`;
}

function section({ channelType, label, bytes, limit, payload, headers, warnings, refusal }: ChannelPreview): string {
	const size = bytes === undefined ? '' : `<small>${figures.format(bytes)} of ${figures.format(limit)} bytes</small>`;
	const share = bytes === undefined ? 0 : Math.min(100, (bytes / limit) * 100);
	const bar =
		bytes === undefined
			? ''
			: `<div class="bar${bytes > limit ? ' over' : ''}"><i style="width:${share.toFixed(1)}%"></i></div>`;
	const refused = refusal === undefined ? '' : `<p class="bad">${escaped(refusal.message)}</p>`;
	const list =
		warnings.length === 0 ? '' : `<ul>${warnings.map((warning) => `<li>${escaped(warning)}</li>`).join('')}</ul>`;
	const beside = Object.entries(headers ?? {}).map(([name, value]) => `${WORDS[name] ?? name} ${value}`);
	const head = beside.length === 0 ? '' : `<p class="beside">${escaped(beside.join(' · '))}</p>`;
	const json = payload === undefined ? '' : `<pre>${escaped(pretty(payload))}</pre>`;
	return `<section><h2>${escaped(label)} <small>${channelType}</small> ${size}</h2>${bar}${refused}${head}${list}${json}</section>`;
}

/** What travels beside the payload, in words. */
const WORDS: Readonly<Record<string, string>> = {
	pushType: 'push type',
	timeToLiveSeconds: 'time to live (s)',
	expiresSeconds: 'time to live (s)',
	collapseId: 'collapse id',
	messageType: 'message type',
	deviceType: 'device type',
	deployStatus: 'deploy status',
	topicId: 'topic id',
	validateOnly: 'validate only',
};

/** For reading only: numbers are written as JavaScript would. */
function pretty(json: string): string {
	try {
		return JSON.stringify(JSON.parse(json), null, 2);
	} catch {
		return json;
	}
}
