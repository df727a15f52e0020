/** The liquidation map of a market as the API shows it. */
import type { MarketRow } from '../../../core/num/units.ts';
import { MARK_NONE } from '../../../core/state/markets.ts';
import type { LiquidationMap } from '../../../io/api/contract/markets.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { timeText } from '../../explain/units.ts';
import { ASSUMPTION } from '../../explain/document.ts';
import { STEP, type CountedMap, type LiquidationMaps, type MapSide } from '../background/liquidation-map.ts';
import { countByLevel } from './aggregates.ts';
import { percentText } from './numbers.ts';
import type { Served } from './served.ts';

export async function liquidationMap(
  served: Served,
  maps: LiquidationMaps,
  market: number,
): Promise<LiquidationMap> {
  const { exchange, units } = served;
  const mark = exchange.engine.book.markets.mark(market as MarketRow);
  if (mark === MARK_NONE)
    throw new ApiProblem('API_NOT_FOUND', `${units.market(market)} has no mark yet, so nobody holds it`, {
      field: 'market',
    });
  const map = await maps.of(market);
  return {
    market: units.market(market),
    markPrice: units.mark(market, exchange.engine.book.markets.mark(market as MarketRow)),
    countedAt: {
      sequence: map.sequence,
      time: timeText(map.timeUs),
      markPrice: units.mark(market, map.mark),
      ageMs: Date.now() - map.atMs,
    },
    stepPercent: percentText(STEP),
    accountsByLevel: countByLevel(map.levels),
    down: stepsOf(served, market, map, map.down, -1),
    up: stepsOf(served, market, map, map.up, 1),
    assumption: ASSUMPTION,
  };
}

function stepsOf(
  { units }: Served,
  market: number,
  { mark }: CountedMap,
  side: MapSide,
  way: 1 | -1,
): LiquidationMap['down'] {
  const at = (step: number): string =>
    units.mark(market, Math.max(1, Math.round(mark * (1 + way * step * STEP))));
  let notional = 0;
  let accounts = 0;
  return Array.from(side.buckets, (count, step) => {
    notional += side.long[step] + side.short[step];
    accounts += count;
    return {
      from: at(step),
      to: at(step + 1),
      movePercent: percentText(way * (step + 1) * STEP),
      longNotional: units.amount(side.long[step]),
      shortNotional: units.amount(side.short[step]),
      accounts: count,
      totalNotional: units.amount(notional),
      totalAccounts: accounts,
    };
  });
}
