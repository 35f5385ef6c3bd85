import { createHmac } from 'node:crypto';
import { type AuditEntry, type Clock, PushError, type Random } from '../model';
import { CHAIN_START, type ChainFault, canonicalJson, chainMac, verifyPiece } from '../security/auditChain';
import type { Keyring, MasterKey } from '../security/masterKey';
import { redact } from '../security/redaction';
import type { Page, Store } from '../store';

/** Entries read at once while verifying: memory does not grow with the trail. */
const PIECE = 1_000;

export interface AuditRecord {
	readonly action: string;
	readonly applicationId?: string;
	readonly resource: string;
	readonly principal: AuditEntry['principal'];
	readonly outcome: AuditEntry['outcome'];
	readonly details: Readonly<Record<string, unknown>>;
}

export interface ChainReport {
	readonly chain: string;
	/** Entries that verified, from the first on. */
	readonly verified: number;
	readonly fault?: ChainFault | { readonly sequence: number; readonly fault: 'keyMissing' };
	/** Place and mac of the last entry, signed, to be kept outside the store: a removed tail shows against an earlier export. */
	readonly head: Omit<ChainHead, 'chain'> & { readonly signature: string };
}

interface ChainHead {
	readonly chain: string;
	readonly sequence: number;
	readonly mac: string;
}

export interface AuditTrail {
	/** Resolves when the row is in the store. Rows of one process come in the order of the calls. */
	record(record: AuditRecord): Promise<void>;
	list(query: Parameters<Store['audit']['list']>[0]): Promise<Page<AuditEntry>>;
	/** Every chain, from its first entry to its head. `knownHeads`: an earlier export to hold them against. */
	verify(
		knownHeads?: readonly { readonly chain: string; readonly sequence: number; readonly mac: string }[],
	): Promise<readonly ChainReport[]>;
}

/** One chain per process: no lock is needed between processes, and a removed row shows in its own chain. */
export function createAuditTrail(store: Store, keyring: Keyring, clock: Clock, random: Random): AuditTrail {
	const key = keyring.current.audit;
	// The key's id is part of the name: a chain verifies with its own key after a rotation too.
	const chain = `${keyring.current.id}-${random.uuid()}`;
	let sequence = 0;
	let mac = CHAIN_START;
	let last: Promise<void> = Promise.resolve();

	async function append(record: AuditRecord): Promise<void> {
		const entry = { ...record, details: toDetails(record.details), chain, sequence: sequence + 1, at: clock.now() };
		const entryMac = chainMac(entry, mac, key);
		await store.audit.append([{ ...entry, mac: entryMac }]);
		// Only what is in the store counts: a failed write leaves no gap.
		sequence += 1;
		mac = entryMac;
	}

	async function verifyChain(head: ChainHead): Promise<ChainReport> {
		const theirKey = keyOfChain(keyring, head.chain);
		const signed = {
			sequence: head.sequence,
			mac: head.mac,
			signature: theirKey ? signHead(head, theirKey.audit) : '',
		};
		if (!theirKey) return { chain: head.chain, verified: 0, fault: { sequence: 1, fault: 'keyMissing' }, head: signed };
		let next = 1;
		let previous = CHAIN_START;
		for (;;) {
			const entries = await store.audit.chain(head.chain, next, PIECE);
			const piece = verifyPiece(entries, previous, next, theirKey.audit);
			const verified = piece.next - 1;
			if (piece.fault) return { chain: head.chain, verified, fault: piece.fault, head: signed };
			next = piece.next;
			previous = piece.mac;
			if (entries.length === PIECE) continue;
			// A row more than the head knows is one just being written.
			const cut = verified < head.sequence || (verified === head.sequence && previous !== head.mac);
			return {
				chain: head.chain,
				verified,
				...(cut ? { fault: { sequence: next, fault: 'missing' } as const } : {}),
				head: signed,
			};
		}
	}

	return {
		record(record) {
			const mine = last.then(async () => await append(record));
			last = mine.catch(() => undefined);
			return mine;
		},
		async list(query) {
			return await store.audit.list(query);
		},
		async verify(knownHeads = []) {
			const reports: ChainReport[] = [];
			const heads = await store.audit.chains();
			for (const head of heads) reports.push(await verifyChain(head));
			for (const known of knownHeads) {
				const report = reports.find((candidate) => candidate.chain === known.chain);
				const there = report ? await store.audit.chain(known.chain, known.sequence, 1) : [];
				if (there[0]?.mac === known.mac) continue;
				const fault = { sequence: known.sequence, fault: 'missing' } as const;
				if (report) reports[reports.indexOf(report)] = { ...report, fault: report.fault ?? fault };
				else
					reports.push({
						chain: known.chain,
						verified: 0,
						fault,
						head: { sequence: 0, mac: CHAIN_START, signature: '' },
					});
			}
			return reports;
		},
	};
}

/** As it will come back from the store: redacted, plain JSON. */
function toDetails(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	const plain: unknown = JSON.parse(canonicalJson(redact(details)));
	if (typeof plain !== 'object' || plain === null)
		throw new PushError('InvalidRequest', 'Audit details must be an object.');
	return { ...plain };
}

function keyOfChain({ current, others }: Keyring, chain: string): MasterKey | undefined {
	return [current, ...others].find(({ id }) => chain.startsWith(`${id}-`));
}

function signHead({ chain, sequence, mac }: ChainHead, key: Buffer): string {
	return createHmac('sha256', key).update(`head ${chain} ${sequence} ${mac}`).digest('hex');
}
