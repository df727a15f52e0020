import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_US, Tape, units } from '../../../test/scenarios/prices-tape.ts';
import type { MarketRow, TimeUs } from '../num/units.ts';
import { printExplanation } from './explain-price.ts';
import { DEFAULT_INDEX_RULES, DEFAULT_MARKET, MARK_RULES, marketProblem } from './price-rules.ts';
import { DEFAULT_POLICY, isSystemImplausible, policyOf } from './quality.ts';
import { priceCommand } from './router-command.ts';
import { PriceRouter } from './router.ts';
import type { Instrument, InstrumentRow, VenueEvent } from './venue-event.ts';

const SOURCES = ['a', 'b', 'c'];
const setup = { sources: SOURCES.map((name) => ({ name })), rules: { mark: MARK_RULES.plain } };

function tapeAt(second: number, price = '100.00'): Tape {
  const tape = new Tape(setup);
  for (let at = 0; at <= second; at++) {
    for (const venue of [...SOURCES, 'own']) tape.quote(at, venue, price);
  }
  return tape;
}

const statuses = (tape: Tape): string[] => tape.router.explain(0).sources.map((source) => source.status);

describe('age', () => {
  it('is by the time of the event, not of its arrival', () => {
    const tape = tapeAt(3);
    // The feed of c lags by eleven seconds and goes on sending.
    for (let second = 4; second < 20; second++) {
      for (const venue of ['a', 'b', 'own']) tape.quote(second, venue, '100.00');
      tape.quote(second, 'c', '100.00', '0.02', second === 4 ? 0 : -11_000_000);
    }
    expect(statuses(tape)).toEqual(['used', 'used', 'stale']);
    expect(tape.now().quality).toBe('single-source');
  });

  it('grows without anybody saying anything', () => {
    const tape = tapeAt(3);
    tape.wait(13);
    expect(tape.now().quality).toBe('ok');
    tape.wait(14);
    expect(tape.now()).toMatchObject({ quality: 'stale', mark: '100' });
    expect(tape.can('liquidate')).toBe(false);
    expect(tape.told()).toContain('price_degraded raised BTC-PERP');
    expect(tape.router.explain(0).sources[0].ageUs).toBeGreaterThan(10_000_000);
  });

  it('is young again when the same is said again', () => {
    const tape = tapeAt(3);
    tape.wait(60);
    expect(tape.now().quality).toBe('stale');
    for (const venue of SOURCES) tape.quote(60, venue, '100.00');
    expect(tape.now().quality).toBe('ok');
    expect(statuses(tape)).toEqual(['used', 'used', 'used']);
  });

  it.each([-1_900_000, 1_900_000])('allows for a clock that is %d us off', (clockUs) => {
    const tape = new Tape(setup);
    for (let second = 0; second <= 30; second++) {
      tape.quote(second, 'a', '100.00', '0.02', clockUs);
      for (const venue of ['b', 'c', 'own']) tape.quote(second, venue, '100.00');
    }
    tape.wait(39);
    expect(statuses(tape)).toEqual(['used', 'used', 'used']);
    const { ageUs } = tape.router.explain(0).sources[0];
    expect(Math.abs(ageUs - 9_000_000)).toBeLessThan(100_000);
  });

  it('is by our own clock where the venue says no time, beside trades of a clock that is ahead', () => {
    const tape = new Tape(setup);
    for (let second = 0; second <= 30; second++) {
      for (const venue of [...SOURCES, 'own']) {
        // Quotes without a time carry that of their receipt.
        tape.quote(second, venue, '100.00', '0.02', 20_000);
        tape.trade(second + 0.3, venue, '100.00', 1_500_000);
      }
    }
    expect(statuses(tape)).toEqual(['used', 'used', 'used']);
    expect(tape.router.counts).toMatchObject({ late: 0, invalid: 0 });
    tape.wait(41);
    expect(tape.router.explain(0).sources[0]).toMatchObject({ status: 'stale' });
    expect(tape.router.explain(0).sources[0].ageUs).toBeLessThan(11_000_000);
  });

  it('by our own clock is never late, though what is known of the venue changes', () => {
    const tape = new Tape(setup);
    for (let at = 0; at < 1000; at++) {
      const second = at / 5;
      tape.quote(second, 'a', `${100 + (at % 2)}.00`, '0.02', 20_000);
      // After a minute the way here takes a second longer, and a minute later that is known.
      tape.trade(second + 0.05, 'a', '100.00', second < 60 ? 0 : -1_000_000);
    }
    // The trades that came the long way first are older than the last that did not.
    expect(tape.router.counts.late).toBeLessThanOrEqual(6);
  });

  it('is not believed of a clock that is ahead by more', () => {
    const tape = tapeAt(3);
    tape.quote(4, 'a', '101.00', '0.02', 3_600_000_000);
    expect(statuses(tape)[0]).toBe('clock');
    expect(tape.router.counts.invalid).toBe(1);
    tape.quote(5, 'a', '101.00');
    expect(statuses(tape)[0]).toBe('used');
  });

  it('survives our own clock going back, which is told', () => {
    const tape = tapeAt(30);
    tape.quote(10, 'a', '100.00');
    expect(tape.told()).toContain('clock_jump raised all');
    for (const venue of [...SOURCES, 'own']) tape.quote(31, venue, '100.00');
    expect(tape.told()).toContain('clock_jump cleared all');
    expect(tape.now()).toMatchObject({ quality: 'ok', mark: '100' });
  });
});

