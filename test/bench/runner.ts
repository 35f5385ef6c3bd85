import { join } from 'node:path';
import { compileNotification } from '../../push/messages';
import { isRefusal } from '../../push/messages/content';
import type { ChannelType } from '../../push/model';
import { type Fixtures, loadFixtures } from '../simulators/pki/fixtures';
import { PROGRAMS } from './build';
import { Child } from './children';
import { ADDRESS } from './clients/devices';
import type { ClientName, ClientReport, Task } from './clients/types';
import { type Judgement, judge } from './judge';
import { STATIC_MESSAGE } from './message';
import type { SinkCommand } from './sink/main';
import type { SinkAddress, SinkFaults, SinkReport } from './sink/types';

/** One measurement. */
export interface Case {
	readonly client: ClientName;
	readonly shape: 'apns' | 'fcm';
	readonly substituted?: boolean;
	readonly delayMs?: number;
	readonly warmUp: number;
	readonly pushes?: number;
	readonly seconds?: number;
	readonly ratePerSecond?: number;
	/** The peers alone. */
	readonly connections?: number;
	readonly inFlight?: number;
	readonly faults?: SinkFaults;
	readonly timeoutMs?: number;
	/** Folder for a CPU profile of the client. */
	readonly profile?: string;
}

/** What came of it. */
export interface Measured {
	readonly client: ClientName;
	readonly pushes: number;
	readonly perSecond: number;
	readonly cpuMicrosPerPush: number;
	readonly peakRssMb: number;
	readonly rssGrowthMb: number;
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
	/** As the sink saw it. */
	readonly sinkPerSecond: number;
	readonly maxInFlight: number;
	readonly maxInFlightOfConnection: number;
	readonly connections: number;
	readonly maxConnections: number;
	readonly overLimit: number;
	readonly tooEarly: number;
	readonly judgement: Judgement;
	readonly sentences: readonly string[];
}

/** In place of figures where a client did not come to an end. */
export interface Failed {
	readonly client: ClientName;
	readonly failed: string;
}

/** SETTINGS_MAX_CONCURRENT_STREAMS as the providers send it. */
const MAX_STREAMS = { apns: 1000, fcm: 100 } as const;
const TIMEOUT_MS = 600_000;
const PROJECT = 'push-bench';

/** The sink's process, and a process of its own for each measurement. */
export class Bench {
	private constructor(
		private readonly sink: Child,
		private readonly address: SinkAddress,
		private readonly fixtures: Fixtures,
	) {}

	static async start(): Promise<Bench> {
		const fixtures = await loadFixtures(join(PROGRAMS, 'fixtures'));
		const sink = new Child('sink.js');
		const { key, certificate } = fixtures.server;
		const start: SinkCommand = { command: 'start', identity: { key, cert: certificate } };
		return new Bench(sink, await sink.ask<SinkAddress>(start, TIMEOUT_MS), fixtures);
	}

	get origin(): string {
		return this.address.origin;
	}

	async measure(one: Case): Promise<Measured | Failed> {
		const { shape, delayMs = 0, faults, warmUp, client } = one;
		const settings = { shape, delayMs, maxStreams: MAX_STREAMS[shape], measuredFrom: warmUp };
		await this.#tell({ command: 'configure', settings: faults ? { ...settings, faults } : settings });
		const child = new Child('clients/main.js', one.profile ? ['--cpu-prof', `--cpu-prof-dir=${one.profile}`] : []);
		try {
			const report = await child.ask<ClientReport>(this.#task(one), one.timeoutMs ?? TIMEOUT_MS);
			const seen = await this.#tell<SinkReport>({ command: 'report' });
			await child.end();
			const result = measured(client, report, seen);
			const { failed } = result.judgement;
			if (failed > 0 && !faults) return { client, failed: `${failed} failed: ${result.sentences.join(' ')}` };
			return result;
		} catch (error) {
			child.kill();
			return { client, failed: error instanceof Error ? error.message : String(error) };
		}
	}

	async close(): Promise<void> {
		await this.sink.end();
	}

	async #tell<T>(order: SinkCommand): Promise<T> {
		return await this.sink.ask<T>(order, TIMEOUT_MS);
	}

	#task({ client, shape, substituted = false, warmUp, pushes, seconds, ratePerSecond, ...one }: Case): Task {
		const { keyId, teamId, bundleId, privateKey } = this.fixtures.apnsKeys.both;
		return {
			client,
			shape,
			substituted,
			warmUp,
			...(pushes === undefined ? {} : { pushes }),
			...(seconds === undefined ? {} : { seconds }),
			...(ratePerSecond === undefined ? {} : { ratePerSecond }),
			connections: one.connections ?? 1,
			inFlight: one.inFlight ?? 200,
			...this.address,
			ca: this.fixtures.authority.certificate,
			apnsKey: { keyId, teamId, bundleId, privateKey },
			serviceAccountJson: this.#serviceAccount(),
			apnsPayload: contentFor('APNS'),
			fcmMessage: contentFor('GCM'),
		};
	}

	#serviceAccount(): string {
		return JSON.stringify({
			type: 'service_account',
			project_id: PROJECT,
			private_key_id: this.fixtures.fcm.keyId,
			private_key: this.fixtures.fcm.key,
			client_email: `bench@${PROJECT}.iam.gserviceaccount.com`,
			token_uri: 'https://oauth2.googleapis.com/token',
		});
	}
}

/** What the engine sends for the static message, so that its peers send the same. */
function contentFor(channelType: ChannelType): string {
	const address = ADDRESS.apns(0);
	const content = compileNotification(STATIC_MESSAGE).render({ ref: 0, address, channelType });
	if (isRefusal(content)) throw new Error(content.message);
	if (content.provider === 'apns') return content.payload;
	if (content.provider === 'fcm') return content.message;
	throw new Error(`No message for ${channelType}.`);
}

function measured(client: ClientName, report: ClientReport, seen: SinkReport): Measured {
	const complaints = seen.anonymous > 0 ? [...seen.complaints, `${seen.anonymous} without a number`] : seen.complaints;
	return {
		client,
		pushes: report.pushes,
		perSecond: report.pushes / report.seconds,
		cpuMicrosPerPush: report.cpuMicros / report.pushes,
		peakRssMb: report.peakRssMb,
		rssGrowthMb: report.rssLateMb - report.rssEarlyMb,
		loopP99Ms: report.loopP99Ms,
		loopMaxMs: report.loopMaxMs,
		sinkPerSecond: seen.ratePerSecond,
		maxInFlight: seen.maxInFlight,
		maxInFlightOfConnection: seen.maxInFlightOfConnection,
		connections: seen.connections,
		maxConnections: seen.maxConnections,
		overLimit: seen.overLimit,
		tooEarly: seen.tooEarly,
		judgement: judge(report.ends, seen.acceptedByDevice, seen.untoldByDevice),
		sentences: [...report.sentences, ...complaints],
	};
}
