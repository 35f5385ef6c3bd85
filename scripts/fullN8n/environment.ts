import { dirname, delimiter } from 'node:path';

/** Variables of the caller that would change what our n8n is: another database, another folder, test switches. */
const FOREIGN = /^(N8N_|DB_|EXECUTIONS_|QUEUE_|OFFLOAD_|WEBHOOK_URL$|NODE_OPTIONS$|NODE_ENV$|JEST_|TEST_SUITE$|npm_)/i;

/** n8n without telemetry, licence calls, update checks or hiring banners: it reaches for no address of its own. */
const QUIET: NodeJS.ProcessEnv = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry,insights,instance-ai,chat-hub',
	GENERIC_TIMEZONE: 'UTC',
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
};

export interface N8nPlace {
	/** n8n keeps everything in `<userFolder>/.n8n`. */
	readonly userFolder: string;
	readonly port: number;
	/** Port of n8n's task broker; each n8n process needs its own. */
	readonly brokerPort: number;
	readonly extra?: NodeJS.ProcessEnv;
}

/** The environment of one n8n process: loopback only, everything in the given folder, the Node of this process. */
export function n8nEnvironment({ userFolder, port, brokerPort, extra = {} }: N8nPlace): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
	return {
		...Object.fromEntries(own),
		...QUIET,
		PATH: [dirname(process.execPath), process.env.PATH].filter(Boolean).join(delimiter),
		// The simulators are on loopback; a proxy of the machine has no way to them.
		NO_PROXY: ['127.0.0.1', 'localhost', process.env.NO_PROXY ?? process.env.no_proxy].filter(Boolean).join(','),
		N8N_USER_FOLDER: userFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// Plain http on loopback; browsers would drop a secure cookie.
		N8N_SECURE_COOKIE: 'false',
		...extra,
	};
}