describe('what is not taken', () => {
  it('is late: older ids and older times change nothing but a count', () => {
    const tape = tapeAt(3);
    const quote = (updateId: number, bid: number) =>
      tape.say(4, 'a', { kind: 'quote', updateId, bid, bidSize: 1, ask: bid + 2, askSize: 1 });
    quote(7, 9_999);
    const before = tape.router.explain(0);
    quote(7, 5_000);
    quote(6, 5_000);
    tape.quote(2.9, 'b', '50.00');
    tape.quote(0, 'b', '50.00');
    expect(tape.router.explain(0)).toEqual(before);
    expect(tape.router.counts.late).toBe(4);
  });

  it('numbers that begin anew after a loss, or after two seconds, are taken', () => {
    const tape = tapeAt(3);
    const quote = (second: number, updateId: number, price: number) =>
      tape.say(second, 'a', {
        kind: 'quote',
        updateId,
        bid: price - 1,
        bidSize: 1,
        ask: price + 1,
        askSize: 1,
      });
    quote(4, 1000, 10_000);
    tape.say(4.5, 'a', { kind: 'lost', why: 'disconnected' });
    expect(statuses(tape)[0]).toBe('lost');
    quote(4.6, 1, 10_001);
    expect(tape.router.explain(0).sources[0]).toMatchObject({ status: 'used', price: '100.01' });
    quote(4.7, 1000, 10_001);
    quote(6.8, 2, 10_002);
    expect(tape.router.explain(0).sources[0]).toMatchObject({ status: 'used', price: '100.02' });
  });

  it('of an instrument that nobody asked for, it is counted', () => {
    const tape = tapeAt(3);
    tape.router.receive({
      kind: 'quote',
      instrument: 99 as InstrumentRow,
      eventUs: START_US as TimeUs,
      receivedUs: START_US as TimeUs,
      updateId: null,
      bid: 1,
      bidSize: 1,
      ask: 2,
      askSize: 1,
    });
    expect(tape.router.counts.unknown).toBe(1);
  });

  const special = [0, -0, -1, 0.5, NaN, Infinity, -Infinity, 1e300, 5e-324, 2 ** 53, -(2 ** 53), 1e7];
  const fields = [
    ...['bid', 'ask', 'bidSize', 'askSize'].map((field) => ['quote', field]),
    ...['price', 'size'].map((field) => ['trade', field]),
    ...['mark', 'index', 'fundingRate', 'nextFundingUs'].map((field) => ['mark', field]),
    ...['quote', 'trade', 'mark'].flatMap((kind) => [
      [kind, 'eventUs'],
      [kind, 'receivedUs'],
    ]),
  ];
  const sound: Record<string, object> = {
    quote: { kind: 'quote', updateId: null, bid: 9_999, bidSize: 1, ask: 10_001, askSize: 1 },
    trade: { kind: 'trade', id: '1', price: 10_000, size: 1, taker: 'buy' },
    mark: {
      kind: 'mark',
      mark: 10_000,
      index: 10_000,
      fundingRate: 1e8,
      nextFundingUs: START_US + 3.6e9,
      openInterest: null,
    },
  };
  it.each(fields)(
    'every special number as %s.%s leaves marks whole, near 100 and their quality told',
    (kind, field) => {
      for (const mark of Object.values(MARK_RULES)) {
        for (const venue of ['own', 'a']) {
          const tape = new Tape({ ...setup, rules: { mark } });
          for (let second = 0; second <= 12; second++) {
            for (const name of [...SOURCES, 'own']) {
              tape.quote(second, name, '100.00');
              tape.trade(second, name, '100.00');
              tape.published(second, name, '100.00');
            }
          }
          for (const value of special) {
            const event = {
              ...sound[kind],
              eventUs: START_US + 13e6,
              receivedUs: START_US + 13e6,
              [field]: value,
            };
            // Our own clock is trusted: a time of receipt that is whole is one.
            if (field === 'receivedUs' && value === 1e7) continue;
            tape.router.receive({
              ...event,
              instrument: (venue === 'own' ? 0 : 1) as InstrumentRow,
            } as VenueEvent);
            const price = tape.router.price(0);
            expect(Number.isSafeInteger(price.mark)).toBe(true);
            expect(Math.abs(price.mark - 10_000)).toBeLessThanOrEqual(1);
            JSON.parse(JSON.stringify(tape.router.explain(0)));
          }
        }
      }
    },
  );
});

