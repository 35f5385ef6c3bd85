import { connect, type Socket } from 'node:net';
import { systemClock } from '../../../push/model';
import { FrameConnection } from '../../../push/transport/http2/frames/connection';
import type {
	Connection,
	ConnectionEnd,
	ConnectionEvents,
	Stream,
	StreamEnd,
} from '../../../push/transport/http2/contract';
import { parseOrigin } from '../../../push/transport/origin';
import type { TransportRequest } from '../../../push/transport';
import { NodeHttp2Connection } from '../oracle/node-http2-connection';
import { until } from '../client';

/** The client, and the one on node:http2 it is compared with. */
export const IMPLEMENTATIONS = [
	['the client', FrameConnection],
	['node:http2', NodeHttp2Connection],
] as const;

type Away = Parameters<ConnectionEvents['goaway']>[0];

type Implementation = (typeof IMPLEMENTATIONS)[number][1];

/** One connection of either kind, with all it said. */
export class Opened {
	private constructor(
		readonly socket: Socket,
		readonly connection: Connection,
		readonly ends: readonly ConnectionEnd[],
		readonly aways: readonly Away[],
		readonly limitChanges: readonly unknown[],
	) {}

	static async to(port: number, Kind: Implementation, withClientCertificate = false): Promise<Opened> {
		const socket = connect(port, '127.0.0.1');
		const ends: ConnectionEnd[] = [];
		const aways: Away[] = [];
		const limitChanges: true[] = [];
		const connection = new Kind(
			socket,
			parseOrigin(`http://127.0.0.1:${port}`),
			{ name: 'api.example', withClientCertificate },
			'127.0.0.1',
			{
				limitChanged: () => limitChanges.push(true),
				goaway: (away) => aways.push(away),
				closed: (end) => ends.push(end),
			},
			systemClock,
		);
		await new Promise((resolve) => connection.whenReady(resolve));
		return new Opened(socket, connection, ends, aways, limitChanges);
	}

	/** Opens a stream; its end arrives in the array. */
	open(request: TransportRequest): { readonly ends: StreamEnd[]; readonly stream: Stream | undefined } {
		const ends: StreamEnd[] = [];
		const stream = this.connection.open(request, { streamEnded: (end) => ends.push(end) });
		return { ends, stream };
	}

	/** One request to its end. */
	async end(request: TransportRequest): Promise<StreamEnd> {
		const { ends } = this.open(request);
		return await firstOf(ends);
	}

	async closed(): Promise<ConnectionEnd> {
		return await firstOf(this.ends);
	}
}

export async function firstOf<T>(list: readonly T[]): Promise<T> {
	await until(() => list.length > 0);
	const [first] = list;
	if (first === undefined) throw new Error('There is none.');
	return first;
}
