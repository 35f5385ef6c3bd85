import { Desk } from '../desk';
import { Http1Endpoint } from '../http1-endpoint';
import { Http1SimulatorBase } from '../http1-simulator';
import type { OauthEndpoint } from '../oauth';
import type { Fixtures } from '../pki/fixtures';
import { admAddressFor, admGoodAddress } from './addresses';
import { isAdmReason } from './reasons';
import { AdmService } from './service';

/** Amazon's path of the token endpoint; the real host serves it beside the messages. */
export const AMAZON_TOKEN_PATH = '/auth/O2/token';

/** Amazon Device Messaging. */
export class AdmSimulatorServer extends Http1SimulatorBase {
	private constructor(
		readonly token: OauthEndpoint,
		origin: string,
		desk: Desk,
		endpoint: Http1Endpoint,
	) {
		super(origin, desk, endpoint);
	}

	static async start(
		options: { fixtures: Fixtures; startedAt: number; kept?: number; token: OauthEndpoint },
		port: number,
	): Promise<AdmSimulatorServer> {
		const { fixtures, startedAt, token, kept } = options;
		const desk = new Desk(new AdmService(token), startedAt, kept);
		const identity = { key: fixtures.server.key, cert: fixtures.server.certificate };
		const endpoint = new Http1Endpoint(identity, (request) =>
			request.path === AMAZON_TOKEN_PATH ? token.decide(request) : desk.decide(request),
		);
		return new AdmSimulatorServer(token, `https://127.0.0.1:${await endpoint.listen(port)}`, desk, endpoint);
	}

	goodAddress(n = 0): string {
		return admGoodAddress(n);
	}

	addressFor(reason: string, n = 0): string {
		if (!isAdmReason(reason)) throw new Error(`ADM has no reason "${reason}"`);
		return admAddressFor(reason, n);
	}

	override reset(): void {
		super.reset();
		this.token.reset();
	}
}
