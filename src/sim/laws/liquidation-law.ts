/**
 * Liquidations, watched row by row: an engine beside the exchange takes every fact when its event comes, so that what stands between two facts can
 * be looked at too.
 *
 *  - Who is liquidated was liquidatable, by the equity and maintenance that the event says.
 *  - A step never leaves a bucket with a debt, nor with a larger one, and takes nothing from the account's other buckets. One by tiers that
 *    found its lots leaves its tier. Steps do not go on without end.
 *  - A takeover gives the fund what the bucket was worth, to the unit, leaves nothing behind, and never brings the fund under its floor.
 *  - Others are deleveraged only where that would, first in rank first.
 *  - Nobody who is liquidatable, and could be acted on, is forgotten.
 */
import { Engine } from '../../core/engine/engine.ts';
import { holdsHeldMarket } from '../../core/engine/verdicts.ts';
import type { EventLog } from '../../core/exchange/event-log.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { INSURANCE } from '../../core/exchange/ledger.ts';
import { factOf, isPassedOn } from '../../core/exchange/mirror.ts';
import { Sum } from '../../core/margin/valuation.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { Kind, Leg, type Command } from '../../core/schema/commands.ts';
import { Level } from '../../core/schema/levels.ts';
import { MarketState } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { ClosePolicy, HOUSE_NAMES, VenueKind, type VenueCommand } from '../../core/schema/venue-commands.ts';
import { LiquidationOutcome, TransferWhy, VenueEvent } from '../../core/schema/venue-events.ts';
import { BUCKET_NONE } from '../../core/state/book.ts';
import { isIsolated, placeOf } from '../../core/state/buckets.ts';
import { openBuckets, positionsOf, type Holding } from '../holdings.ts';
import { AdlOrder } from './adl-order.ts';
import { demand, type Step } from './law.ts';
import { equityOf, notionalOf } from './margin-law.ts';
import type { Trail } from './trail.ts';

interface Ongoing {
  readonly id: number;
  readonly account: number;
  readonly place: number;
  /** Fund and bucket when its takeover began; null: it did not. */
  takeover: { readonly fund: bigint; readonly bucket: bigint } | null;
}

/** Between a step and what comes after it. */
interface OpenStep {
  readonly ongoing: Ongoing;
  readonly bucket: bigint;
  readonly cross: bigint;
  /** What it was to close, by tiers; null: by another way. */
  readonly tier: TierStep | null;
}

interface TierStep {
  readonly market: number;
  readonly leg: number;
  /** Lots that it leaves, without sign. */
  readonly leaves: number;
  /** Of the tier that the position is in before it. */
  readonly floor: bigint;
}

/** Of one liquidation in one cut. */
const STEPS_MAX = 128;

export class LiquidationLaw {
  /** At every row what the engine within the exchange was when it said it. */
  readonly shadow = new Engine();
  readonly #ongoing = new Map<number, Ongoing>();
  readonly #adl = new AdlOrder(this.shadow);
  readonly #exempt = new Set<number>();
  #rules: VenueCommand | null = null;
  #step: OpenStep | null = null;
  /** By liquidation, in this cut. */
  readonly #steps = new Map<number, number>();
  #isOpen = false;
  /** The least that the fund had in this cut: when its turn came, it could not take over what is now deleveraged. */
  #fundLeast: bigint | null = null;
  #hasFacts = false;

