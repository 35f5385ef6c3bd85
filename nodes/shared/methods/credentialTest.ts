import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunction,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { type ChannelCredentialName, toChannelCredential } from '../credentials';
import { loadEngine } from '../engine';
import { toSentence } from '../errors';
import { storeSettings } from '../storeSettings';

/** The Test buttons: the provider itself is asked, nothing reaches a device. */
function testOf(name: ChannelCredentialName): ICredentialTestFunction {
	return async function (
		this: ICredentialTestFunctions,
		credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
	): Promise<INodeCredentialTestResult> {
		try {
			const { engine } = await loadEngine();
			const report = await engine().checkCredential(toChannelCredential(name, credential.data ?? {}));
			return {
				status: report.ok ? 'OK' : 'Error',
				message: [report.message, ...report.warnings].join(' '),
			};
		} catch (error) {
			return { status: 'Error', message: toSentence(error) };
		}
	};
}

const KIND = { sqlite: 'SQLite file', postgres: 'PostgreSQL' } as const;

/** Opens the store, which brings its schema up to date, and says what stands behind the access secret. */
export async function pushStoreTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	try {
		const { engine } = await loadEngine();
		const fields = credential.data ?? {};
		const registry = await engine().openRegistry(await storeSettings(fields));
		const accessSecret = typeof fields.accessSecret === 'string' ? fields.accessSecret.trim() : '';
		const principal = { credentialId: credential.id, credentialName: credential.name };
		const { kind, location, locked, grant } = await registry.describe({ principal, accessSecret });
		const place = `${KIND[kind]} ${location}: opened, its schema is up to date.`;
		if (!locked) return { status: 'OK', message: `${place} The store is open: every workflow of this n8n may use it.` };
		if (grant)
			return { status: 'OK', message: `${place} The store is locked; this credential has the access "${grant.name}".` };
		const wrong = accessSecret === '' ? 'Access Secret is empty' : 'Access Secret is not one the store knows';
		return {
			status: 'Error',
			message: `${place} The store is locked, and ${wrong}. Ask whoever keeps the store for one (Manage App > Store > Grant Access).`,
		};
	} catch (error) {
		return { status: 'Error', message: toSentence(error) };
	}
}

export const credentialTest = {
	pushStoreTest,
	apnsKeyTest: testOf('apnsKeyApi'),
	apnsCertificateTest: testOf('apnsCertificateApi'),
	fcmServiceAccountTest: testOf('fcmServiceAccountApi'),
	baiduPushTest: testOf('baiduPushApi'),
	amazonDeviceMessagingTest: testOf('amazonDeviceMessagingApi'),
};
