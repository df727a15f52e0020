/** Streams that commands come from: how far each has been read, and whether something of it is missing. */
import { isRow } from '../num/exact.ts';
import { Reason } from '../schema/reasons.ts';
import type { Origin } from '../schema/commands.ts';
import { NameTable } from './names.ts';

export const POSITION_NONE = -1;

export class Sources {
  readonly names = new NameTable();
  readonly last: number[] = [];
  readonly gapped: boolean[] = [];
  /** How many commands were refused as duplicates; not part of the state hash. */
  duplicates = 0;

  add(name: string): void {
    this.names.add(name);
    this.last.push(POSITION_NONE);
    this.gapped.push(false);
  }

  /** Moves the source's position past the command, or says why it must not be applied. */
  admit(origin: Origin): Reason {
    const { source, position, previous } = origin;
    if (!isRow(source, this.names.count)) return Reason.source_unknown;
    if (!Number.isSafeInteger(position) || position < 0) return Reason.number_invalid;
    if (previous !== null && (!Number.isSafeInteger(previous) || previous < 0)) return Reason.number_invalid;
    const last = this.last[source];
    if (position <= last) {
      this.duplicates++;
      return Reason.duplicate;
    }
    if (this.gapped[source]) return Reason.source_gapped;
    if (last !== POSITION_NONE && (previous ?? position - 1) !== last) {
      this.gapped[source] = true;
      return Reason.source_gap;
    }
    this.last[source] = position;
    return Reason.accepted;
  }
}
