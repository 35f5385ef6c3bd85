import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PushError } from '../model';
import type { Keyring, MasterKey } from './masterKey';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What a sealed record belongs to: the credential of a channel, or where a campaign's recipients come from. A record
 * moved elsewhere does not open (associated data of AES-GCM).
 */
export type SealContext =
	| { readonly applicationId: string; readonly channelType: string }
	| { readonly applicationId: string; readonly campaignId: string };

/** AES-256-GCM with a random nonce (NIST SP 800-38D): `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. */
export function seal(plaintext: string, key: MasterKey, context: SealContext): string {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv('aes-256-gcm', key.sealing, nonce, { authTagLength: TAG_BYTES });
	cipher.setAAD(associatedData(key.id, context));
	const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
	return [VERSION, key.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
}

/** How the seals of one key begin. */
export function sealBeginning(key: Pick<MasterKey, 'id'>): string {
	return `${VERSION}.${key.id}.`;
}

/**
 * @throws {PushError} `KeyMissing` naming the key id that is wanted; `StoreUnavailable` when the record was changed or
 * belongs to something else.
 */
export function open(record: string, keyring: Keyring, context: SealContext): string {
	const [version, keyId, nonceText, sealedText, ...rest] = record.split('.');
	if (version !== VERSION || !keyId || !nonceText || !sealedText || rest.length > 0) throw damaged(context);
	const key = [keyring.current, ...keyring.others].find(({ id }) => id === keyId);
	if (!key) throw keyMissing(keyId, keyring, context);
	const sealed = Buffer.from(sealedText, 'base64url');
	const nonce = Buffer.from(nonceText, 'base64url');
	if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) throw damaged(context);
	const decipher = createDecipheriv('aes-256-gcm', key.sealing, nonce, { authTagLength: TAG_BYTES });
	decipher.setAAD(associatedData(keyId, context));
	decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
	try {
		return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
	} catch {
		throw damaged(context);
	}
}

/** Length-prefixed, so that no two contexts give the same bytes. */
function associatedData(keyId: string, context: SealContext): Buffer {
	const { applicationId } = context;
	const rest = 'channelType' in context ? [context.channelType] : ['campaign', context.campaignId];
	return Buffer.from([VERSION, keyId, applicationId, ...rest].map((part) => `${part.length}:${part}`).join(''));
}

/** Where a record belongs, for people: what it is, and what brings it back. */
function described(context: SealContext): { readonly what: string; readonly again: string } {
	return 'channelType' in context
		? {
				what: `credential of channel ${context.channelType}, application ${context.applicationId},`,
				again: 'enable the channel again with its credential',
			}
		: {
				what: `recipient source of campaign ${context.campaignId}`,
				again: 'start the campaign again with the same key',
			};
}

function keyMissing(keyId: string, { current, others }: Keyring, context: SealContext): PushError {
	const known = [current, ...others].map(({ id }) => id).join(', ');
	const { what, again } = described(context);
	return new PushError(
		'KeyMissing',
		`The ${what} was encrypted with key ${keyId}, which is not at hand (known: ${known}).`,
		{
			hint: `n8n's encryption key has probably changed, or the store comes from another n8n. Give the former key as a previous key in the Push Store credential and run Rotate Keys, or ${again}.`,
		},
	);
}

function damaged(context: SealContext): PushError {
	const { what, again } = described(context);
	return new PushError('StoreUnavailable', `The stored ${what} cannot be decrypted: it was changed or moved.`, {
		hint: `${again[0]?.toUpperCase()}${again.slice(1)}.`,
	});
}
