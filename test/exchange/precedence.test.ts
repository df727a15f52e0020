/** An order with everything wrong at once: it is refused for the first reason, and for the next when that is mended, down to the last. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Kind } from '../../src/core/schema/commands.ts';
import { MarketState, TimeInForce } from '../../src/core/schema/orders.ts';
import { Quality, Use, USES_ALL } from '../../src/core/schema/quality.ts';
import { Reason, REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { VenueKind, type PlaceCommand } from '../../src/core/schema/venue-commands.ts';
import { Desk, LISTING, SECOND } from '../../src/core/exchange/testing/desk.ts';

type Order = Partial<Record<keyof PlaceCommand, unknown>>;
interface Fault {
  readonly reason: keyof typeof Reason;
  /** What is wrong with the order for it. Where two want the same field, it is as the first wants it. */
  readonly order?: Order;
  /** What is done about it where it is not the order's. */
  readonly mend?: (desk: Desk) => void;
}

const [UNLISTED, SETTLED, UNPRICED, OTHER] = [1, 2, 3, 4];
const NARROW = {
  sizeMax: 800 as never,
  positionMax: 800 as never,
  openInterestMax: 300 as never,
  depthShare: { num: 1, den: 1 },
};

const relist = (desk: Desk, more: object): void => {
  const { rules } = desk.exchange.venue.listings[0]!;
  desk.accept({ kind: VenueKind.listing, ...rules, ...more });
};
const say = (desk: Desk, market: number, quality: Quality, allows: number): void =>
  desk.accept({ kind: Kind.quality, market, quality, allows, mark: null, reference: null, text: '' });
const state = (desk: Desk, to: MarketState): void =>
  desk.accept({ kind: VenueKind.state, market: 0, state: to, text: '' });

const FAULTS: readonly Fault[] = [
  { reason: 'account_unknown', order: { account: 99 } },
  { reason: 'account_reserved', order: { account: 0 } },
  { reason: 'market_unknown', order: { market: 99 } },
  { reason: 'listing_missing', order: { market: UNLISTED } },
  { reason: 'number_invalid', order: { size: 0.5 } },
  { reason: 'order_invalid', order: { timeInForce: TimeInForce.gtd } },
  { reason: 'leg_mode', order: { leg: 1 } },
  { reason: 'client_id_taken', order: { clientId: 7 } },
  {
    reason: 'orders_limit',
    mend: (desk) =>
      desk.accept({ kind: VenueKind.cancel, account: desk.account('a'), order: 0, clientId: 8 }),
  },
  { reason: 'market_settling', order: { market: SETTLED } },
  { reason: 'size_out_of_range', order: { size: 801 } },
  { reason: 'price_out_of_range', order: { price: 1_000_001 } },
  { reason: 'market_unpriced', order: { market: UNPRICED } },
  { reason: 'price_outside_band', order: { price: 151 } },
  { reason: 'nothing_to_reduce', order: { reduceOnly: true } },
  { reason: 'account_liquidating', mend: (desk) => desk.mark(100, OTHER) },
  { reason: 'market_reduce_only', mend: (desk) => state(desk, MarketState.halted) },
  { reason: 'market_halted', mend: (desk) => state(desk, MarketState.active) },
  { reason: 'price_not_valid', mend: (desk) => say(desk, 0, Quality.ok, USES_ALL) },
  { reason: 'position_limit', mend: (desk) => relist(desk, { positionMax: 2000 }) },
  { reason: 'open_interest_limit', mend: (desk) => relist(desk, { openInterestMax: 2000 }) },
  { reason: 'notional_limit', order: { size: 500 } },
  { reason: 'depth_limit', mend: (desk) => relist(desk, { depthShare: null }) },
  {
    reason: 'margin_insufficient',
    mend: (desk) =>
      desk.accept({ kind: VenueKind.deposit, account: desk.account('a'), asset: null, amount: 5000 }),
  },
];

/** An account with orders and a position that is being liquidated, in a venue where all of it is so. */
function prepare(): Desk {
  const desk = new Desk({ ordersMax: 2, notionalMax: 56_000 as never });
  for (const name of ['UNLISTED', 'SETTLED', 'UNPRICED', 'OTHER']) desk.accept({ ...SECOND, name });
  for (const market of [SETTLED, UNPRICED, OTHER])
    desk.accept({ kind: VenueKind.listing, ...LISTING, sizeMax: 800, market });
  desk.mark(100, SETTLED);
  desk.mark(100, OTHER);
  desk.accept({ kind: VenueKind.settlement, market: SETTLED, price: 100 });
  desk.account('a', 3000);
  desk.account('b', 1_000_000);
  desk.sell('b', 100, 100, { market: OTHER as never });
  desk.buy('a', 100, 100, { market: OTHER as never });
  desk.buy('a', 450, 60, { clientId: 7 });
  desk.buy('a', 1, 60, { clientId: 8 });
  desk.sell('b', 10, 100);
  relist(desk, NARROW);
  say(desk, OTHER, Quality.stale, Use.show | Use.value | Use.open);
  desk.mark(60, OTHER);
  say(desk, 0, Quality.stale, Use.show | Use.value);
  state(desk, MarketState.reduce_only);
  return desk;
}

test.each([
  ['post_only_would_trade', { postOnly: true }],
  ['fok_unfillable', { timeInForce: TimeInForce.fok }],
] as const)('of all reasons at once the first is the answer, and %s the last', (last, order) => {
  const desk = prepare();
  const faults: readonly Fault[] = [...FAULTS, { reason: last, order }];
  const answers = faults.map(({ mend }, at) => {
    const wrong = faults
      .slice(at)
      .reverse()
      .map((fault) => fault.order);
    const answer = desk.order('a', 'buy', 400, 100, Object.assign({}, ...wrong) as Partial<PlaceCommand>);
    mend?.(desk);
    return REASON_NAMES[answer];
  });
  expect(answers).toEqual(faults.map(({ reason }) => reason));
  expect(REASON_NAMES[desk.order('a', 'buy', 400, 100)]).toBe('accepted');
});

test('docs/reference/errors.md has them in this order', () => {
  const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const [, section] = page.split('### Which reason comes first');
  const codes = [...section.split('An amended order')[0].matchAll(/`(\w+)`/g)].map(([, code]) => code);
  // Of one that comes twice the second is meant: the first is about orders that will not rest.
  const order = codes.filter((code, at) => code !== 'origin' && !codes.includes(code, at + 1));
  const lasts = ['post_only_would_trade', 'fok_unfillable'];
  expect(order).toEqual([...FAULTS.map(({ reason }) => reason), ...lasts]);
});