describe('a source', () => {
  it.each([
    ['crossed', { bid: 10_002, ask: 10_001 }],
    ['crossed', { bid: 10_001, ask: 10_001 }],
    ['one-sided', { bid: 0, ask: 10_001 }],
    ['one-sided', { bid: 9_999, ask: 0 }],
    ['invalid', { bid: NaN, ask: 10_001 }],
    ['outlier', { bid: 10_600, ask: 10_602 }],
  ])('that is %s has no say, is told, and is told again when it is well', (status, sides) => {
    const tape = tapeAt(3);
    tape.say(4, 'b', { kind: 'quote', updateId: null, bidSize: 1, askSize: 1, ...sides });
    expect(statuses(tape)).toEqual(['used', status, 'used']);
    expect(tape.router.explain(0).sources[1].say).toBe(0);
    const told = () => tape.alerts.findLast((alert) => alert.source === 'b BTC-PERP');
    expect(told()).toMatchObject({ code: 'source_degraded', isRaised: true });
    tape.quote(6, 'b', '100.00');
    expect(told()?.isRaised).toBe(false);
  });

  it('that its venue halts has none until it trades', () => {
    const tape = tapeAt(3);
    const contract = {
      kind: 'contract',
      tick: '0.01',
      lot: '0.001',
      fundingIntervalHours: null,
      tiers: null,
    } as const;
    tape.say(4, 'c', { ...contract, isTrading: false });
    expect(statuses(tape)[2]).toBe('halted');
    tape.quote(5, 'c', '100.00');
    expect(statuses(tape)[2]).toBe('halted');
    tape.say(6, 'c', { ...contract, isTrading: true });
    expect(statuses(tape)[2]).toBe('used');
  });

  it('that flickers is told of once a second at most', () => {
    const tape = tapeAt(3);
    const before = tape.alerts.length;
    for (let at = 0; at < 1000; at++) {
      tape.say(4 + at / 1000, 'b', {
        kind: 'quote',
        updateId: null,
        bid: at % 2 === 0 ? 0 : 9_999,
        bidSize: 1,
        ask: 10_001,
        askSize: 1,
      });
    }
    expect(tape.alerts.length - before).toBeLessThanOrEqual(4);
  });

  it('without quotes is asked for the top of its book', () => {
    let top: { bid: number; ask: number } | null = null;
    const instruments: Instrument[] = [
      { venue: 'x', symbol: 'X', market: 'X', isPerpetual: false, priceScale: 2, sizeScale: 2 },
    ];
    const router = new PriceRouter({
      instruments,
      markets: [
        {
          ...DEFAULT_MARKET,
          name: 'X',
          grid: { markTick: '0.01', steps: { mark: { digits: 1, scale: 2 } } } as never,
          own: null,
          sources: [{ instrument: 0 as InstrumentRow, part: 'mid', weight: 1, isOwn: false }],
          index: { ...DEFAULT_INDEX_RULES, sourcesMin: 1 },
          mark: MARK_RULES.dydx,
        },
      ],
      sink: { price: () => undefined, alert: () => undefined },
      topOf: () => top,
    });
    const depth = (us: number): void =>
      router.receive({
        kind: 'depth',
        instrument: 0 as InstrumentRow,
        eventUs: (START_US + us) as TimeUs,
        receivedUs: (START_US + us) as TimeUs,
        first: us,
        last: us,
        previous: null,
        bids: [],
        asks: [],
      });
    depth(0);
    expect(router.explain(0).sources[0].status).toBe('never');
    top = { bid: 9_990, ask: 10_010 };
    depth(0);
    expect(router.price(0).mark).toBe(10_000);
    top = null;
    depth(1);
    expect(router.explain(0).sources[0].status).toBe('lost');
    top = { bid: 9_992, ask: 10_012 };
    depth(2);
    expect(router.price(0)).toMatchObject({ mark: 10_002, quality: 0 });
  });
});

