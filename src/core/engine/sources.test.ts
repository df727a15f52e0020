/** What a stream may do to us: every command lost, delivered twice, or late, one at a time over a short history. */
import { expect, it } from 'vitest';
import type {
  AccountRow,
  MarketRow,
  MarkTicks,
  QuoteMicros,
  SizeLots,
  SourceRow,
  TimeUs,
} from '../num/units.ts';
import { DEFAULT_LEVELS } from '../schema/levels.ts';
import { Kind, Leg, MarginBasis, OrderMargin, type Command } from '../schema/commands.ts';
import { Reason } from '../schema/reasons.ts';
import { Engine } from './engine.ts';

const market = 0 as MarketRow;
const account = 0 as AccountRow;
const source = 0 as SourceRow;

function definitions(): Command[] {
  const head = { timeUs: 1 as TimeUs, origin: null };
  return [
    {
      ...head,
      kind: Kind.settings,
      rules: 1,
      asset: 'USDT',
      decimals: 6,
      inclusive: false,
      levels: DEFAULT_LEVELS,
    },
    { ...head, kind: Kind.source, name: 'feed' },
    {
      ...head,
      kind: Kind.market,
      name: 'BTC-PERP',
      tick: '0.1',
      lot: '0.001',
      markTick: '0.001',
      markUnit: 1,
      tickUnit: { num: 100, den: 1 },
      tiers: [{ floor: 0 as QuoteMicros, mmr: { num: 1, den: 250 }, imr: { num: 1, den: 125 } }],
      closeFee: { num: 0, den: 1 },
      basis: MarginBasis.mark,
      orderMargin: OrderMargin.none,
      orderRate: { num: 0, den: 1 },
    },
  ];
}

/** A deposit, a position and a falling mark, as one source sends them: positions 1, 2, 3, … */
function history(): Command[] {
  const bucket = { account, market, leg: Leg.net, isolated: false };
  const body = [
    { kind: Kind.marks, marks: [{ market, price: 50_000_000 as MarkTicks }], text: '' },
    { kind: Kind.account, name: 'long-1' },
    { ...bucket, kind: Kind.transfer, amount: 1_000_000_000 as QuoteMicros },
    {
      ...bucket,
      kind: Kind.position,
      size: 100 as SizeLots,
      costBasis: 5_000_000_000 as QuoteMicros,
      fundingIndex: null,
    },
    { kind: Kind.marks, marks: [{ market, price: 45_000_000 as MarkTicks }], text: '' },
    { kind: Kind.marks, marks: [{ market, price: 40_160_000 as MarkTicks }], text: '' },
    { ...bucket, kind: Kind.transfer, amount: 500_000_000 as QuoteMicros },
    { kind: Kind.marks, marks: [{ market, price: 39_000_000 as MarkTicks }], text: '' },
  ] as const;
  return body.map((command, at) => ({
    ...command,
    timeUs: (10 + at) as TimeUs,
    origin: { source, position: at + 1, previous: null },
  }));
}

function engineAfter(commands: readonly Command[]): Engine {
  const engine = new Engine();
  for (const command of [...definitions(), ...commands]) engine.apply(command);
  return engine;
}

it('finds each lost command at the next one, and decides nothing more on that source until it is whole again', () => {
  const all = history();
  const whole = engineAfter(all).digest();
  // A source may start anywhere, so losing its first command cannot show; losing its last shows with the next.
  for (let lost = 1; lost < all.length - 1; lost++) {
    const engine = engineAfter(all.slice(0, lost));
    const before = engine.digest();
    expect(engine.apply(all[lost + 1]).reason).toBe(Reason.source_gap);
    for (const command of all.slice(lost + 2))
      expect(engine.apply(command).reason).toBe(Reason.source_gapped);
    expect(engine.book.sources.gapped[source]).toBe(true);
    expect(engine.digest()).not.toBe(before);
    engine.apply({ kind: Kind.resync, timeUs: 10 as TimeUs, origin: null, source, position: lost });
    expect(engine.digest()).toBe(before);
    for (const command of all.slice(lost)) expect(engine.apply(command).reason).toBe(Reason.accepted);
    expect(engine.digest()).toBe(whole);
  }
});

it('is not changed by any prefix delivered twice, and counts what it ignored', () => {
  const all = history();
  const whole = engineAfter(all).digest();
  for (let length = 1; length <= all.length; length++) {
    const engine = engineAfter([...all.slice(0, length), ...all.slice(0, length), ...all.slice(length)]);
    expect(engine.digest()).toBe(whole);
    expect(engine.book.sources.duplicates).toBe(length);
  }
});

it('applies in order or refuses: two neighbours exchanged leave a gap, never a different state', () => {
  const all = history();
  for (let at = 1; at < all.length - 1; at++) {
    const swapped = [...all];
    [swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
    const engine = engineAfter(swapped);
    const inOrder = engineAfter(all.slice(0, at));
    expect(engine.book.sources.gapped[source]).toBe(true);
    expect(engine.sequence).toBe(definitions().length + all.length);
    engine.apply({ kind: Kind.resync, timeUs: 1 as TimeUs, origin: null, source, position: at });
    expect(engine.digest()).toBe(inOrder.digest());
  }
});