  follow(step: Step, events: EventLog): void {
    const { command, reason } = step;
    if (command.kind === VenueKind.venue && reason === Reason.accepted) this.#rules = command;
    this.#begin(step);
    for (let row = 0; row < events.count; row++) {
      const kind = events.kind(row);
      if (kind === VenueEvent.cut) this.#close();
      const fact = factOf(events, row, command.timeUs);
      if (kind === VenueEvent.transfer && events.field(row, 5) === TransferWhy.funding)
        this.#takeOver(events.field(row, 6));
      if (kind === VenueEvent.fill && events.field(row, 7) !== 0) this.#trade(fact!, events, row);
      else if (fact !== null) this.#apply(fact);
      else if (kind >= VenueEvent.liquidation && kind <= VenueEvent.backlog) this.#take(kind, events, row);
      else if (kind === VenueEvent.deficit) this.#endStep();
      else if (kind === VenueEvent.exempt) this.#setExempt(events.field(row, 0), events.field(row, 1) === 1);
    }
    demand(!this.#hasFacts, () => 'facts after the last cut');
    if (this.#isOpen) this.#close();
  }

  /** After every command. */
  judge({ venue, engine }: Exchange, trail: Trail): void {
    const busy = new Set([...this.#ongoing.values()].map(({ account, place }) => `${account}:${place}`));
    const { book } = engine;
    for (const bucket of openBuckets(engine)) {
      if (book.buckets.level(bucket) < Level.liquidatable) continue;
      const account = book.buckets.account(bucket);
      const place = book.buckets.place(bucket);
      const held = positionsOf(engine, bucket).filter(({ market }) => venue.listings[market] !== null);
      const isStopped = held.some(
        ({ market }) =>
          trail.states[market] !== MarketState.active && trail.states[market] !== MarketState.reduce_only,
      );
      if (held.length === 0 || isStopped || holdsHeldMarket(book, bucket)) continue;
      demand(
        busy.has(`${account}:${place}`) || this.#exempt.has(account) || account <= 1,
        () => `bucket ${place} of account ${account} is liquidatable and nobody liquidates it`,
      );
    }
  }

  #begin({ command, reason }: Step): void {
    const { shadow } = this;
    if (isPassedOn(command, reason)) shadow.apply(command as Command);
    else if (shadow.watch === null)
      shadow.apply({ kind: Kind.transaction, timeUs: command.timeUs, origin: command.origin, rows: [] });
    else this.#isOpen = shadow.open(command.timeUs, command.origin) === Reason.accepted;
    if (command.kind !== VenueKind.venue || reason !== Reason.accepted) return;
    for (const name of HOUSE_NAMES)
      this.#apply({ kind: Kind.account, timeUs: command.timeUs, origin: null, name });
  }

  #apply(fact: Command): void {
    if (!this.#isOpen)
      this.#isOpen = this.shadow.open(this.shadow.timeUs as TimeUs, null) === Reason.accepted;
    this.#hasFacts = true;
    const reason = this.shadow.row(fact);
    demand(reason === Reason.accepted, () => `a fact of kind ${fact.kind} was refused as ${reason}`);
  }

  /** A trade leaves no bucket with a debt that had none, and none with a larger one. The fund's own may: it has a floor. */
  #trade(fact: Command, events: EventLog, row: number): void {
    const account = events.field(row, 0);
    const { shadow } = this;
    const { book } = shadow;
    const isolated = events.field(row, 3) === 1;
    const place = placeOf(isolated, events.field(row, 1), events.field(row, 2));
    const equities = (): readonly bigint[] => {
      const bucket = book.findBucket(account, place);
      const own = bucket === BUCKET_NONE ? 0n : equityOf(shadow, bucket);
      return isolated ? [own, equityOf(shadow, book.cross[account])] : [own];
    };
    const before = equities();
    this.#apply(fact);
    if (account === INSURANCE) return;
    const debt = (amounts: readonly bigint[]): bigint =>
      amounts.reduce((sum, each) => sum + (each < 0n ? each : 0n), 0n);
    const [was, is] = [debt(before), debt(equities())];
    demand(
      is >= was,
      () =>
        `trade ${events.field(row, 7)} brought account ${account} from a debt of ${-was} to one of ${-is}`,
    );
  }

  #close(): void {
    this.#endStep();
    this.#adl.clear();
    this.#steps.clear();
    this.#fundLeast = null;
    if (!this.#isOpen) this.shadow.open(this.shadow.timeUs as TimeUs, null);
    this.#isOpen = false;
    this.#hasFacts = false;
    this.shadow.close();
  }

  #setExempt(account: number, isExempt: boolean): void {
    if (isExempt) this.#exempt.add(account);
    else this.#exempt.delete(account);
  }

  #take(kind: VenueEvent, events: EventLog, row: number): void {
    this.#endStep();
    const fund = this.#fund();
    if (this.#fundLeast === null || fund < this.#fundLeast) this.#fundLeast = fund;
    const field = (place: number): number => events.field(row, place);
    switch (kind) {
      case VenueEvent.liquidation:
        return this.#start(field);
      case VenueEvent.step:
        return this.#beginStep(field);
      case VenueEvent.takeover:
        return this.#takeOver(field(0));
      case VenueEvent.adl:
        return this.#deleverage(field);
      case VenueEvent.liquidation_end:
        return this.#end(this.#find(field(0)), field(2));
      default:
    }
  }

  #start(field: (place: number) => number): void {
    const [id, account, market, leg, isolated] = [field(0), field(1), field(2), field(3), field(4) === 1];
    const place = placeOf(isolated, market, leg);
    const bucket = this.shadow.book.findBucket(account, place);
    demand(bucket !== BUCKET_NONE, () => `liquidation ${id} of a bucket that is not there`);
    const equity = equityOf(this.shadow, bucket);
    const maintenance = this.shadow.watch!.value(bucket).sums[Sum.maintenance];
    demand(
      equity === BigInt(field(6)) && maintenance === field(7),
      () =>
        `liquidation ${id} says equity ${field(6)} and maintenance ${field(7)}, they are ${equity} and ${maintenance}`,
    );
    const isDue =
      this.shadow.settings!.inclusive && maintenance > 0
        ? equity <= BigInt(maintenance)
        : equity < BigInt(maintenance);
    demand(
      isDue,
      () => `liquidation ${id} of account ${account} at equity ${equity}, maintenance ${maintenance}`,
    );
    demand(
      !this.#exempt.has(account) && account > 1,
      () => `liquidation ${id} of account ${account}, which is exempt`,
    );
    this.#ongoing.set(id, { id, account, place, takeover: null });
  }

