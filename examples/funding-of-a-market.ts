/**
 * Eight hours of funding of one market by the rules of two venues, from its order book against its index: four hours at the
 * index, then four with the book 0.2 % above it. What a long of one BTC pays in the end is computed by hand as well.
 * Run it with `node examples/funding-of-a-market.ts` from a checkout; in a project of your own import from 'plimsoll'.
 */
import {
  binance,
  DepthBook,
  FUNDING_SCALE,
  FundingMarket,
  gridOf,
  HYPERLIQUID,
  impactNotional,
  isGrid,
  linearNotional,
  markFromText,
  moneyToText,
  premiumOf,
  type FundingIndex,
  type QuoteMicros,
  type TimeUs,
} from '../src/index.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const grid = gridOf({ tick: '0.1', lot: '0.001', decimals: 6 });
if (!isGrid(grid)) throw new Error(grid.problem);

/** Prices of the book and the index count tenths, sizes thousandths; what is sold to measure impact is 10,000 USDT. */
const INDEX = 500_000;
const IMPACT = impactNotional(10_000, 1, 3);
const LOT = linearNotional(markFromText('50000', grid)!, grid.markUnit);
const LOTS_PER_BTC = 1000;

/** Three levels a side around a best bid: 0.1 BTC at the best, so that the impact price reaches behind it. */
function bookAt(bid: number): DepthBook {
  const book = new DepthBook();
  const levels = (best: number, step: number): number[] => [
    best,
    100,
    best + step,
    500,
    best + 2 * step,
    5000,
  ];
  book.replace(levels(bid, -1), levels(bid + 1, 1), null);
  return book;
}
const atIndex = bookAt(INDEX);
/** Its impact bid is 501,000: 0.2 % above the index. */
const above = bookAt(INDEX * 1.002);
above.apply([INDEX * 1.002, 5000], []);

const margin = { initial: { num: 1, den: 100 }, maintenance: { num: 1, den: 200 } };
const options = { margin, premiumMax: null, startUs: 0 as TimeUs, index: 0 as FundingIndex };
const markets = [new FundingMarket(binance(8), options), new FundingMarket(HYPERLIQUID, options)];

for (let now = 0; now < 8 * HOUR; now += 5 * SECOND) {
  const premium = premiumOf(now < 4 * HOUR ? atIndex : above, IMPACT, INDEX);
  if (premium === null) throw new Error('a book that is whole has a premium');
  for (const market of markets) {
    market.sample(now as TimeUs, premium);
    report(market, now + 5 * SECOND);
  }
}

/** At the end of every hour what is predicted, and at the end of an interval what is paid. */
function report(market: FundingMarket, now: number): void {
  if (now % HOUR !== 0) return;
  const { rule, index } = market;
  const predicted = market.predicted()!;
  const settled = market.settle(now as TimeUs, LOT);
  const paid = market.index - index;
  console.log(
    `${now / HOUR} h  ${rule.name.padEnd(11)} rate ${percent(predicted.rate)} of ${predicted.samples} samples${settled === null ? '' : `, paid: ${money(paid)} a BTC`}`,
  );
}

function percent(rate: number): string {
  return `${(rate / 1e10).toFixed(6)} %`;
}

function money(index: number): string {
  return `${moneyToText(((index / FUNDING_SCALE) * LOTS_PER_BTC) as QuoteMicros, 6)} USDT`;
}

/**
 * Binance: the n-th of 5760 samples weighs n, so the later half weighs 1 - 2880 * 2881 / (5760 * 5761) = 0.749957, and the
 * rate is 0.2 % * 0.749957 + (0.01 % - 0.149991 %, held to -0.05 %) = 0.099991 %, of 50,000 USDT.
 * Hyperliquid: four hours at 0.01 % / 8 and four at (0.2 % - 0.05 %) / 8, each of the index: 0.08 % together.
 */
const expected = [49.9955, 40];
console.log('');
for (const [at, { rule, index }] of markets.entries()) {
  console.log(`${rule.name} in eight hours: a long of one BTC pays ${money(index)}, by hand ${expected[at]}`);
  if (money(index) !== `${expected[at]} USDT`) process.exitCode = 1;
}
