/** How somebody could have come by money of the house or of others. Each of these worked once. */
import { expect, test } from 'vitest';
import { Form, Kind } from '../schema/commands.ts';
import { VenueKind } from '../schema/venue-commands.ts';
import { Desk } from './testing/desk.ts';

const MARKET = {
  kind: Kind.market,
  tick: '1',
  lot: '1',
  markTick: '1',
  markUnit: 1,
  tickUnit: { num: 1, den: 1 },
  closeFee: { num: 0, den: 1 },
  basis: 0,
  orderMargin: 0,
  orderRate: { num: 0, den: 1 },
};
const FREE = [{ floor: 0, mmr: { num: 0, den: 1 }, imr: { num: 0, den: 1 } }];

test('who is deleveraged with assets leaves them to the fund that pays his debt', () => {
  const desk = new Desk();
  desk.fund(10);
  desk.accept({ ...MARKET, name: 'GOLD', tiers: FREE });
  const one = { num: 1, den: 1 };
  desk.accept({ kind: Kind.contract, market: 1, form: Form.collateral, value: one, weight: one });
  desk.mark(10, 1);
  const long = desk.account('long');
  desk.accept({ kind: VenueKind.deposit, account: long, asset: 1, amount: 50 });
  desk.account('short', 100_000);
  desk.trade('long', 'short', 100, 100);
  desk.mark(90);
  expect(desk.of('adl')).toHaveLength(1);
  expect([desk.position('long'), desk.equity('long')]).toEqual([0, 0]);
  expect(desk.equityOf(0)).toBeGreaterThanOrEqual(10);
});
