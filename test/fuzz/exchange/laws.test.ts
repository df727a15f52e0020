/** Histories that are right, some of which a law once took for wrong, and what it has to take for wrong instead. */
import { expect, test } from 'vitest';
import { Exchange } from '../../../src/core/exchange/exchange.ts';
import { Desk, LISTING, SECOND } from '../../../src/core/exchange/testing/desk.ts';
import { Form, Kind } from '../../../src/core/schema/commands.ts';
import { Reason } from '../../../src/core/schema/reasons.ts';
import { ClosePolicy, VenueKind } from '../../../src/core/schema/venue-commands.ts';
import { importPatched, type Patch } from '../patched-core.ts';
import { replay } from './trial.ts';

const judge = ({ commands }: Desk): unknown => replay(commands, (book) => new Exchange({ book }));

/** What is wrong where an exchange with a mistake is given the same. */
async function judgePatched({ commands }: Desk, patch: Patch): Promise<object | null> {
  const { module, remove } = await importPatched('exchange/exchange.ts', [patch]);
  try {
    const { Exchange: Patched } = module as { readonly Exchange: typeof Exchange };
    return replay(commands, (book) => new Patched({ book }));
  } finally {
    remove();
  }
}

const broken = (what: string): object => ({ what: expect.stringContaining(what) });

test('who was deleveraged for an account is so again for what the fund took of it', () => {
  const desk = new Desk({ fundFloor: 1_000 as never }, { priceMax: 110 as never });
  desk.accept(SECOND);
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
  desk.account('a', 300);
  desk.account('b', 10_000);
  desk.account('c', 50);
  desk.trade('b', 'a', 10, 100);
  desk.sell('a', 10, 100, { market: 1 } as never);
  desk.buy('c', 10, 100, { market: 1 } as never);
  // 110 is the highest price there is: b gets no more for the first, and a keeps more than it should. c cannot pay for all that it would
  // have to sell at 76. The fund takes the rest and is under its floor: now c sells at 131.
  desk.mark(200);
  expect(desk.of('adl').map(({ account, against, price, rank }) => [account, against, price, rank])).toEqual([
    [2, 3, 110, 1],
    [2, 4, 76, 1],
    [0, 4, 131, 1],
  ]);
  expect(judge(desk)).toBeNull();
});

test('an asset leaves as long as the others cover what is owed in cash', async () => {
  const desk = new Desk();
  desk.accept({ ...SECOND, tiers: [{ floor: 0, mmr: { num: 0, den: 1 }, imr: { num: 0, den: 1 } }] });
  const one = { num: 1, den: 1 };
  desk.accept({ kind: Kind.contract, market: 1, form: Form.collateral, value: one, weight: one });
  desk.mark(10, 1);
  const account = desk.account('a');
  desk.accept({ kind: VenueKind.deposit, account, asset: 1, amount: 50 });
  desk.account('b', 10_000);
  desk.trade('a', 'b', 10, 100);
  desk.mark(90);
  desk.trade('b', 'a', 10, 90);
  desk.trade('a', 'b', 10, 90);
  desk.mark(110);
  const withdraw = { kind: VenueKind.withdraw, account, asset: 1 };
  expect(desk.do({ ...withdraw, amount: 40 })).toBe(Reason.accepted);
  expect(judge(desk)).toBeNull();
  expect(desk.do({ ...withdraw, amount: 1 })).toBe(Reason.balance_insufficient);
  const patch = { file: 'exchange/cashier.ts', find: 'return own >= 0;', replace: 'return true;' };
  expect(await judgePatched(desk, patch)).toMatchObject(broken('leaves it with -10 besides gains'));
});

/** A long of many lots at 52 that is liquidatable at 50, and bids at its bankruptcy price. */
function liquidate(policy: ClosePolicy, lots: number, market = {}): Desk {
  const desk = new Desk();
  desk.accept({ ...SECOND, ...market });
  const liquidation = { ...LISTING.liquidation, policy };
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1, liquidation });
  desk.mark(52, 1);
  desk.account('a', 3 * lots);
  desk.account('b', 10_000_000);
  desk.sell('b', lots, 52, { market: 1 } as never);
  desk.buy('a', lots, 52, { market: 1 } as never);
  desk.buy('b', lots, 49, { market: 1 } as never);
  desk.mark(50, 1);
  expect(desk.position('a', 1)).toBe(0);
  return desk;
}

test('a step by tiers leaves its tier', async () => {
  const tiers = [
    { floor: 0, mmr: { num: 1, den: 50 }, imr: { num: 1, den: 25 } },
    { floor: 5_100, mmr: { num: 1, den: 25 }, imr: { num: 1, den: 20 } },
  ];
  // Worth 5,000, and 5,200 were paid: two lots have to go.
  const desk = liquidate(ClosePolicy.tier_step, 100, { tiers, basis: 1 });
  expect(desk.of('step').map(({ size }) => size)).toEqual([2, 98]);
  expect(judge(desk)).toBeNull();
  const patch = {
    file: 'exchange/liquidations.ts',
    find: 'facts.base = Number(value.base);',
    replace: 'facts.base = facts.size * facts.lotNotional;',
  };
  expect(await judgePatched(desk, patch)).toMatchObject(broken('are in the tier from 5100'));
});

test('steps do not go on lot by lot', async () => {
  const tiers = [{ floor: 0, mmr: { num: 20_001, den: 1_000_000 }, imr: { num: 1, den: 25 } }];
  const desk = liquidate(ClosePolicy.shortage, 1_000, { tiers });
  expect(judge(desk)).toBeNull();
  const patch = {
    file: 'exchange/liquidations.ts',
    find: 'const least = steps < STEPS_FREE ? 1 : 2 ** (steps - STEPS_FREE);',
    replace: 'const least = 1;',
  };
  expect(await judgePatched(desk, patch)).toMatchObject(broken('takes more than 128 steps at once'));
});
