import { setTimeout as sleep } from 'node:timers/promises';

import { ScriptError } from './paths';

const REGISTERED_WITHIN_MS = 10_000;
const POLL_MS = 100;

/** The person who owns a fresh n8n. */
export interface Owner {
	readonly email: string;
	readonly password: string;
}

export interface Answer {
	readonly status: number;
	/** n8n's answer without its `data` envelope. */
	readonly body: unknown;
}

/** One step into JSON of unknown shape; undefined where it leads nowhere. */
export function at(value: unknown, ...path: ReadonlyArray<string | number>): unknown {
	let here = value;
	for (const step of path) {
		if (typeof here !== 'object' || here === null) return undefined;
		here = Object.entries(here).find(([key]) => key === String(step))?.[1];
	}
	return here;
}

/** n8n's REST API as its editor uses it, after login. */
export class Session {
	private constructor(
		private readonly origin: string,
		private readonly cookie: string,
	) {}

	/**
	 * Logs in; on a fresh n8n the owner's account is made first.
	 * @throws ScriptError when n8n takes neither.
	 */
	static async open(origin: string, owner: Owner): Promise<Session> {
		const { email, password } = owner;
		const name = { firstName: 'Push', lastName: 'Owner' };
		const settings = await read(await fetch(`${origin}/rest/settings`));
		if (at(settings.body, 'userManagement', 'showSetupOnFirstLoad') === true) {
			await post(`${origin}/rest/owner/setup`, { email, password, ...name });
		}
		const answer = await post(`${origin}/rest/login`, { emailOrLdapLoginId: email, password });
		if (!answer.ok) {
			throw new ScriptError(`n8n at ${origin} did not let ${email} in (status ${answer.status}).`);
		}
		const cookie = answer.headers
			.getSetCookie()
			.map((line) => line.split(';')[0])
			.join('; ');
		return new Session(origin, cookie);
	}

	/** `path` begins with a slash: `/rest/...`, `/types/nodes.json`. */
	async get(path: string): Promise<Answer> {
		return await read(await fetch(this.origin + path, { headers: { cookie: this.cookie } }));
	}

	async post(path: string, body: unknown): Promise<Answer> {
		return await read(await post(this.origin + path, body, this.cookie));
	}

	async patch(path: string, body: unknown): Promise<Answer> {
		return await read(await post(this.origin + path, body, this.cookie, 'PATCH'));
	}

	/** Publishes a workflow, whatever it starts with. */
	async publish(workflowId: string): Promise<Answer> {
		const { body } = await this.get(`/rest/workflows/${workflowId}`);
		return await this.post(`/rest/workflows/${workflowId}/activate`, { versionId: at(body, 'versionId') });
	}

	/**
	 * Publishes a workflow that starts with a POST webhook and waits until n8n takes requests on it, which is some
	 * moments after it said so.
	 * @throws ScriptError when n8n refuses.
	 */
	async activate(workflowId: string, webhookPath: string): Promise<void> {
		const answer = await this.publish(workflowId);
		const deadline = performance.now() + REGISTERED_WITHIN_MS;
		while (answer.status === 200 && performance.now() < deadline) {
			// A GET starts nothing; n8n hints at POST as soon as it knows the webhook.
			const hint = await this.get(`/webhook/${webhookPath}`);
			if (String(at(hint.body, 'message')).includes('POST request')) return;
			await sleep(POLL_MS);
		}
		throw new ScriptError(
			`n8n did not activate the workflow ${workflowId} (status ${answer.status}); try it in the editor.`,
		);
	}
}

function post(url: string, body: unknown, cookie = '', method = 'POST'): Promise<Response> {
	return fetch(url, {
		method,
		headers: { 'content-type': 'application/json', cookie },
		body: JSON.stringify(body),
	});
}

async function read(response: Response): Promise<Answer> {
	const text = await response.text();
	const body = parse(text);
	return { status: response.status, body: at(body, 'data') ?? body };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
