/**
 * A market falls by 40 % in one price, over a hundred thousand accounts: liquidation comes before deleveraging, the same accounts are hit every time, the
 * fund keeps its floor, and the events explain what everybody ends with.
 */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../src/core/engine/engine.ts';
import { EVENT_STRIDE } from '../../src/core/exchange/event-log.ts';
import { Exchange } from '../../src/core/exchange/exchange.ts';
import { mirrorOf } from '../../src/core/exchange/mirror.ts';
import { LISTING, VENUE } from '../../src/core/exchange/testing/desk.ts';
import { Kind } from '../../src/core/schema/commands.ts';
import { DEFAULT_LEVELS, Level } from '../../src/core/schema/levels.ts';
import { Reason } from '../../src/core/schema/reasons.ts';
import { Side } from '../../src/core/schema/side.ts';
import { AdlRanking, PLAIN_ORDER, VenueKind } from '../../src/core/schema/venue-commands.ts';
import { LiquidationOutcome } from '../../src/core/schema/venue-events.ts';
import { Random } from '../../src/sim/random.ts';

/** The full size for one ranking; the others differ in who is hit, not in how. */
const ACCOUNTS: Readonly<Record<number, number>> = { [AdlRanking.pnl_leverage]: 100_000 };
const ACCOUNTS_OTHERS = 20_000;
const FIRST = 2;
const PRICE = 50_000;
/** Of the insurance fund, an account. */
const FLOOR = 50;
const FUND = 250;

interface Crash {
  readonly exchange: Exchange;
  readonly mirror: Engine;
  /** Of the events of the price, and of the state after it. */
  readonly hash: string;
  readonly events: readonly { readonly event: string; readonly [field: string]: number | string }[];
  readonly deposited: number;
}

/** Longs with leverage of 2 to 20 against shorts of 1 to 5, bids down to the crash, and then the crash. */
function crash(adl: AdlRanking): Crash {
  const accounts = ACCOUNTS[adl] ?? ACCOUNTS_OTHERS;
  const random = new Random(40);
  const exchange = new Exchange();
  const mirror = new Engine();
  let timeUs = 1_000_000;
  let deposited = 0;
  const play = (body: Record<string, unknown>): void => {
    timeUs += 1;
    const command = { timeUs, origin: null, ...body } as never;
    const reason = exchange.apply(command);
    if (reason !== Reason.accepted) throw new Error(`refused: ${reason} ${JSON.stringify(body)}`);
    for (const fact of mirrorOf(command, reason, exchange.events)) mirror.apply(fact);
    if (body['kind'] === VenueKind.deposit) deposited += body['amount'] as number;
  };
  const deposit = (account: number, amount: number): void =>
    play({ kind: VenueKind.deposit, account, asset: null, amount });
  const order = (account: number, side: Side, size: number, price: number): void =>
    play({
      ...PLAIN_ORDER,
      account,
      market: 0,
      side,
      price,
      size,
    });
  play({
    kind: Kind.settings,
    rules: 1,
    asset: 'USD',
    decimals: 0,
    inclusive: false,
    levels: DEFAULT_LEVELS,
  });
  play({ kind: VenueKind.venue, ...VENUE, adl, fundFloor: FLOOR * accounts });
  play({
    kind: Kind.market,
    name: 'BTC-PERP',
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
  });
  play({ kind: VenueKind.listing, ...LISTING, openInterestMax: 2 ** 40 });
  play({ kind: Kind.marks, marks: [{ market: 0, price: PRICE }], text: '' });
  deposit(0, FUND * accounts);
  for (let row = 0; row < accounts; row++) play({ kind: Kind.account, name: `a${row}` });
  for (let pair = 0; pair < accounts / 2; pair++) {
    const size = 1 + random.below(20);
    const [long, short] = [FIRST + 2 * pair, FIRST + 2 * pair + 1];
    deposit(long, Math.ceil((size * PRICE) / random.between(2, 20)));
    deposit(short, Math.ceil((size * PRICE) / random.between(1, 5)));
    order(long, Side.bid, size, PRICE);
    order(short, Side.ask, size, PRICE);
  }
  const maker = FIRST;
  deposit(maker, 1_000_000_000);
  for (let price = PRICE - 500; price > 26_000; price -= 500) order(maker, Side.bid, 40, price);
  play({ kind: Kind.marks, marks: [{ market: 0, price: PRICE * 0.6 }], text: '' });
  const { rows, count } = exchange.events;
  const hash = createHash('sha256')
    .update(rows.subarray(0, count * EVENT_STRIDE))
    .update(exchange.digest());
  return { exchange, mirror, hash: hash.digest('hex'), events: exchange.events.all(), deposited };
}

describe.each(Object.entries(AdlRanking))('a fall of 40 %%, ranked by %s', (_name, adl) => {
  let run: Crash;
  beforeAll(() => {
    run = crash(adl);
  }, 120_000);

  test('liquidates before it deleverages, and uses all of it', () => {
    const kinds = run.events.map(({ event }) => event);
    const firstAdl = kinds.indexOf('adl');
    const lastStart = kinds.lastIndexOf('liquidation');
    expect(firstAdl).toBeGreaterThan(0);
    expect(lastStart).toBeLessThan(firstAdl);
    expect(kinds.lastIndexOf('takeover')).toBeLessThan(firstAdl);
    expect(kinds.filter((kind) => kind === 'liquidation').length).toBeGreaterThan(
      (run.exchange.engine.book.accounts.count - FIRST) / 10,
    );
    const outcomes = new Set(
      run.events.filter(({ event }) => event === 'liquidation_end').map(({ outcome }) => outcome),
    );
    expect(outcomes).toContain(LiquidationOutcome.taken_over);
    expect(outcomes).toContain(LiquidationOutcome.deleveraged);
    expect(outcomes).toContain(LiquidationOutcome.closed);
  });

  test('keeps the fund at its floor, and leaves nobody liquidatable or in debt', () => {
    const ends = run.events.filter(({ event }) => event === 'liquidation_end');
    expect(Math.min(...ends.map(({ fund }) => fund as number))).toBeGreaterThanOrEqual(
      FLOOR * (run.exchange.engine.book.accounts.count - FIRST),
    );
    const { engine, venue } = run.exchange;
    const standing = engine.standing();
    expect(standing.filter(({ level }) => level >= Level.liquidatable)).toEqual([]);
    expect(run.events.some(({ event }) => event === 'deficit')).toBe(false);
    for (let account = 0; account < engine.book.accounts.count; account++)
      expect(venue.margin.equityOf(engine.book.cross[account])).toBeGreaterThanOrEqual(0);
  });

  test('hits the same accounts every time', () => {
    expect(crash(adl).hash).toBe(run.hash);
  }, 120_000);

  test('is explained by its events, account by account', () => {
    expect(run.mirror.digest()).toBe(run.exchange.engine.digest());
    const { engine, venue } = run.exchange;
    let equity = 0;
    for (let account = 0; account < engine.book.accounts.count; account++)
      equity += venue.margin.equityOf(engine.book.cross[account]);
    expect(equity).toBe(run.deposited);
  });
});
