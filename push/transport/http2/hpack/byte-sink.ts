/** Bytes on their way out, in one buffer that grows. Whoever writes reserves the room first. */
export class ByteSink {
	length = 0;

	constructor(public bytes: Buffer) {}

	/** Makes room for so many more bytes. */
	reserve(count: number): void {
		const needed = this.length + count;
		if (needed <= this.bytes.length) return;
		const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
		this.bytes.copy(larger, 0, 0, this.length);
		this.bytes = larger;
	}

	/** The caller has reserved the room. */
	byte(value: number): void {
		this.bytes[this.length++] = value;
	}
}
