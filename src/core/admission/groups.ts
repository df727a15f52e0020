/**
 * Sets of accounts, and what their members hold, could come to hold, ordered and traded together. Sums are exact however large
 * they were on the way (`num/wide-sum.ts`). A record of 64 bytes:
 *
 *   byte  0  gross value, value of all upper ends, of all lower ends     3 x f64    at the marks
 *        24  value of working orders, of what was traded today           2 x f64
 *        40  parent, kind, window                                        3 x i32
 */
import { asIntegers, inLines, widenedInLines } from '../num/columns.ts';
import { addBig, addTo, exactly, type Beyond } from '../num/wide-sum.ts';
import { FIRM, FIRM_NAME, GroupKind } from '../schema/gate-limits.ts';
import { NameTable } from '../state/names.ts';

export const GROUP_F64 = 8;
export const GROUP_I32 = 16;
export const GroupField = { gross: 0, upper: 1, lower: 2, working: 3, traded: 4 } as const;
export const GroupLink = { parent: 10, kind: 11, window: 12 } as const;

// What it exports itself is looked up at every turn; constants of its own are compiled in.
const G_F64 = GROUP_F64;
const G_I32 = GROUP_I32;
const { working: G_WORKING, traded: G_TRADED } = GroupField;
const { kind: G_KIND, parent: G_PARENT, window: G_WINDOW } = GroupLink;

export class Groups {
  readonly names = new NameTable();
  f64 = inLines(64 * G_F64);
  i32 = asIntegers(this.f64);
  readonly beyond: Beyond = new Map();
  /** Groups that an account was put into, by row; of accounts in the firm alone nothing. */
  readonly #direct = new Map<number, number[]>();

  constructor() {
    this.add(FIRM_NAME, GroupKind.firm, FIRM, 0);
  }

  get count(): number {
    return this.names.count;
  }

  add(name: string, kind: GroupKind, parent: number, window: number): number {
    const row = this.names.add(name);
    if (this.count * G_F64 > this.f64.length) {
      this.f64 = widenedInLines(this.f64, this.f64.length * 2);
      this.i32 = asIntegers(this.f64);
    }
    const i = row * G_I32;
    this.i32[i + G_KIND] = kind;
    this.i32[i + G_PARENT] = parent;
    this.i32[i + G_WINDOW] = window;
    return row;
  }

  kind(row: number): GroupKind {
    return this.i32[row * G_I32 + G_KIND] as GroupKind;
  }

  parent(row: number): number {
    return this.i32[row * G_I32 + G_PARENT];
  }

  window(row: number): number {
    return this.i32[row * G_I32 + G_WINDOW];
  }

  /** That it was put into. */
  directOf(account: number): readonly number[] {
    return this.#direct.get(account) ?? [];
  }

  setDirect(account: number, groups: readonly number[]): void {
    if (groups.length === 0) this.#direct.delete(account);
    else
      this.#direct.set(
        account,
        [...groups].sort((a, b) => a - b),
      );
  }

  /** Accounts that were put into something, and what. */
  memberships(): [account: number, groups: readonly number[]][] {
    return [...this.#direct].sort(([a], [b]) => a - b);
  }

  /** The firm, these and all above them: by kind, then by row, so that what is above comes first. */
  withParents(groups: readonly number[]): number[] {
    const all = new Set([FIRM as number]);
    for (let group of groups) for (; group !== FIRM; group = this.parent(group)) all.add(group);
    return [...all].sort((a, b) => this.kind(a) - this.kind(b) || a - b);
  }

  addWorking(row: number, value: number): void {
    addTo(this.f64, row * G_F64 + G_WORKING, value, this.beyond);
  }

  addTraded(row: number, value: number): void {
    addTo(this.f64, row * G_F64 + G_TRADED, value, this.beyond);
  }

  /** Of its working orders and of what was traded today. */
  tradedValue(row: number): number {
    const f = row * G_F64;
    return this.f64[f + G_WORKING] + this.f64[f + G_TRADED];
  }

  /** Of what was traded today, exactly. */
  tradedToday(row: number): bigint {
    return exactly(this.f64, row * G_F64 + G_TRADED, this.beyond);
  }

  restoreTraded(row: number, value: bigint): void {
    addBig(this.f64, row * G_F64 + G_TRADED, value, this.beyond);
  }

  beginDay(): void {
    for (let row = 0; row < this.count; row++) {
      const at = row * G_F64 + G_TRADED;
      this.f64[at] = 0;
      this.beyond.delete(at);
    }
  }
}
