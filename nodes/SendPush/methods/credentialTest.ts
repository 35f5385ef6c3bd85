import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunction,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { type ChannelCredentialName, toChannelCredential } from '../../shared/credentials';
import { loadEngine } from '../../shared/engine';
import { toSentence } from '../../shared/errors';

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

export const credentialTest = {
	apnsKeyTest: testOf('apnsKeyApi'),
	apnsCertificateTest: testOf('apnsCertificateApi'),
	fcmServiceAccountTest: testOf('fcmServiceAccountApi'),
	baiduPushTest: testOf('baiduPushApi'),
	amazonDeviceMessagingTest: testOf('amazonDeviceMessagingApi'),
};
