/**
 * Reads what a group of commands will need before any of them is applied, so that they wait for memory side by side and not one after another
 * (`engine/foresight.ts`). It decides nothing and may be left out.
 */
import type { Command } from '../schema/commands.ts';
import { GateKind, type GateCommand } from '../schema/gate-commands.ts';
import { BUCKET_F64, BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { POSITION_F64 } from '../state/positions.ts';
import { LIST_ENTRY, LIST_HEAD } from './row-lists.ts';
import { NO_ORDER } from './orders.ts';
import { NO_ACTIVITY } from './accounts.ts';
import type { GateState } from './state.ts';

/** Commands in a group: enough to keep memory busy, few enough that nothing is evicted before it is used. */
export const GATE_FORESIGHT_GROUP = 16;

// Constants of its own are compiled in; another module's are looked up at every turn.
const GROUP = GATE_FORESIGHT_GROUP;
const NONE = NO_ORDER;
const HEAD = LIST_HEAD;
const ENTRY = LIST_ENTRY;
/** Of its exposures. */
const FEW = 4;
const INACTIVE = NO_ACTIVITY;
const UNKNOWN = -1;
const B_F64 = BUCKET_F64;
const B_I32 = BUCKET_I32;
const P_F64 = POSITION_F64;
const { start: B_START } = BucketLink;
const {
  enter: ENTER,
  replace: REPLACE,
  cancel: CANCEL,
  confirm: CONFIRM,
  done: DONE,
  execution: EXECUTION,
} = GateKind;

export class GateForesight {
  readonly #state: GateState;
  /** Of each command: its account (UNKNOWN where it names an order alone), whether it enters one, and the row that its order will be looked for in first. */
  readonly #accounts = new Int32Array(GROUP);
  readonly #enters = new Uint8Array(GROUP);
  readonly #orders = new Int32Array(GROUP);
  /** What was read, summed: unused, and without it the compiler would leave the reads out. */
  readonly #read = new Float64Array(1);
  #count = 0;

  constructor(state: GateState) {
    this.#state = state;
  }

  /** Takes a command into the group, if it is about an account's orders. */
  note(command: Command | GateCommand): void {
    switch (command.kind) {
      case ENTER:
        this.#add(command.account, 0);
        return;
      case REPLACE:
      case CANCEL:
        this.#add(command.account, command.order);
        return;
      case EXECUTION:
        this.#add(command.account ?? UNKNOWN, command.order);
        return;
      case CONFIRM:
      case DONE:
        this.#add(UNKNOWN, command.order);
        return;
      default:
    }
  }

  /** Reads for the group, which is then over. */
  look(): void {
    const { accounts, holdings, windows, recent, reservations, engine } = this.#state;
    const { orders } = reservations;
    const { buckets, positions } = engine.book;
    const { exposures } = holdings;
    const lists = exposures.lists.i32;
    const count = this.#count;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const order = this.#orders[at];
      if (order !== NONE) sum += orders.id(order) + orders.account(order);
      if (this.#accounts[at] !== UNKNOWN) sum += accounts.cross(this.#accounts[at]);
    }
    for (let at = 0; at < count; at++) {
      const order = this.#orders[at];
      const account = this.#accounts[at];
      if (order !== NONE)
        sum += exposures.held(orders.exposure(order)) + exposures.account(orders.exposure(order));
      if (account === UNKNOWN) continue;
      const bucket = accounts.cross(account);
      sum += buckets.i32[bucket * B_I32 + B_START] + buckets.f64[bucket * B_F64];
      sum += lists[accounts.exposures(account)];
      const activity = accounts.activity(account);
      if (activity === INACTIVE) continue;
      sum += windows.peek(activity);
      if (this.#enters[at] === 1) sum += recent.peek(activity);
    }
    for (let at = 0; at < count; at++) {
      const account = this.#accounts[at];
      if (account === UNKNOWN) continue;
      sum += positions.f64[buckets.i32[accounts.cross(account) * B_I32 + B_START] * P_F64];
      const list = accounts.exposures(account);
      const few = Math.min(FEW, lists[list]);
      for (let n = 0; n < few; n++) sum += exposures.held(lists[list + HEAD + n * ENTRY + 1]);
    }
    this.#read[0] = sum;
    this.#count = 0;
  }

  #add(account: number, order: number): void {
    if (this.#count === GROUP) return;
    const { accounts, reservations } = this.#state;
    const isKnown = account >= 0 && account < accounts.count;
    this.#accounts[this.#count] = isKnown ? account : UNKNOWN;
    this.#enters[this.#count] = order === 0 ? 1 : 0;
    this.#orders[this.#count++] = order > 0 ? reservations.orders.expect(order) : NONE;
  }
}
