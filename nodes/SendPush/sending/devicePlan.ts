import type { INodeExecutionData } from 'n8n-workflow';
import type { AddressKind, Recipient } from '../../../push/model';
import type { SendBatch } from '../../../push/sending/types';
import { localRefusal, type ResultLike } from '../../shared/results';
import type { MessageSource, PreparedMessage } from '../content/messageSource';
import { substitutionsOf } from '../../shared/itemField';
import type { ChannelOfItem, RecipientSource } from './recipients';

/** What one input item contributes. */
interface Share {
	readonly itemIndex: number;
	readonly message: PreparedMessage;
	readonly addresses: readonly string[];
}

/** A recipient handed to the engine whose result has not come yet. */
export interface Pending {
	readonly itemIndex: number;
	readonly recipient: Recipient;
}

export interface PlanParts {
	readonly items: readonly INodeExecutionData[];
	readonly messages: MessageSource;
	readonly recipients: RecipientSource;
	readonly channelOf: ChannelOfItem;
	/** What addresses on Google's channel are. */
	readonly addressKind?: AddressKind;
	/** The items that take part, in ascending order; absent = all of them. */
	readonly indexes?: readonly number[];
}

const BATCH_SIZE = 1000;

/**
 * Who gets what, in the order of the items. When everything is constant, items are read while they are sent; when
 * expressions have to be evaluated, all of them are before anything is sent, so that a mistake in the last item does
 * not come out after half of the devices were reached.
 */
export class DevicePlan {
	/** Handed out and not answered yet, by `ref`: memory is bounded by what is in flight. */
	readonly pending = new Map<number, Pending>();

	private shares: readonly Share[] | undefined;

	private nextRef = 0;

	constructor(
		private readonly parts: PlanParts,
		/** Told of recipients that cannot be sent to at all. */
		private readonly refuse: (result: ResultLike, itemIndex: number) => void,
	) {}

	/**
	 * Evaluates what depends on the item.
	 * @param onMistake told of an item that cannot be used; throws to stop everything
	 */
	prepare(onMistake: (error: unknown, itemIndex: number) => void): void {
		const { items, messages, recipients } = this.parts;
		if (items.length === 0) return;
		// Compiled now, so that a constant mistake shows before anything is sent.
		if (messages.constant && recipients.cheap) {
			messages.at(0);
			return;
		}
		const shares: Share[] = [];
		for (const itemIndex of this.indexes()) {
			try {
				this.addShare(shares, { itemIndex, message: messages.at(itemIndex), addresses: recipients.at(itemIndex) });
			} catch (error) {
				onMistake(error, itemIndex);
			}
		}
		this.shares = shares;
	}

	/** How many results there will be. */
	count(): number {
		let recipients = 0;
		for (const share of this.all()) recipients += Math.max(1, share.addresses.length);
		return recipients;
	}

	/** What would be sent, for telling one request from another. Items are numbered as they take part. */
	describe(): unknown[] {
		const { items, channelOf } = this.parts;
		return [...this.all()].map(({ itemIndex, message, addresses }) => ({
			message: message.source,
			addresses,
			...(this.parts.addressKind ? { addressKind: this.parts.addressKind } : {}),
			channel: channelOf(itemIndex),
			substitutions: substitutionsOf(items[itemIndex]?.json ?? {}, message.placeholders),
		}));
	}

	*batches(): Generator<SendBatch> {
		let message: PreparedMessage | undefined;
		let batch: Recipient[] = [];
		for (const share of this.all()) {
			if (message !== share.message && message !== undefined && batch.length > 0) {
				yield { message: message.compiled, recipients: batch };
				batch = [];
			}
			message = share.message;
			for (const recipient of this.recipientsOf(share)) {
				batch.push(recipient);
				if (batch.length < BATCH_SIZE) continue;
				yield { message: message.compiled, recipients: batch };
				batch = [];
			}
		}
		if (message !== undefined && batch.length > 0) yield { message: message.compiled, recipients: batch };
	}

	private *all(): Generator<Share> {
		if (this.shares) {
			yield* this.shares;
			return;
		}
		const { items, messages, recipients } = this.parts;
		// A constant message goes to a constant list once, however many items there are.
		const once = recipients.kind === 'list' && items.length > 0 && messages.at(0).placeholders.length === 0;
		for (const itemIndex of this.indexes()) {
			yield { itemIndex, message: messages.at(itemIndex), addresses: recipients.at(itemIndex) };
			if (once) return;
		}
	}

	private *indexes(): Generator<number> {
		const { items, indexes } = this.parts;
		if (indexes) yield* indexes;
		else for (let itemIndex = 0; itemIndex < items.length; itemIndex++) yield itemIndex;
	}

	/** The same message to the same list is sent once, not once per item. */
	private addShare(shares: Share[], share: Share): void {
		const last = shares.at(-1);
		const repeated =
			this.parts.recipients.kind === 'list' &&
			last?.message === share.message &&
			share.message.placeholders.length === 0 &&
			last.addresses.length === share.addresses.length &&
			last.addresses.every((address, index) => address === share.addresses[index]);
		if (!repeated) shares.push(share);
	}

	private *recipientsOf(share: Share): Generator<Recipient> {
		const { itemIndex, message, addresses } = share;
		const { recipients, channelOf, items, addressKind } = this.parts;
		const channel = channelOf(itemIndex);
		if (addresses.length === 0) {
			const channelType = 'channel' in channel ? channel.channel : channel.word;
			this.refuseOne({ itemIndex, address: '', channelType }, 'MissingAddress', recipients.missing);
			return;
		}
		const substitutions = substitutionsOf(items[itemIndex]?.json ?? {}, message.placeholders);
		for (const address of addresses) {
			if (!('channel' in channel)) {
				this.refuseOne({ itemIndex, address, channelType: channel.word }, 'UnknownChannel', channel.refusal);
				continue;
			}
			const recipient: Recipient = {
				ref: this.nextRef++,
				address,
				channelType: channel.channel,
				substitutions,
				...(addressKind === undefined ? {} : { addressKind }),
			};
			this.pending.set(recipient.ref, { itemIndex, recipient });
			yield recipient;
		}
	}

	private refuseOne(
		{ itemIndex, address, channelType }: { itemIndex: number; address: string; channelType: string | undefined },
		reason: string,
		message: string,
	): void {
		this.refuse(localRefusal({ ref: this.nextRef++, address, channelType }, reason, message), itemIndex);
	}
}
