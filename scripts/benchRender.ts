import { compileNotification, compileTemplateMessage, isRefusal } from '../push/messages';
import type { ChannelContent, CompiledMessage, Notification } from '../push/messages';
import type { ChannelType, Recipient } from '../push/model';
import { compileTemplate } from '../push/templates';

/** Renders a second that one core has to reach. */
const GOALS = { apnsStatic: 1_500_000, apnsSubstituted: 500_000 } as const;

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

/**
 * Renders a second, the best of several runs: the machine may have other things to do.
 * @param use what is done with each content; by default nothing but counting
 */
function measure(
	message: CompiledMessage,
	to: readonly Recipient[],
	use: (content: ChannelContent) => number = ({ bytes }) => bytes,
): number {
	let best = 0;
	for (let run = 0; run < RUNS; run++) {
		const start = performance.now();
		let renders = 0;
		let bytes = 0;
		while (performance.now() - start < RUN_MS) {
			for (const recipient of to) {
				const rendered = message.render(recipient);
				if (isRefusal(rendered)) throw new Error(rendered.message);
				bytes += use(rendered);
			}
			renders += to.length;
		}
		if (bytes === 0) throw new Error('Nothing was rendered');
		best = Math.max(best, (renders / (performance.now() - start)) * 1_000);
	}
	return Math.round(best);
}

/** The text as the transport writes it: engines put off the joining of strings until somebody reads them. */
function asBytes(content: ChannelContent): number {
	return content.provider === 'apns' ? Buffer.from(content.payload).length : content.bytes;
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
		apnsSubstitutedAsBytes: measure(compileNotification(SUBSTITUTED), apple, asBytes),
		fcmSubstituted: measure(compileNotification(SUBSTITUTED), recipients('GCM')),
		apnsTemplateWithHelpers: measure(compileTemplateMessage({ template, style: 'native' }), apple),
	};
	for (const [name, perSecond] of Object.entries(figures)) {
		console.log(`${name.padEnd(26)} ${perSecond.toLocaleString('en').padStart(12)} renders/s`);
	}
	const goal = (name: keyof typeof GOALS) => {
		const verdict = figures[name] >= GOALS[name] ? 'reached' : 'MISSED';
		console.log(`${verdict}: ${name}, at least ${GOALS[name].toLocaleString('en')} renders/s`);
		return verdict === 'reached';
	};
	const reached = [goal('apnsStatic'), goal('apnsSubstituted')].every(Boolean);
	console.log(JSON.stringify({ bench: 'render', ...figures, goals: GOALS, reached }));
	if (!reached) process.exitCode = 1;
}

void main();
