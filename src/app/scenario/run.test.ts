import { describe, expect, test, vi } from 'vitest';
import { Exchange } from '../../core/exchange/exchange.ts';
import { assert } from '../../core/num/assert.ts';
import type { VenueEventObject } from '../../core/exchange/event-log.ts';
import { markToText } from '../../core/num/grid.ts';
import { execute } from './execute.ts';
import { brokenLaws } from './laws.ts';
import { parseScenario } from './parse.ts';
import { brokenReplay } from './replay-law.ts';
import { runScenario, type ScenarioResult } from './run.ts';
import { World } from './world.ts';

const HEAD = '# RULE-1  A sentence.';
const BEGIN = `market M tick 1 lot 1 tiers 0:5%:10%
deposit a 1000
deposit b 1000
trade M a +10 b -10 at 100`;

function run(body: string): ScenarioResult {
  return runScenario(parseScenario(`${HEAD}\n${body}\n`, 'x.scenario'));
}

function worldOf(body: string): World {
  const world = new World();
  for (const line of parseScenario(`${HEAD}\n${body}\n`, 'x.scenario').lines) {
    world.begin(line);
    execute(world, line.statement);
  }
  return world;
}

describe('a failed expectation', () => {
  test('says where, what was expected, what there is, and explains the account', () => {
    const result = run(`${BEGIN}\nmark M 90 | a equity 901 | b equity 1100\nmark M 80`);
    expect(result.ok).toBe(false);
    // The line after it is not run.
    expect(result.lines.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    const [failure, ...others] = result.lines[4].failures;
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      file: 'x.scenario',
      line: 6,
      column: 15,
      subject: 'a',
      expected: 'equity 901',
      got: 'equity 900',
    });
    expect(failure.account).toContain('equity 900.000000 = collateral 1000.000000, unrealized -100.000000');
    expect(failure.account).toContain('M net: 10 lots');
  });

  test.each([
    ['a equity 899.999999', 'equity 900'],
    ['a equity >=900.000001', 'equity 900'],
    ['a equity none', 'equity 900'],
    ['a flat', 'not flat'],
    ['a bankrupt', 'not bankrupt'],
    ['a taken_over', 'not taken_over'],
    ['a position -10', 'position 10'],
    ['a entry 99.9', 'entry 100'],
    ['a liquidation 5', 'liquidation none'],
    ['bid 5', 'bid none'],
    ['oi 11', 'oi 10'],
    ['state halted', 'active'],
    ['quality stale', 'ok'],
    ['trades 1', 'trades 0'],
    ['refused mark_out_of_range', 'accepted'],
    ['events trade', 'no events'],
    ['liquidated a', 'nobody'],
    ['alert wash-pair a', 'no alert wash-pair'],
  ])('%s', (clause, got) => {
    const [failure] = run(`${BEGIN}\nmark M 90 | ${clause}`).lines.at(-1)!.failures;
    expect(failure.got).toBe(got);
  });

  test('is also a refusal that nobody expected, and another one than was expected', () => {
    const silent = run(`${BEGIN}\nbuy M a 1000 at 100`).lines.at(-1)!;
    expect(silent.failures).toMatchObject([{ expected: 'accepted', got: 'refused margin_insufficient' }]);
    const other = run(`${BEGIN}\nbuy M a 1000 at 100 | refused market_halted`).lines.at(-1)!;
    expect(other.failures).toMatchObject([
      { expected: 'refused market_halted', got: 'refused margin_insufficient' },
    ]);
  });
});

describe('what fits nothing is told with its word', () => {
  test.each([
    ['mark M 0.0000001', '6:8: the mark "0.0000001" rounds to zero'],
    ['buy M a 1.5 at 100', '6:9: "1.5" is not a multiple of the lot, 1'],
    ['buy M a 1 at 99.5', '6:14: "99.5" is not a multiple of the tick, 1'],
    ['deposit a 0.0000001', '6:11: "0.0000001" has more than the 6 decimals of USDT'],
    [
      'market N tick 1 lot 1 tiers 0:5%:1% | refused tiers_invalid\nmark N 5',
      '7:6: "N" is not there: its definition was refused',
    ],
    ['market N tick 1 lot none', '6:21: "none" is not a decimal number'],
    ['settings asset X', '6:1: settings come first'],
    [
      'at 2020-01-01T00:00:00Z',
      '6:4: "2020-01-01T00:00:00Z" is over: it is 2026-01-01T00:00:00.000000Z by now',
    ],
    ['sell M b 1 at 99\ntrade M a +1 b -1 at 100', '7:22: a and b do not meet at "100"'],
    ['market N tick 1 lot 1\npath every 1s N to 5 over 2s', '7:15: N has no mark yet'],
  ])('%s', (line, message) => {
    expect(() => run(`${BEGIN}\n${line}`)).toThrow(`x.scenario:${message}`);
  });
});

