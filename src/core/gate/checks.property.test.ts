/** The checks that are called by name are those of the list, in its order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GROUPS_MAX, LIMIT_COUNT } from '../schema/gate-limits.ts';
import { Candidate, LIMIT_NONE, LIMIT_UNSET } from './candidate.ts';
import { findAll, GATE_CHECKS } from './checks.ts';
import { Findings } from './findings.ts';
import { plain } from './testing/candidate.ts';

const NUMBERS = [0, 1, 2, 3, 700, 1e9];
const LIMITS = [...NUMBERS, LIMIT_NONE, LIMIT_UNSET];

/** Every field and column something that one of its kind may be. */
function drawn(next: (count: number) => number): Candidate {
  const candidate = plain();
  const fields = candidate as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (name.endsWith('At') || name === 'groupCount') continue;
    if (typeof value === 'boolean') fields[name] = next(2) === 1;
    else if (typeof value === 'number') fields[name] = NUMBERS[next(NUMBERS.length)];
    else if (name === 'groupKind' || name === 'groupLimitsAt') continue;
    else if (value instanceof Float64Array && value.length === GROUPS_MAX)
      for (let at = 0; at < GROUPS_MAX; at++) value[at] = NUMBERS[next(NUMBERS.length)];
  }
  for (let at = 0; at < candidate.limits.length; at++) candidate.limits[at] = LIMITS[next(LIMITS.length)];
  candidate.missingLimit = next(LIMIT_COUNT + 1) - 1;
  return candidate;
}

function listed(candidate: Candidate): Findings {
  const findings = new Findings();
  for (const each of GATE_CHECKS)
    if (each.holdsReducing || !candidate.isReducing) each.check(candidate, findings);
  return findings;
}

const told = ({ count, hardCount, reason, isHard, which, limit, value, scope }: Findings): unknown => ({
  hardCount,
  columns: [reason, isHard, which, limit, value, scope].map((column) => [...column.subarray(0, count)]),
});

it('says what a loop over the list says, in the same order', () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(0xffff)), (numbers) => {
      const candidate = drawn((count) => numbers.next().value! % count);
      const findings = new Findings();
      findAll(candidate, findings);
      for (let at = 0; at < findings.count; at++) seen.add(findings.reason[at]);
      expect(told(findings)).toEqual(told(listed(candidate)));
    }),
    { numRuns: 400 },
  );
  expect(GATE_CHECKS.filter(({ reason }) => !seen.has(reason))).toEqual([]);
});
