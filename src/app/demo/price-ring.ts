/**
 * Prices and the level changes they made, from the thread that decides to the thread that checks: a ring of 32-bit words in
 * shared memory, one writer, one reader. What does not fit is refused, never waited for and never overwritten.
 *
 *   price    sequence low, sequence high, marks, changes; per mark: market, price low, price high; per change: account,
 *            place + from * 2^25 + to * 2^28
 *   resync   its number, -1, 0, 0        the state of that number, sent as a message, holds from here on
 *
 * The words of a record are written first, then the head moves past it (Atomics, so everything before is seen).
 */
const HEAD = 0;
const TAIL = 1;
const CONTROL_WORDS = 16;
const HEADER_WORDS = 4;
const MARK_WORDS = 3;
const CHANGE_WORDS = 2;
const PLACE_MAX = 2 ** 25;
const RESYNC = -1;

export function createRing(words: number): SharedArrayBuffer {
  if (words < 64 || (words & (words - 1)) !== 0) throw new RangeError('a ring has a power of two of words');
  return new SharedArrayBuffer((CONTROL_WORDS + words) * 4);
}

class Ring {
  protected readonly control: Int32Array;
  protected readonly words: Int32Array;
  protected readonly mask: number;
  protected at = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.control = new Int32Array(buffer, 0, CONTROL_WORDS);
    this.words = new Int32Array(buffer, CONTROL_WORDS * 4);
    this.mask = this.words.length - 1;
  }
}

/** A record is begun with its size; if that is granted, exactly so many marks and changes follow, and `end`. */
export class RingWriter extends Ring {
  /** Words that are free now. */
  free(): number {
    return this.words.length - ((Atomics.load(this.control, HEAD) - Atomics.load(this.control, TAIL)) >>> 0);
  }

  begin(sequence: number, marks: number, changes: number): boolean {
    if (HEADER_WORDS + marks * MARK_WORDS + changes * CHANGE_WORDS > this.free()) return false;
    this.at = Atomics.load(this.control, HEAD);
    this.#put(sequence | 0);
    this.#put(Math.floor(sequence / 2 ** 32));
    this.#put(marks);
    this.#put(changes);
    return true;
  }

  mark(market: number, price: number): void {
    this.#put(market);
    this.#put(price | 0);
    this.#put(Math.floor(price / 2 ** 32));
  }

  change(account: number, place: number, from: number, to: number): void {
    this.#put(account);
    this.#put(place + from * PLACE_MAX + to * PLACE_MAX * 8);
  }

  end(): void {
    Atomics.store(this.control, HEAD, this.at);
  }

  resync(id: number): boolean {
    if (HEADER_WORDS > this.free()) return false;
    this.at = Atomics.load(this.control, HEAD);
    this.#put(id);
    this.#put(RESYNC);
    this.#put(0);
    this.#put(0);
    this.end();
    return true;
  }

  #put(word: number): void {
    this.words[this.at & this.mask] = word;
    this.at = (this.at + 1) | 0;
  }
}

/** One record, in columns that are filled again by the next. */
export class PriceRecord {
  sequence = 0;
  markCount = 0;
  changeCount = 0;
  market = new Int32Array(1024);
  price = new Float64Array(1024);
  account = new Int32Array(1024);
  place = new Int32Array(1024);
  from = new Uint8Array(1024);
  to = new Uint8Array(1024);

  reserve(): void {
    if (this.markCount > this.market.length) {
      this.market = new Int32Array(this.markCount);
      this.price = new Float64Array(this.markCount);
    }
    if (this.changeCount > this.account.length) {
      const size = this.changeCount * 2;
      this.account = new Int32Array(size);
      this.place = new Int32Array(size);
      this.from = new Uint8Array(size);
      this.to = new Uint8Array(size);
    }
  }
}

export class RingReader extends Ring {
  /** The number of the resync that comes next, or null. It is not passed until `passResync`. */
  peekResync(): number | null {
    this.at = Atomics.load(this.control, TAIL);
    if (this.at === Atomics.load(this.control, HEAD)) return null;
    return this.words[(this.at + 1) & this.mask] === RESYNC ? this.words[this.at & this.mask] : null;
  }

  passResync(): void {
    Atomics.store(this.control, TAIL, (Atomics.load(this.control, TAIL) + HEADER_WORDS) | 0);
  }

  /** Fills `record` with the next price. False where there is none, or a resync comes first. */
  read(record: PriceRecord): boolean {
    if (this.isEmpty() || this.peekResync() !== null) return false;
    this.at = Atomics.load(this.control, TAIL);
    const low = this.#take();
    record.sequence = this.#take() * 2 ** 32 + (low >>> 0);
    record.markCount = this.#take();
    record.changeCount = this.#take();
    record.reserve();
    for (let mark = 0; mark < record.markCount; mark++) {
      record.market[mark] = this.#take();
      const price = this.#take() >>> 0;
      record.price[mark] = this.#take() * 2 ** 32 + price;
    }
    for (let change = 0; change < record.changeCount; change++) {
      record.account[change] = this.#take();
      const packed = this.#take();
      record.place[change] = packed % PLACE_MAX;
      record.from[change] = Math.floor(packed / PLACE_MAX) & 7;
      record.to[change] = Math.floor(packed / PLACE_MAX / 8) & 7;
    }
    Atomics.store(this.control, TAIL, this.at);
    return true;
  }

  isEmpty(): boolean {
    return Atomics.load(this.control, TAIL) === Atomics.load(this.control, HEAD);
  }

  #take(): number {
    const word = this.words[this.at & this.mask];
    this.at = (this.at + 1) | 0;
    return word;
  }
}
