/** A what-if as the API takes and shows it. */
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { MARK_MAX, type MarketRow } from '../../../core/num/units.ts';
import { MARK_NONE } from '../../../core/state/markets.ts';
import type { StressRequest, StressResult } from '../../../io/api/contract/stress.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import { placeName } from '../../explain/buckets.ts';
import { timeText } from '../../explain/units.ts';
import { inSlices } from '../background/background.ts';
import { stress, type Hit, type Stressed } from '../background/stress.ts';
import { largestOf } from './accounts.ts';
import { countByLevel } from './aggregates.ts';
import { moneyByLevel } from './markets.ts';
import { percentText, rounded } from './numbers.ts';
import type { Served } from './served.ts';

const HITS = 50;
const UNDER_WAY_MAX = 4;
const PERCENT_MAX = 1000;
const ASSUMPTION =
  'all shocks at once, before anybody is liquidated; funding and orders as they are, close-outs at bankruptcy price';

interface WantedShock {
  readonly market: number;
  readonly share: number;
  readonly before: number;
  readonly after: number;
}

let underWay = 0;

export async function stressed(served: Served, request: StressRequest): Promise<StressResult> {
  const shocks = shocksOf(served, request);
  if (underWay >= UNDER_WAY_MAX)
    throw new ApiProblem(
      'API_BUSY',
      `${UNDER_WAY_MAX} of these are under way already: ask again in a moment`,
    );
  underWay++;
  const begun = performance.now();
  const { exchange, units } = served;
  const { sequence, timeUs, engine } = exchange;
  try {
    const inside = shocks.map(({ market, after }) => ({
      market,
      inside: engine.book.markets.inside(market as MarketRow, after),
    }));
    const result = await inSlices(stress(engine, inside, request.limit ?? HITS));
    return {
      sequence,
      time: timeText(timeUs),
      tookMs: rounded(performance.now() - begun, 2),
      shocks: shocks.map(({ market, share, before, after }) => ({
        market: units.market(market),
        percent: percentText(share),
        markBefore: units.mark(market, before),
        markAfter: units.mark(market, after),
      })),
      bucketsBefore: countByLevel(result.before),
      bucketsAfter: countByLevel(result.after),
      notionalAfter: moneyByLevel(
        units,
        result.notionalAfter.map((amount) => BigInt(Math.round(amount))),
      ),
      liquidated: {
        buckets: result.buckets,
        accounts: result.accounts,
        longNotional: units.amount(result.longNotional),
        shortNotional: units.amount(result.shortNotional),
      },
      waterfall: waterfallOf(served, result),
      hits: result.hits.map((hit) => hitOf(served, hit)),
      assumption: ASSUMPTION,
    };
  } finally {
    underWay--;
  }
}

function shocksOf(served: Served, { shocks = {}, allPercent }: StressRequest): WantedShock[] {
  const { markets } = served.exchange.engine.book;
  const wanted = new Map<number, number>();
  if (allPercent !== undefined)
    for (let market = 0; market < markets.count; market++)
      wanted.set(market, shareOf('allPercent', allPercent));
  for (const [name, percent] of Object.entries(shocks))
    wanted.set(served.market(name), shareOf(`shocks.${name}`, percent));
  if (wanted.size === 0)
    throw new ApiProblem(
      'API_FIELD_INVALID',
      'nothing would move: name markets in shocks, or give allPercent',
      { field: 'shocks' },
    );
  return [...wanted]
    .filter(([market]) => markets.mark(market as MarketRow) !== MARK_NONE)
    .map(([market, share]) => {
      const before = markets.mark(market as MarketRow);
      const after = Math.max(1, Math.min(MARK_MAX, Math.round(before * (1 + share))));
      if (markets.inside(market as MarketRow, after) <= 0)
        throw new ApiProblem('API_FIELD_INVALID', `${served.marketName(market)} cannot have that price`, {
          field: `shocks.${served.marketName(market)}`,
        });
      return { market, share, before, after };
    });
}

function shareOf(field: string, text: string): number {
  const percent = Number(text);
  if (percent > -100 && percent <= PERCENT_MAX) return percent / 100;
  throw new ApiProblem(
    'API_FIELD_INVALID',
    `must be above -100 and at most ${PERCENT_MAX} percent, not ${text}`,
    { field, value: text },
  );
}

function waterfallOf({ units }: Served, result: Stressed): StressResult['waterfall'] {
  const { equityBefore, equityAfter, lost, won, paid, owedBefore, deficit, fundBefore, fundAfter } = result;
  const money = (amount: number): string => units.amount(Math.round(amount));
  // What the fund holds itself moves with the marks: that is in it before it pays anything.
  const able = Math.max(0, fundAfter);
  const used = Math.min(able, deficit);
  return {
    equityBefore: money(equityBefore),
    loss: money(equityBefore - equityAfter),
    equityAfter: money(equityAfter),
    lost: money(lost),
    won: money(won),
    paid: money(paid),
    owedBefore: money(owedBefore),
    deficit: money(deficit),
    fundBefore: money(fundBefore),
    fundRevalued: money(fundAfter - fundBefore),
    fundUsed: money(used),
    fundAfter: money(able - used),
    deleveraged: money(deficit - used),
  };
}

function hitOf(
  served: Served,
  { bucket, from, to, before, after, notional }: Hit,
): StressResult['hits'][number] {
  const { exchange, units } = served;
  const { book } = exchange.engine;
  const account = book.buckets.account(bucket);
  return {
    account: served.accountName(account),
    bucket: placeName(book, bucket),
    from: LEVEL_NAMES[from],
    to: LEVEL_NAMES[to],
    equityBefore: units.amount(before),
    equityAfter: units.amount(after),
    notional: units.amount(notional),
    deficit: units.amount(Math.max(0, -after)),
    largest: largestOf(served, account),
  };
}
