/**
 * What a sweep leaves to be done later is done before anybody reads it: an engine that sweeps says what one says that never does, while wires of
 * thousands of buckets are still missing.
 */
import { expect, it } from 'vitest';
import { generateBook } from '../../sim/book.ts';
import { Random } from '../../sim/random.ts';
import { Engine } from '../engine/engine.ts';
import { Kind, Leg, type Command } from '../schema/commands.ts';
import { Level } from '../schema/levels.ts';
import type { MarketRow } from '../num/units.ts';
import { aggregatesOf } from '../state/aggregates-of-market.ts';
import { worstFirst } from './worst-first.ts';

const ACCOUNTS = 3000;
const MARKETS = 12;
const ROUNDS = 6;
const COMMANDS = 30;
/** In some rounds marks move a little while wires are missing; then wires are laid; then marks move by these alone. */
const MOVED_AT = 4;
const WIRED_AT = 22;
const MOVED_FAR_AT = 26;

function said(engine: Engine): unknown {
  const aggregates = Array.from({ length: MARKETS }, (_, market) =>
    aggregatesOf(engine.book, market as MarketRow),
  );
  return { worst: [...worstFirst(engine)], aggregates };
}

it.each([1, 2, 3])('lists and sums are those of an engine that never sweeps: book %i', (seed) => {
  const random = new Random(seed, 1);
  const sweeping = new Engine();
  const wired = new Engine('wires');
  const both = [sweeping, wired];
  const give = (body: object): void => {
    const command = { timeUs: sweeping.timeUs, origin: null, ...body } as Command;
    for (const engine of both) engine.apply(command);
  };
  for (const command of generateBook({
    accounts: ACCOUNTS,
    markets: MARKETS,
    book: 'edge',
    popularity: 'uniform',
    seed,
  }))
    for (const engine of both) engine.apply(command);
  const marks = sweeping.book.markets.specs.map((_, row) => sweeping.book.markets.mark(row as MarketRow));
  const move = (share: number): void =>
    give({
      kind: Kind.marks,
      text: '',
      marks: marks.map((mark, market) => ({ market, price: Math.max(1, Math.round(mark * (1 + share))) })),
    });
  let waited = 0;
  for (let round = 0; round < ROUNDS; round++) {
    sweeping.watch!.mode = 'sweep';
    const share = round % 2 === 0 ? random.between(-0.2, -0.05) : 0;
    move(share);
    sweeping.watch!.mode = 'wires';
    expect(sweeping.watch!.unwired.count).toBeGreaterThan(0);
    for (let n = 0; n < COMMANDS; n++) {
      const listed = worstFirst(sweeping);
      const account =
        listed.length > 0 && n % 3 !== 0
          ? sweeping.book.buckets.account(listed[random.below(listed.length)])
          : random.below(ACCOUNTS);
      if (n % 2 === 0)
        give({
          kind: Kind.transfer,
          account,
          market: 0,
          leg: Leg.net,
          isolated: false,
          amount: random.below(1e9),
        });
      else {
        const market = random.below(MARKETS);
        const size = 1 + random.below(500);
        const costBasis = size * marks[market];
        give({
          kind: Kind.position,
          account,
          market,
          leg: Leg.net,
          isolated: false,
          size,
          costBasis,
          fundingIndex: null,
        });
      }
      if (n === MOVED_AT && round % 4 === 0) move(share + 0.0005);
      if (n === WIRED_AT) sweeping.tidy(Infinity);
      if (n === MOVED_FAR_AT) move(round % 2 === 0 ? -0.1 : 0.01);
      waited = Math.max(waited, sweeping.watch!.unwired.count);
      expect(said(sweeping)).toEqual(said(wired));
    }
  }
  expect(waited).toBeGreaterThan(1000);
  expect(sweeping.book.aggregates.buckets[Level.liquidatable]).toBeGreaterThan(0);
});
