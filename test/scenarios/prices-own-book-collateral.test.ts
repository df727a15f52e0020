/**
 * 2025-10-10, collateral priced at the venue's own book, with accounts: a token that can be turned into 3,800 dollars of ether was
 * sold for 430 in the one market that the venue priced it by, and who had borrowed against it was liquidated for that. Here
 * the token's price comes from the router, which knows that only the own book says so, and beside it stands what the
 * token can be redeemed for.
 */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/core/engine/engine.ts';
import { valueWide } from '../../src/core/margin/valuation-wide.ts';
import type { MarketRow, MarkTicks, TimeUs } from '../../src/core/num/units.ts';
import { MARK_RULES } from '../../src/core/price/price-rules.ts';
import { priceCommand } from '../../src/core/price/router-command.ts';
import { Form, Kind, Leg, type Command } from '../../src/core/schema/commands.ts';
import type { Standing } from '../../src/core/schema/events.ts';
import { DEFAULT_LEVELS, LEVEL_NAMES } from '../../src/core/schema/levels.ts';
import { VERDICT_NAMES } from '../../src/core/schema/quality.ts';
import { REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { Reference } from '../../src/reference/reference.ts';
import { START_US, Tape, tapeGrid, units } from './prices-tape.ts';

const GRID = tapeGrid();
const MONEY = 1e6;
const LOTS = 1e3;
const [BTC, WBETH, USDE] = [0, 1, 2] as MarketRow[];
const ACCOUNTS = ['wbeth-long', 'usde-long', 'short-only', 'cash-long'] as const;
const REDEMPTION = units('3800.00') as MarkTicks;
const ONE = { num: 1, den: 1 };
const NOTHING = { num: 0, den: 1 };

/** Engine and reference side by side, told the same. */
class Venue {
  readonly engine = new Engine();
  readonly reference = new Reference();

  constructor() {
    const tiers = [{ floor: 0, mmr: { num: 1, den: 200 }, imr: { num: 1, den: 100 } }];
    const free = [{ floor: 0, mmr: NOTHING, imr: NOTHING }];
    const one = { value: ONE, weight: ONE };
    this.do({
      kind: Kind.settings,
      rules: 1,
      asset: 'USDT',
      decimals: 6,
      inclusive: false,
      levels: DEFAULT_LEVELS,
    });
    this.market('BTC-PERP', tiers);
    this.market('WBETH', free);
    this.market('USDE', free);
    this.do({
      kind: Kind.contract,
      market: WBETH,
      form: Form.collateral,
      ...one,
      weight: { num: 19, den: 20 },
    });
    this.do({ kind: Kind.contract, market: USDE, form: Form.collateral, ...one });
    this.marks([BTC, '115000.00'], [WBETH, '3800.00'], [USDE, '1.00']);
    for (const name of ACCOUNTS) this.do({ kind: Kind.account, name });
    this.holds('wbeth-long', WBETH, 100);
    this.holds('wbeth-long', BTC, 10, 115_000);
    this.holds('usde-long', USDE, 1_000_000);
    this.holds('usde-long', BTC, 43, 115_000);
    this.pays('short-only', 150_000);
    this.holds('short-only', BTC, -10, 115_000);
    this.pays('cash-long', 106_000);
    this.holds('cash-long', BTC, 10, 115_000);
    this.marks([BTC, '105000.00']);
  }

  do(fields: object): void {
    const command = { timeUs: START_US as TimeUs, origin: null, ...fields } as Command;
    const { reason } = this.engine.apply(command);
    expect(REASON_NAMES[reason]).toBe('accepted');
    this.reference.apply(command);
    expect(this.engine.standing()).toEqual(this.reference.standing());
  }

  market(name: string, tiers: readonly object[]): void {
    const { tick, lot, markTick, markUnit, tickUnit } = GRID;
    const margin = { closeFee: NOTHING, basis: 0, orderMargin: 0, orderRate: NOTHING };
    this.do({ kind: Kind.market, name, tick, lot, markTick, markUnit, tickUnit, tiers, ...margin });
  }

  marks(...prices: readonly (readonly [MarketRow, string])[]): void {
    const marks = prices.map(([market, price]) => ({ market, price: units(price) }));
    this.do({ kind: Kind.marks, marks, text: '' });
  }

  holds(name: (typeof ACCOUNTS)[number], market: MarketRow, size: number, entry = 0): void {
    const place = { account: ACCOUNTS.indexOf(name), market, leg: Leg.net, isolated: false };
    const costBasis = size * entry * MONEY;
    this.do({ kind: Kind.position, ...place, size: size * LOTS, costBasis, fundingIndex: null });
  }

  pays(name: (typeof ACCOUNTS)[number], amount: number): void {
    const place = { account: ACCOUNTS.indexOf(name), market: 0, leg: Leg.net, isolated: false };
    this.do({ kind: Kind.collateral, ...place, amount: amount * MONEY });
  }

  /** In whole dollars. */
  equity(name: (typeof ACCOUNTS)[number]): number {
    const { book } = this.engine;
    return Number(valueWide(book, book.cross[ACCOUNTS.indexOf(name)]).equity) / MONEY;
  }

  standing(): string[] {
    return this.engine.standing().map(standingLine);
  }
}

function standingLine({ account, verdict, level, referenceLevel }: Standing): string {
  const beside =
    referenceLevel === null ? 'nothing beside it' : `${LEVEL_NAMES[referenceLevel]} by reference`;
  return `${ACCOUNTS[account]}: ${LEVEL_NAMES[level]}, ${VERDICT_NAMES[verdict]}, ${beside}`;
}

/** The token falls in the venue's own book, which is all that it is priced by; `reference` is what is known besides. */
function fall(venue: Venue, reference: MarkTicks | null): void {
  const tape = new Tape({
    sources: [{ name: 'own-spot', isOwn: true }],
    rules: { mark: MARK_RULES.dydx },
    index: { sourcesMin: 1 },
    hear: (price) => venue.do({ ...priceCommand(price, WBETH), reference }),
  });
  tape.quote(0, 'own-spot', '3800.00');
  for (let second = 1; second < 60; second++) tape.quote(second, 'own-spot', '430.00');
  expect(tape.now()).toMatchObject({ quality: 'own-book-only', mark: '430' });
}

describe("2025-10-10, collateral priced at the venue's own book", () => {
  it('is bankrupt by that price, safe by what the token can be redeemed for, and held', () => {
    const venue = new Venue();
    expect(venue.standing()).toEqual([]);
    expect(venue.equity('wbeth-long')).toBe(261_000);
    fall(venue, REDEMPTION);
    expect(venue.equity('wbeth-long')).toBe(-59_150);
    expect(venue.standing()).toEqual(['wbeth-long: bankrupt, held, safe by reference']);
    // 261,000 of equity at the redemption rate over 5,250 of maintenance.
    const { maintenance } = valueWide(venue.engine.book, venue.engine.book.cross[0]);
    expect(Math.floor(261_000 / (Number(maintenance) / MONEY))).toBe(49);
    expect(venue.engine.verdicts.heldCount).toBe(1);
    expect(venue.engine.verdicts.actionableCount).toBe(0);
  });

  it('holds only who has the token', () => {
    const venue = new Venue();
    fall(venue, REDEMPTION);
    venue.marks([BTC, '104000.00']);
    expect(venue.standing()).toEqual([
      'wbeth-long: bankrupt, held, safe by reference',
      'cash-long: bankrupt, actionable, nothing beside it',
    ]);
    expect(venue.equity('short-only')).toBe(150_000 + 10 * 11_000);
  });

  it('is held without a rate to redeem it at, with nothing to show beside it', () => {
    const venue = new Venue();
    fall(venue, null);
    expect(venue.standing()).toEqual(['wbeth-long: bankrupt, held, nothing beside it']);
  });

  it('takes the haircut off the reference, too', () => {
    const venue = new Venue();
    // 100 * 1,100 * 0.95 less the 100,000 that are lost: 4,500, over 5,250 of maintenance. Without a haircut 10,000 were left.
    fall(venue, units('1100.00') as MarkTicks);
    expect(venue.standing()).toEqual(['wbeth-long: bankrupt, held, liquidatable by reference']);
  });

  it('is free again when a price is that can be acted on, and by it not liquidatable', () => {
    const venue = new Venue();
    fall(venue, REDEMPTION);
    venue.do({
      kind: Kind.quality,
      market: WBETH,
      quality: 0,
      allows: 31,
      mark: REDEMPTION,
      reference: null,
      text: '',
    });
    expect(venue.standing()).toEqual([]);
    expect(venue.equity('wbeth-long')).toBe(261_000);
  });

  it('costs a stablecoin that is sold at 65 cents what it fell, and not more', () => {
    const venue = new Venue();
    const before = venue.equity('usde-long');
    venue.do({
      kind: Kind.quality,
      market: USDE,
      quality: 3,
      allows: 3,
      mark: units('0.65'),
      reference: units('1.00'),
      text: '',
    });
    expect(before - venue.equity('usde-long')).toBe(350_000);
    expect(venue.standing()).toEqual([]);
    venue.marks([BTC, '99000.00']);
    expect(venue.standing()).toContain('usde-long: bankrupt, held, safe by reference');
  });
});
