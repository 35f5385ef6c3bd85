import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { join } from 'node:path';
import { PROGRAMS } from './build';

/** A process of ours that answers each message with one of its own. */
export class Child {
	readonly #process: ChildProcess;

	/** @param nodeArguments e.g. `--cpu-prof` */
	constructor(program: string, nodeArguments: readonly string[] = [], env: NodeJS.ProcessEnv = process.env) {
		this.#process = fork(join(PROGRAMS, program), { serialization: 'advanced', execArgv: [...nodeArguments], env });
	}

	/** @throws {Error} when the process says so, ends, or does not answer in time */
	async ask<T>(message: object, timeoutMs: number): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			const over = (act: () => void) => {
				clearTimeout(timer);
				this.#process.removeAllListeners('message').removeAllListeners('exit');
				act();
			};
			const timer = setTimeout(
				() => over(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`))),
				timeoutMs,
			);
			this.#process.once('message', (answer: { readonly value?: T; readonly error?: string } & Serializable) => {
				const { value, error } = answer;
				over(() => (value === undefined ? reject(new Error(error)) : resolve(value)));
			});
			this.#process.once('exit', (code) => over(() => reject(new Error(`the process ended (${code})`))));
			this.#process.send(message);
		});
	}

	async end(): Promise<void> {
		if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
		const gone = new Promise((resolve) => this.#process.once('exit', resolve));
		this.#process.disconnect();
		await gone;
	}

	kill(): void {
		this.#process.kill('SIGKILL');
	}
}
