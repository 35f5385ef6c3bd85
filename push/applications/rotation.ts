import { open, seal, sealBeginning } from '../security/secretBox';
import type { Caller } from './caller';
import { type Context, perform } from './context';
import { resource } from './resources';

/** Records sealed again per read; each is one short write. */
const SLICE = 100;

export interface RotationReport {
	/** Records sealed again under the current key. */
	readonly rotated: number;
	/** The current key's id. */
	readonly keyId: string;
}

/**
 * Seals every stored credential, and every query of recipients that is still read, again under the current key. Sends
 * go on: a record is replaced only if it is still the one that was read. A killed rotation is simply run again; what is
 * done is done.
 * @throws {PushError} `KeyMissing` naming the key that is wanted, `AccessDenied`
 */
export async function rotateKeys(context: Context, caller: Caller): Promise<RotationReport> {
	const { keyring } = context;
	const operation = {
		action: 'RotateKeys',
		resource: resource.store(),
		details: { keyId: keyring.current.id },
		changes: true,
	} as const;
	return await perform(context, caller, operation, async () => {
		const rotated = (await rotateChannels(context)) + (await rotateSources(context));
		return { rotated, keyId: keyring.current.id };
	});
}

async function rotateChannels({ store, keyring }: Context): Promise<number> {
	let rotated = 0;
	for (;;) {
		const slice = await store.channels.listSealedUnderOther(keyring.current.id, SLICE);
		if (slice.length === 0) return rotated;
		for (const { applicationId, channelType, sealed } of slice) {
			if (sealed === null) continue;
			const place = { applicationId, channelType };
			const again = seal(open(sealed, keyring, place), keyring.current, place);
			if (await store.channels.reseal(applicationId, channelType, sealed, again, keyring.current.id)) rotated += 1;
		}
	}
}

async function rotateSources({ store, keyring }: Context): Promise<number> {
	let rotated = 0;
	for (;;) {
		const slice = await store.campaigns.sourcesSealedOtherwise(sealBeginning(keyring.current), SLICE);
		if (slice.length === 0) return rotated;
		for (const source of slice) {
			const again = seal(open(source.sealed, keyring, source), keyring.current, source);
			if (await store.campaigns.resealSource(source, again)) rotated += 1;
		}
	}
}
