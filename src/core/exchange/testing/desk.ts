/** A small exchange for tests: one market of whole dollars and lots, and words for what is asked of it. */
import { assert } from '../../num/assert.ts';
import { FUNDING_SCALE } from '../../num/units.ts';
import { Kind, type Command } from '../../schema/commands.ts';
import { DEFAULT_LEVELS, type Level } from '../../schema/levels.ts';
import { OrderType, TimeInForce } from '../../schema/orders.ts';
import { Reason, REASON_NAMES } from '../../schema/reasons.ts';
import { Side } from '../../schema/side.ts';
import {
  AdlRanking,
  ClosePolicy,
  PLAIN_ORDER,
  VenueKind,
  type ListingCommand,
  type OwnCommand,
  type PlaceCommand,
  type VenueCommand,
} from '../../schema/venue-commands.ts';
import { BUCKET_F64, BUCKET_I32, BucketField, BucketLink, Flag } from '../../state/buckets.ts';
import {
  marketOfTag,
  POSITION_F64,
  POSITION_I32,
  PositionField,
  PositionLink,
} from '../../state/positions.ts';
import type { VenueEventObject } from '../event-log.ts';
import { Exchange } from '../exchange.ts';

type Body<T> = Omit<T, 'kind' | 'timeUs' | 'origin'>;

export const LISTING: Body<ListingCommand> = {
  market: 0 as never,
  makerFee: { num: 0, den: 1 },
  takerFee: { num: 0, den: 1 },
  priceMax: 1_000_000 as never,
  sizeMin: 1 as never,
  sizeMax: 1_000_000 as never,
  positionMax: 1_000_000 as never,
  openInterestMax: 10_000_000 as never,
  collar: { num: 1, den: 10 },
  band: { num: 1, den: 2 },
  depthShare: null,
  leverageMax: 50,
  haltMove: null,
  haltWindowUs: 0,
  liquidation: {
    policy: ClosePolicy.full,
    share: { num: 1, den: 1 },
    threshold: 0 as never,
    cooldownUs: 0,
    buffer: { num: 1, den: 1 },
    fee: { num: 0, den: 1 },
  },
};

export const VENUE: Body<VenueCommand> = {
  gainHaircut: { num: 0, den: 1 },
  fundFloor: 0 as never,
  adl: AdlRanking.pnl_leverage,
  notionalMax: null,
  ordersMax: 100,
};

/** Another market, like the one of the desk. */
export const SECOND = {
  kind: Kind.market,
  name: 'SECOND',
  tick: '1',
  lot: '1',
  markTick: '1',
  markUnit: 1,
  tickUnit: { num: 1, den: 1 },
  tiers: [{ floor: 0, mmr: { num: 1, den: 50 }, imr: { num: 1, den: 25 } }],
  closeFee: { num: 0, den: 1 },
  basis: 0,
  orderMargin: 0,
  orderRate: { num: 0, den: 1 },
};

/** Money is whole dollars: a lot at a tick of one is worth one. Maintenance is 2 %, initial margin 4 %. */
export class Desk {
  readonly exchange: Exchange;
  timeUs = 1_000_000;
  /** Deposits less withdrawals. */
  net = 0;
  /** What it was given, to be played again. */
  readonly commands: (Command | OwnCommand)[] = [];
  /** Events since the beginning. */
  readonly events: VenueEventObject[] = [];
  readonly #accounts = new Map<string, number>();

  constructor(
    venue: Partial<Body<VenueCommand>> = {},
    listing: Partial<Body<ListingCommand>> = {},
    book: 'direct' | 'naive' = 'direct',
  ) {
    this.exchange = new Exchange({ book });
    this.accept({
      kind: Kind.settings,
      rules: 1,
      asset: 'USD',
      decimals: 0,
      inclusive: false,
      levels: DEFAULT_LEVELS,
    });
    this.accept({ kind: VenueKind.venue, ...VENUE, ...venue });
    this.accept({ ...SECOND, name: 'BTC-PERP' });
    this.accept({ kind: VenueKind.listing, ...LISTING, ...listing });
    this.mark(100);
  }

  /** Applies a command at the present time, keeps its events, and checks what always holds. */
  do(command: Record<string, unknown>): Reason {
    const whole = { timeUs: this.timeUs, origin: null, ...command } as never as Command | OwnCommand;
    this.commands.push(whole);
    const reason = this.exchange.apply(whole);
    this.events.push(...this.exchange.events.all());
    if (reason === Reason.accepted && command['asset'] === null) {
      if (command['kind'] === VenueKind.deposit) this.net += command['amount'] as number;
      if (command['kind'] === VenueKind.withdraw) this.net -= command['amount'] as number;
    }
    this.checkMoney();
    return reason;
  }

