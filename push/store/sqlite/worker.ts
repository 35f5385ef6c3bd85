import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Connection, describeFailure } from './connection';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './protocol';

/**
 * The one thread of a process that touches the file: node:sqlite is synchronous, and a locked file would stop n8n's
 * event loop for as long as it is waited for.
 */
function serve(setup: WorkerSetup, port: MessagePort): void {
	const reply = (message: WorkerReply) => port.postMessage(message);
	let connection: Connection;
	try {
		connection = new Connection(setup);
	} catch (error) {
		reply({ failure: describeFailure(error) });
		return;
	}
	reply({ results: [] });
	port.on('message', (request: WorkerRequest) => {
		try {
			if (request.kind === 'close') {
				connection.close();
				reply({ results: [] });
			} else {
				const { kind, statements } = request;
				reply({ results: kind === 'read' ? connection.read(statements) : connection.write(statements) });
			}
		} catch (error) {
			reply({ failure: describeFailure(error) });
		}
	});
}

function isSetup(value: unknown): value is WorkerSetup {
	return typeof value === 'object' && value !== null && 'file' in value && 'busyTimeoutMs' in value;
}

const setup: unknown = workerData;
if (parentPort && isSetup(setup)) serve(setup, parentPort);
