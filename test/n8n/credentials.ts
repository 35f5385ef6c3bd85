import type { PackageDirectoryLoader } from 'n8n-core';
import {
	type ICredentialDataDecryptedObject,
	type ICredentials,
	ICredentialsHelper,
	type IHttpRequestOptions,
	type INodeCredentialsDetails,
	type INodeProperties,
	NodeHelpers,
} from 'n8n-workflow';

/** Decrypted credentials by their id, their name or, failing both, their type. */
export type CredentialStore = Readonly<Record<string, Readonly<ICredentialDataDecryptedObject>>>;

/** n8n's credentials helper over a plain object. As n8n does, it drops the fields that are not shown. */
export class StoredCredentials extends ICredentialsHelper {
	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly store: CredentialStore,
	) {
		super();
	}

	async getDecrypted(
		_additionalData: unknown,
		{ id, name }: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const data = (id ? this.store[id] : undefined) ?? this.store[name] ?? this.store[type];
		if (!data) throw new Error(`The test has no credential "${id ?? name}" of type ${type}`);
		const known = this.loader.getCredential(type).type;
		// Fields of n8n's own credentials, which are not installed here.
		return known.extends ? { ...data } : asStored(known.properties, data);
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.loader.getCredential(type).type.properties;
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(): Promise<IHttpRequestOptions> {
		throw new Error('Nodes of this package make their own requests');
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Only decrypted credentials are kept here');
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}
}

/** Defaults filled in, fields that are not shown taken away: what n8n gives to nodes and tests. */
export function asStored(
	properties: INodeProperties[],
	data: Readonly<ICredentialDataDecryptedObject>,
): ICredentialDataDecryptedObject {
	const plain = NodeHelpers.getNodeParameters(properties, JSON.parse(JSON.stringify(data)), true, false, null, null);
	return Object.fromEntries(
		Object.entries(plain ?? {}).flatMap(([key, value]) =>
			typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? [[key, value]] : [],
		),
	);
}
