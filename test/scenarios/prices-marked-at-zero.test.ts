/**
 * 2026-01-19, three markets marked at zero, with accounts: what the guard kept from happening. Twenty thousand accounts, long
 * and short; what the venue published, once by way of the router, with a quality, and once as bare marks, as an engine without
 * a guard would take them.
 *
 * A mark of zero never reaches the state, guard or not: the engine refuses it. So the run without a guard is given the
 * smallest mark there is in its place, a hundredth of a dollar. The router is given the zeros.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/core/engine/engine.ts';
import type { MarketRow, MarkTicks, TimeUs } from '../../src/core/num/units.ts';
import { valueWide } from '../../src/core/margin/valuation-wide.ts';
import { MARK_RULES } from '../../src/core/price/price-rules.ts';
import { priceCommand } from '../../src/core/price/router-command.ts';
import { Kind, Leg, type Command } from '../../src/core/schema/commands.ts';
import { DEFAULT_LEVELS } from '../../src/core/schema/levels.ts';
import { Verdict } from '../../src/core/schema/quality.ts';
import { REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { Random } from '../fuzz/random.ts';
import { START_US, Tape, tapeGrid, units } from './prices-tape.ts';

const ACCOUNTS = 20_000;
const MARKETS = ['BTC-PERP', 'ETH-PERP', 'SOL-PERP'];
const PRICES = ['92400.00', '3200.00', '138.00'];
const ZEROS = ['0', '0', '0'];
const LEAST = ['0.01', '0.01', '0.01'];
const SOURCES = ['a', 'b', 'c'];
/** Zero from the fifth second to the thirtieth. */
const SECONDS = 35;
const publishedAt = (second: number, wrong: readonly string[]): readonly string[] =>
  second >= 5 && second < 30 ? wrong : PRICES;

const GRID = tapeGrid();
const MMR = { num: 1, den: 200 };

interface Holding {
  readonly market: number;
  readonly size: number;
  readonly costBasis: number;
  readonly collateral: number;
}

/** One position each, at the price of before, with two to twenty times leverage. */
const HOLDINGS: readonly Holding[] = (() => {
  const random = new Random(4);
  return Array.from({ length: ACCOUNTS }, (): Holding => {
    const market = random.whole(0, MARKETS.length - 1);
    const value = units(PRICES[market]) * GRID.markUnit;
    const size = random.sign() * Math.ceil((random.log(100, 1_000_000) * 1e6) / value);
    const costBasis = size * value;
    return { market, size, costBasis, collateral: Math.ceil(Math.abs(costBasis) / random.whole(2, 20)) };
  });
})();

function engineOfHoldings(): Engine {
  const engine = new Engine();
  const head = { timeUs: START_US as TimeUs, origin: null };
  const apply = (fields: object): void => {
    const { reason } = engine.apply({ ...head, ...fields } as Command);
    if (REASON_NAMES[reason] !== 'accepted') throw new Error(REASON_NAMES[reason]);
  };
  const { tick, lot, markTick, markUnit, tickUnit } = GRID;
  const nothing = { num: 0, den: 1 };
  const margin = { closeFee: nothing, basis: 0, orderMargin: 0, orderRate: nothing };
  const tiers = [{ floor: 0, mmr: MMR, imr: { num: 1, den: 50 } }];
  apply({
    kind: Kind.settings,
    rules: 1,
    asset: 'USDC',
    decimals: 6,
    inclusive: false,
    levels: DEFAULT_LEVELS,
  });
  for (const name of MARKETS)
    apply({ kind: Kind.market, name, tick, lot, markTick, markUnit, tickUnit, tiers, ...margin });
  apply(marksOf(0, PRICES));
  HOLDINGS.forEach(({ market, size, costBasis, collateral }, account) => {
    const place = { account, market, leg: Leg.net, isolated: false };
    apply({ kind: Kind.account, name: `n${account}` });
    apply({ kind: Kind.collateral, ...place, amount: collateral });
    apply({ kind: Kind.position, ...place, size, costBasis, fundingIndex: null });
  });
  return engine;
}

function marksOf(second: number, prices: readonly string[]): Command {
  return {
    kind: Kind.marks,
    timeUs: (START_US + second * 1e6) as TimeUs,
    origin: null,
    text: '',
    marks: prices.map((price, market) => ({
      market: market as MarketRow,
      price: units(price) as MarkTicks,
    })),
  };
}