describe('the market', () => {
  it('is divergent when its mark leaves its index', () => {
    const tape = new Tape({ ...setup, rules: { mark: MARK_RULES.published } });
    for (let second = 0; second < 5; second++) {
      for (const venue of SOURCES) tape.quote(second, venue, '100.00');
      tape.published(second, 'own', second < 3 ? '100.00' : '106.00');
    }
    expect(tape.now()).toMatchObject({ mark: '106', index: '100', quality: 'divergent' });
    expect(tape.told()).toContain('mark_index_divergence raised BTC-PERP');
    tape.published(6, 'own', '104.00');
    expect(tape.now().quality).toBe('ok');
    expect(tape.told()).toContain('mark_index_divergence cleared BTC-PERP');
  });

  it('has its own book only when it has no sources', () => {
    const tape = new Tape({ sources: [], rules: { mark: MARK_RULES.published } });
    tape.published(0, 'own', '100.00');
    expect(tape.now()).toMatchObject({ mark: '100', quality: 'own-book-only' });
    tape.wait(60);
    expect(tape.now().quality).toBe('stale');
  });

  it('is stale when its rule lacks a part, however good its index', () => {
    const tape = new Tape({ ...setup, rules: { mark: MARK_RULES.published } });
    for (let second = 0; second < 20; second++) {
      for (const venue of SOURCES) tape.quote(second, venue, '100.00');
      if (second < 5) tape.published(second, 'own', '100.50');
    }
    expect(tape.now()).toMatchObject({ mark: '100.5', index: '100', quality: 'stale' });
    expect(tape.router.price(0).isKept).toBe(true);
  });

  it('tells nothing while it starts, and that there is no price once it should have', () => {
    const tape = new Tape(setup);
    tape.quote(0, 'a', '100.00');
    expect(tape.told()).toEqual([]);
    for (let second = 1; second < 12; second++) tape.quote(second, 'a', '100.00');
    expect(tape.told()).toEqual(['price_degraded raised BTC-PERP']);
  });

  it('keeps its last trade when an older one or none comes', () => {
    const tape = tapeAt(3);
    tape.trade(3.5, 'own', '100.01');
    tape.trade(3.4, 'own', '99.99');
    tape.trade(3.6, 'own', '0');
    expect(tape.router.explain(0).last).toBe('100.01');
    expect(tape.router.counts).toMatchObject({ late: 1, invalid: 1 });
  });

  it('follows an index that was confirmed at once', () => {
    const tape = tapeAt(40);
    tape.wait(300);
    for (let second = 300; second <= 375; second++) {
      for (const venue of [...SOURCES, 'own']) tape.quote(second, venue, '150.00');
      expect(tape.now()).toMatchObject(
        second < 360 ? { mark: '100', quality: 'implausible' } : { mark: '150', quality: 'ok' },
      );
    }
  });

  it('takes the length of the funding interval from the venue, if it is one', () => {
    const tape = tapeAt(3);
    const terms = { kind: 'contract', tick: '0.01', lot: '0.001', isTrading: true, tiers: null } as const;
    for (const fundingIntervalHours of [4, NaN, Infinity, -1, 1e300, 0.3, null]) {
      tape.say(4, 'own', { ...terms, fundingIntervalHours });
      const hours = tape.router.explain(0).rule.fundingIntervalUs / 3_600_000_000;
      expect(hours).toBe(fundingIntervalHours === 0.3 || fundingIntervalHours === null ? 0.3 : 4);
    }
    expect(tape.router.counts.invalid).toBe(4);
  });

  it('has no level confirmed by silence', () => {
    const tape = tapeAt(3);
    for (let second = 4; second < 20; second++) {
      for (const venue of [...SOURCES, 'own']) tape.quote(second, venue, '150.00');
    }
    expect(tape.now().quality).toBe('implausible');
    tape.wait(400);
    for (const venue of [...SOURCES, 'own']) tape.quote(400, venue, '150.00');
    expect(tape.now()).toMatchObject({ mark: '100', quality: 'implausible' });
  });

  it('refuses a leap of a published mark, with witnesses and without', () => {
    for (const sources of [setup.sources, []]) {
      const tape = new Tape({ sources, rules: { mark: MARK_RULES.published } });
      for (let second = 0; second < 90; second++) {
        for (const { name } of sources) tape.quote(second, name, '100.00');
        tape.published(second, 'own', second < 3 ? '100.00' : '100000.00');
      }
      expect(tape.now()).toMatchObject({ mark: '100', quality: 'implausible' });
    }
  });

  it('tells of a print far outside the book, and does not follow it', () => {
    const tape = tapeAt(3);
    tape.trade(4, 'own', '120.00');
    expect(tape.told()).toContain('outlier_print raised own BTC-PERP');
    expect(tape.now().mark).toBe('100');
  });

  it('goes on with the index when its own book is gone, and says so', () => {
    const tape = tapeAt(40);
    tape.say(41, 'own', { kind: 'lost', why: 'gap' });
    expect(tape.now()).toMatchObject({ mark: '100', quality: 'ok' });
    expect(tape.router.explain(0).rule.parts.map((part) => part.state)).toEqual([
      'there',
      'there',
      'index instead',
    ]);
    expect(tape.told()).toContain('source_degraded raised own BTC-PERP');
  });

  it('takes what was announced as the last funding rate once its interval is over', () => {
    const tape = new Tape({ ...setup, rules: { mark: MARK_RULES['binance-2025-09-18'] } });
    const hour = 3_600_000_000;
    const announce = (second: number, rate: number, next: number): void =>
      tape.say(second, 'own', {
        kind: 'mark',
        mark: 10_000,
        index: 0,
        fundingRate: rate,
        nextFundingUs: next as TimeUs,
        openInterest: null,
      });
    announce(0, 1e8, START_US + 2e6);
    expect(tape.router.explain(0).rule.fundingRate).toBe(null);
    announce(1, 3e8, START_US + 2e6);
    expect(tape.router.explain(0).rule.fundingRate).toBe(null);
    announce(3, 7e8, START_US + 2e6 + 8 * hour);
    expect(tape.router.explain(0).rule.fundingRate).toBe('0.0003');
    announce(4, 9e8, START_US + 2e6);
    expect(tape.router.explain(0).rule).toMatchObject({
      fundingRate: '0.0003',
      nextFundingUs: START_US + 2e6 + 8 * hour,
    });
    tape.router.settled(0, 5e8, (START_US + 2e6 + 16 * hour) as TimeUs);
    expect(tape.router.explain(0).rule.fundingRate).toBe('0.0005');
  });
});