  #beginStep(field: (place: number) => number): void {
    const [id, market, leg, lots, policy] = [field(0), field(1), field(2), field(3), field(5)];
    const ongoing = this.#find(id);
    const count = (this.#steps.get(id) ?? 0) + 1;
    this.#steps.set(id, count);
    demand(count <= STEPS_MAX, () => `liquidation ${id} takes more than ${STEPS_MAX} steps at once`);
    const held = this.#holding(ongoing, market, leg);
    const isByTiers = policy === ClosePolicy.tier_step && held !== null;
    const floor = isByTiers ? floorOf(this.shadow, market, this.#baseOf(held)) : 0n;
    this.#step = {
      ongoing,
      bucket: this.#equity(ongoing),
      cross: equityOf(this.shadow, this.shadow.book.cross[ongoing.account]),
      tier: isByTiers ? { market, leg, leaves: Math.abs(held.size) - lots, floor } : null,
    };
  }

  /** It begins with the funding of the first position. */
  #takeOver(id: number): void {
    const ongoing = this.#ongoing.get(id);
    if (ongoing === undefined || ongoing.takeover !== null) return;
    this.#endStep();
    ongoing.takeover = { fund: this.#fund(), bucket: this.#equity(ongoing) };
  }

  #end(ongoing: Ongoing, outcome: number): void {
    const { id, takeover } = ongoing;
    this.#ongoing.delete(id);
    if (outcome !== LiquidationOutcome.taken_over) return;
    const left = this.#equity(ongoing);
    demand(left === 0n, () => `liquidation ${id} took over and left ${left}`);
    const bucket = this.#bucket(ongoing);
    const positions = bucket === BUCKET_NONE ? [] : positionsOf(this.shadow, bucket);
    demand(
      positions.length === 0,
      () => `liquidation ${id} took over and left ${positions.length} positions`,
    );
    if (takeover === null) return;
    const fund = this.#fund();
    demand(
      fund === takeover.fund + takeover.bucket,
      () => `takeover ${id} of ${takeover.bucket} brought the fund from ${takeover.fund} to ${fund}`,
    );
    const floor = BigInt(this.#rules!.fundFloor);
    demand(
      takeover.bucket >= 0n || fund >= floor,
      () => `takeover ${id} brought the fund to ${fund}, under its floor of ${floor}`,
    );
  }

