import { constants } from 'node:http2';
import { Desk } from '../desk';
import type { Http2Connection } from '../http2-connection';
import { Http2Endpoint } from '../http2-endpoint';
import { Http2SimulatorBase } from '../http2-simulator';
import type { OauthEndpoint } from '../oauth';
import type { Fixtures } from '../pki/fixtures';
import type { Http2Simulator } from '../types';
import { fcmAddressFor, fcmGoodAddress } from './addresses';
import { isFcmReason } from './reasons';
import { FcmService } from './service';

const STREAM_LIMIT = 100;
const PINGS_TAKEN = 2;

/** Google's send endpoint. */
export class FcmSimulatorServer extends Http2SimulatorBase implements Http2Simulator {
	private constructor(
		readonly token: OauthEndpoint,
		readonly origin: string,
		desk: Desk,
		endpoint: Http2Endpoint,
	) {
		super(desk, endpoint);
	}

	static async start(
		options: { fixtures: Fixtures; startedAt: number; kept?: number; token: OauthEndpoint },
		port: number,
	): Promise<FcmSimulatorServer> {
		const { fixtures, startedAt, token, kept } = options;
		const desk = new Desk(new FcmService(fixtures.fcm.projectId, token), startedAt, kept);
		const endpoint = new Http2Endpoint({
			identity: { key: fixtures.server.key, cert: fixtures.server.certificate },
			streamLimit: STREAM_LIMIT,
			decide: (request) => desk.decide(request),
			pinged: punishPings,
		});
		const origin = `https://127.0.0.1:${await endpoint.listen(port)}`;
		return new FcmSimulatorServer(token, origin, desk, endpoint);
	}

	goodAddress(n = 0): string {
		return fcmGoodAddress(n);
	}

	addressFor(reason: string, n = 0): string {
		if (!isFcmReason(reason)) throw new Error(`FCM's table has no word "${reason}"`);
		return fcmAddressFor(reason, n);
	}

	override reset(): void {
		super.reset();
		this.setStreamLimit(STREAM_LIMIT);
		this.token.reset();
	}
}

/** Google's front ends take more than two PINGs for an attack. */
function punishPings(connection: Http2Connection): void {
	if (connection.pings > PINGS_TAKEN) connection.leave(constants.NGHTTP2_ENHANCE_YOUR_CALM, 'too_many_pings');
}
