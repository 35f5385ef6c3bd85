import { ensureBuilt } from './build';
import { applicationsDemo } from './demos/applications';
import { cleanupDemo } from './demos/cleanup';
import { campaignDemo } from './demos/campaign';
import type { Demo } from './demos/demo';
import { sendPushDemo } from './demos/sendPush';
import { ScriptError } from './fullN8n/paths';

/** `npm run demo` or `npm run demo -- <name>`: real workflows in n8n's own engine against the simulators. */
const DEMOS: Readonly<Record<string, Demo>> = {
	applications: applicationsDemo,
	cleanup: cleanupDemo,
	campaign: campaignDemo,
	'send-push': sendPushDemo,
};

const FIRST = 'send-push';

async function main(): Promise<boolean> {
	const name = process.argv[2] ?? FIRST;
	const demo = DEMOS[name];
	if (!demo) {
		const list = Object.entries(DEMOS).map(([known, { about }]) => `  ${known}: ${about}`);
		throw new ScriptError(`There is no demo "${name}". There are:\n${list.join('\n')}`);
	}
	const say = (line: string) => console.log(line);
	await ensureBuilt(say);
	const { summary, asExpected } = await demo.run(say);
	say(JSON.stringify(summary));
	return asExpected;
}

main().then(
	(asExpected) => process.exit(asExpected ? 0 : 1),
	(error: unknown) => {
		console.error(error instanceof ScriptError ? error.message : error);
		process.exit(1);
	},
);
