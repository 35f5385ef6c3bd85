import type { ApplicationSend } from '../applications';
import { isRefusal } from '../messages';
import { type ChannelCredential, CHANNELS, type ChannelType, type CredentialReport, PushError, Zones } from '../model';
import type { NewBatch } from '../store';
import type { CampaignDefinition } from './definition';
import type { CampaignMessages } from './messages';
import { readQuietSpan } from './quietHours';
import { checkColumns, type ColumnSource } from './rows/columns';
import { type CampaignRow, RowReader } from './rows/reader';
import { type QuietHours, quietHoursOf, underSettingsOf } from './settings';

export interface PreflightReport {
	/** Of the first rows. */
	readonly sampledRows: number;
	readonly badRows: number;
	readonly channels: ReadonlyArray<{
		readonly channelType: ChannelType;
		readonly ok: boolean;
		readonly message: string;
	}>;
	/** What the first recipient of each channel and treatment would get. */
	readonly samples: ReadonlyArray<{
		readonly treatment?: string;
		readonly channelType: ChannelType;
		readonly bytes?: number;
		readonly limit: number;
		/** What is sent; absent when it cannot be made. */
		readonly content?: unknown;
		readonly refusal?: string;
	}>;
	readonly warnings: readonly string[];
	readonly quietHours?: QuietHours;
	readonly rows?: number;
	/** At the campaign's rate; absent where rate or number are not known. */
	readonly estimatedSeconds?: number;
}

export interface PreflightParts {
	readonly definition: CampaignDefinition;
	readonly messages: CampaignMessages;
	readonly application: ApplicationSend;
	/** The first batches: rows that are broken stand in one of their own. */
	readonly first: readonly NewBatch[];
	readonly source: ColumnSource;
	readonly rows: number | undefined;
	check(credential: ChannelCredential): Promise<CredentialReport>;
}

const UNREADABLE =
	'Some characters of the first rows cannot be read and are sent as "\uFFFD". If it is a file, save it as UTF-8; in Excel, choose the file type "CSV UTF-8".';

/**
 * What can be known before the first message leaves: whether columns are there and rows can be read, channels are on,
 * credentials are accepted, and messages can be made and are not too large.
 * @throws {PushError} `InvalidRequest` for columns that are not there, a time zone that is none, and when nothing of the
 * campaign could be sent
 */
export async function preflight(parts: PreflightParts): Promise<PreflightReport> {
	const { messages, first, rows } = parts;
	const definition = underSettingsOf(parts.application, parts.definition);
	const quietHours = quietHoursOf(parts.application.application, parts.definition);
	const warnings: string[] = [];
	checkTimes(parts.definition, quietHours);
	if (first.length > 0) checkColumns(definition.rows, first, parts.source);
	const reader = new RowReader(definition.rows, messages.placeholders);
	const sample = first.flatMap((batch) => reader.read(batch));
	const good = sample.filter((row): row is CampaignRow => typeof row === 'object');
	const bad = sample.filter((row) => typeof row === 'string');
	if (good.length === 0) throw nothingToRead(definition, sample.length, bad[0]);
	if (bad.length > 0) warnings.push(`${bad.length} of the first ${sample.length} rows cannot be used: ${bad[0] ?? ''}`);
	if (first.some(({ content }) => content.includes('\uFFFD'))) warnings.push(UNREADABLE);
	warnings.push(...zoneWarnings(definition, good));
	const byChannel = new Map<ChannelType, CampaignRow>();
	for (const row of good) if (!byChannel.has(row.channelType)) byChannel.set(row.channelType, row);
	const channels = await Promise.all([...byChannel.keys()].map(async (type) => await checkChannel(parts, type)));
	const samples = [...byChannel.values()].flatMap((row) => rendered(messages, row));
	for (const { message } of messages.all) warnings.push(...message.warnings);
	refuseHopeless(channels, samples);
	warnings.push(...channels.filter(({ ok }) => !ok).map(({ message }) => message));
	const seconds = rows !== undefined && definition.ratePerSecond ? rows / definition.ratePerSecond : undefined;
	return {
		sampledRows: sample.length,
		badRows: bad.length,
		channels,
		samples,
		warnings: [...new Set(warnings)],
		...(quietHours ? { quietHours } : {}),
		...(rows === undefined ? {} : { rows }),
		...(seconds === undefined ? {} : { estimatedSeconds: Math.round(seconds + (definition.rampUpMs ?? 0) / 2_000) }),
	};
}

