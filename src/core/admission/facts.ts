/** Commands of the engine, which a gate takes as well: marks, and the money and positions of accounts as their source has them. */
import { isRow } from '../num/exact.ts';
import type { MarketRow } from '../num/units.ts';
import { Kind, type Command } from '../schema/commands.ts';
import { HaltCause } from '../schema/gate-commands.ts';
import { Reason } from '../schema/reasons.ts';
import { POSITION_MISSING } from '../state/book.ts';
import { placeOf } from '../state/buckets.ts';
import { POSITION_F64, PositionField } from '../state/positions.ts';
import { EXPOSURE_F64, ExposureField, NO_EXPOSURE } from './exposures.ts';
import type { HaltDesk } from './halt-desk.ts';
import type { GateState } from './state.ts';

export class Facts {
  readonly #state: GateState;
  readonly #halts: HaltDesk;
  /** Accounts whose money the command at hand states, and their equity before it. */
  readonly #touched = new Map<number, number>();
  /** The first account that was not there before it. */
  #opened = 0;

  constructor(state: GateState, halts: HaltDesk) {
    this.#state = state;
    this.#halts = halts;
  }

  apply(command: Command): Reason {
    const { engine, accounts, days } = this.#state;
    this.#touched.clear();
    this.#touch(command);
    this.#opened = accounts.count;
    const { reason } = engine.apply(command);
    if (reason !== Reason.accepted) return reason;
    this.open();
    this.#note(command);
    for (const [account, before] of this.#touched)
      if (isRow(account, accounts.count)) days.move(account, days.equityNow(account) - before);
    return reason;
  }

  /** Halts accounts that were opened and that something was traded for before. */
  follow(): void {
    const { accounts, engine, strays } = this.#state;
    for (; this.#opened < accounts.count; this.#opened++)
      if (strays.has(engine.book.accounts.at(this.#opened)))
        this.#halts.follow(this.#opened, null, HaltCause.unknown_account);
  }

  /** Accounts and markets that are new. */
  open(): void {
    const { accounts, instruments, engine, days } = this.#state;
    const { book } = engine;
    while (instruments.count < book.markets.count) instruments.add();
    while (accounts.count < book.accounts.count) accounts.add(book.cross[accounts.count], days.day);
  }

  #touch(command: Command): void {
    if (command.kind === Kind.transaction) {
      for (const row of command.rows) this.#touch(row);
      return;
    }
    const { accounts, days } = this.#state;
    // It changes what the account had when the day began by nothing, but by what is rounded away where that is looked up later.
    if (command.kind === Kind.settle && isRow(command.account, accounts.count)) days.roll(command.account);
    if (command.kind !== Kind.collateral && command.kind !== Kind.transfer && command.kind !== Kind.position)
      return;
    const { account } = command;
    if (this.#touched.has(account)) return;
    const isOpen = isRow(account, accounts.count);
    if (isOpen) days.roll(account);
    // An account may be opened by the same transaction.
    this.#touched.set(account, isOpen ? days.equityNow(account) : 0);
  }

  /** Takes over what it changed. What was concluded of accounts before it is forgotten; prices and their quality are followed by themselves. */
  #note(command: Command): void {
    const { instruments, rooms } = this.#state;
    switch (command.kind) {
      case Kind.transaction:
        for (const row of command.rows) this.#note(row);
        return;
      case Kind.marks:
        for (const { market } of command.marks) this.mark(market);
        return;
      case Kind.quality:
        if (command.mark !== null) this.mark(command.market);
        return;
      case Kind.account:
        return;
      case Kind.transfer:
      case Kind.position:
        if (command.kind === Kind.position) this.hold(command.account, command.market, command.leg);
        rooms.forget(command.account);
        return;
      case Kind.contract:
        instruments.prepare(command.market);
        return;
      default:
        rooms.forgetAll();
    }
  }

  /** Of a row that was refused as well. */
  mark(market: number): void {
    if (isRow(market, this.#state.instruments.count)) this.#state.holdings.follow(market);
  }

  /** Takes over the leg as the engine has it now. */
  hold(account: number, market: number, leg: number): void {
    const { accounts, instruments, holdings, engine } = this.#state;
    if (!isRow(account, accounts.count) || !isRow(market, instruments.count) || !isRow(leg, 3)) return;
    if (instruments.isCollateral(market)) return;
    const { book } = engine;
    const isolated = book.findPosition(book.findBucket(account, placeOf(true, market, leg)), market, leg);
    const row =
      isolated === POSITION_MISSING ? book.findPosition(book.cross[account], market, leg) : isolated;
    const lots =
      row === POSITION_MISSING
        ? 0
        : book.markets.sign(market as MarketRow) *
          book.positions.f64[row * POSITION_F64 + PositionField.size];
    const found = holdings.find(account, market, leg);
    if (found === NO_EXPOSURE && lots === 0) return;
    const exposure = holdings.ensure(account, market, leg);
    holdings.heldMore = lots - holdings.exposures.f64[exposure * EXPOSURE_F64 + ExposureField.held];
    this.#state.seat.take(account, market);
    holdings.change(exposure);
    holdings.exposures.setIsolated(exposure, isolated !== POSITION_MISSING);
  }
}

/** Whether a gate makes it itself: fills come as executions, orders by `enter`. */
export function isMade(command: Command): boolean {
  if (command.kind === Kind.transaction) return command.rows.some(isMade);
  return command.kind === Kind.fill || command.kind === Kind.order;
}
