/**
 * Everything the engine throws. A provider's refusal of a recipient is never thrown: it is a DeliveryResult.
 *
 * - `InvalidCredential`: what was entered cannot be a credential (broken .p8, wrong password, not a service account).
 * - `CredentialRefused`: the provider was asked and said no.
 * - `InvalidMessage`: the content cannot be sent on that channel.
 * - `InvalidRequest`: a MessageRequest or an option is not what its schema says.
 * - `UnknownChannel`: a word that names no channel.
 * - `EgressRefused`: the address may not be reached (n8n's egress rules, link-local, plain http, ...).
 * - `Unreachable`: no connection, no answer.
 * - `Cancelled`: stopped by the caller.
 * - `NotFound`: no such application, channel, template ...
 * - `Conflict`: it exists already.
 * - `StaleWrite`: somebody else changed it since it was read.
 * - `StoreUnavailable`: the store cannot be opened, read or written now.
 * - `StoreTooNew`: a newer version of this package has changed the store.
 * - `KeyMissing`: the master key that sealed a secret is not at hand.
 * - `AccessDenied`: the store's access policy says no.
 */
export const PUSH_ERROR_CODES = [
	'InvalidCredential',
	'CredentialRefused',
	'InvalidMessage',
	'InvalidRequest',
	'UnknownChannel',
	'EgressRefused',
	'Unreachable',
	'Cancelled',
	'NotFound',
	'Conflict',
	'StaleWrite',
	'StoreUnavailable',
	'StoreTooNew',
	'KeyMissing',
	'AccessDenied',
] as const;

export type PushErrorCode = (typeof PUSH_ERROR_CODES)[number];

export interface PushErrorOptions {
	/** What to do about it, as a sentence. */
	hint?: string;
	/** The error underneath. Never shown to users: it may hold what they typed. */
	cause?: unknown;
}

/** `message` says what happened and where, `hint` what to do. Neither ever holds a secret. */
export class PushError extends Error {
	override readonly name = 'PushError';

	readonly code: PushErrorCode;

	readonly hint: string | undefined;

	constructor(code: PushErrorCode, message: string, options: PushErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.hint = options.hint;
	}
}
