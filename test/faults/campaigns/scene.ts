import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../../scripts/build';
import { WINDOW } from '../../../push/campaigns/run';
import type { Store } from '../../../push/store';
import { buildPrograms, PROGRAMS } from '../../bench/build';
import { Child } from '../../bench/children';
import { ADDRESS, deviceOf } from '../../bench/clients/devices';
import type { SinkAddress, SinkReport } from '../../bench/sink/types';
import { logged } from '../../campaigns/fixture';
import { loadFixtures } from '../../simulators/pki/fixtures';
import type { StorePlace } from '../../store/stores';
import { sleep } from '../store/processes';

/** Numbers of the devices start here: whoever checks a credential asks for a device with only zeros. */
export const FIRST = 1;

export const RECIPIENTS = Number(process.env.FAULTS_RECIPIENTS ?? 100_000);

/** From a request to its answer: many are in flight when a process is killed. */
const DELAY_MS = 20;

const PATIENCE_MS = 240_000;

/** The provider, in a process of its own: it counts what reached it, whoever is killed. */
export class Provider {
	private constructor(
		private readonly sink: Child,
		readonly origin: string,
		readonly ca: string,
		readonly apnsKey: Awaited<ReturnType<typeof loadFixtures>>['apnsKeys']['both'],
	) {}

	static async start(): Promise<Provider> {
		await ensureBuilt();
		await buildPrograms();
		const { server, authority, apnsKeys } = await loadFixtures(join(PROGRAMS, 'fixtures'));
		const sink = new Child('sink.js');
		const identity = { key: server.key, cert: server.certificate };
		const { origin } = await sink.ask<SinkAddress>({ command: 'start', identity }, 60_000);
		return new Provider(sink, origin, authority.certificate, apnsKeys.both);
	}

	/** Forgets what it has counted. */
	async reset(): Promise<void> {
		await this.sink.ask(
			{ command: 'configure', settings: { shape: 'apns', delayMs: DELAY_MS, maxStreams: 1_000 } },
			60_000,
		);
	}

	async report(): Promise<SinkReport> {
		return await this.sink.ask<SinkReport>({ command: 'report' }, 60_000);
	}

	async end(): Promise<void> {
		await this.sink.end();
	}
}

/** A campaign in a store, seen from outside: by somebody who reads the store, and by the provider. */
export class Scene {
	readonly folder = mkdtempSync(join(tmpdir(), 'push-kills-'));

	/** Columns `device` and `name`, each device once. */
	readonly file = join(this.folder, 'people.csv');

	#store: Promise<Store> | undefined;

	/** @param broken says what an unlucky process wrote to its error output */
	constructor(
		private readonly provider: Provider,
		readonly place: StorePlace,
		private readonly broken: () => string | undefined = () => undefined,
	) {
		const rows = Array.from({ length: RECIPIENTS }, (_, n) => `${ADDRESS.apns(FIRST + n)},Person ${n}`);
		writeFileSync(this.file, `device,name\n${rows.join('\n')}\n`);
	}

	async campaign() {
		const store = await this.#look();
		const [campaign] = (await store.campaigns.list({ limit: 1 })).items;
		const counts = campaign ? await store.campaigns.counts(campaign.number) : [];
		return { campaign, recorded: counts.reduce((sum, { recipients }) => sum + recipients, 0) };
	}

	async until(what: (seen: Awaited<ReturnType<Scene['campaign']>>) => boolean): Promise<void> {
		const end = Date.now() + PATIENCE_MS;
		while (!what(await this.campaign())) {
			const broken = this.broken();
			if (broken !== undefined) throw new Error(broken);
			if (Date.now() > end) throw new Error(`It took too long: ${JSON.stringify(await this.campaign())}`);
			await sleep(100);
		}
	}

	/** Pushes flow: not while processes start, and not at the end. @returns false when the campaign is over */
	async untilItSends(): Promise<boolean> {
		const { recorded } = await this.campaign();
		await this.until(({ campaign, recorded: now }) => now > recorded || campaign?.state === 'COMPLETED');
		return (await this.campaign()).campaign?.state !== 'COMPLETED';
	}

	/** What the provider counted against what the campaign recorded: nobody missed, doubles only from the window. */
	async judge(kills: number): Promise<void> {
		const seen = await this.provider.report();
		const store = await this.#look();
		const [campaign] = (await store.campaigns.list({ limit: 1 })).items;
		const results = await logged(store, campaign?.id ?? '');
		const recorded = new Uint8Array(RECIPIENTS);
		const marked = new Uint8Array(RECIPIENTS);
		for (const { address, possibleDuplicate } of results) {
			const device = deviceOf(address) - FIRST;
			recorded[device] = (recorded[device] ?? 0) + 1;
			if (possibleDuplicate) marked[device] = 1;
		}
		let missed = 0;
		let doubles = 0;
		let unmarked = 0;
		for (let device = 0; device < RECIPIENTS; device += 1) {
			const times = seen.acceptedByDevice[FIRST + device] ?? 0;
			if (times === 0) missed += 1;
			if (times > 1) doubles += times - 1;
			if (times > 1 && !marked[device]) unmarked += 1;
		}
		const once = recorded.filter((times) => times === 1).length;
		console.log(
			`${kills} kills: ${missed} missed, ${doubles} doubled (${marked.filter(Boolean).length} marked), at most ${seen.maxInFlight} requests in flight`,
		);
		expect({ missed, unmarked, once, state: campaign?.state }).toEqual({
			missed: 0,
			unmarked: 0,
			once: RECIPIENTS,
			state: 'COMPLETED',
		});
		expect(doubles).toBeLessThanOrEqual(kills * WINDOW);
	}

	/** The store as somebody else sees it. */
	async #look(): Promise<Store> {
		this.#store ??= this.place.open();
		return await this.#store;
	}

	async close(): Promise<void> {
		await (await this.#store)?.close();
		await this.place.remove();
		await rm(this.folder, { recursive: true, force: true });
	}
}
