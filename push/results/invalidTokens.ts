import { type ChannelType, parseChannelType } from '../model';
import type { Store } from '../store';
import { type FoundResult, type ResultQuery, streamResults } from './query';

export interface InvalidToken {
	readonly address: string;
	readonly channelType: ChannelType;
	readonly applicationId: string;
	/**
	 * `dead`: the provider says so and nothing else can be the cause. `suspect`: a wrong environment, topic or project
	 * would look the same. `replaced`: the provider gave a new one.
	 */
	readonly verdict: 'dead' | 'suspect' | 'replaced';
	readonly reason: string;
	/** How often it was refused since it last worked. */
	readonly times: number;
	/** Epoch ms of the first and the last refusal. */
	readonly firstSeen: number;
	readonly lastSeen: number;
	/** Epoch ms of the last moment the provider knew it to be dead: an address the app registered later is alive. */
	readonly invalidSince?: number;
	readonly updatedToken?: string;
	/** So many addresses of the channel were refused like this that the set-up is the likelier cause. */
	readonly inWave: boolean;
}

/** How many addresses were refused for a reason that a mistake in the set-up gives just as well. */
export interface SuspectWave {
	readonly applicationId: string;
	readonly channelType: ChannelType;
	/** Results that reached the provider. */
	readonly attempted: number;
	readonly suspect: number;
}

/** providers.md 0.2: more than so large a part of at least so many is no accident. */
const WAVE_SHARE = 0.2;
const WAVE_MINIMUM = 50;

const VERDICTS = { remove: 'dead', suspect: 'suspect', replace: 'replaced', keep: undefined } as const;

type Open = { -readonly [Key in keyof Omit<InvalidToken, 'inWave'>]: InvalidToken[Key] };

/**
 * The addresses whose latest results say that they are no good; one that worked again since is left out, wherever that
 * was: tag, campaign and end choose refusals only. Memory grows with the number of invalid addresses, not with that of
 * results.
 */
export async function findInvalidTokens(
	store: Pick<Store, 'deliveryLog' | 'deliveryIndex'>,
	query: Omit<ResultQuery, 'statuses' | 'actions' | 'reason'>,
): Promise<{ readonly tokens: readonly InvalidToken[]; readonly waves: readonly SuspectWave[] }> {
	const open = new Map<string, Open>();
	const channels = new Map<string, { attempted: number; suspect: number }>();
	const { tag, campaignId, until, ...everywhere } = query;
	const isChosen = (result: FoundResult) =>
		(tag === undefined || result.origin.tag === tag) &&
		(campaignId === undefined || result.campaignId === campaignId) &&
		(until === undefined || result.recordedAt < until);
	for await (const results of streamResults(store, everywhere)) {
		for (const result of results) {
			// It works, so whatever was wrong with it is over. A failure for another reason says nothing of the address.
			if (result.deliveryStatus === 'SUCCESSFUL' && result.tokenAction === 'keep') open.delete(addressKey(result));
			if (!isChosen(result)) continue;
			if (result.attempts > 0) countSuspect(channels, result);
			judge(open, result);
		}
	}
	const suspects = new Map<string, number>();
	for (const token of open.values()) {
		if (token.verdict !== 'suspect') continue;
		suspects.set(channelKey(token), (suspects.get(channelKey(token)) ?? 0) + 1);
	}
	const waves = [...channels].flatMap(([key, counts]) =>
		isWave(counts, suspects.get(key) ?? 0) ? [waveOf(key, counts)] : [],
	);
	const inWave = new Set(waves.map(({ applicationId, channelType }) => channelKey({ applicationId, channelType })));
	const tokens = [...open.values()].map((token) => ({
		...token,
		inWave: token.verdict === 'suspect' && inWave.has(channelKey(token)),
	}));
	return { tokens, waves };
}

function judge(open: Map<string, Open>, result: FoundResult): void {
	const key = addressKey(result);
	const verdict = VERDICTS[result.tokenAction];
	if (!verdict) return;
	const { address, channelType, applicationId, recordedAt, invalidSince, updatedToken } = result;
	const known = open.get(key);
	const reason = result.providerReason ?? String(result.statusCode);
	const details = {
		...(invalidSince === undefined ? {} : { invalidSince }),
		...(updatedToken === undefined ? {} : { updatedToken }),
	};
	if (!known) {
		const seen = { firstSeen: recordedAt, lastSeen: recordedAt };
		open.set(key, { address, channelType, applicationId, verdict, reason, times: 1, ...seen, ...details });
		return;
	}
	known.times += 1;
	known.lastSeen = recordedAt;
	// Once dead or replaced, a later "suspect" does not make it doubtful again.
	if (known.verdict !== 'suspect' && verdict === 'suspect') return;
	Object.assign(known, { verdict, reason }, details);
}

function countSuspect(channels: Map<string, { attempted: number; suspect: number }>, result: FoundResult): void {
	const key = channelKey(result);
	const counts = channels.get(key) ?? { attempted: 0, suspect: 0 };
	counts.attempted += 1;
	counts.suspect += result.tokenAction === 'suspect' ? 1 : 0;
	channels.set(key, counts);
}

/** @param addresses that are suspect: one that is refused again and again is no wave */
function isWave({ attempted, suspect }: { attempted: number; suspect: number }, addresses: number): boolean {
	return attempted >= WAVE_MINIMUM && suspect > attempted * WAVE_SHARE && addresses > WAVE_MINIMUM * WAVE_SHARE;
}

function addressKey(result: FoundResult): string {
	return `${channelKey(result)} ${result.address}`;
}

function channelKey({ applicationId, channelType }: Pick<FoundResult, 'applicationId' | 'channelType'>): string {
	return `${applicationId} ${channelType}`;
}

function waveOf(key: string, counts: { attempted: number; suspect: number }): SuspectWave {
	const [applicationId = '', word = ''] = key.split(' ');
	return { applicationId, channelType: parseChannelType(word), ...counts };
}
