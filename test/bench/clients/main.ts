import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measure } from './measure';
import type { ClientReport, Sender, Task } from './types';

/** What each file of a client exports; built to a file of its own beside this one. */
interface ClientModule {
	open(task: Task): Promise<Sender>;
}

async function run(task: Task): Promise<ClientReport> {
	// Only the one that is measured: the memory of one is not counted for another.
	const client: ClientModule = createRequire(__filename)(join(__dirname, `${task.client}.js`));
	const sender = await client.open(task);
	const report = await measure(sender, task);
	await sender.close();
	return report;
}

process.once('message', (task: Task) => {
	void run(task).then(
		(value) => process.send?.({ value }),
		(error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
	);
});
process.on('disconnect', () => process.exit());
