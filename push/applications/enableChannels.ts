import type { Application, Channel, ChannelCredential, ChannelHealth, ChannelType, CredentialReport } from '../model';
import { PushError } from '../model';
import type { StoredChannel } from '../store';
import { type ApplicationLocator, findApplication } from './applications';
import type { Caller } from './caller';
import { activeCredential, factsOf, fingerprintOf, mergeSecrets, type SecretsInput } from './channelSecrets';
import { complete, type Context, permit, prepare } from './context';
import { blank, onChannel, put, sealed, storedSecrets, type Written } from './storedChannels';

export interface EnableInput extends SecretsInput {
	/** One, or several that share the credential (production and sandbox together). */
	readonly channelTypes: readonly ChannelType[];
	/** Asks the provider first and stores nothing it refuses. */
	readonly verify: boolean;
}

/**
 * Switches channels on: all are permitted and verified before the first is stored.
 * @throws {PushError} `AccessDenied`, `InvalidRequest`, `InvalidCredential`, `CredentialRefused`
 */
export async function enableChannels(
	context: Context,
	caller: Caller,
	locator: ApplicationLocator,
	inputs: readonly EnableInput[],
): Promise<readonly Channel[]> {
	const application = await findApplication(context, caller, locator);
	const steps = inputs.flatMap((input) =>
		[...new Set(input.channelTypes)].map((type) => step(application, type, input)),
	);
	for (const { operation } of steps) await permit(context, caller, operation);
	const verify = verifier(context);
	const ready = [];
	for (const { operation, channelType, input } of steps) {
		const change = await prepare(
			context,
			caller,
			operation,
			async () => await changeOf(context, application, channelType, input, verify),
		);
		ready.push({ operation, ...change });
	}
	const done: Channel[] = [];
	for (const { operation, stored, written } of ready) {
		done.push(await complete(context, caller, operation, async () => await put(context, caller, stored, written)));
	}
	return done;
}

function step(application: Application, channelType: ChannelType, input: EnableInput) {
	const { credentials, legacyFcmKey } = input;
	const operation = {
		...onChannel(application, channelType),
		action: 'UpdateChannel',
		details: { enabled: true, credentials, legacyFcmKey: legacyFcmKey && '***' },
		changes: true,
	} as const;
	return { operation, channelType, input };
}

/** Everything but the writing. */
async function changeOf(
	context: Context,
	{ id }: Application,
	channelType: ChannelType,
	input: EnableInput,
	verify: Verify,
): Promise<{ readonly stored: StoredChannel | undefined; readonly written: Written }> {
	const stored = await context.store.channels.get(id, channelType);
	const secrets = mergeSecrets(channelType, storedSecrets(context, stored), input);
	const active = activeCredential(secrets);
	const inspection = active ? await context.inspect(active, channelType) : {};
	const health = active && input.verify ? await verify(channelType, active) : undefined;
	const written = {
		...blank(id, channelType, context.clock.now()),
		enabled: true,
		facts: factsOf(secrets, inspection),
		...(health ? { health } : {}),
		...sealed(context, id, channelType, secrets),
	};
	return { stored, written };
}

/** @throws {PushError} `CredentialRefused` when the provider does not take the credential for the channel */
type Verify = (channelType: ChannelType, active: ChannelCredential) => Promise<ChannelHealth>;

/** Asks the provider once per credential, however many channels share it. */
function verifier({ check, clock }: Context): Verify {
	const reports = new Map<string, CredentialReport>();
	return async (channelType, active) => {
		const key = fingerprintOf(active);
		const report = reports.get(key) ?? (await check(active));
		reports.set(key, report);
		if (report.ok && report.channels.includes(channelType))
			return { ok: true, message: report.message, checkedAt: clock.now() };
		throw new PushError('CredentialRefused', `Channel ${channelType} was not enabled: ${report.message}`, {
			hint: 'Correct the credential, choose the channel it is for, or switch "Verify With Provider" off to store it all the same.',
		});
	};
}
