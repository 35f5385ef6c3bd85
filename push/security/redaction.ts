/** What stands for a secret wherever it would otherwise be seen. */
export const REDACTED = '***';

/** Field names whose values never leave the engine, in any case and spelling. */
const SECRET_FIELD =
	/^(pkcs12|certificate|privatekey|tokenkey|serviceaccountjson|servicejson|apikey|secretkey|clientsecret|password|passphrase|accesssecret|secret|authorization|proxyurl)$/i;

/** Shapes of the secrets this package deals with, for names and tags people type. */
const SECRET_SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
	[/-----BEGIN [A-Z ]+-----/, 'a PEM key or certificate'],
	[/\bMI[GI][A-Za-z0-9+/]{40,}/, 'a base64 key'],
	[/\bAIza[0-9A-Za-z_-]{35}\b/, 'a Google API key'],
	[/\bya29\.[0-9A-Za-z_-]{20,}/, 'a Google access token'],
	[/\bAAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{100,}/, 'a legacy FCM server key'],
	[/\bAtc\|[A-Za-z0-9_-]{20,}/, 'an Amazon access token'],
	[/\bamzn1\.(oa2-cs\.v1\.|application-oa2-client\.)[0-9a-f]{32,}/i, 'an Amazon client secret or id'],
	[/\bAKIA[0-9A-Z]{16}\b/, 'an AWS access key id'],
	[/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./, 'a JSON web token'],
	[/\b[0-9a-f]{64,}\b/i, 'a device token or a key in hex'],
	[/\b[A-Za-z0-9_-]{20,}:APA91[A-Za-z0-9_-]{20,}/, 'an FCM registration token'],
	[
		/\b(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{32,}={0,2}/,
		'a key or token',
	],
];

/** What a name or tag looks like when it looks like a secret, in words; undefined when it does not. */
export function looksLikeSecret(text: string): string | undefined {
	return SECRET_SHAPES.find(([shape]) => shape.test(text))?.[1];
}

/** A copy in which the value of every secret field, at any depth, is `***`. */
export function redact(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(redact);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [
			name,
			SECRET_FIELD.test(name) && inner !== undefined ? REDACTED : redact(inner),
		]),
	);
}
