import fc from 'fast-check';
import type { AuditEntry } from '../../push/model';
import { canonicalJson, CHAIN_START, chainMac, verifyPiece } from '../../push/security/auditChain';

const key = Buffer.alloc(32, 7);

function chainOf(length: number): AuditEntry[] {
	const entries: AuditEntry[] = [];
	for (let sequence = 1; sequence <= length; sequence++) {
		const entry = {
			chain: 'c',
			sequence,
			at: sequence,
			action: 'mobiletargeting:CreateApp',
			resource: 'apps',
			principal: { workflowId: 'w', executionId: String(sequence) },
			outcome: 'allowed' as const,
			details: { name: `app ${sequence}` },
		};
		entries.push({ ...entry, mac: chainMac(entry, entries.at(-1)?.mac ?? CHAIN_START, key) });
	}
	return entries;
}

test('an untouched chain verifies, also piece by piece', () => {
	const entries = chainOf(10);
	const first = verifyPiece(entries.slice(0, 4), CHAIN_START, 1, key);
	const second = verifyPiece(entries.slice(4), first.mac, first.next, key);
	expect([first.fault, second.fault, second.next]).toEqual([undefined, undefined, 11]);
});

test('an edited field, a removed entry and a foreign key are found where they are', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 9 }),
			fc.constantFrom('action', 'resource', 'at', 'details', 'principal', 'outcome'),
			(n, field) => {
				const entries = chainOf(10);
				const edits: Record<string, Partial<AuditEntry>> = {
					action: { action: 'x' },
					resource: { resource: 'x' },
					at: { at: 99 },
					details: { details: {} },
					principal: { principal: {} },
					outcome: { outcome: 'denied' },
				};
				const edited = entries.map((entry) => (entry.sequence === n ? { ...entry, ...edits[field] } : entry));
				expect(verifyPiece(edited, CHAIN_START, 1, key).fault).toEqual({ sequence: n, fault: 'edited' });
				const removed = entries.filter(({ sequence }) => sequence !== n);
				expect(verifyPiece(removed, CHAIN_START, 1, key).fault).toEqual({ sequence: n, fault: 'missing' });
			},
		),
	);
	expect(verifyPiece(chainOf(3), CHAIN_START, 1, Buffer.alloc(32, 8)).fault).toEqual({ sequence: 1, fault: 'edited' });
});

test('the order of keys does not matter', () => {
	expect(canonicalJson({ b: [1, { d: 'x', c: null }], a: undefined })).toBe(
		canonicalJson({ b: [1, { c: null, d: 'x' }] }),
	);
});
