import { type ChannelCredential, type ConnectionSettings, PushError } from '../../model';
import { credentialKey } from '../../security/hash';
import { connectionParts, sendOrigin, tokenEndpoint } from '../endpoints';

export const ADM_ORIGIN = 'https://api.amazon.com';
export const ADM_TOKEN_URL = 'https://api.amazon.com/auth/O2/token';

const WHERE =
	'Both are shown at developer.amazon.com under Settings > Security Profiles > your profile > Web Settings.';

const CLIENT_ID_START = 'amzn1.application-oa2-client.';
const CLIENT_SECRET_START = 'amzn1.oa2-cs.';

/** A security profile of Amazon, read and checked. */
export interface AdmProfile {
	readonly clientId: string;
	readonly clientSecret: string;
	/** Origin pushes go to. */
	readonly origin: string;
	readonly tokenUrl: URL;
	readonly connection: ConnectionSettings | undefined;
	/** Separates credentials; holds nothing of them. */
	readonly key: string;
}

/**
 * @throws {PushError} `InvalidCredential`, saying which field is wrong; `EgressRefused` for a custom endpoint that may
 * not be reached.
 */
export function readAdmCredential(credential: ChannelCredential): AdmProfile {
	if (credential.type !== 'adm') {
		throw invalid(`ADM needs a client id and a client secret; this credential is of type ${credential.type}.`);
	}
	const clientId = readField(credential.clientId, 'client id');
	const clientSecret = readField(credential.clientSecret, 'client secret');
	if (clientId.startsWith(CLIENT_SECRET_START) || clientSecret.startsWith(CLIENT_ID_START)) {
		throw invalid("The client id and the client secret are in each other's place.");
	}
	if (clientId === clientSecret)
		throw invalid('The client id and the client secret are the same; they are two different values.');
	const { connection } = credential;
	return {
		clientId,
		clientSecret,
		origin: sendOrigin(connection, ADM_ORIGIN),
		tokenUrl: tokenEndpoint(connection, ADM_TOKEN_URL),
		connection,
		key: credentialKey('adm', clientId, clientSecret, ...connectionParts(connection)),
	};
}

function readField(value: string, name: string): string {
	const text = value.trim();
	if (text === '') throw invalid(`The ${name} is empty.`);
	if (!/^[\x21-\x7e]{1,1024}$/.test(text)) throw invalid(`The ${name} has blanks or foreign characters in it.`);
	return text;
}

function invalid(message: string): PushError {
	return new PushError('InvalidCredential', message, { hint: WHERE });
}
