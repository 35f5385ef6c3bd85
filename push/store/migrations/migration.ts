export interface MigrationNames {
	readonly kind: 'sqlite' | 'postgres';
	/** Column type of text that sorts by its bytes: page cursors must mean the same in both databases. */
	readonly text: string;
	/** Type and constraint of a primary key the database numbers itself; a number is never given twice. */
	readonly sequence: string;
	table(name: string): string;
}

/** One forward step of the schema. Steps are never edited once released; a new one is added. */
export interface Migration {
	readonly version: number;
	statements(names: MigrationNames): readonly string[];
}
