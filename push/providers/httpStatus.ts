import type { OutcomeClass } from '../model';

/**
 * What an HTTP status means when the provider gives no reason, or one that is not in its table yet.
 * 401 is told apart by the caller: only bearer tokens can be renewed.
 */
export function classOfStatus(status: number): OutcomeClass {
	if (status >= 200 && status < 300) return 'ok';
	if (status === 400 || status === 413) return 'payload';
	if (status === 404 || status === 405 || status === 411 || status === 415) return 'client-bug';
	if (status === 401 || status === 403) return 'config';
	if (status === 408) return 'temporary';
	if (status === 410) return 'token';
	if (status === 425 || status === 429) return 'throttle-sender';
	return status >= 500 && status < 600 ? 'temporary' : 'unknown';
}
