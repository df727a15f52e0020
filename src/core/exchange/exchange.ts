/**
 * An exchange: commands in, events out, strictly in order. It decides what becomes facts about accounts, and the engine within it says what
 * they mean. No clock, no randomness, no I/O: the same commands give the same events and the same state hash.
 *
 * `apply` is the one door. The order of its steps is stated in `schema/venue-commands.ts`.
 */
import type { Engine } from '../engine/engine.ts';
import { assert } from '../num/assert.ts';
import { isWhole } from '../num/exact.ts';
import type { TimeUs } from '../num/units.ts';
import { Kind, type Command } from '../schema/commands.ts';
import { MarketState } from '../schema/orders.ts';
import { Reason } from '../schema/reasons.ts';
import { HOUSE_NAMES, VenueKind, type OwnCommand, type VenueCommand } from '../schema/venue-commands.ts';
import { Cashier } from './cashier.ts';
import type { EventLog } from './event-log.ts';
import { digestExchange } from './exchange-digest.ts';
import { Liquidations } from './liquidations.ts';
import { ListingDesk } from './listing-desk.ts';
import { OrderDesk } from './order-desk.ts';
import { Settlements } from './settlements.ts';
import { Venue, type BookKind } from './venue.ts';
import type { Changes } from '../watch/changes.ts';

/** Sees the levels that moved, at the end of every cut; they are good during the call only. */
export type LevelSink = (changes: Changes) => void;

export class Exchange {
  readonly venue: Venue;
  /** Counts every command given, refused ones too. */
  sequence = 0;
  onLevels: LevelSink | null = null;
  readonly #orders: OrderDesk;
  readonly #listings: ListingDesk;
  readonly #cashier: Cashier;
  readonly #liquidations: Liquidations;
  readonly #settlements: Settlements;

  /** `book` chooses how order books are kept; what is decided is the same. */
  constructor({ book = 'direct' }: { readonly book?: BookKind } = {}) {
    this.venue = new Venue(book);
    this.#orders = new OrderDesk(this.venue);
    this.#listings = new ListingDesk(this.venue, this.#orders);
    this.#cashier = new Cashier(this.venue, this.#orders.life);
    this.#liquidations = new Liquidations(this.venue, this.#orders);
    this.#settlements = new Settlements(this.venue, this.#orders.life, this.#liquidations.backlog);
  }

  /** The accounts: what they have, how they stand. */
  get engine(): Engine {
    return this.venue.engine;
  }

  /** Orders as they work and wait, and liquidations under way: for snapshots and the state hash. */
  get desk(): OrderDesk {
    return this.#orders;
  }

  get liquidations(): Liquidations {
    return this.#liquidations;
  }

  /** The state hash: 32 hexadecimal digits, see `schema/digest.ts`. */
  digest(): string {
    return digestExchange(this);
  }

  /** Of the last command. */
  get events(): EventLog {
    return this.venue.events;
  }

  get timeUs(): number {
    return this.venue.engine.timeUs;
  }

  apply(command: Command | OwnCommand): Reason {
    this.sequence++;
    this.venue.events.clear();
    const reason =
      command.kind >= VenueKind.venue ? this.#own(command as OwnCommand) : this.#ours(command as Command);
    while (this.#work());
    return reason;
  }

  /** One round of what follows; false when there is nothing left to do. */
  #work(): boolean {
    const { engine } = this.venue;
    const hasLiquidations = this.#liquidations.hasWork;
    const hasFired = this.#orders.waiting.hasFired;
    if (!hasLiquidations && !hasFired) return false;
    const opened = engine.open(engine.timeUs as TimeUs, null);
    assert(opened === Reason.accepted, 'time does not go back within a command');
    if (hasLiquidations) this.#liquidations.work();
    else for (const id of this.#orders.waiting.takeFired()) this.#orders.fire(id);
    this.#close();
    return true;
  }

  #close(): void {
    const decision = this.venue.ledger.close();
    this.#notice(decision.changes);
  }

