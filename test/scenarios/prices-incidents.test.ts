/**
 * Prices that went wrong elsewhere, fed to the router as they came. What must hold: no price that may be liquidated at is
 * wrong, and somebody is told, where it can be told beforehand, before.
 */
import { describe, expect, it } from 'vitest';
import { MARK_RULES } from '../../src/core/price/price-rules.ts';
import { isAllowed } from '../../src/core/price/quality.ts';
import { Tape } from './prices-tape.ts';

/** No price ever left that may be liquidated at, unless it was between these. */
function expectSound(tape: Tape, least: number, most: number): void {
  for (const price of tape.prices) {
    if (!isAllowed(price.uses, 'liquidate')) continue;
    expect(Number(price.mark)).toBeGreaterThanOrEqual(least);
    expect(Number(price.mark)).toBeLessThanOrEqual(most);
  }
}

describe('2019-06-25, an oracle of a currency: one feed wrong by a thousand, another down', () => {
  const feeds = { sources: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], rules: { mark: MARK_RULES.dydx } };

  function quiet(tape: Tape, until: number, venues: readonly string[]): void {
    for (let second = 0; second <= until; second++) {
      for (const venue of venues) tape.quote(second, venue, '865.00');
    }
  }

  it('gives no price when two are left and disagree, and says so before the bad one comes', () => {
    const tape = new Tape(feeds);
    quiet(tape, 5, ['a', 'b', 'c']);
    expect(tape.now()).toMatchObject({ mark: '865', quality: 'ok' });
    for (let second = 6; second <= 20; second++) {
      tape.quote(second, 'a', '865.10');
      tape.quote(second, 'c', '865.20');
    }
    // b has been silent for fifteen seconds.
    expect(tape.told()).toContain('source_degraded raised b BTC-PERP');
    expect(tape.now().quality).toBe('single-source');
    expect(tape.can('liquidate')).toBe(false);
    const before = tape.alerts.length;
    tape.quote(21, 'c', '865000.00');
    expect(before).toBeGreaterThan(0);
    expect(tape.now()).toMatchObject({ mark: '865.1', quality: 'divergent' });
    expect([tape.can('value'), tape.can('liquidate'), tape.can('settle')]).toEqual([false, false, false]);
    expect(tape.told().slice(before)).toContain('price_degraded raised BTC-PERP');
    for (const price of tape.prices) expect(Number(price.mark)).toBeLessThan(866);
  });

  it('goes on from the others when all three are up', () => {
    const tape = new Tape(feeds);
    quiet(tape, 5, ['a', 'b', 'c']);
    tape.quote(6, 'c', '865000.00');
    tape.quote(6, 'a', '866.00');
    expect(tape.now()).toMatchObject({ mark: '865', quality: 'ok' });
    expect(tape.told()).toContain('source_degraded raised c BTC-PERP');
    tape.quote(8, 'c', '866.00');
    expect(tape.told()).toContain('source_degraded cleared c BTC-PERP');
  });

  it('believes no majority that is wrong by a thousand', () => {
    const tape = new Tape(feeds);
    quiet(tape, 5, ['a', 'b', 'c']);
    for (let second = 6; second < 600; second++) {
      tape.quote(second, 'a', '865.00');
      tape.quote(second, 'b', '865000.00');
      tape.quote(second, 'c', '865000.00');
    }
    expect(tape.now()).toMatchObject({ mark: '865', quality: 'implausible' });
    expect(tape.told()).toContain('price_implausible raised BTC-PERP');
    expectSound(tape, 864, 866);
  });

  it('gives none to the one that is left, even where one source is enough', () => {
    const tape = new Tape({ ...feeds, index: { sourcesMin: 1 } });
    quiet(tape, 5, ['a', 'b', 'c']);
    for (let second = 6; second < 200; second++)
      tape.quote(second, 'c', second < 30 ? '865.00' : '865000.00');
    expect(tape.now()).toMatchObject({ mark: '865', quality: 'implausible' });
    expectSound(tape, 864, 866);
  });
});

