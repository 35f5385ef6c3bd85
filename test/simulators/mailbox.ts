import { createServer, type Server, type Socket } from 'node:net';

import { listen, stopListening } from './sockets';

/** One mail as it came: the text of its DATA, line ends as `\n`. */
export interface Mail {
	readonly from: string;
	readonly to: readonly string[];
	readonly data: string;
}

/** Mails kept; older ones are forgotten. */
const KEPT = 1000;

/** A mail server on loopback that keeps what it gets: for the workflows that raise an alarm by mail. No TLS, no login. */
export class Mailbox {
	readonly mails: Mail[] = [];

	private readonly open = new Set<Socket>();

	private constructor(
		private readonly server: Server,
		readonly port: number,
	) {
		server.on('connection', (socket) => {
			this.open.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => this.open.delete(socket));
			converse(socket, (mail) => this.keep(mail));
		});
	}

	static async start(port: number): Promise<Mailbox> {
		const server = createServer();
		return new Mailbox(server, await listen(server, port));
	}

	reset(): void {
		this.mails.length = 0;
	}

	async close(): Promise<void> {
		const stopped = stopListening(this.server);
		for (const socket of this.open) socket.destroy();
		await stopped;
	}

	private keep(mail: Mail): void {
		this.mails.push(mail);
		if (this.mails.length > KEPT) this.mails.shift();
	}
}

/** RFC 5321, the part every client uses. */
function converse(socket: Socket, keep: (mail: Mail) => void): void {
	let envelope: { from: string; to: string[]; lines: string[] | undefined } = { from: '', to: [], lines: undefined };
	const say = (line: string) => socket.write(`${line}\r\n`);
	const address = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';
	const command = (line: string) => {
		switch (line.slice(0, 4).toUpperCase()) {
			case 'MAIL':
				envelope = { from: address(line), to: [], lines: undefined };
				return say('250 OK');
			case 'RCPT':
				envelope.to.push(address(line));
				return say('250 OK');
			case 'DATA':
				envelope.lines = [];
				return say('354 End with a dot');
			case 'QUIT':
				say('221 Bye');
				return socket.end();
			case 'EHLO':
			case 'HELO':
			case 'RSET':
			case 'NOOP':
				return say('250 OK');
			default:
				return say('502 Unknown command');
		}
	};
	const take = (line: string) => {
		const { from, to, lines } = envelope;
		if (!lines) return command(line);
		// A dot alone ends the mail; a leading one was doubled by the sender.
		if (line !== '.') return lines.push(line.replace(/^\./, ''));
		keep({ from, to, data: lines.join('\n') });
		envelope.lines = undefined;
		return say('250 OK');
	};
	let rest = '';
	socket.setEncoding('utf8');
	socket.on('data', (chunk) => {
		const lines = (rest + String(chunk)).split('\r\n');
		rest = lines.pop() ?? '';
		for (const line of lines) take(line);
	});
	say('220 mailbox');
}
