import { Desk } from '../desk';
import { Http1Endpoint } from '../http1-endpoint';
import { Http1SimulatorBase } from '../http1-simulator';
import type { Fixtures } from '../pki/fixtures';
import { baiduAddressFor, baiduGoodAddress } from './addresses';
import { baiduReason } from './reasons';
import { BaiduService } from './service';

/** Baidu Cloud Push, REST API 3.0. */
export class BaiduSimulatorServer extends Http1SimulatorBase {
	private constructor(
		private readonly service: BaiduService,
		origin: string,
		desk: Desk,
		endpoint: Http1Endpoint,
	) {
		super(origin, desk, endpoint);
	}

	static async start(
		options: { fixtures: Fixtures; startedAt: number; kept?: number; now: () => number },
		port: number,
	): Promise<BaiduSimulatorServer> {
		const { fixtures, startedAt, now, kept } = options;
		const origins: string[] = [];
		const service = new BaiduService(fixtures.baidu, () => origins, now);
		const desk = new Desk(service, startedAt, kept);
		const identity = { key: fixtures.server.key, cert: fixtures.server.certificate };
		const endpoint = new Http1Endpoint(identity, (request) => desk.decide(request));
		const bound = await endpoint.listen(port);
		origins.push(`https://127.0.0.1:${bound}`, `https://localhost:${bound}`);
		return new BaiduSimulatorServer(service, `https://127.0.0.1:${bound}`, desk, endpoint);
	}

	get errorsInside200(): boolean {
		return this.service.errorsInside200;
	}

	set errorsInside200(inside: boolean) {
		this.service.errorsInside200 = inside;
	}

	goodAddress(n = 0): string {
		return baiduGoodAddress(n);
	}

	addressFor(reason: string, n = 0): string {
		if (!baiduReason(reason)) throw new Error(`Baidu has no error code "${reason}"`);
		return baiduAddressFor(reason, n);
	}

	override reset(): void {
		super.reset();
		this.service.errorsInside200 = false;
	}
}
