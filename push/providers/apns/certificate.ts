import type { X509Certificate } from 'node:crypto';
import type { ApnsEnvironment } from '../../model';
import { DER_TAG, readDer, readOid, readString, type DerElement } from './der';

/** Apple's marks in a push certificate ("Sending notification requests to APNs", certificate extensions). */
const OID = {
	sandbox: '1.2.840.113635.100.6.3.1',
	production: '1.2.840.113635.100.6.3.2',
	voip: '1.2.840.113635.100.6.3.4',
	topics: '1.2.840.113635.100.6.3.6',
	uid: '0.9.2342.19200300.100.1.1',
	commonName: '2.5.4.3',
	organizationalUnit: '2.5.4.11',
} as const;

export type CertificateKind = 'app' | 'voip' | 'website' | 'pass' | 'mdm' | 'unknown';

export interface CertificateTopic {
	readonly topic: string;
	/** `app`, `voip`, `complication`, ... */
	readonly kinds: readonly string[];
}

/** What a push certificate says about itself. */
export interface CertificateFacts {
	/** Subject CN, "Apple Push Services: com.example.app"; for people. */
	readonly name: string;
	readonly kind: CertificateKind;
	/** Empty when the certificate does not say. */
	readonly environments: readonly ApnsEnvironment[];
	/** Marked for VoIP pushes, or names a VoIP topic. */
	readonly voip: boolean;
	/** Empty when the certificate has no topic list. */
	readonly topics: readonly CertificateTopic[];
	/** Subject UID: the bundle id. */
	readonly uid?: string;
	/** Subject OU. */
	readonly teamId?: string;
	/** Epoch ms. */
	readonly notBefore: number;
	/** Epoch ms. */
	readonly notAfter: number;
}

const KIND_BY_NAME: ReadonlyArray<readonly [RegExp, CertificateKind]> = [
	[/^VoIP Services:/i, 'voip'],
	[/^Website Push ID:/i, 'website'],
	[/^Pass Type ID:/i, 'pass'],
	[/^APSP:|MDM/, 'mdm'],
	[/^Apple (?:Development |Production )?(?:iOS |Mac |tvOS )?Push Services:/i, 'app'],
];

const children = (element: DerElement | undefined): DerElement[] => (element ? readDer(element.content) : []);

/** The parts of a TBSCertificate that matter here (RFC 5280 4.1). */
function partsOf(raw: Buffer): { subject: DerElement | undefined; extensions: DerElement | undefined } {
	const tbs = children(children(readDer(raw)[0])[0]);
	const fields = tbs[0]?.tag === DER_TAG.context0 ? tbs.slice(1) : tbs;
	return {
		// serialNumber, signature, issuer, validity, subject
		subject: fields[4],
		extensions: children(fields.find(({ tag }) => tag === DER_TAG.context3))[0],
	};
}

function subjectAttributes(subject: DerElement | undefined): ReadonlyMap<string, string> {
	const attributes = new Map<string, string>();
	for (const set of children(subject)) {
		for (const pair of children(set)) {
			const [type, value] = children(pair);
			const text = readString(value);
			if (type && text !== undefined) attributes.set(readOid(type.content), text);
		}
	}
	return attributes;
}

function extensionValues(extensions: DerElement | undefined): ReadonlyMap<string, Buffer> {
	const values = new Map<string, Buffer>();
	for (const extension of children(extensions)) {
		const parts = children(extension);
		const value = parts.find(({ tag }) => tag === DER_TAG.octetString);
		if (parts[0] && value) values.set(readOid(parts[0].content), value.content);
	}
	return values;
}

/** Levels of SEQUENCE inside a topic list; real ones have two. */
const DEEPEST_LIST = 4;

/** SEQUENCE of pairs: a topic, then the SEQUENCE of its kinds; the pair itself may be a SEQUENCE of its own. */
function readTopics(value: Buffer | undefined): CertificateTopic[] {
	const topics: CertificateTopic[] = [];
	const walk = (elements: readonly DerElement[], depth: number): void => {
		if (depth > DEEPEST_LIST) return;
		for (let index = 0; index < elements.length; index++) {
			const topic = readString(elements[index]);
			if (topic === undefined) {
				walk(children(elements[index]), depth + 1);
				continue;
			}
			const next = elements[index + 1];
			const hasKinds = next?.tag === DER_TAG.sequence;
			const kinds = hasKinds ? children(next).map(readString) : [];
			topics.push({ topic, kinds: kinds.filter((kind) => kind !== undefined) });
			if (hasKinds) index++;
		}
	};
	if (value) walk(children(readDer(value)[0]), 0);
	return topics;
}

function kindOf(name: string, uid: string | undefined): CertificateKind {
	for (const [pattern, kind] of KIND_BY_NAME) if (pattern.test(name)) return kind;
	return uid?.startsWith('com.apple.mgmt.') ? 'mdm' : 'unknown';
}

function environmentsOf(extensions: ReadonlyMap<string, Buffer>, kind: CertificateKind): ApnsEnvironment[] {
	const marked: ApnsEnvironment[] = [];
	if (extensions.has(OID.production)) marked.push('production');
	if (extensions.has(OID.sandbox)) marked.push('sandbox');
	// Websites and passes exist in production only.
	return marked.length === 0 && (kind === 'website' || kind === 'pass') ? ['production'] : marked;
}

/** The last instant JavaScript knows; for a certificate whose end is past it. */
const LAST_DATE = 8.64e15;

function readTime(text: string, otherwise: number): number {
	const time = Date.parse(text);
	return Number.isNaN(time) ? otherwise : time;
}

/** Reads kind, environments, topics, owner and validity out of a certificate. */
export function readCertificateFacts(certificate: X509Certificate): CertificateFacts {
	const { subject, extensions } = partsOf(certificate.raw);
	const attributes = subjectAttributes(subject);
	const values = extensionValues(extensions);
	const uid = attributes.get(OID.uid);
	const teamId = attributes.get(OID.organizationalUnit);
	const name = attributes.get(OID.commonName) ?? uid ?? 'without a name';
	const kind = kindOf(name, uid);
	const topics = readTopics(values.get(OID.topics));
	return {
		name,
		kind,
		environments: environmentsOf(values, kind),
		voip:
			kind === 'voip' ||
			values.has(OID.voip) ||
			topics.some(({ topic, kinds }) => kinds.includes('voip') || topic.endsWith('.voip')),
		topics,
		notBefore: readTime(certificate.validFrom, 0),
		notAfter: readTime(certificate.validTo, LAST_DATE),
		...(uid === undefined ? {} : { uid }),
		...(teamId === undefined ? {} : { teamId }),
	};
}
