import type { ResponseHeaders } from '../../types';
import type { FieldSink } from '../hpack/decoder';
import { OF_CONNECTIONS } from '../request-fields';

const NONE: ResponseHeaders = Object.freeze({});

/** RFC 9110 5.1, lower case as RFC 9113 8.2.1 demands. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 9113 8.2.1 */
const BAD_VALUE = /[\0\r\n]/;

/** Names that were found to be well-formed; bounded, as a peer chooses them. */
const MOST_KNOWN_NAMES = 500;
const knownNames = new Set<string>();

function isName(name: string): boolean {
	if (knownNames.has(name)) return true;
	if (!NAME.test(name) || OF_CONNECTIONS.has(name)) return false;
	if (knownNames.size < MOST_KNOWN_NAMES) knownNames.add(name);
	return true;
}

/** RFC 9113 8.3.2: the head of a response, as the fields of its header block come in. */
export class ResponseHead implements FieldSink {
	/** 0 when it has none, or one that is no number. */
	status = 0;

	/** RFC 9113 8.1.1: not to be used. */
	malformed = false;

	#headers: Record<string, string> | undefined;

	begin(): void {
		this.status = 0;
		this.malformed = false;
		this.#headers = undefined;
	}

	/** Lower-case names; the last value where a name came twice. */
	get headers(): ResponseHeaders {
		return this.#headers ?? NONE;
	}

	#otherStatus(value: string): void {
		if (!/^[1-9]\d\d$/.test(value)) this.malformed = true;
		this.status = Number(value);
	}

	field(name: string, value: string): void {
		if (name === ':status') {
			if (this.status !== 0 || this.#headers) this.malformed = true;
			if (value === '200') this.status = 200;
			else this.#otherStatus(value);
			return;
		}
		if (!isName(name) || BAD_VALUE.test(value)) {
			this.malformed = true;
			return;
		}
		const headers = (this.#headers ??= {});
		// The one name that would not become a key.
		if (name !== '__proto__') headers[name] = value;
	}
}
