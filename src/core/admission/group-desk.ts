/** Groups and who is in them, and what is said of markets and accounts beside limits. */
import { isRow, isWhole } from '../num/exact.ts';
import { MARK_MAX, PRICE_MAX } from '../num/units.ts';
import { Leg } from '../schema/commands.ts';
import {
  SHORT_RULE_NAMES,
  type GroupCommand,
  type InstrumentCommand,
  type LocateCommand,
  type MemberCommand,
  type ParentCommand,
  type ReferenceCommand,
} from '../schema/gate-commands.ts';
import { FIRM, GROUP_KIND_NAMES, GroupKind, GROUPS_MAX } from '../schema/gate-limits.ts';
import { Reason } from '../schema/reasons.ts';
import { SIDE_NAMES } from '../schema/side.ts';
import { isName } from '../state/names.ts';
import { EXPOSURE_F64, ExposureField } from './exposures.ts';
import { NO_PARENT_ROW } from './parents.ts';
import type { GateState } from './state.ts';

export class GroupDesk {
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  instrument({ market, sector, issuer, short, restricted }: InstrumentCommand): Reason {
    const { instruments } = this.#state;
    if (!isRow(market, instruments.count)) return Reason.market_unknown;
    if ((sector !== '' && !isName(sector)) || (issuer !== '' && !isName(issuer))) return Reason.name_invalid;
    if (!isRow(short, SHORT_RULE_NAMES.length)) return Reason.number_invalid;
    if (instruments.isCollateral(market)) return Reason.collateral_market;
    instruments.describe(market, sector, issuer, short, restricted);
    return Reason.accepted;
  }

  reference({ market, index, last }: ReferenceCommand): Reason {
    const { instruments } = this.#state;
    if (!isRow(market, instruments.count)) return Reason.market_unknown;
    if (index !== null && !isWithin(index, MARK_MAX)) return Reason.mark_out_of_range;
    if (last !== null && !isWithin(last, PRICE_MAX)) return Reason.number_invalid;
    if (instruments.isCollateral(market)) return Reason.collateral_market;
    instruments.refer(market, index, last);
    return Reason.accepted;
  }

  group({ name, of, parent }: GroupCommand): Reason {
    const { groups, groupWindows } = this.#state;
    if (!isName(name)) return Reason.name_invalid;
    if (groups.names.find(name) >= 0) return Reason.name_taken;
    if (!isRow(of, GROUP_KIND_NAMES.length) || of === GroupKind.firm) return Reason.group_invalid;
    if (!isRow(parent, groups.count)) return Reason.group_invalid;
    if (parent !== FIRM && groups.kind(parent) !== of) return Reason.group_invalid;
    groups.add(name, of, parent, groupWindows.add());
    return Reason.accepted;
  }

  member({ account, group, isIn }: MemberCommand): Reason {
    const { accounts, groups, seat, holdings } = this.#state;
    if (!isRow(account, accounts.count)) return Reason.account_unknown;
    if (!isRow(group, groups.count)) return Reason.group_unknown;
    const direct = groups.directOf(account);
    const before = seat.groupsOf(account);
    if (isIn ? !this.#mayJoin(group, before, direct) : !direct.includes(group)) return Reason.group_invalid;
    const next = isIn ? [...direct, group] : direct.filter((other) => other !== group);
    const after = groups.withParents(next);
    if (after.length > GROUPS_MAX) return Reason.group_invalid;
    for (const left of before) if (!after.includes(left)) holdings.move(account, left, -1);
    for (const joined of after) if (!before.includes(joined)) holdings.move(account, joined, 1);
    groups.setDirect(account, next);
    accounts.forgetProfile(account);
    // Looked up at once: its next order has no time for it.
    seat.groupsOf(account);
    return Reason.accepted;
  }

  locate({ account, market, lots, expiresUs }: LocateCommand): Reason {
    const { accounts, instruments, holdings } = this.#state;
    if (!isRow(account, accounts.count)) return Reason.account_unknown;
    if (!isRow(market, instruments.count)) return Reason.market_unknown;
    if (!isWhole(lots) || lots < 0 || !isWhole(expiresUs) || expiresUs < 0) return Reason.number_invalid;
    const { exposures } = holdings;
    const f = holdings.ensure(account, market, Leg.net) * EXPOSURE_F64;
    exposures.f64[f + ExposureField.located] = lots;
    exposures.f64[f + ExposureField.locatedUntil] = lots === 0 ? 0 : expiresUs;
    return Reason.accepted;
  }

  parent({ parent, account, market, side, size }: ParentCommand): Reason {
    const { accounts, instruments, parents, days } = this.#state;
    if (!isRow(account, accounts.count)) return Reason.account_unknown;
    if (!isRow(market, instruments.count)) return Reason.market_unknown;
    if (!isWhole(parent) || parent < 1 || !isRow(side, SIDE_NAMES.length)) return Reason.number_invalid;
    if (!isWhole(size) || size < 1) return Reason.number_invalid;
    if (instruments.isCollateral(market)) return Reason.collateral_market;
    if (parents.find(parent) !== NO_PARENT_ROW) return Reason.parent_taken;
    parents.add(parent, account, market, side, size, days.day);
    return Reason.accepted;
  }

  /** A second of its kind, where there is one of each, or of the same line of sets, is none. */
  #mayJoin(group: number, groups: readonly number[], direct: readonly number[]): boolean {
    if (groups.includes(group)) return false;
    const kind = this.#state.groups.kind(group);
    return kind === GroupKind.set || direct.every((other) => this.#state.groups.kind(other) !== kind);
  }
}

function isWithin(price: number, max: number): boolean {
  return isWhole(price) && price >= 1 && price <= max;
}
