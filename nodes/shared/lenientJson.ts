import type { EngineModule } from './engine';
import { isRecord, jsonOf, type Values } from './parameters';

/** Reads JSON fields: as they should be, or as people paste them, with a note about it. */
export class LenientJson {
	/** What was read although it is no valid JSON. */
	readonly notes = new Set<string>();

	constructor(private readonly engine: EngineModule) {}

	/** @throws {WorkflowMistake} when the text cannot be understood; names the field, never the text. */
	read(values: Values, name: string, label: string): unknown {
		const text = values[name];
		if (typeof text !== 'string' || text.trim() === '' || isJson(text)) return jsonOf(values, name, label);
		const found = this.engine.readLenientJson(text);
		if (!found || typeof found.value !== 'object') return jsonOf(values, name, label);
		this.note(label);
		return found.value;
	}

	/** A raw payload as text: untouched when it is JSON, rewritten when it only nearly is. */
	text(given: unknown, label: string): unknown {
		if (isRecord(given)) {
			this.notes.add(`${label} is an object where a text is asked for: it was written down as JSON.`);
			return JSON.stringify(given);
		}
		if (typeof given !== 'string' || given.trim() === '' || isJson(given)) return given;
		const found = this.engine.readLenientJson(given);
		if (!found || typeof found.value !== 'object') return given;
		this.note(label);
		return JSON.stringify(found.value);
	}

	private note(label: string): void {
		this.notes.add(
			`${label} is not valid JSON (single quotes, True, names without quotes, a comma too many or the like). It was understood all the same; better write it as JSON.`,
		);
	}
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** The members called RawContent of a MessageRequest, mended where they are nearly JSON. */
export function withReadableRawContent(request: unknown, json: LenientJson): unknown {
	if (!isRecord(request)) return request;
	const mended = { ...request };
	for (const part of ['MessageConfiguration', 'Addresses']) {
		const entries = request[part];
		if (!isRecord(entries)) continue;
		mended[part] = Object.fromEntries(
			Object.entries(entries).map(([name, entry]) => {
				if (!isRecord(entry) || entry.RawContent === undefined) return [name, entry];
				const label = part === 'Addresses' ? 'RawContent of an address' : `RawContent of ${name}`;
				return [name, { ...entry, RawContent: json.text(entry.RawContent, label) }];
			}),
		);
	}
	return mended;
}