describe('time', () => {
  it('may pass by events or by waiting: the price is the same', () => {
    const second = fc.integer({ min: 0, max: 90 });
    fc.assert(
      fc.property(fc.array(second, { maxLength: 20 }), (waits) => {
        const play = (stops: readonly number[]): unknown => {
          const tape = new Tape({ ...setup, rules: { mark: MARK_RULES['binance-2025-09-18'] } });
          for (let at = 0; at <= 90; at++) {
            const venue = ['own', ...SOURCES][at % 4];
            tape.quote(at, venue, `${100 + (at % 7)}.00`);
            tape.trade(at, 'own', `${100 + (at % 5)}.00`);
            if (stops.includes(at)) for (let ms = 100; ms < 1000; ms += 100) tape.wait(at + ms / 1000);
          }
          tape.wait(95);
          return tape.router.explain(0);
        };
        expect(play(waits)).toEqual(play([]));
      }),
      { numRuns: 25 },
    );
  });

  it('of a day of silence is made up for at once', () => {
    const tape = tapeAt(3);
    tape.wait(86_400);
    expect(tape.now().quality).toBe('stale');
    for (let at = 86_401; at < 86_405; at++)
      for (const venue of [...SOURCES, 'own']) tape.quote(at, venue, '100.00');
    expect(tape.now().quality).toBe('ok');
  });
});

