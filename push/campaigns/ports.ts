import type { ApplicationLocator, ApplicationSend, Caller } from '../applications';
import type { ResultStream, SendBatch, SendOptions } from '../sending/types';
import type { NewBatch } from '../store';

/** Rows on their way, in the hands of the one who reads them. */
export interface Reading {
	readonly batches: AsyncIterable<NewBatch>;
	/** Breaks off what is waited for. */
	stop(): void;
}

/** What campaigns need of the engine around them. */
export interface CampaignPorts {
	openSend(caller: Caller, locator: ApplicationLocator): Promise<ApplicationSend>;
	send(application: ApplicationSend, source: AsyncIterable<SendBatch>, options: SendOptions): ResultStream;
	/** Waits until the present turn of the event loop has room for work of a few ms. */
	room(): Promise<void>;
	/** Aborted when the process is asked to end. */
	readonly shutdown: AbortSignal;
}
