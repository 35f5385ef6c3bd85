import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type ChannelCredential, type ConnectionSettings, PushError } from '../../model';
import { credentialKey } from '../../security/hash';
import { isObject, type JsonObject, textOf } from '../answerJson';
import { connectionParts, sendOrigin, tokenEndpoint } from '../endpoints';

export const FCM_ORIGIN = 'https://fcm.googleapis.com';

/** The only addresses a `token_uri` may name: the assertion sent there is worth an access token. */
export const TOKEN_URIS = [
	'https://oauth2.googleapis.com/token',
	'https://accounts.google.com/o/oauth2/token',
	'https://www.googleapis.com/oauth2/v4/token',
] as const;

/** A service account, read and checked. */
export interface FcmAccount {
	readonly projectId: string;
	readonly clientEmail: string;
	readonly privateKeyId: string | undefined;
	readonly privateKey: KeyObject;
	/** Origin pushes go to. */
	readonly origin: string;
	/** Where the assertion is sent; also its `aud`. */
	readonly tokenUrl: URL;
	readonly connection: ConnectionSettings | undefined;
	/** Separates credentials; includes the key and the connection, so that knowing an account's name is not enough. */
	readonly key: string;
}

const WHERE =
	'In the Firebase console open Project settings > Service accounts, choose "Generate new private key" and paste the whole file.';

const SMALLEST_RSA_BITS = 2048;

/**
 * Reads the text of a service-account JSON file (Google Cloud: service account keys).
 * @throws {PushError} `InvalidCredential`, saying what it is instead or which field is wrong; `EgressRefused` for a
 * custom endpoint that may not be reached.
 */
export function readFcmCredential(credential: ChannelCredential): FcmAccount {
	if (credential.type !== 'fcmServiceAccount') {
		throw invalid(`FCM needs a service account; this credential is of type ${credential.type}.`, WHERE);
	}
	const file = readFile(credential.serviceAccountJson);
	refuseOtherKinds(file);
	const projectId = field(file, 'project_id');
	const clientEmail = field(file, 'client_email');
	if (!/^[a-z0-9][a-z0-9.:-]{0,99}$/i.test(projectId)) {
		throw invalid('The field project_id of the service account is not a Google Cloud project id.', WHERE);
	}
	if (!/^[^\s@]+@[^\s@]+$/.test(clientEmail)) {
		throw invalid('The field client_email of the service account is not an e-mail address.', WHERE);
	}
	const pem = field(file, 'private_key');
	const usualTokenUrl = readTokenUri(file.token_uri);
	const { connection } = credential;
	return {
		projectId,
		clientEmail,
		privateKeyId: textOf(file.private_key_id)?.trim(),
		privateKey: readPrivateKey(pem),
		origin: sendOrigin(connection, FCM_ORIGIN),
		tokenUrl: tokenEndpoint(connection, usualTokenUrl),
		connection,
		key: credentialKey(
			'fcm',
			projectId,
			clientEmail,
			textOf(file.private_key_id) ?? '',
			pem,
			usualTokenUrl,
			...connectionParts(connection),
		),
	};
}

function readFile(raw: string): JsonObject {
	const text = raw.replace(/^\uFEFF/, '').trim();
	if (text === '') throw invalid('The service-account JSON is empty.', WHERE);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		// The parser's own words quote the text, and the text is a secret.
		throw notJson(text);
	}
	if (!isObject(value)) throw invalid('The service-account JSON is JSON, but not an object in { }.', WHERE);
	return value;
}

function notJson(text: string): PushError {
	if (/^AIza[\w-]{20,}$/.test(text)) {
		return invalid('This is a Google API key, not the JSON of a service account. API keys cannot send pushes.', WHERE);
	}
	if (/^AAAA[\w-]+:[\w-]{50,}$/.test(text)) {
		return invalid(
			'This is a legacy FCM server key, which Google switched off in 2024, not the JSON of a service account.',
			WHERE,
		);
	}
	if (text.startsWith('-----BEGIN')) {
		return invalid('This is a private key alone, not the JSON of a service account.', WHERE);
	}
	return invalid(
		'The service-account JSON is not valid JSON: something is missing, or something was added when it was pasted.',
		WHERE,
	);
}

/** Files of Google's that look alike and cannot send. */
function refuseOtherKinds(file: JsonObject): void {
	if (isObject(file.installed) || isObject(file.web)) {
		throw invalid('This JSON is an OAuth client (client secret file), not a service account.', WHERE);
	}
	if (isObject(file.project_info) && Array.isArray(file.client)) {
		throw invalid(
			'This JSON is a google-services.json, which belongs into the Android app, not a service account.',
			WHERE,
		);
	}
	if ('apiKey' in file || 'messagingSenderId' in file) {
		throw invalid("This JSON is a web app's Firebase configuration (API key), not a service account.", WHERE);
	}
	const type = file.type;
	if (type === 'service_account') return;
	if (type === 'authorized_user' || type === 'external_account_authorized_user') {
		throw invalid(`This JSON is a person's own login (${type}, made by gcloud), not a service account.`, WHERE);
	}
	if (type === 'external_account' || type === 'impersonated_service_account') {
		throw invalid(
			`This JSON is of type ${type}, which has no key of its own. A service account with a key is needed.`,
			WHERE,
		);
	}
	throw invalid('This JSON is not a service account: its field type is not "service_account".', WHERE);
}

function field(file: JsonObject, name: string): string {
	const value = textOf(file[name])?.trim();
	if (value === undefined || value === '') throw invalid(`The service-account JSON lacks the field ${name}.`, WHERE);
	return value;
}

function readTokenUri(value: unknown): string {
	if (value === undefined || value === null) return TOKEN_URIS[0];
	const known = TOKEN_URIS.find((uri) => uri === value);
	if (known !== undefined) return known;
	throw invalid(
		`The field token_uri of the service account is not one of Google's addresses, so nothing will be sent there.`,
		`Use a file as Google made it (${TOKEN_URIS[0]}); for a private gateway set the custom token endpoint instead.`,
	);
}

/** The key as PEM again, also when its line breaks became `\n` in letters, blanks, or nothing. */
function readPrivateKey(text: string): KeyObject {
	const mended = text.replace(/(?:\\+r)?\\+n/g, '\n').trim();
	const label = /-----BEGIN ((?:RSA )?PRIVATE KEY)-----/.exec(mended)?.[1] ?? 'PRIVATE KEY';
	const base64 = mended.replace(/-----(?:BEGIN|END)[A-Z ]*-----/g, '').replace(/\s+/g, '');
	const lines = base64.match(/.{1,64}/g) ?? [];
	let key: KeyObject;
	try {
		key = createPrivateKey(`-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`);
	} catch {
		throw invalid(
			'The field private_key of the service account is broken: part of it is missing or was changed.',
			WHERE,
		);
	}
	if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < SMALLEST_RSA_BITS) {
		throw invalid(
			'The field private_key of the service account is not an RSA key of 2048 bits or more, as Google makes them.',
			WHERE,
		);
	}
	return key;
}

function invalid(message: string, hint: string): PushError {
	return new PushError('InvalidCredential', message, { hint });
}
