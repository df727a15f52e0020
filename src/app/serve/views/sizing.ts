/**
 * How large a position may be: Kelly's fraction of what is had, a share of it at most at risk, over what a unit loses from entry to stop; then no more than
 * margin and the market's limits allow. It is a calculator: nothing is decided by it, so it counts in doubles and rounds down to a lot.
 */
import type { MarketRow } from '../../../core/num/units.ts';
import { Form } from '../../../core/schema/commands.ts';
import { MARK_NONE } from '../../../core/state/markets.ts';
import type { Sizing, SizingQuery } from '../../../io/api/contract/stress.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { fixed } from './numbers.ts';
import { listingOf } from './markets.ts';
import type { Served } from './served.ts';

const USUAL = { winProbability: 0.5, winLossRatio: 2, riskPercent: 1, kelly: 0.5 };
const ASSUMPTION =
  'the stop fills at its price, without fees and slippage; margin at the mark, of the free collateral of the account where one is given';

export function sizing(served: Served, query: SizingQuery): Sizing {
  const { exchange, units } = served;
  const market = served.market(query.market);
  const listing = listingOf(served, market);
  const { markets } = exchange.engine.book;
  const mark = markets.mark(market as MarketRow);
  if (listing === null || mark === MARK_NONE)
    throw new ApiProblem('API_FIELD_INVALID', `${query.market} is not traded`, {
      field: 'market',
      value: query.market,
    });
  const scale = 10 ** units.decimals;
  const { equity, free } = meansOf(served, query, scale);
  const entry = query.entry === undefined ? Number(units.mark(market, mark)) : above('entry', query.entry);
  const stop = above('stop', query.stop);
  if (stop === entry) throw invalid('stop', query.stop, 'must not be the entry: nothing would be lost there');
  const side = query.side ?? (stop < entry ? 'long' : 'short');
  if ((side === 'long') !== stop < entry)
    throw invalid(
      'stop',
      query.stop,
      `of a ${side} must be ${side === 'long' ? 'under' : 'above'} the entry of ${entry}`,
    );
  const p = within('winProbability', query.winProbability, USUAL.winProbability, 0, 1);
  const b = query.winLossRatio === undefined ? USUAL.winLossRatio : above('winLossRatio', query.winLossRatio);
  const risk = within('riskPercent', query.riskPercent, USUAL.riskPercent, 0, 100) / 100;
  const kelly = within('kelly', query.kelly, USUAL.kelly, 0, 1);
  const fraction = fractionOf(p, b);
  const kellyBudget = kelly * fraction * equity;
  const riskBudget = risk * equity;
  const budget = Math.min(kellyBudget, riskBudget);
  const lot = Number(markets.specs[market].lot);
  const isInverse = markets.terms[market]?.form === Form.inverse;
  const contract = isInverse ? Number(units.contractValue(market)) : 0;
  const worth = (price: number): number => (isInverse ? contract / price : price);
  const lossPerUnit = Math.abs(worth(entry) - worth(stop));
  const marginRate = initialRate(served, market, listing.rules.leverageMax);
  const caps: [Sizing['limitedBy'], number][] = [
    [kellyBudget <= riskBudget ? 'kelly' : 'risk', budget / lossPerUnit],
    ['margin', free / (worth(entry) * marginRate)],
    ['position_limit', Number(units.size(market, listing.rules.positionMax))],
    ['order_size', Number(units.size(market, listing.rules.sizeMax))],
  ];
  const [limit, most] = caps.reduce((least, each) => (each[1] < least[1] ? each : least));
  const lots = Math.max(0, Math.floor(most / lot + 1e-9));
  const size = lots * lot;
  const notional = size * worth(entry);
  return {
    market: query.market,
    side,
    equity: fixed(equity, 2),
    entry: trimmed(entry),
    stop: trimmed(stop),
    kellyFraction: fixed(fraction, 6),
    kelly: fixed(kelly, 4),
    kellyBudget: fixed(kellyBudget, 2),
    riskBudget: fixed(riskBudget, 2),
    budget: fixed(budget, 2),
    size: units.size(market, lots),
    notional: fixed(notional, 2),
    initialMargin: fixed(notional * marginRate, 2),
    leverage: equity > 0 ? fixed(notional / equity, 2) : null,
    limitedBy: fraction === 0 ? 'no_edge' : lots === 0 && most > 0 ? 'lot' : limit,
    uncertainty: query.trades === undefined ? null : uncertaintyOf(p, b, query.trades),
    lossAtStop: fixed(size * lossPerUnit, 2),
    assumption: ASSUMPTION,
  };
}

/** p - (1 - p) / b, and never less than nothing: without an edge there is no bet on the other side either. */
function fractionOf(p: number, b: number): number {
  return Math.max(0, p - (1 - p) / b);
}

/** Two standard errors of a probability that so many trades were counted for. */
function uncertaintyOf(p: number, b: number, trades: number): Sizing['uncertainty'] {
  const error = 2 * Math.sqrt((p * (1 - p)) / trades);
  return {
    low: fixed(fractionOf(Math.max(0, p - error), b), 6),
    high: fixed(fractionOf(Math.min(1, p + error), b), 6),
  };
}

function meansOf(served: Served, query: SizingQuery, scale: number): { equity: number; free: number } {
  if (query.account === undefined) {
    const equity = query.equity === undefined ? null : above('equity', query.equity);
    if (equity === null)
      throw new ApiProblem('API_FIELD_INVALID', 'give an account, or the equity to count with', {
        field: 'equity',
      });
    return { equity, free: equity };
  }
  const { exchange } = served;
  const account = served.account(query.account);
  const { margin } = exchange.venue;
  const own = Math.max(0, margin.equityOf(exchange.engine.book.cross[account]) / scale);
  const free = Math.max(0, margin.headroom(account) / scale);
  return { equity: query.equity === undefined ? own : above('equity', query.equity), free };
}

/** Of the first tier, and no less than the listing's largest leverage leaves. */
function initialRate({ exchange }: Served, market: number, leverageMax: number): number {
  const { num, den } = exchange.engine.book.markets.specs[market].tiers[0].imr;
  return Math.max(num / den, 1 / leverageMax);
}

function above(field: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw invalid(field, text, 'must be above 0');
}

function within(field: string, text: string | undefined, usual: number, least: number, most: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw invalid(field, text, `must be from ${least} to ${most}`);
}

function invalid(field: string, value: string, what: string): ApiProblem {
  return new ApiProblem('API_FIELD_INVALID', `${field} ${what}, not ${value}`, { field, value });
}

function trimmed(value: number): string {
  return fixed(value, 8).replace(/\.?0+$/, '');
}
