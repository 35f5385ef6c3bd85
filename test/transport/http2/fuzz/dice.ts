/** xorshift32: the same cases for the same seed, on every machine. @returns whole numbers from 0 */
export function dice(seed: number): (below: number) => number {
	let state = seed >>> 0 || 1;
	return (below) => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) % below;
	};
}
