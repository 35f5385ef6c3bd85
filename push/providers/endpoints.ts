import { type ConnectionSettings, PushError } from '../model';
import { assertAllowedOrigin } from '../transport/egress';
import type { TransportTarget } from '../transport/types';

/** A form's empty field and a missing one are the same. */
export function filled(value: string | undefined): string | undefined {
	const trimmed = value?.trim();
	return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}

/**
 * Where pushes go: the credential's custom endpoint, or the provider's own origin.
 * @throws {PushError} `EgressRefused` when the endpoint is no origin or may not be reached.
 */
export function sendOrigin(connection: ConnectionSettings | undefined, usual: string): string {
	const custom = filled(connection?.endpoint);
	if (custom === undefined) return usual;
	assertAllowedOrigin(custom);
	return new URL(custom).origin;
}

/**
 * Where access tokens are asked for: the credential's custom token endpoint (a full URL), or the usual one.
 * @throws {PushError} `EgressRefused` when it is no URL or may not be reached.
 */
export function tokenEndpoint(connection: ConnectionSettings | undefined, usual: string): URL {
	const custom = filled(connection?.tokenEndpoint);
	if (custom === undefined) return new URL(usual);
	if (!URL.canParse(custom)) {
		throw new PushError('EgressRefused', 'The custom token endpoint is not a URL.', {
			hint: 'Write it in full, like https://gateway.example:8443/token.',
		});
	}
	const url = new URL(custom);
	if (url.username !== '' || url.password !== '') {
		throw new PushError('EgressRefused', 'The custom token endpoint holds a user name or password.', {
			hint: 'Leave out the part before the @.',
		});
	}
	assertAllowedOrigin(url.origin);
	url.hash = '';
	return url;
}

export function targetAt(origin: string, connection: ConnectionSettings | undefined): TransportTarget {
	const ca = filled(connection?.ca);
	const proxyUrl = filled(connection?.proxyUrl);
	return { origin, ...(ca === undefined ? {} : { ca }), ...(proxyUrl === undefined ? {} : { proxyUrl }) };
}

/** The parts of a connection that make it another one, for {@link credentialKey}. */
export function connectionParts(connection: ConnectionSettings | undefined): string[] {
	const { endpoint, tokenEndpoint: token, ca, proxyUrl } = connection ?? {};
	return [endpoint, token, ca, proxyUrl].map((part) => filled(part) ?? '');
}