describe('the explanation', () => {
  it('is plain data, and prints every input', () => {
    const tape = tapeAt(40);
    tape.quote(41, 'b', '120.00');
    const explanation = tape.router.explain(0);
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    const text = printExplanation(explanation);
    expect(text).toContain('b BTC-PERP mid 120: outlier, 0 ms old, weight 0 of 1');
    expect(text).toContain('index: 3 fresh, 2 agree within 50000 ppm of their median 100, 3 needed');
    expect(text).toContain('mark by rule plain: the median of 3');
    expect(text).toContain('100 rounded half to even to 0.01');
  });

  it('leads from its inputs to its result', () => {
    const tape = tapeAt(40, '100.01');
    const { rule, mark, sources, decision } = tape.router.explain(0);
    const chosen = rule.parts.find((part) => part.isChosen);
    expect(chosen?.value).toBe(mark);
    expect(sources.map((source) => source.price)).toContain(decision.candidate);
  });
});

describe('configuration', () => {
  const market = {
    ...DEFAULT_MARKET,
    name: 'X',
    grid: { markTick: '0.01', steps: { mark: { digits: 1, scale: 2 } } } as never,
    own: null,
    sources: [{ instrument: 0 as InstrumentRow, part: 'mid' as const, weight: 1, isOwn: false }],
  };
  const instruments: Instrument[] = [
    { venue: 'x', symbol: 'X', market: 'X', isPerpetual: false, priceScale: 2, sizeScale: 2 },
  ];

  it.each([
    [{ own: 7 as InstrumentRow }, 'there is no instrument 7'],
    [{ sources: [...market.sources, ...market.sources] }, 'an instrument is a source twice'],
    [{ sources: [{ ...market.sources[0], weight: 0.5 }] }, 'the weight 0.5 is not'],
    [{ index: { ...DEFAULT_INDEX_RULES, sourcesMin: 0 } }, 'sourcesMin must be'],
    [{ index: { ...DEFAULT_INDEX_RULES, outlierPpm: NaN } }, 'outlierPpm must be'],
    [{ mark: { ...MARK_RULES.plain, parts: ['index', 'mid'] as const } }, 'even number of parts'],
    [{ mark: { ...MARK_RULES.plain, sampleUs: 0 } }, 'no sampleUs'],
    [{ divergencePpm: 0 }, 'divergencePpm'],
  ])('%j: %s', (change, problem) => {
    expect(marketProblem({ ...market, ...change }, instruments)).toContain(problem);
    expect(marketProblem(market, instruments)).toBe(null);
  });

  it('changes rows of the policy, and never lets an implausible price act', () => {
    expect(policyOf({})).toEqual(DEFAULT_POLICY);
    expect(policyOf({ 'single-source': ['show', 'value', 'settle'] })).toEqual([31, 3, 19, 3, 1, 1]);
    expect(policyOf({ implausible: ['liquidate'] })).toContain('implausible can allow show and value');
    expect(policyOf({ fine: ['show'] } as never)).toContain('no quality is called fine');
    expect(policyOf({ stale: ['sell'] } as never)).toContain('no use is called sell');
  });

  it.each([
    [19, 20, false],
    [20, 200, false],
    [21, 200, true],
    [20_000, 20_000, true],
    [0, 0, false],
  ])('%d breaches of %d accounts are systemic: %s', (breaching, accounts, expected) => {
    expect(isSystemImplausible(breaching, accounts)).toBe(expected);
  });

  it('rounds to a mark grid that is coarser than its prices', () => {
    const tape = new Tape({ ...setup, rules: { mark: MARK_RULES.dydx }, markTick: '0.5' });
    for (const venue of SOURCES) tape.quote(0, venue, '100.25');
    expect(tape.now()).toMatchObject({ mark: '100', index: '100.25' });
    expect(units('100.25')).toBe(10_025);
  });
});

describe('as a command', () => {
  it('carries mark, quality, uses and reference', () => {
    const tape = tapeAt(3, '100.01');
    expect(priceCommand(tape.router.price(0), 7 as MarketRow)).toMatchObject({
      market: 7,
      quality: 0,
      allows: 31,
      mark: 10_001,
      reference: 10_001,
      timeUs: START_US + 3_000_000,
    });
  });

  it('leaves out a mark that is kept from before', () => {
    const tape = tapeAt(3);
    tape.quote(4, 'a', '120.00');
    tape.quote(4, 'b', '150.00');
    const command = priceCommand(tape.router.price(0), 0 as MarketRow);
    expect(command).toMatchObject({ quality: 4, allows: 1, mark: null, reference: 10_000 });
  });
});
