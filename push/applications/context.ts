import type {
	Application,
	ChannelCredential,
	ChannelType,
	Clock,
	CredentialInspection,
	CredentialReport,
	Random,
} from '../model';
import { PushError } from '../model';
import type { Keyring } from '../security/masterKey';
import type { Store } from '../store';
import type { Access } from './access';
import type { AuditTrail } from './auditTrail';
import type { Caller } from './caller';
import { type ActionName, actionOf } from './resources';

/** What the rooms of this folder share; made once per open store. */
export interface Context {
	readonly store: Store;
	readonly keyring: Keyring;
	readonly access: Access;
	readonly audit: AuditTrail;
	readonly clock: Clock;
	readonly random: Random;
	/** Local reading only. @throws {PushError} `InvalidCredential` */
	inspect(credential: ChannelCredential, channelType: ChannelType): Promise<CredentialInspection>;
	/** Asks the provider. @throws {PushError} `InvalidCredential` */
	check(credential: ChannelCredential): Promise<CredentialReport>;
}

export interface Operation {
	readonly action: ActionName;
	readonly channelType?: ChannelType;
	readonly resource: string;
	/** Absent where the operation is not about one application. */
	readonly application?: Pick<Application, 'id' | 'tags'>;
	/** Of what the operation is about, where that is no application. */
	readonly tags?: Readonly<Record<string, string>>;
	/** For the audit row of a change; reads leave none unless they are refused. */
	readonly details?: Readonly<Record<string, unknown>>;
	readonly changes: boolean;
}

/**
 * Asks the access policy, does the work, and writes the audit row: of every change, and of every refused or failed try.
 * @throws {PushError} `AccessDenied`, and whatever the work throws
 */
export async function perform<T>(
	context: Context,
	caller: Caller,
	operation: Operation,
	work: () => Promise<T>,
): Promise<T> {
	const action = actionOf(operation.action, operation.channelType);
	const row = (outcome: 'allowed' | 'denied' | 'failed', more: Readonly<Record<string, unknown>> = {}) => ({
		action,
		...(operation.application ? { applicationId: operation.application.id } : {}),
		resource: operation.resource,
		principal: caller.principal,
		outcome,
		details: { ...operation.details, ...more },
	});
	try {
		await context.access.authorize(caller, {
			action,
			resource: operation.resource,
			tags: operation.application?.tags ?? operation.tags ?? {},
		});
	} catch (error) {
		if (error instanceof PushError && error.code === 'AccessDenied') await context.audit.record(row('denied'));
		throw error;
	}
	try {
		const result = await work();
		if (operation.changes) await context.audit.record(row('allowed'));
		return result;
	} catch (error) {
		if (operation.changes)
			await context.audit.record(row('failed', { error: error instanceof PushError ? error.code : 'Error' }));
		throw error;
	}
}
