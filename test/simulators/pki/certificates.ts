import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { bits, explicit, integer, nothing, octets, oid, sequence, set, tagged, utcTime, utf8, yes } from './der';

const NAME_OIDS = {
	commonName: '2.5.4.3',
	organization: '2.5.4.10',
	organizationalUnit: '2.5.4.11',
	country: '2.5.4.6',
	userId: '0.9.2342.19200300.100.1.1',
} as const;

export type NamePart = readonly [keyof typeof NAME_OIDS, string];

export interface Extension {
	readonly id: string;
	readonly critical?: boolean;
	readonly value: Buffer;
}

export interface CertificateOrder {
	readonly subject: readonly NamePart[];
	/** PEM of the key the certificate is for, private or public. */
	readonly key: string;
	readonly issuer: readonly NamePart[];
	/** PEM of the private key that signs: EC P-256 or RSA. */
	readonly issuerKey: string;
	/** Epoch ms. */
	readonly validFrom: number;
	readonly validTo: number;
	readonly extensions: readonly Extension[];
}

/** Issues an X.509 v3 certificate (RFC 5280); node:crypto reads certificates but writes none. PEM. */
export function issueCertificate(order: CertificateOrder): string {
	const issuerKey = createPrivateKey(order.issuerKey);
	const algorithm =
		issuerKey.asymmetricKeyType === 'ec'
			? sequence(oid('1.2.840.10045.4.3.2'))
			: sequence(oid('1.2.840.113549.1.1.11'), nothing());
	const serial = randomBytes(16);
	serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
	const body = sequence(
		explicit(0, integer(2)),
		integer(serial),
		algorithm,
		name(order.issuer),
		sequence(utcTime(order.validFrom), utcTime(order.validTo)),
		name(order.subject),
		createPublicKey(order.key).export({ type: 'spki', format: 'der' }),
		explicit(3, sequence(...order.extensions.map(extension))),
	);
	return toPem(sequence(body, algorithm, bits(sign('sha256', body, issuerKey))));
}

function name(parts: readonly NamePart[]): Buffer {
	return sequence(...parts.map(([kind, value]) => set(sequence(oid(NAME_OIDS[kind]), utf8(value)))));
}

function extension({ id, critical, value }: Extension): Buffer {
	return critical ? sequence(oid(id), yes(), octets(value)) : sequence(oid(id), octets(value));
}

function toPem(der: Buffer): string {
	const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
	return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** What makes a certificate an authority. */
export const authorityExtensions = (): Extension[] => [
	{ id: '2.5.29.19', critical: true, value: sequence(yes()) },
	{ id: '2.5.29.15', critical: true, value: tagged(0x03, Buffer.from([1, 0x06])) },
];

/** What makes a certificate good for a TLS server on loopback. */
export const serverExtensions = (): Extension[] => [
	{ id: '2.5.29.19', critical: true, value: sequence() },
	{ id: '2.5.29.15', critical: true, value: tagged(0x03, Buffer.from([7, 0x80])) },
	{ id: '2.5.29.37', value: sequence(oid('1.3.6.1.5.5.7.3.1')) },
	{
		id: '2.5.29.17',
		value: sequence(
			tagged(0x82, Buffer.from('localhost')),
			tagged(0x87, Buffer.from([127, 0, 0, 1])),
			tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
		),
	},
];

/** Apple's extensions: which services and topics a push certificate is good for. */
export function pushExtensions(
	environments: readonly ('sandbox' | 'production')[],
	topics: readonly PushTopic[],
): Extension[] {
	const service = (id: string): Extension => ({ id: `1.2.840.113635.100.6.3.${id}`, value: nothing() });
	return [
		{ id: '2.5.29.37', critical: true, value: sequence(oid('1.3.6.1.5.5.7.3.2')) },
		{ id: '2.5.29.15', critical: true, value: tagged(0x03, Buffer.from([7, 0x80])) },
		...(environments.includes('sandbox') ? [service('1')] : []),
		...(environments.includes('production') ? [service('2')] : []),
		...(topics.some(({ kind }) => kind === 'voip') ? [service('4')] : []),
		{
			id: '1.2.840.113635.100.6.3.6',
			value: sequence(...topics.flatMap(({ topic, kind }) => [utf8(topic), sequence(utf8(kind))])),
		},
	];
}

export interface PushTopic {
	readonly topic: string;
	readonly kind: 'app' | 'voip' | 'complication' | 'website';
}
