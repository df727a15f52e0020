/** Commands that were applied, end to end in the journal's form, on their way to another thread. */
import { VenueCommandWriter } from '../../core/schema/venue-codec.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';

/** Each command's length stands before it. */
export const LENGTH_BYTES = 4;
const FIRST_BYTES = 64 * 1024;

export class SliceWriter {
  count = 0;
  length = 0;
  readonly #writer = new VenueCommandWriter();
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);

  add(command: Command | OwnCommand): void {
    const length = this.#writer.write(command);
    if (this.length + LENGTH_BYTES + length > this.#bytes.length) this.#widen(length);
    this.#view.setUint32(this.length, length, true);
    this.#bytes.set(this.#writer.bytes.subarray(0, length), this.length + LENGTH_BYTES);
    this.length += LENGTH_BYTES + length;
    this.count++;
  }

  /** What was added, for the taker to keep; begins anew. */
  take(): ArrayBuffer {
    const { buffer } = this.#bytes;
    this.#bytes = new Uint8Array(FIRST_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    this.count = 0;
    this.length = 0;
    return buffer;
  }

  #widen(more: number): void {
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + LENGTH_BYTES + more));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}
