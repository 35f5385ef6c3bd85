/** Adds up jest's result files of a folder into one closing line: `N passed, N failed, N skipped`. */
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const folder = process.argv[2];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
	const run = JSON.parse(readFileSync(join(folder, file), 'utf8'));
	total.passed += run.numPassedTests;
	total.failed += run.numFailedTests;
	total.skipped += run.numPendingTests + run.numTodoTests;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
