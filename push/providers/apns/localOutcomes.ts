import { PushError, type Outcome } from '../../model';

/** Everything was checked and nothing was sent. */
export const VALID: Outcome = {
	class: 'ok',
	statusCode: 200,
	message: 'Valid; not sent (APNs has no validate-only mode).',
	tokenAction: 'keep',
	processed: false,
};

/** A message rendered for another provider: a fault of the caller. */
export function wrongContent(provider: string): Outcome {
	return {
		class: 'client-bug',
		message: `A message made for another provider (${provider}) cannot go to APNs.`,
		tokenAction: 'keep',
		stops: 'message',
		providerReason: 'WrongContent',
		processed: false,
	};
}

/** A certificate can end while its client lives; APNs would only cut the connection. */
export function certificateExpired(message: string): Outcome {
	return {
		class: 'config',
		statusCode: 400,
		message,
		tokenAction: 'keep',
		stops: 'client',
		providerReason: 'CertificateExpired',
		processed: false,
	};
}

/** The key cannot make a provider token. */
export function cannotSign(error: unknown): Outcome {
	const message =
		error instanceof PushError ? `${error.message} ${error.hint ?? ''}`.trim() : 'No provider token could be made.';
	return {
		class: 'config',
		message,
		tokenAction: 'keep',
		stops: 'client',
		providerReason: 'CannotSign',
		processed: false,
	};
}
