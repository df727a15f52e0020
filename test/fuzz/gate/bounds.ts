/** What a gate concludes of accounts without going over them (`core/admission/rooms.ts`), held against the exact amounts of its reference. */
import { ROOM_F64, RoomField } from '../../../src/core/admission/rooms.ts';
import type { GateState as Kept } from '../../../src/core/admission/state.ts';
import { grossOf, legsOf, netOf } from '../../../src/reference/gate/exposure.ts';
import { equityOf, lossesOf, requiredOf } from '../../../src/reference/gate/money.ts';
import type { GateState } from '../../../src/reference/gate/state.ts';

/** Of how many accounts something is concluded. */
export function boundedAccounts({ accounts, rooms, instruments }: Kept): number {
  instruments.refresh();
  return Array.from({ length: accounts.count }, (_, row) => row).filter((row) => rooms.isKnown(row)).length;
}

/** An account that is worse than it can be at worst; null: none is. */
export function brokenBound(kept: Kept, state: GateState): string | null {
  // As the next order would find it: tiers may have come into force.
  kept.instruments.refresh();
  for (const account of state.accounts) {
    const { row, orders } = account;
    if (!kept.rooms.isKnown(row)) continue;
    const legs = legsOf(state.engine, row, orders);
    const { lost } = lossesOf(state, account);
    const exact = {
      gross: grossOf(legs),
      net: netOf(legs),
      required: requiredOf(state, row, orders, null),
      lost,
      equity: -equityOf(state.engine.accounts[row].cross),
    };
    for (const name of ['gross', 'net', 'required', 'lost', 'equity'] as const) {
      const bound = kept.rooms.f64[row * ROOM_F64 + RoomField[name]] * (name === 'equity' ? -1 : 1);
      if (Number(exact[name]) > bound)
        return `account ${row}: ${name} is ${exact[name]}, and can be ${bound} at most`;
    }
  }
  return null;
}
