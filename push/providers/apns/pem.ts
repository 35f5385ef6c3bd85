/** One armoured part of a PEM text. */
export interface PemBlock {
	/** `PRIVATE KEY`, `CERTIFICATE`, ... with single spaces, also where the paste lost them. */
	readonly label: string;
	/** The DER inside; of a legacy encrypted key still encrypted. */
	readonly der: Buffer;
	/** The block as proper PEM: armour, 64 characters a line. */
	readonly pem: string;
}

/** Longest text taken for a key or certificate; real ones have 2 to 10 KB. */
export const LONGEST_PEM = 65_536;

/** Labels as they look once a paste has lost its spaces. */
const LABELS: ReadonlyMap<string, string> = new Map(
	[
		'PRIVATE KEY',
		'EC PRIVATE KEY',
		'RSA PRIVATE KEY',
		'DSA PRIVATE KEY',
		'ENCRYPTED PRIVATE KEY',
		'OPENSSH PRIVATE KEY',
		'PUBLIC KEY',
		'RSA PUBLIC KEY',
		'CERTIFICATE',
		'TRUSTED CERTIFICATE',
		'X509 CERTIFICATE',
		'CERTIFICATE REQUEST',
		'NEW CERTIFICATE REQUEST',
		'EC PARAMETERS',
		'PKCS7',
		'PKCS12',
	].map((label) => [label.replaceAll(' ', ''), label]),
);

const BLOCK = /-{1,10}\s*BEGIN([A-Z0-9\s]{1,40})-{1,10}([\s\S]*?)-{1,10}\s*END[A-Z0-9\s]{1,40}-{1,10}/g;
const ARMOUR_LINE =
	/-{0,10}\s*(?:BEGIN|END)\s?[A-Z0-9\s]{0,30}?(?:PRIVATE\s?KEY)\s*-{0,10}|-{1,10}\s*(?:BEGIN|END)[A-Z0-9\s]{1,40}-{1,10}/g;
/** RFC 1421 headers of OpenSSL's old key encryption; they must stay on lines of their own. */
const LEGACY_HEADERS = /Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([A-Z0-9-]+,[0-9A-F]+)/;

/** What wraps a pasted text without being part of it. */
const WRAPPING: ReadonlySet<string> = new Set([...' \n\\"\'`,;\u201C\u201D\u2018\u2019']);

function unwrapped(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && WRAPPING.has(text.charAt(start))) start++;
	while (end > start && WRAPPING.has(text.charAt(end - 1))) end--;
	return text.slice(start, end);
}

/** The same text as it was before a form, a shell, JSON or a word processor got at it. */
export function mendText(text: string): string {
	const mended = text
		.replace(/[\uFEFF\u200B-\u200D\u2060]/g, '')
		.replace(/[\u2010-\u2015\u2212]/g, '-')
		.replace(/\\+[nr]/g, '\n')
		.replace(/\\+t/g, ' ')
		.replace(/\\+\//g, '/')
		.replace(/\s+/g, (gap) => (/[\r\n]/.test(gap) ? '\n' : ' '));
	return unwrapped(mended);
}

/** Base64 in standard letters, with or without its padding; undefined when it holds anything else. */
export function decodeBase64(text: string): Buffer | undefined {
	const letters = text.replace(/\s+/g, '');
	const match = /^([A-Za-z0-9+/]+)={0,2}$/.exec(letters);
	return match?.[1] && match[1].length % 4 !== 1 ? Buffer.from(match[1], 'base64') : undefined;
}

function wrap(base64: string): string {
	return base64.replace(/(.{64})(?=.)/g, '$1\n');
}

/** Proper PEM of a DER. */
export function toPem(label: string, der: Buffer): string {
	return `-----BEGIN ${label}-----\n${wrap(der.toString('base64'))}\n-----END ${label}-----\n`;
}

function readBlock(rawLabel: string, body: string): PemBlock | undefined {
	const squeezed = rawLabel.replace(/\s+/g, '');
	const label = LABELS.get(squeezed) ?? squeezed;
	const legacy = LEGACY_HEADERS.exec(body);
	const der = decodeBase64(legacy ? body.replace(legacy[0], '') : body);
	if (!der) return undefined;
	const headers = legacy ? `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${legacy[1] ?? ''}\n\n` : '';
	return { label, der, pem: toPem(label, der).replace('-----\n', `-----\n${headers}`) };
}

/** Every readable block of a text mended by `mendText`, whatever stands between them. */
export function pemBlocks(mended: string): PemBlock[] {
	const blocks: PemBlock[] = [];
	for (const [, label = '', body = ''] of mended.matchAll(BLOCK)) {
		const block = readBlock(label, body);
		if (block) blocks.push(block);
	}
	return blocks;
}

/** What is left when armour lines, also torn ones, are taken away. */
export function withoutArmour(mended: string): string {
	return mended.replace(ARMOUR_LINE, '\n').replace(/-+/g, '');
}
