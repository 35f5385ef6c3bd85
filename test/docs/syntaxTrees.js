const { readFileSync } = require('node:fs');
const { Language, Parser } = require('web-tree-sitter');

/**
 * Reads pieces of code with the grammars that editors use. A program of its own, to be run with `--liftoff-only`: node's
 * optimising compiler takes gigabytes of memory for the larger grammars, and some lines of code need no optimising.
 *
 *     node --liftoff-only test/docs/syntaxTrees.js '[{ "grammar": "swift", "code": "let a = 1" }]'
 *
 * Prints, for each piece, the lines (from 1) at which something is wrong or missing: `[[]]`.
 */
async function main(pieces) {
	await Parser.init();
	const answers = [];
	for (const { grammar, code } of pieces) {
		const parser = new Parser();
		const wasm = require.resolve(`tree-sitter-wasms/out/tree-sitter-${grammar}.wasm`);
		parser.setLanguage(await Language.load(new Uint8Array(readFileSync(wasm))));
		answers.push(mistakesIn(parser.parse(code).rootNode));
	}
	process.stdout.write(JSON.stringify(answers));
}

function mistakesIn(node) {
	const own = node.isError || node.isMissing || isUnclosed(node) ? [node.startPosition.row + 1] : [];
	return [...own, ...node.children.flatMap(mistakesIn)];
}

/** HTML lets tags end by themselves; XML, which is read by the same grammar, does not. */
function isUnclosed({ type, children }) {
	const has = (kind) => children.some((child) => child.type === kind);
	return type === 'erroneous_end_tag' || (type === 'element' && has('start_tag') && !has('end_tag'));
}

void main(JSON.parse(process.argv[2]));
