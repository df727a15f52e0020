/** Histories that a law once took for wrong, and what it has to take for wrong instead. */
import { expect, test } from 'vitest';
import { Exchange } from '../../../src/core/exchange/exchange.ts';
import { Desk, LISTING } from '../../../src/core/exchange/testing/desk.ts';
import { Form, Kind } from '../../../src/core/schema/commands.ts';
import { Reason } from '../../../src/core/schema/reasons.ts';
import { VenueKind } from '../../../src/core/schema/venue-commands.ts';
import { importPatched } from '../patched-core.ts';
import { replay } from './trial.ts';

const SECOND = {
  kind: Kind.market,
  name: 'SECOND',
  tick: '1',
  lot: '1',
  markTick: '1',
  markUnit: 1,
  tickUnit: { num: 1, den: 1 },
  tiers: [{ floor: 0, mmr: { num: 1, den: 50 }, imr: { num: 1, den: 25 } }],
  closeFee: { num: 0, den: 1 },
  basis: 0,
  orderMargin: 0,
  orderRate: { num: 0, den: 1 },
};

const judge = ({ commands }: Desk, Made = Exchange): unknown =>
  replay(commands, (book) => new Made({ book }));

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
  const mistake = { file: 'exchange/cashier.ts', find: 'return own >= 0;', replace: 'return true;' };
  const { module, remove } = await importPatched('exchange/exchange.ts', [mistake]);
  try {
    expect(judge(desk, (module as { Exchange: typeof Exchange }).Exchange)).toMatchObject({
      what: expect.stringContaining('leaves it with -10 besides gains'),
    });
  } finally {
    remove();
  }
});
