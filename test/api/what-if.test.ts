/** What is computed beside the engine, against the engine: a what-if, a liquidation map, ranks; and what a position's size comes to. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../src/core/engine/engine.ts';
import { restoreEngine, snapshotChunks } from '../../src/core/engine/snapshot.ts';
import { INSURANCE } from '../../src/core/exchange/ledger.ts';
import { rankPositions } from '../../src/core/liquidation/adl-rank.ts';
import { Kind } from '../../src/core/schema/commands.ts';
import { Level } from '../../src/core/schema/levels.ts';
import { legOfTag, POSITION_F64, PositionField } from '../../src/core/state/positions.ts';
import { AdlPlaces } from '../../src/app/serve/background/adl-places.ts';
import { countMap, STEP, STEPS } from '../../src/app/serve/background/liquidation-map.ts';
import { stress } from '../../src/app/serve/background/stress.ts';
import type { AnswerOf } from '../../src/io/api/contract/routes.ts';
import { ask, runServed, until, untilFull, type Running } from './served.ts';

let running: Running;
beforeAll(async () => {
  running = await runServed({ accounts: 600 });
  await untilFull(running, 600);
});
afterAll(() => running.stop());

/** To its end in one turn of the event loop, in which nothing else happens. */
function atOnce<Result>(work: Generator<void, Result, undefined>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function copyOf(engine: Engine): Engine {
  return restoreEngine(Buffer.concat([...snapshotChunks(engine)]), 'auto', new Engine());
}

test.each([-0.3, -0.08, 0.05, 0.4])(
  'a move of all marks by %f leaves every bucket where the engine would put it',
  (share) => {
    const { engine } = running.service.replica.exchange;
    const { markets } = engine.book;
    const marks = Array.from({ length: markets.count }, (_, market) => ({
      market: market as never,
      price: Math.max(1, Math.round(markets.mark(market as never) * (1 + share))) as never,
    }));
    const shocks = marks.map(({ market, price }) => ({ market, inside: markets.inside(market, price) }));
    const digest = engine.digest();
    const found = atOnce(stress(engine, shocks, 5));
    const { before, after, buckets } = found;
    const other = copyOf(engine);
    other.apply({ kind: Kind.marks, timeUs: engine.timeUs as never, origin: null, marks, text: '' });
    expect(before).toEqual([...engine.book.aggregates.buckets]);
    expect(after).toEqual([...other.book.aggregates.buckets]);
    expect(buckets).toBeGreaterThan(0);
    // Where the loss goes adds up, and what accounts lose is what accounts and the fund gain.
    const { lost, won, paid, owedBefore, deficit } = found;
    expect(lost).toBeGreaterThan(0);
    expect(lost + owedBefore).toBe(paid + deficit);
    expect(lost - won).toBe(found.equityBefore - found.equityAfter);
    expect(lost - won).toBe(found.fundAfter - found.fundBefore);
    // Nothing was changed by looking.
    expect(engine.digest()).toBe(digest);
  },
);

test('a liquidation map has at each price who would fall there', () => {
  const { engine } = running.service.replica.exchange;
  const market = 0;
  const map = atOnce(countMap(running.service.replica, market));
  for (const step of [3, 20, STEPS - 1]) {
    const other = copyOf(engine);
    const price = Math.round(map.mark * (1 - (step + 1) * STEP));
    other.apply({
      kind: Kind.marks,
      timeUs: engine.timeUs as never,
      origin: null,
      marks: [{ market: market as never, price: price as never }],
      text: '',
    });
    const fallen = [...other.book.aggregates.buckets]
      .slice(Level.liquidatable)
      .reduce((sum, count) => sum + count, 0);
    const standing = [...engine.book.aggregates.buckets]
      .slice(Level.liquidatable)
      .reduce((sum, count) => sum + count, 0);
    const counted = map.down.buckets.subarray(0, step + 1).reduce((sum, count) => sum + count, 0);
    expect([step, counted]).toEqual([step, fallen - standing]);
  }
});

test('nobody who is exempt from liquidation is on the map, and so the fund is not', () => {
  const { replica } = running.service;
  const { members } = replica.exchange.venue;
  const fallen = (): number => {
    const { down, up } = atOnce(countMap(replica, 0));
    return [...down.buckets, ...up.buckets].reduce((sum, count) => sum + count, 0);
  };
  expect(members.isExempt(INSURANCE)).toBe(true);
  const before = fallen();
  expect(before).toBeGreaterThan(50);
  const others = Array.from({ length: members.count }, (_, account) => account).filter(
    (account) => !members.isExempt(account),
  );
  for (const account of others) members.setExempt(account, true);
  expect(fallen()).toBe(0);
  for (const account of others) members.setExempt(account, false);
});

test('a place in the line of a deleveraging is the one that the line has', () => {
  const { replica } = running.service;
  const { venue, engine } = replica.exchange;
  const { exposures } = venue.ledger;
  const candidates: Parameters<typeof rankPositions>[0][number][] = [];
  for (let row = exposures.firstHolder(0); row >= 0; row = exposures.nextHolder(row)) {
    const lots = venue.ledger.held(row);
    const account = exposures.account(row);
    if (lots <= 0 || account === INSURANCE) continue;
    candidates.push({
      account,
      leg: legOfTag(exposures.tag(row)),
      size: lots,
      cost: engine.book.positions.f64[venue.ledger.positionOf(row) * POSITION_F64 + PositionField.cost],
      notional: venue.listings[0]!.notional(lots),
      equity: venue.margin.equityOf(venue.ledger.bucketOf(row)),
    });
  }
  const ranks = rankPositions(candidates, venue.rules!.adl);
  const places = new AdlPlaces(replica);
  atOnce(places.work());
  expect(candidates.length).toBeGreaterThan(50);
  for (const [at, { account, leg }] of candidates.entries())
    expect(places.of(account, 0, leg)).toMatchObject({ rank: ranks[at], of: candidates.length });
});

test('an account is told its places, once they are counted', async () => {
  const { url } = running;
  await until('ranks', async () => {
    const { data } = (await ask(url, '/api/v1/nearest?limit=50')).body as AnswerOf<'nearest'>;
    for (const { account } of data) {
      const { data: told } = (await ask(url, `/api/v1/accounts/${account}`)).body as AnswerOf<'account'>;
      if (told.buckets.some(({ positions }) => positions.some(({ adl }) => adl !== null))) return true;
    }
    return false;
  });
});

test.each([
  // A quarter by Kelly, half of it used, and one percent at most at risk: 1000 over a loss of 1000 a coin.
  [
    'winProbability=0.5&winLossRatio=2&riskPercent=1&kelly=0.5',
    { kellyFraction: '0.250000', kellyBudget: '12500.00', budget: '1000.00', size: '1', limitedBy: 'risk' },
  ],
  [
    'winProbability=0.5&winLossRatio=2&riskPercent=50&kelly=0.04',
    { kellyBudget: '1000.00', size: '1', limitedBy: 'kelly' },
  ],
  // Half of the fraction is used, one percent at risk, and one in two won for twice what is lost, where nothing is said.
  [
    '',
    {
      kellyFraction: '0.250000',
      kelly: '0.5000',
      kellyBudget: '12500.00',
      riskBudget: '1000.00',
      limitedBy: 'risk',
    },
  ],
  // No edge is no bet, and not one on the other side.
  ['winProbability=0.4&winLossRatio=1', { kellyFraction: '0.000000', size: '0', limitedBy: 'no_edge' }],
  [
    'winProbability=0.9&winLossRatio=2&riskPercent=100&kelly=1',
    { limitedBy: 'kelly', kellyFraction: '0.850000' },
  ],
])('sizing by %s', async (query, expected) => {
  const path = `/api/v1/sizing?market=BTC-PERP&equity=100000&entry=60000&stop=59000&${query}`;
  const { data } = (await ask(running.url, path)).body as AnswerOf<'sizing'>;
  expect(data).toMatchObject(expected);
});
