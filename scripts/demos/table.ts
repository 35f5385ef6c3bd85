/** Plain columns, as wide as their widest cell. */
export function table(rows: ReadonlyArray<readonly string[]>): string[] {
	const widths: number[] = [];
	for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
	return rows.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd(),
	);
}

/** Long device addresses by their ends, as people compare them. */
export function shortened(address: string): string {
	return address.length <= 24 ? address : `${address.slice(0, 14)}...${address.slice(-7)}`;
}
