import { createRegistry, type Caller, type Registry } from '../../push/applications';
import {
	type ChannelCredential,
	CHANNEL_TYPES,
	type Clock,
	CHANNELS,
	CREDENTIAL_PROVIDER,
	type CredentialType,
	systemClock,
	systemRandom,
} from '../../push/model';
import { deriveMasterKey, type Keyring } from '../../push/security/masterKey';
import { createDeliveryLog } from '../../push/results';
import type { Store } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, storeForEachTest, type StorePlace } from '../store/stores';

export const KEY = deriveMasterKey('the key of this n8n');
export const OTHER_KEY = deriveMasterKey('the key of another n8n');

export const caller: Caller = {
	principal: { workflowId: 'w1', workflowName: 'Set up', executionId: '7', executionMode: 'manual' },
};

export const apnsKey: ChannelCredential = {
	type: 'apnsKey',
	keyId: 'ABC123DEFG',
	teamId: 'TEAM123456',
	bundleId: 'com.example.app',
	privateKey: 'SECRET-P8-TEXT',
};

export const fcm: ChannelCredential = {
	type: 'fcmServiceAccount',
	serviceAccountJson: '{"private_key":"SECRET-RSA-TEXT"}',
};
export const baidu: ChannelCredential = { type: 'baidu', apiKey: 'public-key', secretKey: 'SECRET-BAIDU' };
export const adm: ChannelCredential = { type: 'adm', clientId: 'client', clientSecret: 'SECRET-ADM' };

/** Every text above that must never come back. */
export const SECRETS = /SECRET-(P8|RSA|BAIDU|ADM)/;

export interface Provider {
	/** Credentials asked about, in order. */
	readonly asked: ChannelCredential[];
	/** Set to have the provider refuse. */
	refusal?: string;
	/** The refusal is for credentials of this type only. */
	refusedType?: CredentialType;
}

/** A registry over an open store; the provider behind it says yes unless told otherwise. */
export function registryOver(
	store: Store,
	options: { readonly keyring?: Keyring; readonly clock?: Clock } = {},
): { readonly registry: Registry; readonly provider: Provider } {
	const provider: Provider = { asked: [] };
	const registry = createRegistry({
		store,
		keyring: options.keyring ?? { current: KEY, others: [] },
		clock: options.clock ?? systemClock,
		random: systemRandom,
		deliveryLog: createDeliveryLog(store, options.clock ?? systemClock),
		upkeep: { keepAwake: () => () => {} },
		inspect: async (credential) =>
			credential.type === 'apnsCertificate' ? { expiresAt: 10, topics: ['com.example.app'] } : {},
		async check(credential) {
			provider.asked.push(credential);
			const channels = CHANNEL_TYPES.filter((type) => CHANNELS[type].provider === CREDENTIAL_PROVIDER[credential.type]);
			return provider.refusal && (provider.refusedType ?? credential.type) === credential.type
				? { ok: false, message: provider.refusal, channels: [], warnings: [] }
				: { ok: true, message: 'Accepted.', channels, warnings: [] };
		},
	});
	return { registry, provider };
}

/** What a test finds: a registry over an empty store. */
interface OpenRegistry {
	readonly store: Store;
	readonly registry: Registry;
	readonly provider: Provider;
	/** Another store of the same kind; whoever asks for it closes and removes it. */
	place(): StorePlace;
	/** Creates an application and tells how to find it. */
	make(name?: string): Promise<{ readonly by: 'id'; readonly id: string }>;
}

/** The same tests over a store of each kind, opened anew for each test. */
export function describeRegistries(tests: (the: OpenRegistry) => void): void {
	describe('over SQLite', () => registryTests(sqlitePlace, tests));
	describePostgres('over PostgreSQL', () => registryTests(postgresPlace, tests));
}

function registryTests(place: () => StorePlace, tests: (the: OpenRegistry) => void): void {
	let store: Store;
	let registry: Registry;
	let provider: Provider;

	storeForEachTest(place, (made) => {
		store = made;
		({ registry, provider } = registryOver(store));
	});

	tests({
		get store() {
			return store;
		},
		get registry() {
			return registry;
		},
		get provider() {
			return provider;
		},
		place,
		async make(name = 'Shop') {
			const { id } = await registry.applications.create(caller, { name });
			return { by: 'id', id };
		},
	});
}
