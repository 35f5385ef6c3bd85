import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { loadEngine } from '../../shared/engine';
import { toSentence } from '../../shared/errors';
import { postgresPlace } from './recipients';

/** Connects to the database; nothing of it is read. */
export async function postgresSourceTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	try {
		const { checkPostgresSource } = await loadEngine();
		await checkPostgresSource(postgresPlace(credential.data ?? {}));
		return { status: 'OK', message: 'Connected.' };
	} catch (error) {
		return { status: 'Error', message: toSentence(error) };
	}
}
