/**
 * A market priced from three spot venues, one of which is suddenly wrong by a thousand: the price does not feel it, and the
 * explanation says why. Then an honest one goes silent: two that disagree are no price to liquidate at, and no mean is taken.
 * Run it with `node examples/one-source-lies.ts` from a checkout; in a project of your own import from 'plimsoll'.
 */
import {
  DEFAULT_MARKET,
  gridOf,
  isAllowed,
  isGrid,
  PriceRouter,
  printExplanation,
  type Instrument,
  type InstrumentRow,
  type PricedMarket,
  type TimeUs,
} from '../src/index.ts';

const grid = gridOf({ tick: '0.1', lot: '0.001', decimals: 6 });
if (!isGrid(grid)) throw new Error(grid.problem);

/** The perpetual whose mark we want, and who says what its index is. Prices have one decimal, sizes three. */
const instruments: Instrument[] = ['binance', 'kraken', 'coinbase', 'okx'].map((venue, row) => ({
  venue,
  symbol: 'BTC',
  market: 'BTC-PERP',
  isPerpetual: row === 0,
  priceScale: 1,
  sizeScale: 3,
}));
const [PERPETUAL, KRAKEN, COINBASE, OKX] = instruments.keys();
const market: PricedMarket = {
  ...DEFAULT_MARKET,
  name: 'BTC-PERP',
  grid,
  own: PERPETUAL as InstrumentRow,
  sources: [KRAKEN, COINBASE, OKX].map((row) => ({
    instrument: row as InstrumentRow,
    part: 'mid',
    weight: 1,
    isOwn: false,
  })),
};
const router = new PriceRouter({
  instruments,
  markets: [market],
  sink: {
    price: () => {},
    alert: ({ severity, code, source, detail, isRaised }) =>
      console.log(`  ${severity}: ${code} ${source ?? ''} ${isRaised ? '' : 'is over: '}${detail}`),
  },
});

let timeUs = 1_700_000_000_000_000;
/** Best bid and ask, in tenths. */
function quote(row: number, bid: number): void {
  router.receive({
    kind: 'quote',
    instrument: row as InstrumentRow,
    eventUs: timeUs as TimeUs,
    receivedUs: timeUs as TimeUs,
    updateId: null,
    bid,
    bidSize: 1000,
    ask: bid + 1,
    askSize: 1000,
  });
}
/** Every second each of `venues` says its price, and whoever lies says another. */
function seconds(count: number, venues: readonly number[], lying: readonly number[]): void {
  for (let second = 0; second < count; second++, timeUs += 1_000_000) {
    for (const row of venues) quote(row, 500_000 + row);
    for (const row of lying) quote(row, 500);
  }
}
function expect(quality: string, isLiquidating: boolean): void {
  const { uses } = router.price(0);
  const said = router.explain(0).quality;
  console.log(printExplanation(router.explain(0)));
  if (said !== quality || isAllowed(uses, 'liquidate') !== isLiquidating)
    throw new Error(`the quality should be ${quality}, and is ${said}`);
}

console.log('kraken, coinbase and okx agree:');
seconds(30, [PERPETUAL, KRAKEN, COINBASE, OKX], []);
const { mark } = router.price(0);

console.log('\nokx is wrong by a thousand:');
seconds(5, [PERPETUAL, KRAKEN, COINBASE], [OKX]);
expect('ok', true);
if (router.price(0).mark !== mark) throw new Error('the mark should not have moved');

console.log('\nand coinbase says nothing more, which leaves two that disagree:');
seconds(15, [PERPETUAL, KRAKEN], [OKX]);
expect('divergent', false);
