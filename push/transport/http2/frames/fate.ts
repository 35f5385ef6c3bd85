import {
	clientCertificateRefused,
	codeOf,
	isClientCertificateRefusal,
	type Peer,
	type Unreachable,
} from '../../failures';
import { ClosedWhileConnecting } from '../../socket-events';
import type { ConnectionEnd, StreamEnd } from '../contract';
import { errorName, goawayWords } from '../words';
import { type ConnectionError, ERROR } from './protocol';

interface Words {
	readonly code: string;
	readonly detail: string;
}

interface Goaway extends Words {
	readonly error: number;
	readonly lastStreamId: number;
}

/** How a connection ends, as far as that is known, and what it means for its streams. */
export class Fate {
	#goaway: Goaway | undefined;

	#error: unknown;

	#broken: Words | undefined;

	/** Why we destroyed it ourselves. */
	#reason: string | undefined;

	/** We asked for the end. */
	politely = false;

	/** Any answer came. */
	answered = false;

	constructor(private readonly peer: Peer) {}

	get goaway(): Goaway | undefined {
		return this.#goaway;
	}

	/** RFC 9113 6.8: a later GOAWAY can only lower the last stream. */
	sentAway(lastStreamId: number, error: number, debug: Buffer): Goaway {
		const last = Math.min(lastStreamId, this.#goaway?.lastStreamId ?? lastStreamId);
		const detail = goawayWords(this.peer.name, error, debug);
		this.#goaway = { code: `GOAWAY_${errorName(error)}`, detail, error, lastStreamId: last };
		return this.#goaway;
	}

	/** The socket's error; the first counts. */
	failed(error: unknown): void {
		this.#error ??= error;
	}

	/** The peer broke the protocol. */
	broken(error: ConnectionError): void {
		const code = errorName(error.code);
		const detail = `${this.peer.name} broke the rules of HTTP/2 and the connection was ended (${code}): ${error.message}`;
		this.#broken ??= { code, detail };
	}

	destroyed(reason: string): void {
		this.#reason ??= reason;
	}

	/** Why the connection ended before its SETTINGS came. */
	failure(): { readonly error: unknown; readonly goaway?: Words } {
		const said = this.#goaway ?? this.#broken;
		return { error: this.#error ?? new ClosedWhileConnecting(), ...(said ? { goaway: said } : {}) };
	}

	/** What became of a stream that was reset by the peer. */
	ofReset(code: number): StreamEnd {
		const name = errorName(code);
		if (code === ERROR.refusedStream) {
			const detail = `${this.peer.name} refused the stream before processing it.`;
			return { kind: 'unprocessed', by: 'refused', code: name, detail };
		}
		const detail = `${this.peer.name} broke the request off after it was sent (${name}).`;
		return { kind: 'lost', code: name, detail, slowDown: code === ERROR.calm };
	}

	/** What became of a stream whose answer makes no sense. */
	ofNonsense(code: number): StreamEnd {
		const name = errorName(code);
		return {
			kind: 'lost',
			code: name,
			detail: `The answer of ${this.peer.name} breaks the rules of HTTP/2 (${name}).`,
		};
	}

	/** What became of a stream that the peer or the end of the connection left without an answer. */
	ofStream(id: number, written: boolean): StreamEnd {
		const goaway = this.#goaway;
		if (goaway && id > goaway.lastStreamId) {
			return { kind: 'unprocessed', by: 'goaway', code: goaway.code, detail: goaway.detail };
		}
		if (!written) {
			const detail = `The connection to ${this.peer.name} took no more requests.`;
			return { kind: 'unprocessed', by: 'goaway', code: 'NOT_WRITTEN', detail };
		}
		return this.#credentialRefusal() ?? { kind: 'lost', ...this.#words() };
	}

	end(): ConnectionEnd {
		const failure = this.#credentialRefusal();
		return { ...this.#words(), abrupt: !this.politely, ...(failure ? { failure } : {}) };
	}

	/** TLS 1.3 tells a client that its certificate is refused only after the handshake, when requests may be out already. */
	#credentialRefusal(): Unreachable | undefined {
		const refused = !this.answered && this.peer.withClientCertificate && isClientCertificateRefusal(this.#error);
		return refused ? clientCertificateRefused(this.#error, this.peer) : undefined;
	}

	#words(): Words {
		if (this.#reason !== undefined) return { code: 'CLOSED', detail: this.#reason };
		if (this.#broken) return this.#broken;
		if (this.#goaway) return { code: this.#goaway.code, detail: this.#goaway.detail };
		const code = this.#error === undefined ? 'ECONNRESET' : codeOf(this.#error);
		return { code, detail: `The connection to ${this.peer.name} was cut (${code}).` };
	}
}
