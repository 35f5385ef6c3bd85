import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 1000;

/** Does `work` while no other process does it; waits for one that does, and takes over from one that died. */
export async function withLock(
	file: string,
	progress: (line: string) => void,
	work: () => Promise<void>,
): Promise<void> {
	let told = false;
	for (let owner = await takeLock(file); owner !== undefined; owner = await takeLock(file)) {
		if (!told) progress(`Waiting for process ${owner}, which does the same already (${file}).`);
		told = true;
		await sleep(POLL_MS);
	}
	try {
		await work();
	} finally {
		await releaseLock(file);
	}
}

/** Takes the lock for this process, also from one that died; else says which process has it. */
export async function takeLock(file: string): Promise<number | undefined> {
	try {
		const handle = await open(file, 'wx');
		await handle.writeFile(String(process.pid));
		await handle.close();
		return undefined;
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
	const owner = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
	if (!(owner > 0) || isAlive(owner)) return owner || 0;
	await rm(file, { force: true });
	return await takeLock(file);
}

export async function releaseLock(file: string): Promise<void> {
	await rm(file, { force: true });
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it lives, under another user.
		return codeOf(error) === 'EPERM';
	}
}

/** Not by `instanceof`: under jest Node's own errors come from another realm. */
function codeOf(error: unknown): unknown {
	return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
