/** A liquidation, from the journal: how the bucket stood, every step with its why, and what became of the insurance fund. */
import type { Engine } from '../../../core/engine/engine.ts';
import { INSURANCE } from '../../../core/exchange/ledger.ts';
import { valueWide } from '../../../core/margin/valuation-wide.ts';
import { fraction, toText } from '../../../core/num/rational.ts';
import { DoneReason } from '../../../core/schema/orders.ts';
import {
  ADL_RANKING_NAMES,
  ClosePolicy,
  type LiquidationRules,
} from '../../../core/schema/venue-commands.ts';
import { TransferWhy, VenueEvent } from '../../../core/schema/venue-events.ts';
import { BUCKET_NONE } from '../../../core/state/book.ts';
import { placeOf } from '../../../core/state/buckets.ts';
import { OperationalError } from '../../../io/operational-error.ts';
import { describeEvent } from '../../../io/publish/venue-lines.ts';
import { contentHash } from '../document.ts';
import { rateText, Units } from '../units.ts';
import { causeOf, unknownId, whenOf, type History, type OnProgress, type Step } from './history.ts';
import { field, hasField } from './rows.ts';
import { positionsOf, standingOf, type PositionText } from './standing.ts';

type Told = Record<string, unknown>;

export interface LiquidationDocument {
  readonly liquidation: Readonly<Told>;
  readonly positions: readonly PositionText[];
  readonly ordersCanceled: readonly number[];
  readonly steps: readonly Readonly<Told>[];
  /** Null while it pauses or waits. */
  readonly end: Readonly<Told> | null;
  readonly fund: { readonly before: string; readonly after: string };
  readonly hash: string;
}

export async function explainLiquidation(
  history: History,
  id: number,
  onProgress: OnProgress,
): Promise<LiquidationDocument> {
  const within = new Set<number>();
  let lastId = 0;
  let hasBegun = false;
  await history.walk(({ sequence, exchange }) => {
    const { events } = exchange;
    lastId = exchange.liquidations.lastId;
    for (let row = 0; row < events.count; row++) {
      if (!isOf(events, row, id)) continue;
      within.add(sequence);
      hasBegun ||= events.kind(row) === VenueEvent.liquidation;
    }
  }, onProgress);
  if (!hasBegun && id <= lastId && history.first === 1)
    throw new OperationalError(
      'EXPLAIN_ID',
      `liquidation ${id} was over before it began: by then the account was healthy again, or exempt`,
      { field: 'id', value: id },
    );
  if (!hasBegun) throw unknownId('liquidation', id, lastId, history);
  const teller = new Teller(id);
  await history.walk((step) => (step.moments === null ? undefined : teller.tell(step)), onProgress, within);
  const document = teller.document();
  return { ...document, hash: contentHash(document) };
}

function isOf(events: Step['exchange']['events'], row: number, id: number): boolean {
  return hasField(events, row, 'liquidation') && field(events, row, 'liquidation') === id;
}

class Teller {
  readonly #id: number;
  readonly #steps: Told[] = [];
  #liquidation: Told = {};
  #positions: PositionText[] = [];
  #canceled: number[] = [];
  #end: Told | null = null;
  #fund = { before: '', after: '' };
  /** The bucket: account, and where it is isolated its market and leg. */
  #account = 0;
  #isolated = false;
  #market = 0;
  #leg = 0;

  constructor(id: number) {
    this.#id = id;
  }

  document(): Omit<LiquidationDocument, 'hash'> {
    return {
      liquidation: this.#liquidation,
      positions: this.#positions,
      ordersCanceled: this.#canceled,
      steps: this.#steps,
      end: this.#end,
      fund: this.#fund,
    };
  }

