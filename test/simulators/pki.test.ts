import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { asn1, pki, pkcs12 } from 'node-forge';
import { certificateFacts } from './apns/certificate-facts';
import { issuePushCertificate, loadFixtures, type Fixtures } from './pki/fixtures';

let fixtures: Fixtures;

beforeAll(async () => {
	fixtures = await loadFixtures(undefined);
});

function openWithForge(file: string, password: string) {
	const parsed = pkcs12.pkcs12FromAsn1(asn1.fromDer(Buffer.from(file, 'base64').toString('latin1')), true, password);
	const bags = parsed.safeContents.flatMap(({ safeBags }) => safeBags);
	const certificate = bags.find(({ cert }) => cert)?.cert;
	const key = bags.find(({ key: found }) => found)?.key;
	if (!certificate || !key) throw new Error('no certificate or no key inside');
	return { certificate: pki.certificateToPem(certificate), key: pki.privateKeyToPem(key) };
}

const secretOf = (pem: string): string => createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the .p12 files', () => {
	it.each(['legacy', 'modern'] as const)('in %s form hold the certificate and its key', (form) => {
		const { certificate, key } = openWithForge(fixtures.pkcs12[form], fixtures.pkcs12.password);
		expect(new X509Certificate(certificate).raw).toEqual(new X509Certificate(fixtures.apnsClient.certificate).raw);
		expect(secretOf(key)).toBe(secretOf(fixtures.apnsClient.key));
	});

	it.each(['legacy', 'modern'] as const)('in %s form stay shut without the password', (form) => {
		expect(() => openWithForge(fixtures.pkcs12[form], 'wrong')).toThrow('password');
	});

	it('open in TLS in modern form only, as with real ones', () => {
		const open = (file: string) =>
			createSecureContext({ pfx: Buffer.from(file, 'base64'), passphrase: fixtures.pkcs12.password });
		expect(() => open(fixtures.pkcs12.modern)).not.toThrow();
		expect(() => open(fixtures.pkcs12.legacy)).toThrow('Unsupported PKCS12 PFX data');
	});
});

describe('the certificates', () => {
	it('are signed by the CA and belong to their keys', () => {
		const authority = new X509Certificate(fixtures.authority.certificate);
		expect(authority.ca).toBe(true);
		for (const { certificate, key } of [fixtures.server, fixtures.apnsClient]) {
			const issued = new X509Certificate(certificate);
			expect(issued.verify(authority.publicKey)).toBe(true);
			expect(issued.checkPrivateKey(createPrivateKey(key))).toBe(true);
		}
	});

	it('of the servers are good for loopback', () => {
		const server = new X509Certificate(fixtures.server.certificate);
		expect([server.checkIP('127.0.0.1'), server.checkHost('localhost')]).toEqual(['127.0.0.1', 'localhost']);
	});

	it('for pushing carry bundle id, topics and environments where Apple puts them', () => {
		const { raw, subject } = new X509Certificate(fixtures.apnsClient.certificate);
		expect(subject).toContain('CN=Apple Push Services: com.example.app');
		expect(certificateFacts(raw)).toEqual({
			bundleId: 'com.example.app',
			topics: ['com.example.app', 'com.example.app.voip', 'com.example.app.complication'],
			environments: ['production', 'sandbox'],
		});
		const order = { key: fixtures.apnsClient.key, environments: ['sandbox'] as const };
		const sandboxOnly = new X509Certificate(issuePushCertificate(fixtures.authority, order, Date.now()));
		expect(certificateFacts(sandboxOnly.raw).environments).toEqual(['sandbox']);
	});
});

describe('a fixtures folder', () => {
	it('gives the same keys at the next start, none gives others', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'simulators-'));
		try {
			const first = await loadFixtures(folder);
			expect(await loadFixtures(folder)).toEqual(first);
			const publicKey = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'pem' });
			expect(publicKey(fixtures.apnsKeys.both.privateKey)).not.toBe(publicKey(first.apnsKeys.both.privateKey));
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
