/** The sums over groups that a gate keeps, and the same added up from its reference: what every reservation must be part of, and nothing else. */
import { summed } from '../../../src/core/admission/testing/recount.ts';
import { ACCOUNT_F64, AccountField } from '../../../src/core/admission/accounts.ts';
import type { GateState as Kept } from '../../../src/core/admission/state.ts';
import { abs, max } from '../../../src/reference/exact.ts';
import { legsOf, type LegExposure } from '../../../src/reference/gate/exposure.ts';
import { groupsOf } from '../../../src/reference/gate/groups.ts';
import { worthOf } from '../../../src/reference/gate/orders.ts';
import type { GateState } from '../../../src/reference/gate/state.ts';

/** By group: gross, upper, lower and working value, then the lots of each market; and by account the value that works. */
interface Sums {
  readonly groups: readonly (readonly number[])[];
  readonly accounts: readonly number[];
}

export function keptSums(state: Kept): Sums {
  const groups = summed(state).map(({ gross, upper, lower, working, lots }) => [
    gross,
    upper,
    lower,
    working,
    ...lots.flat(),
  ]);
  const accounts = Array.from(
    { length: state.accounts.count },
    (_, row) => state.accounts.f64[row * ACCOUNT_F64 + AccountField.working],
  );
  return { groups, accounts };
}

export function addedSums(state: GateState): Sums {
  const { engine } = state;
  const members = state.accounts.map(({ row, orders }) => ({
    groups: groupsOf(state, row),
    legs: legsOf(engine, row, orders),
    working: orders.reduce((sum, order) => sum + worthOf(engine, order), 0n),
  }));
  const groups = state.groups.map((group) => {
    const inside = members.filter((member) => member.groups.includes(group));
    const legs = inside.flatMap((member) => member.legs);
    const value = (of: (leg: LegExposure) => bigint): bigint =>
      legs.reduce((sum, leg) => sum + of(leg) * leg.market.lotValue, 0n);
    const working = inside.reduce((sum, member) => sum + member.working, 0n);
    const lots = engine.markets.flatMap((market) => {
      const here = legs.filter((leg) => leg.market === market);
      return [upperOf, lowerOf, longOf, shortOf, worstOf].map((of) =>
        here.reduce((sum, leg) => sum + of(leg), 0n),
      );
    });
    return [value(worstOf), value(upperOf), value(lowerOf), working, ...lots].map(Number);
  });
  return { groups, accounts: members.map(({ working }) => Number(working)) };
}

const upperOf = ({ held, bids }: LegExposure): bigint => held + bids;
const lowerOf = ({ held, asks }: LegExposure): bigint => held - asks;
const longOf = (leg: LegExposure): bigint => max(0n, upperOf(leg));
const shortOf = (leg: LegExposure): bigint => max(0n, -lowerOf(leg));
const worstOf = (leg: LegExposure): bigint => max(abs(upperOf(leg)), abs(lowerOf(leg)));
