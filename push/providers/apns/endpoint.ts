import { PushError, type ApnsEnvironment, type ConnectionSettings } from '../../model';
import { assertAllowedOrigin } from '../../transport/egress';

const APPLE: Readonly<Record<ApnsEnvironment, string>> = {
	production: 'https://api.push.apple.com',
	sandbox: 'https://api.sandbox.push.apple.com',
};

function customEndpoint(connection: ConnectionSettings, environment: ApnsEnvironment): string | undefined {
	const endpoint = connection.endpoint?.trim() || undefined;
	const sandbox = connection.sandboxEndpoint?.trim() || undefined;
	return environment === 'sandbox' ? (sandbox ?? endpoint) : endpoint;
}

/**
 * Where an environment is reached: the credential's own endpoint, else Apple.
 * @throws {PushError} `InvalidCredential` when the endpoint is no URL, `EgressRefused` when it may not be reached
 */
export function originFor(connection: ConnectionSettings, environment: ApnsEnvironment): string {
	const custom = customEndpoint(connection, environment);
	if (custom === undefined) return APPLE[environment];
	if (!URL.canParse(custom)) {
		throw new PushError('InvalidCredential', 'The custom endpoint is not a URL.', {
			hint: 'Write it with scheme, host and port, e.g. https://gateway.example:8443.',
		});
	}
	assertAllowedOrigin(custom);
	return new URL(custom).origin;
}
