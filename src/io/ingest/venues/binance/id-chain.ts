/** Ids that only rise. Tells what is new from what is repeated or late, and from a venue that begins to count anew. */
import type { TimeUs } from '../../../../core/num/units.ts';

export class IdChain {
  #last = -1;
  #eventUs = 0;

  /** An id that is not above the last is new only when the venue's own clock says so; without one, it is old. */
  isNew(id: number, { eventUs, receivedUs }: { eventUs: TimeUs; receivedUs: TimeUs }): boolean {
    const isTimed = eventUs !== receivedUs;
    if (id <= this.#last && !(isTimed && eventUs > this.#eventUs)) return false;
    this.#last = id;
    this.#eventUs = eventUs;
    return true;
  }

  restart(): void {
    this.#last = -1;
  }
}