  #notice(changes: Changes): void {
    this.onLevels?.(changes);
    this.#liquidations.notice(changes);
  }

  /** A command of the engine. */
  #ours(command: Command): Reason {
    const { engine } = this.venue;
    if (isFact(command)) return this.#refuse(command, Reason.not_by_command);
    if (this.venue.rules === null && command.kind === Kind.account)
      return this.#refuse(command, Reason.venue_missing);
    if (!this.#countsMarks(command)) return this.#refuse(command, Reason.mark_out_of_range);
    if (command.kind === Kind.funding && !this.#listings.countsFunding(command.market, command.index))
      return this.#refuse(command, Reason.amount_out_of_range);
    // A listing is made for the kind of market that it is.
    if (command.kind === Kind.contract && (this.venue.listings[command.market] ?? null) !== null)
      return this.#refuse(command, Reason.contract_fixed);
    const { reason, changes } = engine.apply(command);
    if (reason === Reason.accepted) this.#note(command);
    this.#notice(changes);
    if (this.venue.expiries.isDue(engine.timeUs)) this.#expireInCut();
    return reason;
  }

  /** Whether positions can still be counted at the marks that a command brings. */
  #countsMarks(command: Command): boolean {
    if (command.kind === Kind.marks)
      return command.marks.every(({ market, price }) => this.#listings.counts(market, price));
    return (
      command.kind !== Kind.quality ||
      command.mark === null ||
      this.#listings.counts(command.market, command.mark)
    );
  }

  /** What else follows from a command that the engine took. */
  #note(command: Command): void {
    const { venue } = this;
    const { engine } = venue;
    if (command.kind === Kind.market) venue.listings.push(null);
    else if (command.kind === Kind.account) venue.members.add();
    else if (command.kind === Kind.marks) {
      for (const { market } of command.marks) this.#marked(market);
      this.#liquidations.retry();
    } else if (command.kind === Kind.quality) {
      if (command.mark !== null) this.#marked(command.market);
      this.#liquidations.retry();
    } else if (command.kind === Kind.lift || command.kind === Kind.funding || command.kind === Kind.tiers)
      this.#liquidations.retry();
    assert(venue.listings.length === engine.book.markets.count, 'a listing or none for every market');
  }

  #marked(market: number): void {
    const listing = this.venue.listings[market];
    if (listing === null) return;
    this.#listings.watchMove(listing, this.timeUs as TimeUs);
    // What waits while nothing trades looks at the price when it trades again (`OrderDesk.resume`).
    if (listing.state !== MarketState.halted)
      this.#orders.waiting.moveMark(market, this.engine.book.markets.mark(market as never));
  }

  /** Orders that end by the time of an engine's command do so in a cut of their own. */
  #expireInCut(): void {
    const { engine } = this.venue;
    const opened = engine.open(engine.timeUs as TimeUs, null);
    assert(opened === Reason.accepted, 'time does not go back within a command');
    this.#orders.expire();
    this.#close();
  }

  #own(command: OwnCommand): Reason {
    const { engine } = this.venue;
    if (engine.watch === null) return this.#refuse(command, Reason.settings_missing);
    const opened = engine.open(command.timeUs, command.origin);
    if (opened !== Reason.accepted) return opened;
    if (this.venue.rules !== null) this.#orders.expire();
    const reason = this.#dispatch(command);
    this.#close();
    return reason;
  }

  /** Moves time and source as any command does. */
  #refuse(command: Command | OwnCommand, reason: Reason): Reason {
    const { engine } = this.venue;
    if (engine.watch === null) return Reason.settings_missing;
    const opened = engine.open(command.timeUs, command.origin);
    if (opened !== Reason.accepted) return opened;
    this.#orders.expire();
    this.#close();
    return reason;
  }

  #dispatch(command: OwnCommand): Reason {
    if (command.kind === VenueKind.venue) return this.#begin(command);
    if (this.venue.rules === null) return Reason.venue_missing;
    switch (command.kind) {
      // What comes most often is looked for first.
      case VenueKind.place:
        return this.#orders.place(command);
      case VenueKind.amend:
        return this.#orders.amend(command);
      case VenueKind.cancel:
        return this.#orders.cancel(command);
      case VenueKind.listing:
        return this.#listings.list(command);
      case VenueKind.bands:
        return this.#listings.bands(command);
      case VenueKind.state:
        return this.#stirs(this.#listings.state(command));
      case VenueKind.deposit:
        return this.#cashier.deposit(command);
      case VenueKind.withdraw:
        return this.#cashier.withdraw(command);
      case VenueKind.margin:
        return this.#cashier.moveMargin(command);
      case VenueKind.leverage:
        return this.#cashier.leverage(command);
      case VenueKind.mode:
        return this.#cashier.mode(command);
      case VenueKind.exempt: {
        const reason = this.#cashier.exempt(command);
        if (reason === Reason.accepted && !command.exempt) this.#liquidations.look(command.account);
        return reason;
      }
      case VenueKind.cancel_all:
        return this.#orders.cancelAll(command);
      case VenueKind.disconnect:
        return this.#orders.disconnect(command);
      case VenueKind.settlement:
        return this.#stirs(this.#settlements.settle(command));
      case VenueKind.tick:
        this.#liquidations.retry();
        return Reason.accepted;
      default:
        return Reason.number_invalid;
    }
  }

  /** What waits may have waited for this, where it was done. */
  #stirs(reason: Reason): Reason {
    if (reason === Reason.accepted) this.#liquidations.retry();
    return reason;
  }

  #begin(command: VenueCommand): Reason {
    const { venue } = this;
    if (venue.rules !== null || venue.engine.book.accounts.count > 0) return Reason.venue_repeated;
    const { kind: _kind, timeUs, origin: _origin, ...rules } = command;
    const { gainHaircut, fundFloor, adl, notionalMax, ordersMax } = rules;
    const { num, den } = gainHaircut;
    const isHaircut = isWhole(num) && isWhole(den) && num >= 0 && den >= 1 && num <= den && den <= 1e9;
    if (!isHaircut || !isWhole(fundFloor) || fundFloor < 0 || !isWhole(adl) || adl < 0 || adl > 3)
      return Reason.number_invalid;
    if (notionalMax !== null && (!isWhole(notionalMax) || notionalMax < 1)) return Reason.number_invalid;
    if (!isWhole(ordersMax) || ordersMax < 1) return Reason.number_invalid;
    for (const name of HOUSE_NAMES) {
      const reason = venue.engine.row({ kind: Kind.account, timeUs, origin: null, name });
      assert(reason === Reason.accepted, 'the house opens the first accounts');
      venue.members.add();
      venue.members.setExempt(venue.members.count - 1, true);
    }
    venue.rules = rules;
    return Reason.accepted;
  }
}

/** What an exchange decides itself. */
function isFact({ kind }: Command): boolean {
  switch (kind) {
    case Kind.collateral:
    case Kind.transfer:
    case Kind.position:
    case Kind.fill:
    case Kind.settle:
    case Kind.order:
    case Kind.transaction:
      return true;
    default:
      return false;
  }
}
