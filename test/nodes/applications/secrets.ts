import type { Home } from './harness';

/** Pieces of each secret as they would show up in a file or in an output. */
export function secretsOf({ around }: Home): string[] {
	return Object.values(around.credentials).flatMap((data) =>
		Object.entries(data).flatMap(([name, value]) => {
			if (typeof value !== 'string' || !/privateKey|pkcs12|serviceAccountJson|secretKey|clientSecret/.test(name))
				return [];
			const middle = /-----[\s\\n]*([A-Za-z0-9+/]{40,})/.exec(value)?.[1] ?? value;
			return [middle.slice(10, 40)];
		}),
	);
}
