import { compileNotification, compileTemplateMessage, isRefusal } from '../push/messages';
import type { CompiledMessage, Notification } from '../push/messages';
import type { ChannelType, Recipient } from '../push/model';
import { compileTemplate } from '../push/templates';

/** What this has to reach on one core (issue "Messages"). */
const FLOOR = { static: 1_500_000, substituted: 500_000 } as const;

const RUN_MS = 1_000;
const RUNS = 5;

const NOTIFICATION: Notification = {
	title: 'Your order is on its way',
	body: 'It arrives today between 2 and 4 pm.',
	sound: 'default',
	badge: 1,
	threadId: 'orders',
	data: { orderId: '42', items: 3 },
	action: 'DEEP_LINK',
	url: 'shop://orders/42',
};

const SUBSTITUTED: Notification = {
	...NOTIFICATION,
	title: 'Hi {{name}}',
	body: 'Order {{order}} arrives {{when | "today"}}.',
	data: { orderId: '{{order}}' },
};

/** Different values, as a real send has them; some that need escaping. */
function recipients(channelType: ChannelType): Recipient[] {
	return Array.from({ length: 1_000 }, (_, ref) => ({
		ref,
		address: `device-${ref}`,
		channelType,
		substitutions: { name: [ref % 10 === 0 ? `Zoë "${ref}"` : `Ann ${ref}`], order: [String(10_000 + ref)] },
	}));
}

/** Renders a second, the best of several runs: the machine may have other things to do. */
function measure(message: CompiledMessage, to: readonly Recipient[]): number {
	let best = 0;
	for (let run = 0; run < RUNS; run++) {
		const start = performance.now();
		let renders = 0;
		let bytes = 0;
		while (performance.now() - start < RUN_MS) {
			for (const recipient of to) {
				const rendered = message.render(recipient);
				if (isRefusal(rendered)) throw new Error(rendered.message);
				bytes += rendered.bytes;
			}
			renders += to.length;
		}
		if (bytes === 0) throw new Error('Nothing was rendered');
		best = Math.max(best, (renders / (performance.now() - start)) * 1_000);
	}
	return Math.round(best);
}

async function main(): Promise<void> {
	const template = await compileTemplate({
		name: 'bench',
		version: 1,
		content: {
			Default: { Title: '{{#if name}}Hi {{name}}{{else}}Hello{{/if}}', Body: 'Order {{order}}: {{upper name}}' },
		},
	});
	const apple = recipients('APNS');
	const figures = {
		apnsStatic: measure(compileNotification(NOTIFICATION), apple),
		apnsSubstituted: measure(compileNotification(SUBSTITUTED), apple),
		fcmSubstituted: measure(compileNotification(SUBSTITUTED), recipients('GCM')),
		apnsTemplateWithHelpers: measure(compileTemplateMessage({ template, style: 'native' }), apple),
	};
	for (const [name, perSecond] of Object.entries(figures)) {
		console.log(`${name.padEnd(26)} ${perSecond.toLocaleString('en').padStart(12)} renders/s`);
	}
	const reached = figures.apnsStatic >= FLOOR.static && figures.apnsSubstituted >= FLOOR.substituted;
	console.log(JSON.stringify({ bench: 'render', ...figures, floor: FLOOR, reached }));
	if (!reached) process.exitCode = 1;
}

void main();
