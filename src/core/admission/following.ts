/**
 * A gate beside an engine that is another's: what it does after that engine's facts, none of which is booked a second time. Positions are taken over as
 * the engine has them, so that what was left out of a message, or came twice, does no harm.
 *
 * Losses of the day are counted from when an account is first told of (`all`, `money`), and a new day begins for all accounts at once: the gate hears of
 * facts when they are past, and could not say any more what an account had before them. Collateral that comes or goes is no gain and no loss; what a
 * liquidation takes is a loss.
 */
import type { AccountRow } from '../num/units.ts';
import type { ExecutionCommand } from '../schema/gate-commands.ts';
import { BUCKET_NONE } from '../state/book.ts';
import { BUCKET_I32, BucketLink } from '../state/buckets.ts';
import { legOfTag, marketOfTag, POSITION_I32, PositionLink, TAG_PLACE } from '../state/positions.ts';
import type { ExecutionDesk } from './execution-desk.ts';
import type { Facts } from './facts.ts';
import { NO_ORDER, OrderBits } from './orders.ts';
import { NO_PARENT_ROW } from './parents.ts';
import type { GateState } from './state.ts';

/** An order that works already. */
export interface FollowedOrder {
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly isAsk: boolean;
  readonly isReduceOnly: boolean;
  /** 0 of a market order that waits: it is valued at the mark. */
  readonly price: number;
  readonly size: number;
  readonly filled: number;
}

export class Following {
  readonly #state: GateState;
  readonly #facts: Facts;
  readonly #executions: ExecutionDesk;

  constructor(state: GateState, facts: Facts, executions: ExecutionDesk) {
    this.#state = state;
    this.#facts = facts;
    this.#executions = executions;
  }

  /** Everything that the engine has, to begin with. */
  all(): void {
    const { accounts, instruments, days, engine } = this.#state;
    const { book } = engine;
    this.open();
    for (let market = 0; market < instruments.count; market++) this.mark(market);
    for (let account = 0; account < accounts.count; account++) {
      for (let bucket = book.cross[account]; bucket !== BUCKET_NONE; bucket = book.nextBucket(bucket))
        this.#holdAll(account, bucket);
      days.move(account, days.equityNow(account));
    }
  }

  #holdAll(account: number, bucket: number): void {
    const { buckets, positions } = this.#state.engine.book;
    const start = buckets.i32[bucket * BUCKET_I32 + BucketLink.start];
    const end = start + buckets.i32[bucket * BUCKET_I32 + BucketLink.count];
    for (let row = start; row < end; row++) {
      const place = positions.i32[row * POSITION_I32 + PositionLink.tag] & TAG_PLACE;
      this.hold(account, marketOfTag(place), legOfTag(place));
    }
  }

  /** Accounts and markets that came. */
  open(): void {
    this.#facts.open();
  }

  /** A market that was opened is another contract. */
  contract(market: number): void {
    this.#state.instruments.prepare(market);
  }

  /** A market has another mark. */
  mark(market: number): void {
    this.#facts.mark(market);
  }

  /** It traded at this price. */
  trade(market: number, price: number): void {
    this.#state.instruments.last[market] = price;
  }

  /** Money came to an account from outside, or went. */
  money(account: number, amount: number): void {
    this.#state.days.move(account, amount);
  }

  /** A position is not what it was. */
  hold(account: number, market: number, leg: number): void {
    this.#facts.hold(account, market, leg);
  }

  /** A fill of the gate's order that it names. Of an order that nobody asked about it is enough to `hold`. */
  fill(command: ExecutionCommand, account: AccountRow): void {
    const { notices } = this.#state;
    if (notices.length > 0) notices.length = 0;
    this.#executions.take(command, account);
    this.hold(account, command.market, command.leg);
    this.#executions.follow(command);
  }

  /** An order that works already counts from now on, whatever limits say of it. Answers its id. */
  order({ account, market, leg, isAsk, isReduceOnly, price, size, filled }: FollowedOrder): number {
    const { holdings, reservations, instruments } = this.#state;
    const exposure = holdings.ensure(account, market, leg);
    const isMarket = price === 0;
    const bits =
      (isAsk ? OrderBits.ask : 0) |
      (isMarket ? OrderBits.market : 0) |
      (isReduceOnly ? OrderBits.reduceOnly : 0);
    const id = ++reservations.orders.lastId;
    const worth = isMarket ? instruments.mark[market] : price;
    reservations.add(id, exposure, bits, size, filled, worth, 0, NO_PARENT_ROW);
    return id;
  }

  /** An order has another price or size, which nobody asked the gate about. */
  amend(order: number, price: number, size: number): void {
    const { reservations } = this.#state;
    const row = reservations.orders.find(order);
    if (row === NO_ORDER) return;
    reservations.wait(row, size, price);
    reservations.confirm(row, true);
  }

  /** All accounts begin the day. */
  roll(): void {
    const { accounts, days } = this.#state;
    for (let account = 0; account < accounts.count; account++) days.roll(account);
  }
}
