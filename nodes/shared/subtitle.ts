/**
 * An expression for the name of the application chosen: as the list showed it, else as it was typed; empty where none is
 * chosen or an expression chooses it. `$parameter` alone gives n8n's ID of it, which nobody can read.
 */
export const APPLICATION_NAME =
	'(({ application: chosen }) => { const word = String(chosen?.cachedResultName || (chosen?.value ?? "")); return word.startsWith("=") ? "" : word; })($parameter.toJSON())';

const CHANNELS = JSON.stringify({
	APNS: 'Apple',
	APNS_SANDBOX: 'Apple sandbox',
	APNS_VOIP: 'Apple VoIP',
	APNS_VOIP_SANDBOX: 'Apple VoIP sandbox',
	GCM: 'Google',
	FCM: 'Google',
	BAIDU: 'Baidu',
	ADM: 'Amazon',
	fromField: 'any channel',
});

/** An expression for channels in plain words; `parameter` holds one or several, or an expression that is left out. */
export function channelWords(parameter: string): string {
	return `[].concat($parameter["${parameter}"] ?? []).map((channel) => (${CHANNELS})[channel] ?? "").filter((word) => word).join(" + ")`;
}

/** An expression that puts the words given by expressions beside each other, with a comma between those that say something. */
export function subtitle(...words: readonly string[]): string {
	return `={{ [${words.join(', ')}].filter((word) => word).join(", ") }}`;
}
