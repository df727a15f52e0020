/**
 * Histories in which everybody does everything. At cuts anywhere a gate from the snapshot, given the rest, decides the same and comes to the same
 * state; and the sums of groups, kept as they change, are what counting everything anew gives.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '../../sim/random.ts';
import { SnapshotError } from '../engine/snapshot.ts';
import type { Command } from '../schema/commands.ts';
import { GateKind, type GateCommand } from '../schema/gate-commands.ts';
import { GroupKind } from '../schema/gate-limits.ts';
import { NoticeKind } from '../schema/gate-notices.ts';
import { REASON_NAMES } from '../schema/reasons.ts';
import { gateChunks, restoreGate } from './gate-snapshot.ts';
import { Gate } from './gate.ts';
import { recounted, summed } from './testing/recount.ts';
import { forAccounts, forGroup, GateDesk, GENEROUS, type SetScope } from './testing/desk.ts';

const SEEDS = 24;
const COMMANDS = 450;
const CUTS = 4;

const seen = new Map<string, number>();
const note = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

/** A desk with accounts in groups of every kind, and all of COMMANDS things done to it. */
function history(seed: number): GateDesk {
  const random = new Random(seed);
  const desk = new GateDesk();
  const pick = (count: number): number => random.below(count);
  const accounts = Array.from({ length: 5 }, (_, at) => desk.account(`a${at}`, 500 + pick(3000)));
  const groups = [
    desk.group('retail', GroupKind.customer),
    desk.group('desk', GroupKind.desk),
    desk.group('venue', GroupKind.venue),
  ];
  groups.push(desk.group('sub-desk', GroupKind.desk, groups[1]), desk.group('watched', GroupKind.set));
  const third = desk.market('SOL-PERP');
  desk.mark(third, 100);
  const price = [100, 100, 100];
  const orders: number[] = [];
  /** Mostly of an order that works. */
  const id = (): number => {
    const { reservations } = desk.gate.state;
    const live = orders.filter((order) => reservations.orders.find(order) >= 0);
    return (pick(5) > 0 && live.length > 0 ? live[pick(live.length)] : orders[pick(orders.length)]) ?? 1;
  };
  const ownerOf = (order: number): number => {
    const { orders: table } = desk.gate.state.reservations;
    const row = table.find(order);
    return row >= 0 && pick(10) > 0 ? table.account(row) : pick(5);
  };
  const scope = (): SetScope => (pick(2) === 0 ? { account: pick(5) } : { group: pick(groups.length + 1) });
  for (let at = 0; at < COMMANDS; at++) {
    desk.timeUs += pick(100_000);
    const account = accounts[pick(5)];
    const market = pick(3);
    const dice = pick(100);
    const lots = (pick(2) === 0 ? 1 : -1) * (1 + 13 * pick(4));
    if (dice < 38) {
      const near = price[market] + pick(9) - 4;
      const order = desk.enter(account, lots, pick(8) === 0 ? 0 : Math.max(1, near), {
        market,
        reduceOnly: pick(8) === 0,
        leg: pick(10) === 0 ? 1 + pick(2) : 0,
        parent: pick(6) === 0 ? 1 + pick(4) : 0,
        clientId: pick(4) === 0 ? 1 + pick(6) : 0,
      });
      if (order !== 0) orders.push(order);
      // The same again.
      if (pick(8) === 0) desk.do({ ...desk.commands.at(-1)!, timeUs: desk.timeUs });
      if (desk.gate.decision.order > order) orders.push(desk.gate.decision.order);
    } else if (dice < 45) {
      const order = id();
      desk.replace(ownerOf(order), order, 1 + pick(40), price[market] + pick(5) - 2);
    } else if (dice < 50) desk.confirm(id(), pick(2) === 0);
    else if (dice < 55) {
      const order = id();
      desk.cancel(ownerOf(order), order);
    } else if (dice < 61) desk.done(id());
    else if (dice < 74) {
      const row = desk.gate.state.reservations.orders.find(id());
      const order = row < 0 || pick(4) === 0 ? 0 : desk.gate.state.reservations.orders.id(row);
      if (order === 0) desk.execute(account, lots, price[market], { market, trade: 1 + pick(400) });
      else {
        const { reservations, holdings } = desk.gate.state;
        const exposure = reservations.orders.exposure(row);
        const isAsk = (reservations.orders.bits(row) & 1) === 1;
        desk.execute(reservations.orders.account(row), (isAsk ? -1 : 1) * (1 + pick(30)), 100, {
          market: holdings.exposures.market(exposure),
          leg: holdings.exposures.leg(exposure),
          trade: 1 + pick(400),
          order,
        });
      }
    } else if (dice < 82) {
      price[market] = Math.max(50, price[market] + pick(11) - 5);
      desk.mark(market, price[market]);
    } else if (dice < 85)
      desk.do({
        kind: 12 - 2,
        account,
        market,
        leg: 0,
        isolated: pick(3) === 0,
        amount: pick(600) - 200,
      });
    else if (dice < 87)
      desk.do({
        kind: 11,
        account,
        market,
        leg: 0,
        isolated: pick(3) === 0,
        size: lots,
        costBasis: lots * 100,
        fundingIndex: null,
      });
    else if (dice < 90) desk.member(account, groups[pick(groups.length)], pick(3) > 0);
    else if (dice < 91) desk.day();
    else if (dice < 92) desk.do({ kind: GateKind.tick });
    else if (dice < 93 && pick(4) === 0)
      desk.halt([{ account }, { group: groups[pick(5)] }, { market }][pick(3)], 1 + pick(2));
    else if (dice < 95)
      desk.release([{ account }, { group: groups[pick(5)] }, { market }, { account, market }][pick(4)]);
    else if (dice < 96)
      desk.do({
        kind: GateKind.locate,
        account,
        market,
        lots: pick(50),
        expiresUs: desk.timeUs + pick(1_000_000),
      });
    else if (dice < 97)
      desk.do({
        kind: GateKind.parent,
        parent: 1 + pick(4),
        account,
        market,
        side: pick(2),
        size: 20 + pick(40),
      });
    else if (dice < 98)
      desk.do({
        kind: GateKind.grant,
        level: 0,
        group: null,
        account,
        market: null,
        limit: 7,
        hard: pick(200),
        expiresUs: desk.timeUs + 1 + pick(2_000_000),
        by: 'a',
        approvedBy: 'b',
        why: 'c',
      });
    else if (dice < 99)
      desk.do({
        kind: GateKind.instrument,
        market,
        sector: ['', 'coins'][pick(2)],
        issuer: '',
        short: pick(3),
        restricted: pick(5) === 0,
      });
    else
      desk.limits(
        [
          forAccounts({
            ...GENEROUS,
            window_us: [0, 500_000, 3_000_000][pick(3)],
            orders_max: 2 + pick(10),
            self_trade: pick(2),
            duplicate_us: pick(400_000),
          }),
          forAccounts({ loss_max: 100 + pick(500), drawdown_max: 400, repeat_max: 4, repeat_us: 300_000 }),
          forAccounts({ position_max: [50 + pick(200), 40], gross_max: 20_000 + pick(20_000) }, scope()),
          forGroup(groups[pick(5)], {
            group_long_max: 50 + pick(200),
            group_window_us: 1_000_000,
            group_orders_max: 3,
            traded_value_max: 5000 + pick(20_000),
          }),
          forGroup(0, { group_gross_value_max: 100_000 + pick(100_000) }),
        ],
        { effectiveUs: desk.timeUs + pick(3) * 100_000 },
      );
  }
  return desk;
}

