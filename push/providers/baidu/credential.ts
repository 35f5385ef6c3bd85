import { type ChannelCredential, type ConnectionSettings, PushError } from '../../model';
import { credentialKey } from '../../security/hash';
import { connectionParts, sendOrigin } from '../endpoints';

export const BAIDU_ORIGIN = 'https://api.tuisong.baidu.com';

const WHERE = "Both are shown in the Baidu Cloud Push console (push.baidu.com) under the application's settings.";

/** An application of Baidu Cloud Push, read and checked. */
export interface BaiduApp {
	readonly apiKey: string;
	readonly secretKey: string;
	readonly origin: string;
	readonly connection: ConnectionSettings | undefined;
	/** Separates credentials; holds nothing of them. */
	readonly key: string;
}

/**
 * @throws {PushError} `InvalidCredential`, saying which field is wrong; `EgressRefused` for a custom endpoint that may
 * not be reached.
 */
export function readBaiduCredential(credential: ChannelCredential): BaiduApp {
	if (credential.type !== 'baidu') {
		throw invalid(`Baidu needs an API key and a secret key; this credential is of type ${credential.type}.`);
	}
	const apiKey = readKey(credential.apiKey, 'API key');
	const secretKey = readKey(credential.secretKey, 'secret key');
	if (apiKey === secretKey)
		throw invalid('The API key and the secret key are the same; they are two different values.');
	const { connection } = credential;
	return {
		apiKey,
		secretKey,
		origin: sendOrigin(connection, BAIDU_ORIGIN),
		connection,
		key: credentialKey('baidu', apiKey, secretKey, ...connectionParts(connection)),
	};
}

function readKey(value: string, name: string): string {
	const key = value.trim();
	if (key === '') throw invalid(`The ${name} is empty.`);
	if (!/^[\x21-\x7e]{1,256}$/.test(key)) throw invalid(`The ${name} has blanks or foreign characters in it.`);
	return key;
}

function invalid(message: string): PushError {
	return new PushError('InvalidCredential', message, { hint: WHERE });
}