describe('the laws', () => {
  test('hold, and are looked at after every command', () => {
    const result = run(BEGIN);
    expect(result.ok).toBe(true);
    expect(result.checksOfLaws).toBeGreaterThanOrEqual(result.commands);
  });

  test('money that came from nowhere', () => {
    const world = worldOf(BEGIN);
    expect(brokenLaws(world)).toEqual([]);
    world.flows.set(-1, world.flows.get(-1)! + 1n);
    expect(brokenLaws(world)).toEqual([
      'money: accounts have 2000.000000 USDT, deposited less withdrawn are 2000.000001',
    ]);
    world.flows.set(-1, world.flows.get(-1)! - 2n);
    expect(brokenLaws(world)).toHaveLength(1);
  });

  test('balances of an asset that nobody brought', () => {
    const world = worldOf(`asset ETH\nmark ETH 2000\ndeposit a 1 ETH`);
    expect(brokenLaws(world)).toEqual([]);
    world.flows.set(0, 999n);
    expect(brokenLaws(world)).toEqual([
      'assets: accounts hold 1000 lots of ETH, deposited less withdrawn are 999',
    ]);
  });

  test('orders that rest and were not told of', () => {
    const world = worldOf(`${BEGIN}\nbuy M a 1 at 90\nbuy M b 2 at 90`);
    expect(brokenLaws(world)).toEqual([]);
    const left = { event: 'done', order: 4, account: 3, market: 0, why: 1, left: 2 } as unknown;
    world.orders.observe(left as VenueEventObject);
    expect(brokenLaws(world)).toEqual([
      'books: of the bids of M at 90 ticks there are 3 lots, by the events 1',
    ]);
  });

  test('a history that does not come to the same state', () => {
    const world = worldOf(`${BEGIN}\nbuy M a 1 at 90\nmark M 91`);
    expect(brokenReplay(world)).toEqual([]);
    world.commands.pop();
    expect(brokenReplay(world)).toEqual([
      expect.stringContaining('replay: the same commands on plain order books come to'),
      expect.stringContaining('snapshot: from the state after'),
    ]);
  });

  test('an exchange that finds itself wrong', () => {
    const spy = vi.spyOn(Exchange.prototype, 'apply').mockImplementationOnce(() => {
      assert(false, 'this much is certain');
    });
    const { ok, lines } = run(BEGIN);
    spy.mockRestore();
    expect(ok).toBe(false);
    expect(lines.at(-1)!.failures).toMatchObject([
      { subject: 'a law', got: 'assertions: assertion failed: this much is certain' },
    ]);
  });

  test('an engine that knows more than the exchange has said', () => {
    const world = worldOf(BEGIN);
    const { engine } = world.exchange;
    engine.book.setCollateral(engine.book.cross[world.accountRow('a')], 10_000_000);
    expect(brokenLaws(world)).toEqual([
      expect.stringContaining('levels: the reference has a at equity 1000000000'),
    ]);
  });
});

describe('paths and crowds', () => {
  test('a path is straight in the logarithm, meets its anchors, and says so', () => {
    const rich = `${BEGIN}\ndeposit a 100000\ndeposit b 100000\n`;
    const scenario = parseScenario(
      `${HEAD}\n${rich}path every 1s M to 400 over 2s to 100 over 4s\n`,
      'x.scenario',
    );
    const world = new World();
    const marks: string[] = [];
    for (const line of scenario.lines) {
      world.begin(line);
      if (line.statement.kind === 'path')
        world.afterCommand = () =>
          marks.push(
            markToText(world.exchange.engine.book.markets.mark(world.marketRow('M')), world.gridAt(0)),
          );
      execute(world, line.statement);
    }
    expect(marks).toEqual(['200', '400', '282.842712', '200', '141.421356', '100']);
    expect(world.log.notes).toEqual([
      'M 100 to 100 in 6 marks, log-linear between the anchors (low 100, high 400)',
    ]);
    expect(world.timeUs - worldOf(BEGIN).timeUs).toBe(6_000_000);
  });

  test('a crowd is the same from the same seed, and another from another', () => {
    const crowd = (seed: number): string =>
      run(
        `${BEGIN}\ndeposit street 100000000\ncrowd 40 c M both at 100 against street notional 1000 to 90000 pareto 1.2 leverage 1 to 9 seed ${seed} | c-40 open`,
      ).stateHash;
    expect(crowd(7)).toBe(crowd(7));
    expect(crowd(8)).not.toBe(crowd(7));
  });
});
