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
	while (!(await take(file))) {
		const owner = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
		if (owner > 0 && !isAlive(owner)) {
			await rm(file, { force: true });
			continue;
		}
		if (!told) progress(`Waiting for process ${owner}, which does the same already (${file}).`);
		told = true;
		await sleep(POLL_MS);
	}
	try {
		await work();
	} finally {
		await rm(file, { force: true });
	}
}

async function take(file: string): Promise<boolean> {
	try {
		const handle = await open(file, 'wx');
		await handle.writeFile(String(process.pid));
		await handle.close();
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
		throw error;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it lives, under another user.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
