/** Whom an encoded command is about, read without decoding it (layout: codec.ts). */
import { Flag, HEAD_BYTES } from './codec.ts';
import { Kind } from './commands.ts';

export interface Subject {
  account: number;
  /** Id of the order; 0 for other kinds. */
  order: number;
}

const { collateral: FIRST, order: ORDER } = Kind;
const { origin: ORIGIN, previous: PREVIOUS } = Flag;

/** Whether the command is one of a bucket; then `into` has its account and order, whatever these numbers are. */
export function subjectOf(view: DataView, offset: number, length: number, into: Subject): boolean {
  if (length < HEAD_BYTES) return false;
  const kind = view.getUint8(offset + 1);
  if (kind < FIRST || kind > ORDER) return false;
  const flags = view.getUint8(offset + 2);
  const at = HEAD_BYTES + ((flags & ORIGIN) === 0 ? 0 : 16) + ((flags & PREVIOUS) === 0 ? 0 : 8);
  if (length < at + 24) return false;
  into.account = view.getFloat64(offset + at, true);
  into.order = kind === ORDER ? view.getFloat64(offset + at + 16, true) : 0;
  return true;
}
