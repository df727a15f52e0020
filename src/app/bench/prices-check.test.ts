import { expect, it } from 'vitest';
import { DepthBook } from '../../core/price/depth-book.ts';
import { PriceRouter } from '../../core/price/router.ts';
import { VenueStream } from '../../sim/venue-stream.ts';
import { priceFault } from './prices-check.ts';

const stream = new VenueStream({ markets: 4, popularity: 'uniform', seed: 2 });
const { instruments, markets } = stream;
const books = instruments.map(() => new DepthBook());
const router = new PriceRouter({
  instruments,
  markets,
  sink: { price: () => {}, alert: () => {} },
  topOf: (row) => books[row],
});
// Twenty seconds and more, so that all averages are there.
for (const event of [...stream.begin(), ...stream.take(300_000)]) {
  if (event.kind === 'snapshot') books[event.instrument].replace(event.bids, event.asks, null);
  if (event.kind === 'depth') books[event.instrument].apply(event.bids, event.asks);
  router.receive(event);
}

// One market a rule.
it.each([...markets.entries()])('market %d is right, and is not when something is another', (row, market) => {
  const explanation = router.explain(row);
  const fault = (changed: object): string | null =>
    priceFault({ ...explanation, ...changed }, market, instruments, stream);
  expect(fault({})).toBe(null);
  expect(fault({ mark: String(Number(explanation.mark) + 1) })).toMatch(/the mark is/);
  expect(fault({ index: String(Number(explanation.index) + 1) })).toMatch(/the index is/);
  const [source] = explanation.sources;
  expect(fault({ sources: [{ ...source, status: 'stale' }] })).toMatch(/binance-spot is stale/);
  // All quotes a hundredth higher than what was heard.
  const higher = { ...said(), bid: stream.bid.map((bid) => Math.round(bid * 1.01)) };
  expect(priceFault(explanation, market, instruments, higher)).toMatch(/the index is/);
});

function said() {
  const { bid, ask, last, mark } = stream;
  return { bid, ask, last, mark };
}
