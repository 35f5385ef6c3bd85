import { Sink } from './sink';
import type { SinkIdentity, SinkSettings } from './types';

/** What the sink's process is told. */
export type SinkCommand =
	| { readonly command: 'start'; readonly identity: SinkIdentity }
	| { readonly command: 'configure'; readonly settings: SinkSettings }
	| { readonly command: 'report' };

let sink: Sink | undefined;

async function obey(order: SinkCommand): Promise<unknown> {
	if (order.command === 'start') {
		sink = await Sink.start(order.identity);
		return sink.address;
	}
	if (order.command === 'configure') {
		sink?.configure(order.settings);
		return true;
	}
	return sink?.report();
}

process.on('message', (order: SinkCommand) => {
	void obey(order).then(
		(value) => process.send?.({ value }),
		(error: unknown) => process.send?.({ error: String(error) }),
	);
});
process.on('disconnect', () => process.exit());