/** @throws {PushError} `InvalidRequest`: a clock that cannot be read must not mean that every hour will do */
function checkTimes({ timeZone = 'UTC' }: CampaignDefinition, quietHours: QuietHours | undefined): void {
	const zones = new Zones();
	zones.get(timeZone);
	if (!quietHours) return;
	zones.get(quietHours.timeZone);
	readQuietSpan(quietHours.start, quietHours.end);
}

async function checkChannel({ application, check }: PreflightParts, channelType: ChannelType) {
	const credential = await application.credentialFor(channelType);
	if ('refused' in credential) return { channelType, ok: false, message: credential.message };
	try {
		const { ok, message } = await check(credential);
		return { channelType, ok, message };
	} catch (error) {
		if (!(error instanceof PushError)) throw error;
		return { channelType, ok: false, message: `${error.message} ${error.hint ?? ''}`.trim() };
	}
}

function rendered(messages: CampaignMessages, row: CampaignRow): PreflightReport['samples'][number][] {
	const { channelType, address } = row;
	const { payloadLimit: limit } = CHANNELS[channelType];
	return messages.all.map(({ name, message }) => {
		const content = message.render({
			ref: 0,
			address,
			channelType,
			...(row.substitutions ? { substitutions: row.substitutions } : {}),
		});
		const head = { ...(name === '' ? {} : { treatment: name }), channelType, limit };
		return isRefusal(content) ? { ...head, refusal: content.message } : { ...head, bytes: content.bytes, content };
	});
}

function zoneWarnings({ quietHours }: CampaignDefinition, rows: readonly CampaignRow[]): string[] {
	if (!quietHours) return [];
	const zones = new Zones();
	const unknown = new Set(rows.map(({ timeZone = '' }) => timeZone).filter((name) => name !== '' && !zones.find(name)));
	if (unknown.size === 0) return [];
	const [example = ''] = unknown;
	return [
		`"${example.slice(0, 40)}" is not a time zone; for such recipients the campaign's own, ${quietHours.timeZone}, is used.`,
	];
}

function nothingToRead({ source }: CampaignDefinition, sampled: number, reason: string | undefined): PushError {
	if (sampled === 0) {
		return new PushError('InvalidRequest', `There are no recipients in ${source.name}.`, {
			hint: 'Check the node or file the recipients come from.',
		});
	}
	return new PushError(
		'InvalidRequest',
		`None of the first ${sampled} rows of ${source.name} can be used: ${reason ?? 'they are empty'}`,
		{
			hint: 'Check which columns hold the address and the channel.',
		},
	);
}

function refuseHopeless(channels: PreflightReport['channels'], samples: PreflightReport['samples']): void {
	const off = channels.filter(({ ok }) => !ok);
	if (off.length === channels.length) {
		throw new PushError(
			'InvalidRequest',
			`Nothing of the campaign can be sent: ${off.map(({ message }) => message).join(' ')}`,
			{
				hint: 'Enable the channel with Toggle Channel, or correct its credential, and start again.',
			},
		);
	}
	if (samples.every(({ refusal }) => refusal !== undefined)) {
		throw new PushError('InvalidMessage', `The message of the campaign cannot be made: ${samples[0]?.refusal ?? ''}`, {
			hint: 'Correct the message, or check which columns fill its {{names}}.',
		});
	}
}
