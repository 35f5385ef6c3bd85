import type { Failure, INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { PushErrorCode } from '../../push/model';

/** A mistake in the workflow itself: what is wrong, and what to do about it. */
export class WorkflowMistake extends Error {
	constructor(
		message: string,
		readonly hint?: string,
	) {
		super(message);
	}
}

/** What n8n is told about the cause, so that it can decide what to offer. */
const FAILURES: Readonly<Record<PushErrorCode, Failure | undefined>> = {
	InvalidCredential: { cause: 'credential-invalid' },
	CredentialRefused: { cause: 'credential-invalid' },
	InvalidMessage: { cause: 'configuration-invalid' },
	InvalidRequest: { cause: 'configuration-invalid' },
	UnknownChannel: { cause: 'configuration-invalid' },
	EgressRefused: { cause: 'configuration-invalid' },
	Unreachable: { cause: 'temporarily-unavailable' },
	Cancelled: undefined,
	NotFound: { cause: 'configuration-invalid' },
	Conflict: { cause: 'configuration-invalid' },
	StaleWrite: { cause: 'temporarily-unavailable' },
	StoreUnavailable: { cause: 'temporarily-unavailable' },
	StoreTooNew: { cause: 'configuration-invalid' },
	KeyMissing: { cause: 'credential-invalid' },
	AccessDenied: { cause: 'credential-invalid' },
};

interface Explanation {
	readonly message: string;
	readonly description?: string;
	readonly failure?: Failure;
}

/**
 * Any error as n8n's own: a sentence, a description that says what to do, the item it belongs to.
 * Neither stack traces nor causes go along: they could hold what the user typed.
 */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeOperationError {
	if (error instanceof NodeOperationError) return error;
	const { message, description, failure } = explain(error);
	const nodeError = new NodeOperationError(node, message, { description, itemIndex, failure });
	// n8n replaces sentences in which it finds the letters of a system error (ENOTFOUND, EPERM) by its own.
	nodeError.message = message;
	nodeError.messages = [];
	nodeError.stack = `${nodeError.name}: ${message}`;
	return nodeError;
}

/** The sentence for people, with what to do about it. */
export function toSentence(error: unknown): string {
	const { message, description } = explain(error);
	return description === undefined ? message : `${message} ${description}`;
}

function explain(error: unknown): Explanation {
	if (error instanceof WorkflowMistake) {
		return { message: error.message, description: error.hint, failure: { cause: 'configuration-invalid' } };
	}
	if (isPushError(error)) {
		return { message: error.message, description: error.hint, failure: FAILURES[error.code] };
	}
	if (error instanceof Error && isN8nError(error)) {
		return { message: error.message, description: description(error), failure: { cause: 'configuration-invalid' } };
	}
	return {
		message: `Something unexpected happened in this node (${kindOf(error)}).`,
		description: 'Try again. If it stays, report it to the maintainers with the steps that lead to it.',
		failure: { cause: 'node-defect' },
	};
}

/** By shape, not by class: after an update of the package there may be two copies of the engine in the process. */
function isPushError(error: unknown): error is Error & { code: PushErrorCode; hint?: string } {
	return error instanceof Error && error.name === 'PushError' && 'code' in error && isPushErrorCode(error.code);
}

function isPushErrorCode(code: unknown): code is PushErrorCode {
	return typeof code === 'string' && Object.hasOwn(FAILURES, code);
}

/** Expressions that fail, parameters n8n refuses: its sentences are for people already. */
function isN8nError(error: Error): boolean {
	return 'level' in error && ('description' in error || 'context' in error);
}

function description(error: Error): string | undefined {
	return 'description' in error && typeof error.description === 'string' && error.description !== ''
		? error.description
		: undefined;
}

/** Enough to find the place in a bug report, and never a secret: the class, and the system's code where it has one. */
function kindOf(error: unknown): string {
	if (!(error instanceof Error)) return typeof error;
	const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
	return `${error.name}${code}`;
}
