/**
 * All checks, in the order in which they are made and reported: that of their reasons. Every one is made, whatever the others found, so an
 * order that is refused says everything that is wrong with it. Which clause of which rule asks for which stands in docs/reference/gate-rules.md.
 */
import { cancelRate } from './cancel-rate.ts';
import { capital } from './capital.ts';
import { collarIndex } from './collar-index.ts';
import { collarLast } from './collar-last.ts';
import { collarMark } from './collar-mark.ts';
import { counterpartyExposure } from './counterparty-exposure.ts';
import { credit } from './credit.ts';
import { drawdown } from './drawdown.ts';
import { duplicateOrder } from './duplicate-order.ts';
import { grossValue } from './gross-value.ts';
import { groupGross } from './group-gross.ts';
import { groupNet } from './group-net.ts';
import { groupPosition } from './group-position.ts';
import { groupRate } from './group-rate.ts';
import { halted } from './halted.ts';
import { initialMargin } from './initial-margin.ts';
import { issuerValue } from './issuer-value.ts';
import { leverage } from './leverage.ts';
import { limitMissing } from './limit-missing.ts';
import { locateMissing } from './locate-missing.ts';
import { longMax } from './long-max.ts';
import { loss } from './loss.ts';
import { marketRestricted } from './market-restricted.ts';
import { marketShare } from './market-share.ts';
import { marketValue } from './market-value.ts';
import { netValue } from './net-value.ts';
import { openInterest } from './open-interest.ts';
import { orderRate } from './order-rate.ts';
import { orderSize } from './order-size.ts';
import { orderTradeRatio } from './order-trade-ratio.ts';
import { orderValue } from './order-value.ts';
import { parentExceeded } from './parent-exceeded.ts';
import { parentMissing } from './parent-missing.ts';
import { parentUnknown } from './parent-unknown.ts';
import { positionMax } from './position-max.ts';
import { priceNotValid } from './price-not-valid.ts';
import { reduceOnly } from './reduce-only.ts';
import { sectorValue } from './sector-value.ts';
import { selfTrade } from './self-trade.ts';
import { shortBanned } from './short-banned.ts';
import { shortMax } from './short-max.ts';
import { valueRate } from './value-rate.ts';
import { venueExposure } from './venue-exposure.ts';
import { workingLimit } from './working-limit.ts';
import type { Candidate } from './candidate.ts';
import type { GateCheck } from './check.ts';
import type { Findings } from './findings.ts';

export const GATE_CHECKS: readonly GateCheck[] = [
  priceNotValid,
  halted,
  reduceOnly,
  limitMissing,
  marketRestricted,
  orderSize,
  orderValue,
  collarMark,
  collarIndex,
  collarLast,
  duplicateOrder,
  orderRate,
  valueRate,
  cancelRate,
  orderTradeRatio,
  workingLimit,
  positionMax,
  longMax,
  shortMax,
  marketValue,
  grossValue,
  netValue,
  marketShare,
  sectorValue,
  issuerValue,
  groupPosition,
  groupGross,
  groupNet,
  venueExposure,
  counterpartyExposure,
  groupRate,
  openInterest,
  shortBanned,
  locateMissing,
  selfTrade,
  initialMargin,
  leverage,
  loss,
  drawdown,
  credit,
  capital,
  parentMissing,
  parentUnknown,
  parentExceeded,
];

/**
 * Everything that is to be said of an order, into `findings`. The checks are called by name, a few in each function, so that they are compiled into one
 * another: a loop over GATE_CHECKS says the same (checks.property.test.ts) and spends most of its time on calls.
 */
export function findAll(candidate: Candidate, findings: Findings): void {
  findings.clear();
  if (candidate.isReducing) {
    findOfReducing(candidate, findings);
    return;
  }
  findOfState(candidate, findings);
  findOfOrder(candidate, findings);
  findOfRates(candidate, findings);
  findOfPosition(candidate, findings);
  findOfGroups(candidate, findings);
  findOfMarket(candidate, findings);
  findOfMoney(candidate, findings);
  findOfParent(candidate, findings);
}

/** Of an order that only reduces. */
function findOfReducing(candidate: Candidate, findings: Findings): void {
  collarMark.check(candidate, findings);
  collarIndex.check(candidate, findings);
  collarLast.check(candidate, findings);
}

function findOfState(candidate: Candidate, findings: Findings): void {
  priceNotValid.check(candidate, findings);
  halted.check(candidate, findings);
  reduceOnly.check(candidate, findings);
  limitMissing.check(candidate, findings);
  marketRestricted.check(candidate, findings);
}

function findOfOrder(candidate: Candidate, findings: Findings): void {
  orderSize.check(candidate, findings);
  orderValue.check(candidate, findings);
  collarMark.check(candidate, findings);
  collarIndex.check(candidate, findings);
  collarLast.check(candidate, findings);
  duplicateOrder.check(candidate, findings);
}

function findOfRates(candidate: Candidate, findings: Findings): void {
  orderRate.check(candidate, findings);
  valueRate.check(candidate, findings);
  cancelRate.check(candidate, findings);
  orderTradeRatio.check(candidate, findings);
  workingLimit.check(candidate, findings);
}

function findOfPosition(candidate: Candidate, findings: Findings): void {
  positionMax.check(candidate, findings);
  longMax.check(candidate, findings);
  shortMax.check(candidate, findings);
  marketValue.check(candidate, findings);
  grossValue.check(candidate, findings);
  netValue.check(candidate, findings);
  marketShare.check(candidate, findings);
  sectorValue.check(candidate, findings);
  issuerValue.check(candidate, findings);
}

function findOfGroups(candidate: Candidate, findings: Findings): void {
  groupPosition.check(candidate, findings);
  groupGross.check(candidate, findings);
  groupNet.check(candidate, findings);
  venueExposure.check(candidate, findings);
  counterpartyExposure.check(candidate, findings);
  groupRate.check(candidate, findings);
  openInterest.check(candidate, findings);
}

function findOfMarket(candidate: Candidate, findings: Findings): void {
  shortBanned.check(candidate, findings);
  locateMissing.check(candidate, findings);
  selfTrade.check(candidate, findings);
}

function findOfMoney(candidate: Candidate, findings: Findings): void {
  initialMargin.check(candidate, findings);
  leverage.check(candidate, findings);
  loss.check(candidate, findings);
  drawdown.check(candidate, findings);
  credit.check(candidate, findings);
  capital.check(candidate, findings);
}

function findOfParent(candidate: Candidate, findings: Findings): void {
  parentMissing.check(candidate, findings);
  parentUnknown.check(candidate, findings);
  parentExceeded.check(candidate, findings);
}
