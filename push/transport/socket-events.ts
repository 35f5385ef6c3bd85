import type { Socket } from 'node:net';

/** Waits for the event; destroys the socket on failure or abort and takes its own listeners off again. */
export async function connectedBy(
	socket: Socket,
	event: 'connect' | 'secureConnect',
	signal: AbortSignal,
): Promise<void> {
	// Between this and whoever takes the socket over nobody else listens, and an error must not end the process.
	socket.on('error', () => undefined);
	try {
		await new Promise<void>((resolve, reject) => {
			const closed = () => settle(() => reject(new ClosedWhileConnecting()));
			const aborted = closed;
			const settle = (act: () => void) => {
				socket.off(event, connected);
				socket.off('error', failedWith);
				socket.off('close', closed);
				signal.removeEventListener('abort', aborted);
				act();
			};
			const connected = () => settle(resolve);
			const failedWith = (error: Error) => settle(() => reject(error));
			socket.once(event, connected);
			socket.once('error', failedWith);
			socket.once('close', closed);
			signal.addEventListener('abort', aborted, { once: true });
			if (signal.aborted) aborted();
		});
	} catch (error) {
		socket.destroy();
		throw error;
	}
}

/** What `ERR_SOCKET_CLOSED` means to Node: the connection went away before it was there. */
export class ClosedWhileConnecting extends Error {
	readonly code = 'ERR_SOCKET_CLOSED';
}
