/** An exchange at one moment, as a screen shows it: plain numbers, money in whole units of the asset. */
import type { Exchange } from '../../core/exchange/exchange.ts';
import type { MarketRow } from '../../core/num/units.ts';
import { MARKET_STATE_NAMES, MarketState } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import { aggregatesOf } from '../../core/state/aggregates-of-market.ts';
import type { Simulation } from '../../sim/traders/simulation.ts';
import type { LiquidationLine, Ticker, TradeLine } from './ticker.ts';

export interface MarketStatus {
  readonly name: string;
  readonly state: (typeof MARKET_STATE_NAMES)[number];
  readonly mark: number;
  readonly last: number;
  readonly bid: number | null;
  readonly ask: number | null;
  /** Lots, and money at the mark. */
  readonly openInterest: number;
  readonly openInterestValue: number;
  readonly volume: number;
  /** What the funding index moved by since the beginning, as a share of what a lot is worth. */
  readonly funding: number;
}

export interface BookLevel {
  readonly price: number;
  readonly size: number;
}

export interface SimStatus {
  readonly seed: number;
  readonly accounts: number;
  readonly regime: string;
  readonly simulatedSeconds: number;
  readonly elapsedSeconds: number;
  readonly commands: number;
  readonly commandsPerSecond: number;
  readonly refused: number;
  readonly orders: number;
  readonly trades: number;
  readonly liquidations: number;
  readonly takeovers: number;
  readonly adls: number;
  /** Of the watchers of conduct. */
  readonly alerts: number;
  readonly fund: number;
  readonly treasury: number;
  readonly markets: readonly MarketStatus[];
  /** Of the first market. */
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly lastTrades: readonly TradeLine[];
  readonly lastLiquidations: readonly LiquidationLine[];
  /** Commands after which the laws were looked at, and what was wrong with the last, if anything. */
  readonly checked: number;
  readonly stateEvery: number;
  readonly broken: string | null;
}

export type Progressed = Pick<
  SimStatus,
  | 'seed'
  | 'accounts'
  | 'elapsedSeconds'
  | 'commands'
  | 'commandsPerSecond'
  | 'refused'
  | 'checked'
  | 'stateEvery'
  | 'alerts'
  | 'broken'
>;

const LEVELS = 8;

export function statusOf(
  exchange: Exchange,
  simulation: Simulation,
  ticker: Ticker,
  progressed: Progressed,
): SimStatus {
  const { venue, engine } = exchange;
  const { view, world } = simulation;
  const scale = 10 ** (engine.settings?.decimals ?? 0);
  const first = world.markets[0].row;
  const houseOf = (account: number): number =>
    account < engine.book.accounts.count ? venue.margin.equityOf(engine.book.cross[account]) / scale : 0;
  return {
    ...progressed,
    regime: simulation.regime,
    simulatedSeconds: Math.round((simulation.nowUs - world.startUs) / 1e6),
    orders: venue.orders.count,
    trades: ticker.tradeCount,
    liquidations: ticker.liquidationCount,
    takeovers: ticker.takeoverCount,
    adls: ticker.adlCount,
    fund: houseOf(0),
    treasury: houseOf(1),
    markets: world.markets
      .filter(({ row }) => venue.listings[row] !== null && venue.listings[row] !== undefined)
      .map(({ row }) => marketStatus(exchange, simulation, ticker, row, scale)),
    bids: view.depth(first, Side.bid, LEVELS).map(([price, size]) => ({ price, size })),
    asks: view.depth(first, Side.ask, LEVELS).map(([price, size]) => ({ price, size })),
    lastTrades: ticker.trades.slice(),
    lastLiquidations: ticker.liquidations.map((line) => ({
      ...line,
      equity: line.equity / scale,
      maintenance: line.maintenance / scale,
    })),
  };
}

function marketStatus(
  { venue, engine }: Exchange,
  { view, world }: Simulation,
  ticker: Ticker,
  row: MarketRow,
  scale: number,
): MarketStatus {
  const { longLots, longNotional } = aggregatesOf(engine.book, row);
  const price = (side: Side): number | null => {
    const best = view.bestPrice(row, side);
    return best < 0 ? null : best;
  };
  return {
    name: world.markets[row].definition.name,
    state: MARKET_STATE_NAMES[venue.listings[row]?.state ?? MarketState.active],
    mark: view.ticksOf(row, view.mark(row)),
    last: view.lastPrice[row],
    bid: price(Side.bid),
    ask: price(Side.ask),
    openInterest: Number(longLots),
    openInterestValue: Number(longNotional) / scale,
    volume: ticker.volume[row] ?? 0,
    funding: engine.book.markets.fundingIndex(row) / 1e6 / view.lotValue(row),
  };
}
