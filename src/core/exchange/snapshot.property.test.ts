/**
 * Histories in which everybody does everything, cut anywhere: an exchange from the snapshot, given the rest, says the same and comes to the
 * same state as the one that went on.
 */
import { expect, test } from 'vitest';
import { Simulation, type AnyCommand } from '../../sim/traders/simulation.ts';
import { Random } from '../../sim/random.ts';
import { ORDER_F64, OrderBits, OrderField, TRIGGER_SHIFT } from './working-orders.ts';
import { EVENT_STRIDE } from './event-log.ts';
import { Exchange } from './exchange.ts';
import { exchangeChunks, restoreExchange } from './snapshot.ts';
import { SnapshotError } from '../engine/snapshot.ts';
import { TriggerKind, MarketState } from '../schema/orders.ts';

const SEEDS = 80;
const COMMANDS = 700;
const CUTS = 6;

function bytesOf(exchange: Exchange): Uint8Array {
  return Buffer.concat([...exchangeChunks(exchange)]);
}

interface Step {
  readonly command: AnyCommand;
  readonly reason: number;
  readonly rows: Float64Array;
}

function take(exchange: Exchange, command: AnyCommand): Step {
  const reason = exchange.apply(command);
  const { events } = exchange;
  return { command, reason, rows: events.rows.slice(0, events.count * EVENT_STRIDE) };
}

/** What there was to restore, over all cuts. */
const seen = {
  waiting: 0,
  trailing: 0,
  resting: 0,
  liquidations: 0,
  backlog: 0,
  holders: 0,
  stopped: 0,
  pairs: 0,
};

function look({ venue, liquidations }: Exchange): void {
  const { orders, ledger } = venue;
  for (let row = 0; row < orders.used; row++) {
    if (orders.id(row as never) === 0) continue;
    const bits = orders.bits(row as never);
    if ((bits & OrderBits.rests) !== 0) seen.resting++;
    if ((bits & OrderBits.waits) === 0) continue;
    seen.waiting++;
    if (((bits >> TRIGGER_SHIFT) & 3) === TriggerKind.trailing) seen.trailing++;
    if (orders.f64[row * ORDER_F64 + OrderField.pair] !== 0) seen.pairs++;
  }
  for (let row = 0; row < ledger.exposures.used; row++) if (ledger.exposures.isHolder(row)) seen.holders++;
  seen.liquidations += liquidations.active.size;
  seen.backlog += liquidations.backlog.markets.length;
  seen.stopped += venue.listings.filter((one) => one !== null && one.state !== MarketState.active).length;
}

test('an exchange restored anywhere goes on as the one that was never stopped', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const exchange = new Exchange();
    const simulation = new Simulation(seed, exchange);
    const random = new Random(seed, 77);
    const cuts = new Set(Array.from({ length: CUTS }, () => 1 + random.below(COMMANDS)));
    const steps: Step[] = [];
    const snapshots: { at: number; bytes: Uint8Array; hash: string }[] = [];
    while (steps.length < COMMANDS) {
      const command = structuredClone(simulation.next());
      steps.push(take(exchange, command));
      simulation.follow();
      if (!cuts.has(steps.length) || exchange.engine.settings === null) continue;
      snapshots.push({ at: steps.length, bytes: bytesOf(exchange), hash: exchange.digest() });
      look(exchange);
    }
    const end = exchange.digest();
    for (const { at, bytes, hash } of snapshots) {
      const book = random.oneIn(3) ? 'naive' : 'direct';
      const restored = restoreExchange(bytes, { book });
      expect([seed, at, restored.sequence, restored.digest()]).toEqual([seed, at, at, hash]);
      for (let next = at; next < steps.length; next++) {
        const { command, reason, rows } = steps[next];
        const again = take(restored, command);
        if (again.reason !== reason || !sameRows(again.rows, rows))
          expect([seed, at, next, again.reason, restored.events.all()]).toEqual([
            seed,
            at,
            next,
            reason,
            rows,
          ]);
      }
      expect([seed, at, restored.digest()]).toEqual([seed, at, end]);
    }
  }
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
}, 120_000);

function sameRows(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, at) => Object.is(value, b[at]) || value === b[at]);
}

test('bytes that are cut short or changed are refused, or hold another state', () => {
  const exchange = new Exchange();
  const simulation = new Simulation(5, exchange);
  for (let count = 0; count < 400; count++) {
    exchange.apply(structuredClone(simulation.next()));
    simulation.follow();
  }
  const bytes = bytesOf(exchange);
  const hash = exchange.digest();
  const random = new Random(3);
  for (let round = 0; round < 60; round++)
    expect(() => restoreExchange(bytes.subarray(0, random.below(bytes.length)))).toThrow(SnapshotError);
  let different = 0;
  let same = 0;
  for (let round = 0; round < 200; round++) {
    const changed = bytes.slice();
    changed[random.below(changed.length)] ^= 1 << random.below(8);
    try {
      if (restoreExchange(changed).digest() === hash) same++;
      else different++;
    } catch (error) {
      expect(error).toBeInstanceOf(SnapshotError);
      different++;
    }
  }
  // Texts for people and sequences are no part of the hash.
  expect(different).toBeGreaterThan(same);
}, 60_000);
