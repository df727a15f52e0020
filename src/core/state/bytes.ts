/** Little-endian numbers and texts in and out of bytes: for snapshots. Reading past the end throws a RangeError. */
const CHUNK = 1 << 20;

export class ByteWriter {
  #bytes = new Uint8Array(CHUNK * 2);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** Whether a chunk's worth has come together. */
  isFull(): boolean {
    return this.#used >= CHUNK;
  }

  /** Everything written since the last take. */
  take(): Uint8Array {
    const chunk = this.#bytes.slice(0, this.#used);
    this.#used = 0;
    return chunk;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#used, value, true);
    this.#used += 4;
    return this;
  }

  f64(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
    return this;
  }

  text(value: string): this {
    this.u32(value.length);
    this.#reserve(value.length * 2);
    for (let at = 0; at < value.length; at++)
      this.#view.setUint16(this.#used + at * 2, value.charCodeAt(at), true);
    this.#used += value.length * 2;
    return this;
  }

  ascii(value: string): this {
    this.#reserve(value.length);
    for (let at = 0; at < value.length; at++) this.#bytes[this.#used++] = value.charCodeAt(at);
    return this;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#used + bytes, this.#bytes.length * 2));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

export class ByteReader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #units = new Uint16Array(64);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#bytes.length - this.at;
  }

  u32(): number {
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  f64(): number {
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  text(): string {
    const length = this.u32();
    if (this.at + length * 2 > this.#bytes.length) throw new RangeError('a text runs past the end');
    if (this.#units.length < length) this.#units = new Uint16Array(length * 2);
    for (let at = 0; at < length; at++) this.#units[at] = this.#view.getUint16(this.at + at * 2, true);
    this.at += length * 2;
    if (length < 4096)
      return String.fromCharCode.apply(null, this.#units.subarray(0, length) as unknown as number[]);
    let value = '';
    for (let at = 0; at < length; at++) value += String.fromCharCode(this.#units[at]);
    return value;
  }

  ascii(length: number): string {
    let value = '';
    for (let at = 0; at < length; at++) value += String.fromCharCode(this.#view.getUint8(this.at + at));
    this.at += length;
    return value;
  }
}
