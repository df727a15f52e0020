/**
 * A market with its venues, to write price scenarios against: who says what and when in decimal text, and what the router
 * answers. Times are seconds after the start; every venue's clock is right and its messages take 20 ms unless told.
 */
import { toScaled, toSafeInteger } from '../../src/core/num/decimal.ts';
import { gridOf, isGrid, type Grid } from '../../src/core/num/grid.ts';
import type { TimeUs } from '../../src/core/num/units.ts';
import type { PriceAlert } from '../../src/core/price/anomaly.ts';
import { DEFAULT_INDEX_RULES, DEFAULT_MARKET, type PricedMarket } from '../../src/core/price/price-rules.ts';
import { QUALITY_NAMES } from '../../src/core/schema/quality.ts';
import { isAllowed, type UseName } from '../../src/core/price/quality.ts';
import type { MarketPrice } from '../../src/core/price/router-market.ts';
import { PriceRouter } from '../../src/core/price/router.ts';
import type { InstrumentRow, VenueEvent } from '../../src/core/price/venue-event.ts';

export const START_US = 1_758_182_400_000_000;
export const SCALE = 2;
const DELAY_US = 20_000;

/** A price as text on the scale of every instrument here. */
export function units(text: string): number {
  const whole = toScaled(text, SCALE, 'exact');
  if (whole === null) throw new Error(`${text} has more than ${SCALE} decimals`);
  return toSafeInteger(whole) ?? NaN;
}

export function tapeGrid(markTick = '0.01'): Grid {
  const grid = gridOf({ tick: '0.01', lot: '0.001', markTick, decimals: 6 });
  if (!isGrid(grid)) throw new Error(grid.problem);
  return grid;
}

export interface Venue {
  readonly name: string;
  readonly weight?: number;
  readonly isOwn?: boolean;
}

export interface TapeSetup {
  /** The perpetual itself is instrument 0, of venue `own`; index sources follow, then perpetuals elsewhere. */
  readonly sources: readonly Venue[];
  readonly perps?: readonly Venue[];
  readonly rules?: Partial<Pick<PricedMarket, 'mark' | 'divergencePpm' | 'policy' | 'fundingIntervalUs'>>;
  readonly index?: Partial<PricedMarket['index']>;
  readonly markTick?: string;
  /** Hears every price that leaves, before the next is made. */
  readonly hear?: (price: MarketPrice) => void;
}

export interface Seen {
  readonly mark: string;
  readonly index: string;
  readonly quality: (typeof QUALITY_NAMES)[number];
  readonly uses: number;
}

type Half = {
  [Kind in VenueEvent['kind']]: Omit<
    Extract<VenueEvent, { kind: Kind }>,
    'instrument' | 'eventUs' | 'receivedUs'
  >;
}[VenueEvent['kind']];

export class Tape {
  readonly router: PriceRouter;
  readonly alerts: PriceAlert[] = [];
  /** Every price that left. */
  readonly prices: Seen[] = [];
  readonly #rows: readonly string[];

  constructor(setup: TapeSetup, markets: readonly string[] = ['BTC-PERP']) {
    const grid = tapeGrid(setup.markTick);
    const perps = setup.perps ?? [];
    const names = markets.flatMap((market) =>
      ['own', ...setup.sources.map((venue) => venue.name), ...perps.map((venue) => venue.name)].map(
        (venue) => ({ venue, market }),
      ),
    );
    const each = names.length / markets.length;
    this.#rows = names.map(({ venue, market }) => (markets.length === 1 ? venue : `${venue} ${market}`));
    this.router = new PriceRouter({
      instruments: names.map(({ venue, market }) => ({
        venue,
        symbol: market,
        market,
        isPerpetual: venue === 'own',
        priceScale: SCALE,
        sizeScale: 3,
      })),
      markets: markets.map((name, at) => ({
        ...DEFAULT_MARKET,
        name,
        grid,
        own: (at * each) as InstrumentRow,
        sources: setup.sources.map((venue, row) => ({
          instrument: (at * each + 1 + row) as InstrumentRow,
          part: 'mid',
          weight: venue.weight ?? 1,
          isOwn: venue.isOwn ?? false,
        })),
        perps: perps.map((venue, row) => ({
          instrument: (at * each + 1 + setup.sources.length + row) as InstrumentRow,
          part: 'mid',
          weight: venue.weight ?? 1,
          isOwn: false,
        })),
        ...setup.rules,
        index: { ...DEFAULT_INDEX_RULES, ...setup.index },
      })),
      sink: {
        price: (price) => {
          this.prices.push(this.#seen(price));
          setup.hear?.(price);
        },
        alert: (alert) => this.alerts.push(alert),
      },
    });
  }

  /** A venue says something at `second`, of whatever shape. */
  say(second: number, venue: string, event: Half, clockUs = 0): void {
    const instrument = this.#rows.indexOf(venue) as InstrumentRow;
    if (instrument < 0) throw new Error(`no venue ${venue}`);
    const eventUs = START_US + Math.round(second * 1e6);
    this.router.receive({
      ...event,
      instrument,
      eventUs: (eventUs + clockUs) as TimeUs,
      receivedUs: (eventUs + DELAY_US) as TimeUs,
    });
  }

  /** Best bid and ask, `spread` apart around a price: the mid is the price. */
  quote(second: number, venue: string, price: string, spread = '0.02', clockUs = 0): void {
    const half = units(spread) / 2;
    const mid = units(price);
    this.say(
      second,
      venue,
      { kind: 'quote', updateId: null, bid: mid - half, bidSize: 1, ask: mid + half, askSize: 1 },
      clockUs,
    );
  }

  trade(second: number, venue: string, price: string, clockUs = 0): void {
    const trade = { kind: 'trade', id: String(second), price: units(price), size: 1, taker: 'buy' } as const;
    this.say(second, venue, trade, clockUs);
  }

  published(second: number, venue: string, mark: string, index = '0'): void {
    this.say(second, venue, {
      kind: 'mark',
      mark: units(mark),
      index: units(index),
      fundingRate: null,
      nextFundingUs: null,
      openInterest: null,
    });
  }

  /** It is `second` now, and nobody says anything. */
  wait(second: number): void {
    this.router.advance((START_US + Math.round(second * 1e6)) as TimeUs);
  }

  now(market = 0): Seen {
    return this.#seen(this.router.price(market));
  }

  can(use: UseName, market = 0): boolean {
    return isAllowed(this.router.price(market).uses, use);
  }

  /** `code raised` or `code cleared`, with the source or the market. */
  told(): string[] {
    return this.alerts.map(
      (alert) =>
        `${alert.code} ${alert.isRaised ? 'raised' : 'cleared'} ${alert.source ?? alert.market ?? 'all'}`,
    );
  }

  #seen(price: MarketPrice): Seen {
    const text = (count: number): string => (count / 10 ** price.scale).toString();
    return {
      mark: text(price.mark * price.unitsPerTick),
      index: text(price.index),
      quality: QUALITY_NAMES[price.quality],
      uses: price.uses,
    };
  }
}