interface Step {
  readonly reason: number;
  readonly order: number;
  readonly findings: readonly (readonly number[])[];
  readonly notices: string;
}

function take(gate: Gate, command: Command | GateCommand): Step {
  const reason = gate.apply(command);
  const { findings, order } = gate.decision;
  const isOrder = command.kind === GateKind.enter || command.kind === GateKind.replace;
  return {
    reason,
    order: isOrder ? order : 0,
    findings: isOrder
      ? Array.from({ length: findings.count }, (_, at) => [
          findings.reason[at],
          findings.isHard[at],
          findings.which[at],
          findings.limit[at],
          findings.value[at],
          findings.scope[at],
        ])
      : [],
    notices: JSON.stringify(gate.notices),
  };
}

const bytesOf = (gate: Gate): Uint8Array => Buffer.concat([...gateChunks(gate)]);

describe('a gate from a snapshot', () => {
  it.each(Array.from({ length: SEEDS }, (_, at) => at + 1))(
    'goes on as if it had not stopped, seed %i',
    (seed) => {
      const { commands } = history(seed);
      const random = new Random(seed);
      const cuts = new Set(Array.from({ length: CUTS }, () => 20 + random.below(commands.length - 20)));
      const gates = [new Gate()];
      for (const [at, command] of commands.entries()) {
        const [first, ...others] = gates.map((gate) => take(gate, command));
        for (const other of others) expect(other, `command ${at}`).toEqual(first);
        note(REASON_NAMES[first.reason]);
        for (const [reason] of first.findings) note(`found ${REASON_NAMES[reason]}`);
        for (const { kind } of gates[0].notices) note(`notice ${Object.keys(NoticeKind)[kind]}`);
        if (at % 25 === 0) expect(summed(gates[0].state)).toEqual(recounted(gates[0].state));
        if (!cuts.has(at)) continue;
        const restored = restoreGate(bytesOf(gates[0]));
        expect(restored.digest()).toBe(gates[0].digest());
        expect(restored.sequence).toBe(gates[0].sequence);
        gates.push(restored);
      }
      const digests = gates.map((gate) => gate.digest());
      expect(new Set(digests).size).toBe(1);
      expect(digests[0]).toBe(history(seed).gate.digest());
    },
  );

  it('was tried with everything that there is to restore', () => {
    expect(
      [
        'accepted',
        'nothing_to_reduce',
        'client_id_taken',
        'replace_waits',
        'duplicate_execution',
        'order_unknown',
        'halt_unknown',
        'group_invalid',
        'parent_taken',
        'nothing_to_confirm',
      ].filter((what) => !seen.has(what)),
    ).toEqual([]);
    expect(
      [
        'halted',
        'reduce_only',
        'market_restricted',
        'duplicate_order',
        'order_rate',
        'position_max',
        'gross_value',
        'group_position',
        'group_rate',
        'credit',
        'short_banned',
        'locate_missing',
        'self_trade',
        'initial_margin',
        'loss',
        'parent_unknown',
        'parent_exceeded',
      ].filter((what) => !seen.has(`found ${what}`)),
    ).toEqual([]);
    expect(
      ['halted', 'released', 'overfill', 'parent_exceeded', 'limits_active', 'grant_ended'].filter(
        (what) => !seen.has(`notice ${what}`),
      ),
    ).toEqual([]);
  });

  it('says where damaged bytes stop making sense', () => {
    const bytes = bytesOf(history(1).gate);
    const random = new Random(1);
    for (let n = 0; n < 200; n++) {
      const cut = random.below(bytes.length);
      expect(() => restoreGate(bytes.subarray(0, cut))).toThrow(SnapshotError);
    }
  });
});
