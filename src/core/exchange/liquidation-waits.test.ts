/** A liquidation that does not go on says why, once for each reason, also where it has not begun. */
import { describe, expect, test } from 'vitest';
import { MarketState } from '../schema/orders.ts';
import { Quality, Use, USES_ALL } from '../schema/quality.ts';
import { Kind } from '../schema/commands.ts';
import { ClosePolicy, VenueKind } from '../schema/venue-commands.ts';
import { WAIT_WHY_NAMES } from '../schema/venue-events.ts';
import { exchangeChunks, restoreExchange } from './snapshot.ts';
import { Desk, LISTING } from './testing/desk.ts';

const waits = (desk: Desk): string[] => desk.of('waiting').map(({ why }) => WAIT_WHY_NAMES[why]);

function state(desk: Desk, to: MarketState): void {
  desk.accept({ kind: VenueKind.state, market: 0, state: to, text: 'test' });
}

function quality(desk: Desk, allows: number): void {
  const [is, reference] = [allows === USES_ALL ? Quality.ok : Quality.stale, null];
  desk.accept({ kind: Kind.quality, market: 0, quality: is, allows, mark: null, reference, text: '' });
}

/** A long of 10 from 100, with 60 of its own. */
function long(listing = {}): Desk {
  const desk = new Desk({}, listing);
  desk.fund(1000);
  desk.account('a', 60);
  desk.account('b', 10_000);
  desk.trade('a', 'b', 10, 100);
  return desk;
}

describe('a liquidation waits', () => {
  test('for a market that is halted, then for a price that is held, and goes on without a word', () => {
    const desk = long();
    state(desk, MarketState.halted);
    desk.mark(95);
    expect(desk.of('waiting')).toEqual([
      { event: 'waiting', liquidation: 1, account: desk.account('a'), why: 2 },
    ]);
    expect(desk.of('liquidation')).toEqual([]);
    desk.mark(94);
    desk.mark(95);
    expect(waits(desk)).toEqual(['market_stopped']);
    quality(desk, USES_ALL & ~Use.liquidate);
    expect(waits(desk)).toEqual(['market_stopped', 'price_held']);
    state(desk, MarketState.active);
    expect(desk.of('liquidation')).toEqual([]);
    quality(desk, USES_ALL);
    expect(desk.of('liquidation')).toHaveLength(1);
    expect(desk.of('takeover')).toHaveLength(1);
    expect(waits(desk)).toEqual(['market_stopped', 'price_held']);
  });

  test('for the end of its pause, and for orders to close it with', () => {
    const { liquidation } = LISTING;
    const rules = { policy: ClosePolicy.fraction, share: { num: 1, den: 10 }, cooldownUs: 30_000_000 };
    const desk = new Desk({}, { liquidation: { ...liquidation, ...rules } });
    desk.account('a', 600);
    desk.account('b', 10_000);
    desk.mark(1000);
    desk.trade('a', 'b', 10, 1000);
    desk.buy('b', 1, 955);
    // 150 are left against 191 that are needed; with a lot less it is 171.9, and 114.6 at the backstop.
    desk.mark(955);
    expect(desk.position('a')).toBe(9);
    expect(waits(desk)).toEqual(['pause']);
    desk.mark(956);
    expect(waits(desk)).toEqual(['pause']);
    desk.timeUs += 30_000_000;
    desk.mark(955);
    desk.mark(956);
    expect(waits(desk)).toEqual(['pause', 'book']);
    desk.buy('b', 9, 955);
    desk.mark(955);
    expect(desk.of('liquidation_end')).toHaveLength(1);
    expect(waits(desk)).toEqual(['pause', 'book']);
  });

  test('and has said so also after a snapshot', () => {
    const desk = long();
    state(desk, MarketState.halted);
    desk.mark(95);
    const { exchange } = desk;
    const bytes = Buffer.concat([...exchangeChunks(exchange)]);
    const restored = restoreExchange(bytes);
    expect(restored.digest()).toBe(exchange.digest());
    const again = {
      kind: Kind.marks,
      timeUs: desk.timeUs,
      origin: null,
      marks: [{ market: 0, price: 94 }],
      text: '',
    };
    restored.apply(again as never);
    desk.mark(94);
    expect(restored.events.all().map(({ event }) => event)).not.toContain('waiting');
    expect(restored.digest()).toBe(exchange.digest());
  });
});
