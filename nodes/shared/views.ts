import type { IDataObject } from 'n8n-workflow';
import type { ChannelView, TemplateView } from '../../push';
import type { Application, AuditEntry, PushTemplate, PushTemplateVersion, Suppression } from '../../push/model';

/** Epoch ms as people and databases read it. */
export function isoDate(at: number): string {
	return new Date(at).toISOString();
}

/** An application as items show it. */
export function applicationJson({ id, name, tags, settings, createdAt, updatedAt, version }: Application): IDataObject {
	const { ratePerSecond, quietHours, suppressDeadAddresses } = settings;
	return {
		id,
		name,
		tags: { ...tags },
		settings: filled({
			messagesPerSecond: ratePerSecond,
			quietHours: quietHours && { ...quietHours },
			suppressDeadAddresses,
		}),
		creationDate: isoDate(createdAt),
		lastModifiedDate: isoDate(updatedAt),
		version,
	};
}

const DAY_MS = 86_400_000;

/** A channel as items show it: what is known of its credentials, never the credentials. `now`: epoch ms. */
export function channelJson(channel: ChannelView, now: number): IDataObject {
	const { applicationId, channelType, enabled } = channel;
	if ('configured' in channel) {
		const nothing = { hasCredential: false, hasTokenKey: false, hasFcmServiceCredentials: false };
		return { applicationId, channelType, enabled, configured: false, ...nothing };
	}
	const { facts, health, version, archived } = channel;
	const { hasCredential, hasTokenKey, hasFcmServiceCredentials, authenticationMethod, fingerprint, expiresAt } = facts;
	return filled({
		applicationId,
		channelType,
		enabled,
		configured: hasCredential || hasTokenKey || hasFcmServiceCredentials,
		authMethod: authenticationMethod,
		hasCredential,
		hasTokenKey,
		hasFcmServiceCredentials,
		fingerprint,
		expiresAt: expiresAt === undefined ? undefined : isoDate(expiresAt),
		daysToExpiry: expiresAt === undefined ? undefined : Math.floor((expiresAt - now) / DAY_MS),
		topics: facts.topics && [...facts.topics],
		version,
		creationDate: isoDate(channel.createdAt),
		lastModifiedDate: isoDate(channel.updatedAt),
		lastModifiedBy: channel.lastModifiedBy,
		archived,
		health: health && { ok: health.ok, message: health.message, checkedDate: isoDate(health.checkedAt) },
	});
}

/** An audit row as items show it. */
export function auditJson({ chain, sequence, at, mac, principal, details, ...row }: AuditEntry): IDataObject {
	const { action, applicationId, resource, outcome } = row;
	return filled({
		date: isoDate(at),
		action,
		outcome,
		applicationId,
		resource,
		principal: { ...principal },
		details: JSON.parse(JSON.stringify(details)),
		chain,
		sequence,
		mac,
	});
}

/** A row of the suppression list as items show it. */
export function suppressionJson({ address, reason, note, createdAt, applicationId }: Suppression): IDataObject {
	return filled({ address, reason, note, creationDate: isoDate(createdAt), applicationId });
}

/** A template as lists show it. */
export function templateHeadJson(template: PushTemplate): IDataObject {
	const { name, tags, activeVersion, latestVersion, createdAt, updatedAt } = template;
	return {
		name,
		activeVersion,
		latestVersion,
		tags: { ...tags },
		creationDate: isoDate(createdAt),
		lastModifiedDate: isoDate(updatedAt),
	};
}

/** One version with what it says; the parts in AWS's words. */
export function templateVersionJson(version: PushTemplateVersion, activeVersion: number): IDataObject {
	const { name, content, description, createdAt, updatedAt } = version;
	const plain: IDataObject = JSON.parse(JSON.stringify(content));
	return filled({
		name,
		version: version.version,
		active: version.version === activeVersion,
		description,
		content: plain,
		creationDate: isoDate(createdAt),
		lastModifiedDate: isoDate(updatedAt),
	});
}

/** A template with one of its versions. */
export function templateJson({ template, version }: TemplateView): IDataObject {
	const { activeVersion, latestVersion, tags } = template;
	return { ...templateVersionJson(version, activeVersion), activeVersion, latestVersion, tags: { ...tags } };
}

/** Without the fields that have no value. */
function filled(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