  tell(step: Step): void {
    const { events } = step.exchange;
    for (let row = 0; row < events.count; row++) {
      if (!isOf(events, row, this.#id)) continue;
      switch (events.kind(row)) {
        case VenueEvent.liquidation:
          this.#begin(step, row);
          break;
        case VenueEvent.step:
          this.#close(step, row);
          break;
        case VenueEvent.takeover:
          this.#takeOver(step, row);
          break;
        case VenueEvent.adl:
          this.#deleverage(step, row);
          break;
        case VenueEvent.deficit:
          this.#add(step, row, 'deficit', {
            why: 'neither book nor fund nor anybody on the other side could take it: it is tried again at the next mark',
          });
          break;
        case VenueEvent.liquidation_end: {
          const {
            event: _event,
            liquidation: _id,
            account: _account,
            ...told
          } = describeEvent(events, row, step.registry);
          this.#end = { ...whenOf(step), ...told };
          this.#fund.after = String(told['fund']);
          break;
        }
        default:
      }
    }
  }

  #begin(step: Step, row: number): void {
    const { registry, exchange } = step;
    const { events } = exchange;
    this.#account = field(events, row, 'account');
    this.#isolated = field(events, row, 'isolated') === 1;
    this.#market = field(events, row, 'market');
    this.#leg = field(events, row, 'leg');
    const { event: _event, liquidation: _id, ...told } = describeEvent(events, row, registry);
    const units = unitsOf(step);
    const shortage = field(events, row, 'maintenance') - field(events, row, 'equity');
    this.#liquidation = {
      id: this.#id,
      ...whenOf(step),
      cause: causeOf(step),
      ...told,
      shortage: units.amount(shortage),
    };
    const engine = step.moments!.after(row);
    const bucket = this.#bucketIn(engine);
    this.#positions = bucket === BUCKET_NONE ? [] : positionsOf(engine, units, bucket);
    this.#fund.before = this.#fund.after = fundOf(engine, units);
    for (let before = 0; before < row; before++) {
      const isCanceled =
        events.kind(before) === VenueEvent.done &&
        field(events, before, 'account') === this.#account &&
        field(events, before, 'why') === DoneReason.liquidation;
      if (isCanceled) this.#canceled.push(field(events, before, 'order'));
    }
  }

  /** A step into the book, with the trades that follow it and the fee on them. */
  #close(step: Step, row: number): void {
    const { events, venue } = step.exchange;
    const units = unitsOf(step);
    const market = field(events, row, 'market');
    const engine = step.moments!.after(row);
    const leg = field(events, row, 'leg');
    const { position } = standingOf(engine, units, this.#account, this.#isolated, market, leg);
    const until = this.#endOfStep(step, row);
    const trades: number[] = [];
    let lots = 0;
    let worth = 0n;
    let fee = 0;
    for (let at = row + 1; at < until; at++) {
      const kind = events.kind(at);
      if (kind === VenueEvent.trade) {
        trades.push(field(events, at, 'trade'));
        lots += field(events, at, 'size');
        worth += BigInt(field(events, at, 'size')) * BigInt(field(events, at, 'price'));
      } else if (isFee(events, at, this.#id) && field(events, at, 'account') === INSURANCE)
        fee += field(events, at, 'amount');
    }
    const grid = step.registry.gridAt(market as never);
    const average =
      lots === 0
        ? null
        : toText(
            fraction(
              worth * BigInt(grid.steps.price.digits),
              BigInt(lots) * 10n ** BigInt(grid.steps.price.scale),
            ),
          );
    const { rules } = venue.listings[market]!;
    const size = field(events, row, 'size');
    const held = position === null ? '0' : position.size.replace('-', '');
    const after = standingOf(step.moments!.after(until), units, this.#account, this.#isolated, market, leg);
    this.#add(step, row, 'close', {
      of: held,
      why: closeWhy(rules.liquidation, units.size(market, size) === held, units),
      whyLimit: 'the bankruptcy price, or better: no close-out leaves a debt',
      closed: units.size(market, lots),
      averagePrice: average,
      trades,
      feeToFund: units.amount(fee),
      equityAfter: after.equity,
      maintenanceAfter: after.maintenance,
    });
  }

  #takeOver(step: Step, row: number): void {
    const units = unitsOf(step);
    const engine = step.moments!.after(row);
    const { fundFloor } = step.exchange.venue.rules!;
    this.#add(step, row, 'takeover', {
      bucketEquity: units.amount(this.#equityIn(engine)),
      fund: fundOf(engine, units),
      why: `the book took no more at the bankruptcy price or better, and the fund stays at its floor of ${units.amount(fundFloor)} or above`,
    });
  }

  /** Of the bucket itself, or later of what the fund had of it. */
  #deleverage(step: Step, row: number): void {
    const { events, venue } = step.exchange;
    const units = unitsOf(step);
    const engine = step.moments!.after(row);
    const { fundFloor, adl } = venue.rules!;
    const floor = units.amount(fundFloor);
    const isBacklog = field(events, row, 'account') === INSURANCE;
    this.#add(step, row, isBacklog ? 'adl of what the fund held' : 'adl', {
      ...(isBacklog ? {} : { bucketEquity: units.amount(this.#equityIn(engine)) }),
      fund: fundOf(engine, units),
      why: isBacklog
        ? `the fund had fallen under its floor of ${floor}: others take what it holds at the price it came at`
        : `a takeover would bring the fund under its floor of ${floor}: those on the other side take it, ranked by ${ADL_RANKING_NAMES[adl]}`,
    });
    if (isBacklog) this.#fund.after = fundOf(step.moments!.after(events.count), units);
  }

  #add(step: Step, row: number, what: string, more: Told): void {
    const {
      event: _event,
      liquidation: _id,
      account: _account,
      ...told
    } = describeEvent(step.exchange.events, row, step.registry);
    this.#steps.push({ ...whenOf(step), what, ...told, ...more });
  }

  /** The row of the next thing that is decided. */
  #endOfStep({ exchange }: Step, row: number): number {
    const { events } = exchange;
    for (let at = row + 1; at < events.count; at++) if (DECISIONS.has(events.kind(at))) return at;
    return events.count;
  }

  #bucketIn({ book }: Engine): number {
    return this.#isolated
      ? book.findBucket(this.#account, placeOf(true, this.#market, this.#leg))
      : book.cross[this.#account];
  }

  #equityIn(engine: Engine): bigint {
    const bucket = this.#bucketIn(engine);
    return bucket === BUCKET_NONE ? 0n : valueWide(engine.book, bucket).equity;
  }
}

