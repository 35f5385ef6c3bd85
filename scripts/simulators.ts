import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { startSimulators, type Simulators } from '../test/simulators';
import { simulatorCredentials } from './simulatorCredentials';

const FIRST_PORT = 19443;
const FOLDER = join(__dirname, '..', '.n8n-dev', 'simulators');
const ROLES = ['apns', 'apnsSandbox', 'fcm', 'baidu', 'adm', 'token', 'control', 'proxy', 'mail'] as const;

/** `npm run simulators [-- --first-port 20443]`: the four providers on fixed ports, until Ctrl-C. */
async function main(): Promise<void> {
	const firstPort = readFirstPort();
	const ports = Object.fromEntries(ROLES.map((role, index) => [role, firstPort + index]));
	// The credentials stay the same from one start to the next, so that what was typed into n8n keeps working.
	const simulators = await startSimulators({ ports, fixturesDir: join(FOLDER, 'fixtures') });
	console.log(guide(simulators, writeCredentials(simulators)));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(simulators));
}

function readFirstPort(): number {
	const { values } = parseArgs({ options: { 'first-port': { type: 'string', default: String(FIRST_PORT) } } });
	const port = Number(values['first-port']);
	if (Number.isInteger(port) && port >= 1024 && port <= 65_535 - ROLES.length) return port;
	throw new Error(`--first-port must be a number from 1024 to ${65_535 - ROLES.length}.`);
}

async function stop(simulators: Simulators): Promise<void> {
	await simulators.close();
	console.log('Simulators stopped.');
}

/** Files for the fields that hold whole files. They open nothing but the simulators. */
function writeCredentials(simulators: Simulators): Record<string, string> {
	mkdirSync(FOLDER, { recursive: true });
	const { credentials } = simulators;
	const files: Record<string, string | undefined> = {
		'ca.pem': simulators.ca,
		'apns-key.p8': credentials.apnsKey.privateKey,
		'apns-key-sandbox-only.p8': credentials.apnsSandboxKey.privateKey,
		'apns-certificate.pem': credentials.apnsCertificate.certificate,
		'apns-certificate-key.pem': credentials.apnsCertificate.privateKey,
		'apns-legacy.p12.base64.txt': credentials.apnsLegacyPkcs12.pkcs12,
		'apns-modern.p12.base64.txt': credentials.apnsModernPkcs12.pkcs12,
		'service-account.json': credentials.fcm.serviceAccountJson,
		'n8n-credentials.json': JSON.stringify(simulatorCredentials(simulators), null, '\t'),
	};
	const paths: Record<string, string> = {};
	for (const [name, content = ''] of Object.entries(files)) {
		const path = join(FOLDER, name);
		writeFileSync(path, content, { mode: 0o600 });
		paths[name] = relative(process.cwd(), path);
	}
	return paths;
}

type Paths = Readonly<Record<string, string>>;

function guide(simulators: Simulators, paths: Paths): string {
	return [
		'The simulators of Apple, Google, Baidu and Amazon run. Stop them with Ctrl-C.',
		...origins(simulators),
		...apple(simulators, paths),
		...others(simulators, paths),
		...addresses(simulators),
		'',
		'Control (plain JSON; see what arrived, make it fail):',
		`  ${simulators.controlUrl}/            all commands`,
		`  ${simulators.controlUrl}/arrivals    what arrived`,
		'',
		`All of these credentials in one go: n8n import:credentials --input=${paths['n8n-credentials.json'] ?? ''}`,
		`CONNECT proxy, for trying HTTPS_PROXY: ${simulators.proxy.url}`,
	].join('\n');
}

function origins({ apns, fcm, baidu, adm }: Simulators): string[] {
	return [
		'',
		`  APNs production  ${apns.production.origin}`,
		`  APNs sandbox     ${apns.sandbox.origin}`,
		`  FCM              ${fcm.origin}   tokens: ${fcm.token.url}`,
		`  Baidu            ${baidu.origin}`,
		`  ADM              ${adm.origin}   tokens: ${adm.token.url}`,
		'',
		'In every credential open "Advanced", give the endpoint of the list above (and the token endpoint for FCM and ADM)',
		'and paste the CA certificate. A path below means: paste the text of that file.',
	];
}

function apple({ apns, credentials }: Simulators, paths: Paths): string[] {
	const { apnsKey, apnsSandboxKey, apnsLegacyPkcs12 } = credentials;
	return [
		`  CA certificate: ${paths['ca.pem'] ?? ''}`,
		'',
		'APNs key',
		`  Key ID ${apnsKey.keyId}   Team ID ${apnsKey.teamId}   Bundle ID ${apnsKey.bundleId}`,
		`  Key    ${paths['apns-key.p8'] ?? ''}`,
		`  Endpoint ${apns.production.origin}   sandbox endpoint ${apns.sandbox.origin}`,
		`  A key for the sandbox only: Key ID ${apnsSandboxKey.keyId}, ${paths['apns-key-sandbox-only.p8'] ?? ''}`,
		'APNs certificate (one of the three)',
		`  .p12 as Keychain writes it  ${paths['apns-legacy.p12.base64.txt'] ?? ''}   password ${apnsLegacyPkcs12.passphrase ?? ''}`,
		`  .p12 with AES               ${paths['apns-modern.p12.base64.txt'] ?? ''}   password ${apnsLegacyPkcs12.passphrase ?? ''}`,
		`  PEM pair                    ${paths['apns-certificate.pem'] ?? ''} and ${paths['apns-certificate-key.pem'] ?? ''}`,
	];
}

function others({ credentials: { baidu, adm } }: Simulators, paths: Paths): string[] {
	return [
		'FCM',
		`  Service account ${paths['service-account.json'] ?? ''}`,
		'Baidu',
		`  API key ${baidu.apiKey}   Secret key ${baidu.secretKey}`,
		'ADM',
		`  Client ID ${adm.clientId}`,
		`  Client secret ${adm.clientSecret}`,
	];
}

function addresses({ apns, fcm, baidu, adm, controlUrl }: Simulators): string[] {
	return [
		'',
		'Devices (any number of others: POST /address on the control URL)',
		`  APNs production  good          ${apns.production.goodAddress()}`,
		`  APNs sandbox     good          ${apns.sandbox.goodAddress()}`,
		`  APNs             Unregistered  ${apns.production.addressFor('Unregistered')}`,
		`  FCM              good          ${fcm.goodAddress()}`,
		`  FCM              UNREGISTERED  ${fcm.addressFor('UNREGISTERED')}`,
		`  Baidu            good          ${baidu.goodAddress()}`,
		`  Baidu            30608         ${baidu.addressFor('30608')}`,
		`  ADM              good          ${adm.goodAddress()}`,
		`  ADM              Unregistered  ${adm.addressFor('Unregistered')}`,
		`  e.g. curl -d '{"provider":"fcm","reason":"QUOTA_EXCEEDED"}' ${controlUrl}/address`,
	];
}

main().catch((error: unknown) => {
	const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
	const message = error instanceof Error ? error.message : String(error);
	console.error(
		taken
			? `${message}. Stop what uses that port, or choose others: npm run simulators -- --first-port 20443`
			: `The simulators did not start: ${message}`,
	);
	process.exitCode = 1;
	// Servers that did start would keep the process alive.
	process.exit();
});
