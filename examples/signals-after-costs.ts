/**
 * A day of minutes of four markets, and what their basis, volatility and trend suggest at its end: in order of what is left
 * after fees and spread, with a size by volatility, and what was left out with the reason. Advice, not orders.
 * Run it with `node examples/signals-after-costs.ts` from a checkout; in a project of your own import from 'plimsoll'.
 */
import {
  detectBasisReversion,
  detectTrend,
  Ema,
  fitReversion,
  MINUTE_VOLATILITY,
  rankSignals,
  RollingWindow,
  SERIES,
  TimeSeries,
  Volatility,
  volatilitySize,
  type QuoteMicros,
  type SizeLots,
  type TimeUs,
} from '../src/index.ts';

const MINUTE = 60_000_000;
const DAY = 1440;
/** What each is made to do: the last basis, the drift of its price a minute, and half its spread. */
const MARKETS = [
  { name: 'BTC', basis: 0.0025, drift: 0, halfSpread: 0.000_01 },
  { name: 'ETH', basis: 0, drift: 0.000_04, halfSpread: 0.000_02 },
  { name: 'SOL', basis: 0.0035, drift: 0, halfSpread: 0.000_05 },
  { name: 'DOGE', basis: 0.0021, drift: 0, halfSpread: 0.001 },
];

/** Noise that is the same everywhere: between -1 and 1. */
let state = 1;
function noise(): number {
  state = (state * 48_271) % 2_147_483_647;
  return (2 * state) / 2_147_483_647 - 1;
}

function bp(fraction: number): string {
  return `${(fraction * 1e4).toFixed(1)} bp`;
}

const volatilities = new Map<string, number | null>();
const signals = MARKETS.flatMap(({ name, basis: lastBasis, drift }) => {
  const prices = new TimeSeries(SERIES);
  const volatility = new Volatility(MINUTE_VOLATILITY);
  const window = new RollingWindow(240);
  const bases: number[] = [];
  const [fast, slow] = [new Ema(60), new Ema(720)];
  let [price, basis] = [100, 0];
  for (let minute = 0; minute < DAY; minute++) {
    price *= 1 + drift + 0.0004 * noise();
    basis = minute === DAY - 1 ? lastBasis : 0.97 * basis + 0.0002 * noise();
    for (const series of [prices, volatility]) series.add((minute * MINUTE) as TimeUs, price);
    for (const average of [fast, slow]) average.add(price);
    window.add(basis);
    bases.push(basis);
  }
  const [atUs, ewma, zScore] = [(DAY * MINUTE) as TimeUs, volatility.ewma()!, window.zScore(basis)!];
  volatilities.set(name, ewma);
  const { high, low } = prices.bars('hour', 0 as TimeUs, atUs).at(-1)!;
  console.log(
    `${name.padEnd(5)} last hour ${low.toFixed(2)} to ${high.toFixed(2)}, volatility ${(ewma * 100).toFixed(1)} % a year, basis ${bp(basis)}, ${zScore.toFixed(1)} deviations out`,
  );
  const context = { market: name, atUs, horizonUs: 480 * MINUTE, fundingPaid: 0.0001 };
  const fit = fitReversion(bases);
  return [
    detectBasisReversion(context, { basis, zScore, zMin: 2, fit, stepUs: MINUTE }),
    detectTrend(context, { fast: fast.value, slow: slow.value, volatility: ewma, skill: 0.1 }),
  ].filter((signal) => signal !== null);
});

const { ranked, dropped } = rankSignals(
  signals,
  (market) => market !== 'SOL', // Its price may not be used to open: too few sources.
  (market) => ({ takerFee: 0.0003, halfSpread: MARKETS.find(({ name }) => name === market)!.halfSpread }),
);
console.log('');
for (const { market, kind, side, move, funding, costs, net, horizonUs } of ranked) {
  const [risk, lotsMax] = [1_000_000_000 as QuoteMicros, 10_000 as SizeLots];
  const volatility = volatilities.get(market)!;
  const lots = volatilitySize({ risk, notionalPerLot: 100_000_000, volatility, horizonUs, lotsMax });
  console.log(
    `${market.padEnd(5)} ${kind} ${side}: move ${bp(move)}, funding ${bp(funding)}, costs ${bp(costs)}, net ${bp(net)}; ${lots} lots of 100 USDT move by 1000 USDT`,
  );
}
for (const { signal, why } of dropped) console.log(`${signal.market.padEnd(5)} ${signal.kind}: ${why}`);

const isOrdered = ranked.every(({ net }, at) => net > 0 && (at === 0 || net <= ranked[at - 1].net));
const isLeftOut = dropped.some(({ signal, why }) => signal.market === 'SOL' && why === 'price-invalid');
if (!isOrdered || !isLeftOut || ranked[0]?.market !== 'BTC') process.exitCode = 1;