  /** A bucket that was solvent is; one that was not owes no more than it did; what else the account has is untouched. */
  #endStep(): void {
    if (this.#step === null) return;
    const { ongoing, bucket, cross, tier } = this.#step;
    this.#step = null;
    const held = tier === null ? null : this.#holding(ongoing, tier.market, tier.leg);
    demand(
      tier === null || held === null || Math.abs(held.size) > tier.leaves || this.#baseOf(held) < tier.floor,
      () =>
        `a step of liquidation ${ongoing.id} left ${held!.size} lots, which are in the tier from ${tier!.floor}`,
    );
    const after = this.#equity(ongoing);
    const least = bucket < 0n ? bucket : 0n;
    demand(
      after >= least,
      () => `a step of liquidation ${ongoing.id} brought equity from ${bucket} to ${after}`,
    );
    if (!isIsolated(ongoing.place)) return;
    const crossAfter = equityOf(this.shadow, this.shadow.book.cross[ongoing.account]);
    demand(
      crossAfter >= cross || bucket < 0n,
      () =>
        `a step of liquidation ${ongoing.id}, which is isolated, took ${cross - crossAfter} from the cross bucket`,
    );
  }

  #deleverage(field: (place: number) => number): void {
    const [id, account, leg, against, againstLeg, market] = [0, 1, 2, 3, 4, 5].map(field);
    const fund = this.#fund();
    const floor = BigInt(this.#rules!.fundFloor);
    const ongoing = this.#ongoing.get(id);
    const isGoingOn = this.#adl.isGoingOn(id, account, market);
    if (account === INSURANCE)
      demand(
        isGoingOn || fund < floor,
        () => `the fund's positions are deleveraged at ${fund}, its floor is ${floor}`,
      );
    else {
      demand(ongoing !== undefined, () => `deleveraging for liquidation ${id}, which is not going on`);
      const bucket = this.#equity(ongoing!);
      demand(
        isGoingOn || (this.#fundLeast ?? fund) + bucket < floor,
        () => `deleveraging for liquidation ${id}, and the fund of ${fund} could take ${bucket} over`,
      );
    }
    const isLong = this.#sizeOf(account, market, leg as Leg) > 0;
    this.#adl.judge(
      { id, account, against, againstLeg, market, price: field(7), rank: field(8), isLong },
      this.#rules!.adl,
    );
  }

  #holding(ongoing: Ongoing, market: number, leg: number): Holding | null {
    const bucket = this.#bucket(ongoing);
    if (bucket === BUCKET_NONE) return null;
    return (
      positionsOf(this.shadow, bucket).find((each) => each.market === market && each.leg === leg) ?? null
    );
  }

  /** What tiers go by: the notional, or what it cost. */
  #baseOf({ market, size, cost }: Holding): bigint {
    const { basis } = this.shadow.book.markets.specs[market];
    return basis === 1 ? BigInt(Math.abs(cost)) : notionalOf(this.shadow, market, BigInt(size));
  }

  #sizeOf(account: number, market: number, leg: Leg): number {
    const { book } = this.shadow;
    for (const place of [placeOf(false, 0, 0), placeOf(true, market, leg)]) {
      const bucket = book.findBucket(account, place);
      const held = bucket === BUCKET_NONE ? [] : positionsOf(this.shadow, bucket);
      for (const each of held)
        if (each.market === market && each.leg === leg) return each.size * book.markets.sign(each.market);
    }
    return 0;
  }

  #find(id: number): Ongoing {
    const ongoing = this.#ongoing.get(id);
    demand(ongoing !== undefined, () => `liquidation ${id} is not going on`);
    return ongoing!;
  }

  #bucket({ account, place }: Ongoing): number {
    return this.shadow.book.findBucket(account, place);
  }

  /** 0 where it is gone. */
  #equity(ongoing: Ongoing): bigint {
    const bucket = this.#bucket(ongoing);
    return bucket === BUCKET_NONE ? 0n : equityOf(this.shadow, bucket);
  }

  #fund(): bigint {
    return equityOf(this.shadow, this.shadow.book.cross[INSURANCE]);
  }
}

/** Of the tier that a base is in. */
function floorOf({ book }: Engine, market: number, base: bigint): bigint {
  let floor = 0n;
  for (const tier of book.markets.specs[market].tiers)
    if (BigInt(tier.floor) <= base) floor = BigInt(tier.floor);
  return floor;
}