describe('2026-01-19, a venue marks three markets at zero after maintenance', () => {
  const markets = ['BTC-PERP', 'ETH-PERP', 'SOL-PERP'];
  const price = ['92400.00', '3200.00', '138.00'];
  const setup = {
    sources: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    rules: { mark: MARK_RULES.published },
  };

  function tick(tape: Tape, second: number, mark: readonly string[]): void {
    markets.forEach((market, at) => {
      for (const venue of ['a', 'b', 'c']) tape.quote(second, `${venue} ${market}`, price[at]);
      tape.published(second, `own ${market}`, mark[at]);
    });
  }

  it('keeps the last good marks for show and nothing else, and leaves no trace once they return', () => {
    const tape = new Tape(setup, markets);
    for (let second = 0; second < 5; second++) tick(tape, second, price);
    for (let second = 5; second < 30; second++) tick(tape, second, ['0', '0', '0']);
    markets.forEach((market, at) => {
      expect(tape.now(at)).toMatchObject({ mark: String(Number(price[at])), quality: 'implausible' });
      expect([tape.can('show', at), tape.can('value', at), tape.can('settle', at)]).toEqual([
        true,
        false,
        false,
      ]);
      expect(tape.told()).toContain(`price_implausible raised ${market}`);
      expect(tape.router.explain(at).reasons).toContain('what the venue publishes as mark is no price');
    });
    for (const seen of tape.prices) expect(Number(seen.mark) > 0 || seen.uses === 0).toBe(true);

    for (let second = 30; second < 35; second++) tick(tape, second, price);
    const untouched = new Tape(setup, markets);
    for (let second = 0; second < 35; second++) tick(untouched, second, price);
    markets.forEach((_, at) => expect(tape.now(at)).toEqual(untouched.now(at)));
    expect(tape.told()).toContain('price_implausible cleared SOL-PERP');
  });

  it('is an emergency when the caller counts that most accounts would breach', () => {
    const tape = new Tape(setup, markets);
    for (let second = 0; second < 5; second++) tick(tape, second, price);
    // A quarter down, which one step may be: sound by itself, and half of all accounts with it.
    tape.published(6, 'own BTC-PERP', '90000.00');
    expect(tape.now(0)).toMatchObject({ mark: '90000', quality: 'ok' });
    expect(tape.router.holdIfSystemic([0], 900, 20_000)).toBe(false);
    // Said again meanwhile: the price before is still the one before.
    tape.quote(6, 'a BTC-PERP', '92400.02');
    expect(tape.router.holdIfSystemic([0], 10_000, 20_000)).toBe(true);
    expect(tape.now(0)).toMatchObject({ mark: '92400', quality: 'implausible' });
    expect(tape.alerts.find((alert) => alert.code === 'system_implausible')).toMatchObject({
      severity: 'emergency',
      detail: '10000 of 20000 accounts would breach at once; BTC-PERP held',
    });
    for (let second = 7; second < 9; second++) tick(tape, second, price);
    expect(tape.now(0).quality).toBe('implausible');
    tape.router.release(0);
    expect(tape.now(0)).toMatchObject({ mark: '92400', quality: 'ok' });
  });
});

describe("2025-10-10, collateral priced at the venue's own book", () => {
  const own = { name: 'own-spot', isOwn: true };

  it('is no price to liquidate at when the own book is all there is', () => {
    const tape = new Tape({ sources: [own], rules: { mark: MARK_RULES.dydx }, index: { sourcesMin: 1 } });
    tape.quote(0, 'own-spot', '3800.00');
    for (let second = 1; second < 60; second++) tape.quote(second, 'own-spot', '430.00');
    expect(tape.now()).toMatchObject({ quality: 'own-book-only', index: '430' });
    expect([tape.can('liquidate'), tape.can('open')]).toEqual([false, false]);
    for (const price of tape.prices) expect(isAllowed(price.uses, 'liquidate')).toBe(false);
  });

  it('is held, with the redemption value beside it, when that disagrees', () => {
    const tape = new Tape({
      sources: [own, { name: 'redemption' }],
      rules: { mark: MARK_RULES.dydx },
      index: { sourcesMin: 2 },
    });
    for (let second = 0; second < 5; second++) {
      tape.quote(second, 'own-spot', '3799.00');
      tape.quote(second, 'redemption', '3800.00');
    }
    expect(tape.now()).toMatchObject({ quality: 'ok', mark: '3799' });
    for (let second = 5; second < 45; second++) {
      tape.quote(second, 'own-spot', '430.00');
      tape.quote(second, 'redemption', '3800.00');
    }
    expect(tape.now()).toMatchObject({ quality: 'divergent', mark: '3799' });
    expect(tape.router.explain(0)).toMatchObject({ reference: '3800', uses: ['show'] });
    expectSound(tape, 3799, 3800);
  });

  it('does not drag along those who use more than its own book', () => {
    const tape = new Tape({
      sources: [own, { name: 'b' }, { name: 'c' }],
      rules: { mark: MARK_RULES.dydx },
    });
    for (let second = 0; second < 45; second++) {
      tape.quote(second, 'own-spot', second < 5 ? '3800.00' : '430.00');
      tape.quote(second, 'b', '3800.00');
      tape.quote(second, 'c', '3801.00');
    }
    expect(tape.now()).toMatchObject({ quality: 'ok', mark: '3800' });
    expect(tape.told()).toContain('source_degraded raised own-spot BTC-PERP');
  });
});