/** Accounts that were ever to be acted on. */
class Acted {
  readonly engine = engineOfHoldings();
  /** With their equity at the mark that it was first so. */
  readonly accounts = new Map<number, number>();

  apply(command: Command): void {
    const { engine, accounts } = this;
    engine.apply(command);
    if (engine.verdicts.actionableCount === 0) return;
    for (const { account, verdict } of engine.standing()) {
      if (verdict !== Verdict.actionable || accounts.has(account)) continue;
      accounts.set(account, Number(valueWide(engine.book, engine.book.cross[account]).equity));
    }
  }
}

/** By way of the router, which gives each price the quality that it deserves. A mark at the end, so that all runs end at the same time. */
function guarded(wrong: readonly string[]): Acted {
  const acted = new Acted();
  const tape = new Tape(
    {
      sources: SOURCES.map((name) => ({ name })),
      rules: { mark: MARK_RULES.published },
      hear: (price) => acted.apply(priceCommand(price, price.market as MarketRow)),
    },
    MARKETS,
  );
  for (let second = 0; second < SECONDS; second++) {
    MARKETS.forEach((market, at) => {
      for (const source of SOURCES) tape.quote(second, `${source} ${market}`, PRICES[at]);
      tape.published(second, `own ${market}`, publishedAt(second, wrong)[at]);
    });
  }
  acted.apply(marksOf(SECONDS, PRICES));
  return acted;
}

/** As they come. */
function unguarded(wrong: readonly string[]): Acted {
  const acted = new Acted();
  for (let second = 0; second < SECONDS; second++) acted.apply(marksOf(second, publishedAt(second, wrong)));
  return acted;
}

/** All but since when the markets' quality has been what it is: that is remembered. */
function stateOf({ book }: Engine): unknown {
  const { markets, buckets } = book;
  return {
    markets: MARKETS.map((_, at) => {
      const row = at as MarketRow;
      return [markets.mark(row), markets.quality(row), markets.uses(row), markets.reference(row)];
    }),
    accounts: HOLDINGS.map((_, account) => {
      const bucket = book.cross[account];
      return [buckets.level(bucket), valueWide(book, bucket).equity];
    }),
  };
}

describe('2026-01-19, three markets marked at zero', () => {
  it('an engine refuses the zero itself, and nothing comes of it', () => {
    const engine = engineOfHoldings();
    const before = engine.digest();
    const { reason, levels } = engine.apply(marksOf(0, ZEROS));
    expect(REASON_NAMES[reason]).toBe('mark_out_of_range');
    expect(levels).toEqual([]);
    expect(engine.digest()).toBe(before);
  });

  it('with the guard nobody is liquidated, and no trace stays', () => {
    const { accounts, engine } = guarded(ZEROS);
    expect(accounts.size).toBe(0);
    expect(stateOf(engine)).toEqual(stateOf(guarded(PRICES).engine));
    // The smallest price is no better than none: it is not believed either.
    expect(guarded(LEAST).accounts.size).toBe(0);
  });

  it('without it every long is liquidated, for all that they have and more', () => {
    const { accounts, engine } = unguarded(LEAST);
    // Who bought on credit has less than nothing at a price of next to nothing; who sold has gained.
    const longs = [...HOLDINGS.entries()].filter(([, { size }]) => size > 0);
    expect([...accounts.keys()].sort((a, b) => a - b)).toEqual(longs.map(([account]) => account));

    // By hand, what each has left: what it put in, less what it paid, and its size at a hundredth of a dollar.
    for (const [account, { size, costBasis, collateral }] of longs)
      expect(accounts.get(account)).toBe(collateral - costBasis + size * GRID.markUnit);
    const sum = (of: (holding: Holding, account: number) => number): number =>
      Math.round(longs.reduce((total, [account, holding]) => total + of(holding, account), 0) / 1e6);
    expect({
      longs: longs.length,
      /** At the price that was true all along. */
      positions: sum(({ costBasis }) => costBasis),
      theirOwn: sum(({ collateral }) => collateral),
      /** What somebody else would have had to pay: the insurance fund, and then the shorts. */
      missing: sum((_, account) => -accounts.get(account)!),
    }).toEqual({ longs: 10_024, positions: 1_119_956_357, theirOwn: 151_657_313, missing: 968_270_715 });

    // Real prices come back, and by them nobody is liquidatable. What was closed stays closed.
    expect(engine.standing()).toEqual([]);
    expect(unguarded(PRICES).accounts.size).toBe(0);
  });
});
