/** One thing `npm run demo -- <name>` shows. */
export interface Demo {
	/** One line for the list of demos. */
	readonly about: string;
	/**
	 * Shows it, line by line.
	 * @returns the summary that is printed as the last line, as JSON, and whether all came out as expected.
	 */
	run(say: (line: string) => void): Promise<{ summary: object; asExpected: boolean }>;
}
