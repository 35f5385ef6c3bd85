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
import type { DeliveryLog, Upkeep } from '../results';
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
	readonly deliveryLog: DeliveryLog;
	/** Keeps log and figures in order while somebody needs them. */
	readonly upkeep: Pick<Upkeep, 'keepAwake'>;
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
	await permit(context, caller, operation);
	return await complete(context, caller, operation, work);
}

/** Asks the access policy; a refusal is an audit row. @throws {PushError} `AccessDenied` */
export async function permit(context: Context, caller: Caller, operation: Operation): Promise<void> {
	try {
		await context.access.authorize(caller, {
			action: actionOf(operation.action, operation.channelType),
			resource: operation.resource,
			tags: operation.application?.tags ?? operation.tags ?? {},
		});
	} catch (error) {
		if (error instanceof PushError && error.code === 'AccessDenied') await record(context, caller, operation, 'denied');
		throw error;
	}
}

/** Does what was permitted before; a change has its audit row, whatever came of it. */
export async function complete<T>(
	context: Context,
	caller: Caller,
	operation: Operation,
	work: () => Promise<T>,
): Promise<T> {
	return await prepare(context, caller, operation, async () => {
		const result = await work();
		if (operation.changes) await record(context, caller, operation, 'allowed');
		return result;
	});
}

/** A step before the change itself: an audit row only when it fails, because nothing is changed then. */
export async function prepare<T>(
	context: Context,
	caller: Caller,
	operation: Operation,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const reason = error instanceof PushError ? error.code : 'Error';
		if (operation.changes) await record(context, caller, operation, 'failed', { error: reason });
		throw error;
	}
}

async function record(
	{ audit }: Context,
	{ principal }: Caller,
	{ action, channelType, application, resource, details }: Operation,
	outcome: 'allowed' | 'denied' | 'failed',
	more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
	await audit.record({
		action: actionOf(action, channelType),
		...(application ? { applicationId: application.id } : {}),
		resource,
		principal,
		outcome,
		details: { ...details, ...more },
	});
}