  accept(command: Record<string, unknown>): void {
    mustBeAccepted(this.do(command));
  }

  /** Row of the account of this name, opened with a deposit where there is none. */
  account(name: string, deposit = 0): number {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    this.accept({ kind: Kind.account, name });
    const row = this.exchange.engine.book.accounts.count - 1;
    this.#accounts.set(name, row);
    if (deposit > 0) this.accept({ kind: VenueKind.deposit, account: row, asset: null, amount: deposit });
    return row;
  }

  fund(amount: number): void {
    this.accept({ kind: VenueKind.deposit, account: 0, asset: null, amount });
  }

  mark(price: number, market = 0): void {
    this.accept({ kind: Kind.marks, marks: [{ market, price }], text: '' });
  }

  order(
    name: string,
    side: 'buy' | 'sell',
    size: number,
    price: number,
    more: Partial<PlaceCommand> = {},
  ): Reason {
    const isMarket = price === 0;
    return this.do({
      ...PLAIN_ORDER,
      account: this.account(name),
      market: 0,
      side: side === 'buy' ? Side.bid : Side.ask,
      type: isMarket ? OrderType.market : OrderType.limit,
      timeInForce: isMarket ? TimeInForce.ioc : TimeInForce.gtc,
      price,
      size,
      ...more,
    });
  }

  buy(name: string, size: number, price: number, more: Partial<PlaceCommand> = {}): void {
    mustBeAccepted(this.order(name, 'buy', size, price, more));
  }

  sell(name: string, size: number, price: number, more: Partial<PlaceCommand> = {}): void {
    mustBeAccepted(this.order(name, 'sell', size, price, more));
  }

  /** One buys from the other. */
  trade(buyer: string, seller: string, size: number, price: number): void {
    this.sell(seller, size, price);
    this.buy(buyer, size, price);
  }

  position(name: string, market = 0): number {
    return this.positionOf(this.account(name), market);
  }

  positionOf(account: number, market = 0, leg = 0): number {
    const { ledger } = this.exchange.venue;
    const exposure = ledger.findExposure(account, (market << 8) | leg);
    return exposure === -1 ? 0 : ledger.held(exposure);
  }

  equity(name: string): number {
    return this.equityOf(this.account(name));
  }

  equityOf(account: number): number {
    const { margin, engine } = this.exchange.venue;
    return margin.equityOf(engine.book.cross[account]);
  }

  level(name: string): Level {
    const { book } = this.exchange.engine;
    return book.buckets.level(book.cross[this.account(name)]);
  }

  of(event: VenueEventObject['event']): VenueEventObject[] {
    return this.events.filter((one) => one.event === event);
  }

  /** Money is conserved to the last part of funding, and every market has as many longs as shorts. */
  checkMoney(): void {
    const { venue } = this.exchange;
    const { buckets, positions, markets } = venue.engine.book;
    const scale = BigInt(FUNDING_SCALE);
    let total = 0n;
    const lots = venue.listings.map(() => 0n);
    for (let bucket = 0; bucket < buckets.used; bucket++) {
      const i = bucket * BUCKET_I32;
      if ((buckets.i32[i + BucketLink.flags] & Flag.free) !== 0) continue;
      total += scale * BigInt(buckets.f64[bucket * BUCKET_F64 + BucketField.collateral]);
      const start = buckets.i32[i + BucketLink.start];
      for (let row = start; row < start + buckets.i32[i + BucketLink.count]; row++) {
        const f = row * POSITION_F64;
        const market = marketOfTag(positions.i32[row * POSITION_I32 + PositionLink.tag]);
        if (venue.listings[market] === null) continue;
        const size = BigInt(positions.f64[f + PositionField.size]);
        const moved =
          BigInt(markets.fundingInside(market as never)) - BigInt(positions.f64[f + PositionField.funding]);
        total += -scale * BigInt(positions.f64[f + PositionField.cost]) - size * moved;
        lots[market] += size;
      }
    }
    for (const listing of venue.listings) if (listing !== null) total += BigInt(listing.dust);
    assert(total === scale * BigInt(this.net), `money is ${total}, ${this.net} came in`);
    assert(
      lots.every((sum) => sum === 0n),
      `longs less shorts are ${lots.join()}`,
    );
  }
}

function mustBeAccepted(reason: Reason): void {
  assert(reason === Reason.accepted, `refused: ${REASON_NAMES[reason]}`);
}
