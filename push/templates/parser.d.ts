/** The parser of the library `handlebars`, without its compiler (which makes functions out of text). */
declare module 'handlebars/dist/cjs/handlebars/compiler/base' {
	export interface PathExpression {
		type: 'PathExpression';
		/** `@index` and the like. */
		data: boolean;
		/** Count of `../`. */
		depth: number;
		parts: string[];
		original: string;
	}

	export interface SubExpression {
		type: 'SubExpression';
		path: PathExpression;
		params: Expression[];
		hash?: Hash;
	}

	export type Literal =
		| { type: 'StringLiteral'; value: string; original: string }
		| { type: 'NumberLiteral'; value: number; original: number }
		| { type: 'BooleanLiteral'; value: boolean; original: boolean }
		| { type: 'UndefinedLiteral' | 'NullLiteral' };

	export type Expression = PathExpression | SubExpression | Literal;

	export interface Hash {
		pairs: Array<{ key: string; value: Expression }>;
	}

	export interface Program {
		type: 'Program';
		body: Statement[];
		blockParams?: string[];
	}

	export interface Mustache {
		type: 'MustacheStatement';
		path: PathExpression | Literal;
		params: Expression[];
		hash?: Hash;
	}

	export interface Block {
		type: 'BlockStatement';
		path: PathExpression;
		params: Expression[];
		hash?: Hash;
		program?: Program;
		inverse?: Program;
	}

	export type Statement =
		| Mustache
		| Block
		| { type: 'ContentStatement'; value: string }
		| { type: 'CommentStatement' }
		| { type: 'PartialStatement' | 'PartialBlockStatement' | 'Decorator' | 'DecoratorBlock' };

	/** @throws an Error whose message repeats the text */
	export function parse(input: string): Program;
}