const DECISIONS: ReadonlySet<number> = new Set([
  VenueEvent.liquidation,
  VenueEvent.step,
  VenueEvent.takeover,
  VenueEvent.adl,
  VenueEvent.deficit,
  VenueEvent.liquidation_end,
  VenueEvent.cut,
]);

function isFee(events: Step['exchange']['events'], row: number, id: number): boolean {
  return (
    events.kind(row) === VenueEvent.transfer &&
    isOf(events, row, id) &&
    field(events, row, 'why') === TransferWhy.liquidation_fee
  );
}

function closeWhy(
  { policy, share, threshold, buffer }: LiquidationRules,
  isAll: boolean,
  units: Units,
): string {
  switch (policy) {
    case ClosePolicy.full:
      return 'the rules close a position at once';
    case ClosePolicy.tier_step:
      return isAll ? 'all of it: no tier is below' : 'down to the floor of the tier below';
    case ClosePolicy.fraction:
      return isAll
        ? `all of it: its notional is not above ${units.amount(threshold)}, or its pause is over`
        : `${rateText(share)} of it: its notional is above ${units.amount(threshold)}`;
    default:
      return isAll
        ? 'all of it: less would not cover the shortage, or it is small'
        : `as much as brings equity back to ${rateText(buffer)} times maintenance, fees counted`;
  }
}

function unitsOf({ exchange }: Step): Units {
  return new Units(exchange.engine.book, exchange.engine.settings!);
}

function fundOf({ book }: Engine, units: Units): string {
  return units.amount(valueWide(book, book.cross[INSURANCE]).equity);
}
