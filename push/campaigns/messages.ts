import {
	type CompiledMessage,
	compileNotification,
	compileTemplateMessage,
	type DirectMessageConfiguration,
	placeholderNames,
} from '../messages';
import type { Clock } from '../model';
import { compileTemplate } from '../templates';
import { hash64, toFraction } from './addressHash';
import type { CampaignDefinition, CampaignMessage } from './definition';

export interface Treatment {
	/** Empty where the campaign has no treatments. */
	readonly name: string;
	readonly message: CompiledMessage;
}

/** Decides who belongs to which part of a campaign; any fixed number serves. */
const DRAW_SEED = 0x5eed;

/** The compiled messages of a campaign, and who gets which. */
export class CampaignMessages {
	readonly #treatments: ReadonlyArray<Treatment & { readonly upTo: number }>;

	readonly #holdOut: number;

	private constructor(
		private readonly campaignId: string,
		treatments: ReadonlyArray<Treatment & { readonly weight: number }>,
		holdOutPercent: number,
		/** Names of all `{{name}}` in them. */
		readonly placeholders: readonly string[],
	) {
		const sum = treatments.reduce((total, { weight }) => total + weight, 0);
		let upTo = 0;
		this.#treatments = treatments.map((treatment) => {
			upTo += treatment.weight / sum;
			return { ...treatment, upTo };
		});
		this.#holdOut = holdOutPercent / 100;
	}

	/** @throws {PushError} `InvalidMessage`, `InvalidRequest` */
	static async compile(campaignId: string, definition: CampaignDefinition, clock: Clock): Promise<CampaignMessages> {
		const { message, treatments = [], rendering } = definition;
		const wanted = treatments.length === 0 ? [{ name: '', weight: 1, message }] : treatments;
		const names = new Set<string>();
		const compiled = await Promise.all(
			wanted.map(async ({ name, weight, message: content }) => {
				const one = await compileMessage(campaignId, content, rendering, clock);
				for (const placeholder of one.placeholders) names.add(placeholder);
				return { name, weight, message: one.message };
			}),
		);
		return new CampaignMessages(campaignId, compiled, definition.holdOutPercent ?? 0, [...names]);
	}

	get all(): readonly Treatment[] {
		return this.#treatments;
	}

	/**
	 * What somebody gets: always the same for the same key in the same campaign.
	 * @param key the user's id, so that all devices of a user get the same; else the device
	 * @returns undefined for those held out
	 */
	of(key: string): Treatment | undefined {
		const [first] = this.#treatments;
		if (this.#holdOut === 0 && this.#treatments.length === 1) return first;
		const draw = toFraction(hash64(`${this.campaignId} ${key}`, DRAW_SEED));
		if (draw < this.#holdOut) return undefined;
		// The rest is shared out anew, so that holding out does not shift the weights.
		const share = (draw - this.#holdOut) / (1 - this.#holdOut);
		return this.#treatments.find(({ upTo }) => share < upTo) ?? this.#treatments.at(-1);
	}
}

/**
 * A second copy of a campaign's message, sent after a lost answer or a crash, replaces the first on the device: where
 * the author gave no collapse id, the campaign's own is used.
 */
async function compileMessage(
	campaignId: string,
	content: CampaignMessage,
	rendering: CampaignDefinition['rendering'],
	clock: Clock,
): Promise<{ readonly message: CompiledMessage; readonly placeholders: readonly string[] }> {
	if (content.kind === 'notification') {
		const notification = { ...content.notification, collapseId: content.notification.collapseId ?? campaignId };
		return {
			message: compileNotification(notification, { ...rendering, clock }),
			placeholders: placeholderNames(notification),
		};
	}
	const configuration = collapsing(content.configuration, campaignId);
	const template = await compileTemplate(content);
	return {
		message: compileTemplateMessage({ template, configuration, style: 'native', ...rendering, clock }),
		placeholders: [...new Set([...template.placeholders, ...placeholderNames(configuration)])],
	};
}

function collapsing(given: DirectMessageConfiguration, campaignId: string): DirectMessageConfiguration {
	const { APNSMessage = {}, GCMMessage = {}, ADMMessage = {} } = given;
	return {
		...given,
		APNSMessage: { ...APNSMessage, CollapseId: APNSMessage.CollapseId ?? campaignId },
		GCMMessage: { ...GCMMessage, CollapseKey: GCMMessage.CollapseKey ?? campaignId },
		ADMMessage: { ...ADMMessage, ConsolidationKey: ADMMessage.ConsolidationKey ?? campaignId },
	};
}
