import type { Dispatcher } from 'undici';
import type { Clock } from '../../model';
import { BodyCollector } from '../body';
import { clientCertificateRefused, codeOf, isClientCertificateRefusal, type Peer } from '../failures';
import { flatHeaders, type RawHeaders } from '../response-headers';
import type { Answer, RequestHandle, TransportRequest } from '../types';
import { ConnectFailure } from './connect-failure';

/** One HTTP/1.1 request and its answer: undici's handler on one side, the transport's `Answer` on the other. */
export class Exchange implements Dispatcher.DispatchHandler, RequestHandle {
	#done: ((answer: Answer) => void) | undefined;

	#controller: Dispatcher.DispatchController | undefined;

	#stopTimer: (() => void) | undefined;

	#status = 0;

	#headers: RawHeaders = {};

	readonly #body = new BodyCollector();

	constructor(
		private readonly request: TransportRequest,
		private readonly clock: Clock,
		private readonly peer: Peer,
		done: (answer: Answer) => void,
	) {
		this.#done = done;
	}

	get settled(): boolean {
		return this.#done === undefined;
	}

	/** Gives the answer, the first time only, never from inside the caller's own call. */
	settle(answer: Answer): void {
		const done = this.#done;
		if (!done) return;
		this.#done = undefined;
		this.#stopTimer?.();
		queueMicrotask(() => done(answer));
	}

	cancel(): void {
		this.#end({ kind: 'cancelled', written: this.#written });
	}

	/** The transport is closed over it. */
	abandon(): void {
		const detail = 'The connections were closed before the answer came.';
		this.#end({ kind: this.#written ? 'lost' : 'refused', code: 'CLOSED', detail });
	}

	/** undici: it is about to be written on a connection. */
	onRequestStart(controller: Dispatcher.DispatchController): void {
		if (this.settled) {
			controller.abort(new TakenBack());
			return;
		}
		this.#controller = controller;
		this.#stopTimer = this.clock.after(this.request.timeoutMs, () =>
			this.#end({ kind: 'timeout', afterMs: this.request.timeoutMs }),
		);
	}

	onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
		if (status < 200) return;
		this.#status = status;
		this.#headers = headers;
	}

	onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
		if (!this.#body.add(chunk)) this.#end(this.#response());
	}

	onResponseEnd(): void {
		this.settle(this.#response());
	}

	onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
		this.failed(error);
	}

	/** No answer, or not a whole one. */
	failed(error: unknown): void {
		if (error instanceof ConnectFailure) return this.settle(error.failure);
		if (this.#status === 0 && this.peer.withClientCertificate && isClientCertificateRefusal(error)) {
			return this.settle(clientCertificateRefused(error, this.peer));
		}
		if (!this.#written) return this.settle(notWritten(error));
		// The status line of a success says that the peer has taken it, even if its body was cut off.
		if (this.#status >= 200 && this.#status < 300) return this.settle(this.#response());
		const code = codeOf(error);
		this.settle({ kind: 'lost', code, detail: `The connection was cut before the answer was complete (${code}).` });
	}

	get #written(): boolean {
		return this.#controller !== undefined;
	}

	#response(): Answer {
		return { kind: 'response', status: this.#status, headers: flatHeaders(this.#headers), body: this.#body.text() };
	}

	#end(answer: Answer): void {
		this.settle(answer);
		this.#controller?.abort(new TakenBack());
	}
}

/** Told to undici when nobody waits for the answer any more; it closes the connection then. */
class TakenBack extends Error {
	constructor() {
		super('The request was taken back.');
	}
}

function notWritten(error: unknown): Answer {
	const code = codeOf(error);
	if (code === 'UND_ERR_INVALID_ARG' || code.startsWith('ERR_INVALID')) {
		const detail = `The request cannot be written (${code}): it holds characters HTTP does not allow.`;
		return { kind: 'refused', code, detail };
	}
	return { kind: 'refused', code, detail: `The request was not sent (${code}).` };
}
