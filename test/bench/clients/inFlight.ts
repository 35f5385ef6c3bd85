import type { Supply } from './types';

/**
 * Keeps `width` requests going until the supply is over.
 * @param begin starts one; calls `ended` once, never before it returned
 */
export async function keepInFlight(
	supply: Supply,
	width: number,
	begin: (device: number, ended: () => void) => void,
): Promise<void> {
	await new Promise<void>((resolve) => {
		let open = 0;
		let over = false;
		const more = () => {
			while (!over && open < width) {
				const device = supply.next();
				over = device < 0;
				if (over) break;
				open += 1;
				begin(device, ended);
			}
			if (over && open === 0) resolve();
		};
		const ended = () => {
			open -= 1;
			more();
		};
		more();
	});
}
