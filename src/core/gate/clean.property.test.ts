/** Of what is called clean, no check finds anything; and what no check finds anything of is nearly always called so. */
import { expect, it } from 'vitest';
import { Random } from '../../sim/random.ts';
import { GROUPS_MAX, Limit, LIMIT_COUNT } from '../schema/gate-limits.ts';
import { Candidate, LIMIT_NONE, LIMIT_UNSET } from './candidate.ts';
import { findAll, GATE_CHECKS } from './checks.ts';
import { EDGED_ROW, isClean, layEdges } from './clean.ts';
import { Findings } from './findings.ts';
import { plain } from './testing/candidate.ts';

const RUNS = 12_000;
const NUMBERS = [0, 1, 2, 3, 700, 1e9];
/** Most limits are far away, so that one that is near decides. */
const LIMITS = [LIMIT_NONE, LIMIT_UNSET, 1e15, 1e15, 1e15, 1e15, 1e15, 1e15, 1e15, ...NUMBERS];
/** What is drawn for most fields: nothing to be said. */
const QUIET: Record<string, unknown> = {
  isMarkUsable: true,
  haltState: 0,
  isRestricted: false,
  isDuplicate: false,
  missingLimit: -1,
  equity: 1e12,
  parent: 0,
  shortRule: 0,
};

function drawn(next: (count: number) => number): Candidate {
  const candidate = plain();
  const fields = candidate as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (name.endsWith('At') || name === 'groupCount' || name === 'groupKind') continue;
    if (name in QUIET && next(12) > 0) fields[name] = QUIET[name];
    else if (typeof value === 'boolean') fields[name] = next(2) === 1;
    else if (typeof value === 'number') fields[name] = NUMBERS[next(NUMBERS.length)];
    else if (value instanceof Float64Array && value.length === GROUPS_MAX)
      for (let at = 0; at < GROUPS_MAX; at++) value[at] = NUMBERS[next(NUMBERS.length)];
  }
  const rows = 1 + candidate.groupCount;
  candidate.limits = new Float64Array(rows * EDGED_ROW).fill(LIMIT_UNSET);
  const isCalm = next(2) === 0;
  for (let row = 0; row < rows; row++) {
    for (let limit = 0; limit < 2 * LIMIT_COUNT; limit++)
      if (!isCalm || next(60) === 0) candidate.limits[row * EDGED_ROW + limit] = LIMITS[next(LIMITS.length)];
    for (const flag of [Limit.self_trade, Limit.parent_required])
      candidate.limits[row * EDGED_ROW + flag] = next(4) === 0 ? 1 : 0;
    layEdges(candidate.limits, row * EDGED_ROW);
    if (row > 0) candidate.groupLimitsAt[row - 1] = row * EDGED_ROW;
  }
  return candidate;
}

it('is what every check has nothing to say of', () => {
  const alone = new Set<number>();
  let clean = 0;
  let silent = 0;
  const random = new Random(20_251_120);
  for (let run = 0; run < RUNS; run++) {
    const candidate = drawn((count) => random.below(count));
    const findings = new Findings();
    findAll(candidate, findings);
    const reasons = [...new Set(findings.reason.subarray(0, findings.count))];
    if (reasons.length === 0) silent++;
    // Orders of which one check alone says something are those that could be missed.
    else if (reasons.length === 1) alone.add(reasons[0]);
    if (!isClean(candidate)) continue;
    clean++;
    expect(reasons).toEqual([]);
  }
  expect(clean).toBeGreaterThan(300);
  expect(clean).toBeGreaterThan(silent / 2);
  expect(GATE_CHECKS.filter(({ reason }) => !alone.has(reason)).map(({ reason }) => reason)).toEqual([]);
});
