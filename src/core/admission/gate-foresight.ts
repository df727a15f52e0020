/**
 * Reads what a group of commands will need before any of them is applied, so that they wait for memory side by side and not one after another
 * (`engine/foresight.ts`). It decides nothing and may be left out.
 */
import { Leg, type Command } from '../schema/commands.ts';
import { GateKind, type GateCommand } from '../schema/gate-commands.ts';
import { BUCKET_F64, BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { POSITION_F64 } from '../state/positions.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { NO_ORDER } from './orders.ts';
import { NO_ACTIVITY } from './accounts.ts';
import type { GateState } from './state.ts';

/** Commands in a group: enough to keep memory busy, few enough that nothing is evicted before it is used. */
export const GATE_FORESIGHT_GROUP = 16;

// Constants of its own are compiled in; another module's are looked up at every turn.
const GROUP = GATE_FORESIGHT_GROUP;
const NONE = NO_ORDER;
const NOTHING = NO_EXPOSURE;
const { net: LEG_NET } = Leg;
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
  /** Of each command: its account (UNKNOWN where it names an order alone), the market that it enters (UNKNOWN: none), and the row that its order will be looked for in first. */
  readonly #accounts = new Int32Array(GROUP);
  readonly #markets = new Int32Array(GROUP);
  readonly #orders = new Int32Array(GROUP);
  readonly #executes = new Uint8Array(GROUP);
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
        this.#add(command.account, command.market, 0, 0);
        return;
      case REPLACE:
      case CANCEL:
        this.#add(command.account, UNKNOWN, command.order, 0);
        return;
      case EXECUTION:
        this.#add(command.account ?? UNKNOWN, UNKNOWN, command.order, 1);
        return;
      case CONFIRM:
      case DONE:
        this.#add(UNKNOWN, UNKNOWN, command.order, 0);
        return;
      default:
    }
  }

  /** Reads for the group, which is then over. */
  look(): void {
    const { accounts, reservations, engine } = this.#state;
    const { orders } = reservations;
    const { buckets, positions } = engine.book;
    const count = this.#count;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const order = this.#orders[at];
      if (order !== NONE) sum += orders.id(order) + orders.account(order);
      if (this.#accounts[at] !== UNKNOWN) sum += accounts.cross(this.#accounts[at]);
    }
    for (let at = 0; at < count; at++) {
      const order = this.#orders[at];
      let account = this.#accounts[at];
      if (order !== NONE) {
        sum += this.#state.holdings.exposures.peek(orders.exposure(order));
        if (account === UNKNOWN) account = orders.account(order);
      }
      if (account < 0 || account >= accounts.count) continue;
      sum += this.#peek(account, this.#markets[at] !== UNKNOWN);
      if (this.#executes[at] === 0) continue;
      const bucket = accounts.cross(account);
      sum += buckets.i32[bucket * B_I32 + B_START] + buckets.f64[bucket * B_F64];
    }
    for (let at = 0; at < count; at++) {
      const account = this.#accounts[at];
      if (account === UNKNOWN) continue;
      if (this.#markets[at] !== UNKNOWN) sum += this.#peekLeg(account, this.#markets[at]);
      if (this.#executes[at] === 1)
        sum += positions.f64[buckets.i32[accounts.cross(account) * B_I32 + B_START] * P_F64];
    }
    this.#read[0] = sum;
    this.#count = 0;
  }

  /** What is by account. */
  #peek(account: number, enters: boolean): number {
    const { accounts, holdings, rooms, windows, recent } = this.#state;
    let sum = rooms.peek(account) + holdings.exposures.lists.i32[accounts.exposures(account)];
    const activity = accounts.activity(account);
    if (activity === INACTIVE) return sum;
    sum += windows.peek(activity);
    return enters ? sum + recent.peek(activity) : sum;
  }

  #peekLeg(account: number, market: number): number {
    const { holdings } = this.#state;
    const exposure = holdings.find(account, market, LEG_NET);
    return exposure === NOTHING ? 0 : holdings.exposures.peek(exposure);
  }

  #add(account: number, market: number, order: number, executes: number): void {
    if (this.#count === GROUP) return;
    const { accounts, reservations } = this.#state;
    const at = this.#count++;
    this.#accounts[at] = account >= 0 && account < accounts.count ? account : UNKNOWN;
    this.#markets[at] = market;
    this.#orders[at] = order > 0 ? reservations.orders.expect(order) : NONE;
    this.#executes[at] = executes;
  }
}
