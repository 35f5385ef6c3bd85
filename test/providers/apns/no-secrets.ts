import { inspect } from 'node:util';
import { PushError } from '../../../push/model';

/** Every run of 24 letters of a secret: enough to recognise it, short enough to find a part. */
function pieces(secret: string): string[] {
	const text = secret.replace(/-----[A-Z ]+-----/g, '').replace(/\s+/g, '');
	if (text.length <= 24) return [text];
	return Array.from({ length: Math.floor(text.length / 24) }, (_, index) => text.slice(index * 24, index * 24 + 24));
}

/** Fails when any part of a secret stands in what people or logs get to see: JSON, message, stack, cause. */
export function expectNoSecret(shown: unknown, ...secrets: string[]): void {
	const text = `${JSON.stringify(shown)} ${inspect(shown, { depth: 10 })}`.replace(/\\n|\s+/g, '');
	for (const piece of secrets.flatMap(pieces)) expect(text).not.toContain(piece);
}

/** The PushError an action ends with. */
export async function pushErrorOf(action: () => unknown): Promise<PushError> {
	try {
		await action();
	} catch (error) {
		if (error instanceof PushError) return error;
		throw error;
	}
	throw new Error('No error was thrown.');
}
