import { PushError } from '../../model';

/**
 * What AWS answers to the whole request, before any address is looked at: its error's name, then our own sentence,
 * since AWS's are terse.
 */
export function badRequest(message: string, hint: string): PushError {
	return new PushError('InvalidRequest', `400 BadRequestException: ${message}`, { hint });
}
