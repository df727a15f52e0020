/** That nothing is forgotten: requirements, clauses, reasons and limits each have their checks, and the page about them says what the code says. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseRequirements } from '../scripts/requirements.ts';
import type { GateCheck } from '../src/core/gate/check.ts';
import { GATE_CHECKS } from '../src/core/gate/checks.ts';
import { Findings } from '../src/core/gate/findings.ts';
import { plain } from '../src/core/gate/testing/candidate.ts';
import {
  LIMIT_COUNT,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitUnit,
  type Limit,
} from '../src/core/schema/gate-limits.ts';
import { Reason, REASON_NAMES } from '../src/core/schema/reasons.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(`${root}docs/reference/gate-rules.md`, 'utf8');
const requirements = parseRequirements(readFileSync(`${root}docs/requirements.tsv`, 'utf8'));

/** Reasons, limits and requirements that are the machine's around the checks. */
const ofTheMachine = {
  reasons: ['gate_failed'],
  limits: ['window_us', 'repeat_max', 'repeat_us', 'group_window_us'],
  // All reasons at once: every check is made, in `findAll`.
  requirements: ['R004-33'],
};

/** What document 004 asks before a trade: limits, all reasons, closed where it fails, no way around. */
const preTrade = [1, 2, 3, 4, 5, 6, 7, 10, 11, 33, 34, 38, 39, 40, 41, 45, 46, 47, 49, 60, 61].map(
  (number) => `R004-${String(number).padStart(2, '0')}`,
);

/** By looking which places of the limits are read. */
function limitsReadBy(check: GateCheck): Limit[] {
  const candidate = plain();
  Object.assign(candidate, { isDuplicate: true, ownOpposite: 100, price: 200 });
  const read = new Set<Limit>();
  candidate.limits = new Proxy(candidate.limits, {
    get(limits, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) read.add((Number(key) % LIMIT_COUNT) as Limit);
      return Reflect.get(limits, key) as unknown;
    },
  });
  check.check(candidate, new Findings());
  return [...read].toSorted((a, b) => a - b);
}

describe('checks of the gate', () => {
  it('stand in the order of their reasons, one for each, in a file of that name', () => {
    const reasons = GATE_CHECKS.map(({ reason }) => reason);
    expect(reasons).toEqual([...new Set(reasons)].toSorted((a, b) => a - b));
    const expected = Object.entries(Reason).filter(([, number]) => number >= 128 && number <= 171);
    const named = expected.map(([name]) => name).filter((name) => !ofTheMachine.reasons.includes(name));
    expect(reasons.map((reason) => REASON_NAMES[reason])).toEqual(['price_not_valid', ...named]);
    const files = reasons.map((reason) => `src/core/gate/${REASON_NAMES[reason].replaceAll('_', '-')}.ts`);
    expect(files.filter((file) => !existsSync(root + file))).toEqual([]);
  });

  it('answer every requirement that is to be met before a trade, and each a requirement or a clause', () => {
    const claimed = new Set(GATE_CHECKS.flatMap((check) => check.requirements));
    for (const id of ofTheMachine.requirements) claimed.add(id);
    expect(preTrade.filter((id) => !claimed.has(id))).toEqual([]);
    const known = new Set(requirements.map(({ id }) => id));
    expect([...claimed].filter((id) => !known.has(id))).toEqual([]);
    for (const { reason, requirements, clauses } of GATE_CHECKS)
      expect([REASON_NAMES[reason], requirements.length + clauses.length > 0]).toEqual([
        REASON_NAMES[reason],
        true,
      ]);
  });

  it.each(GATE_CHECKS.map((check) => ({ name: REASON_NAMES[check.reason], check })))(
    '$name looks up the limits that it says, and no other',
    ({ check }) => {
      expect(limitsReadBy(check)).toEqual(check.limits.toSorted((a, b) => a - b));
    },
  );

  it('read every limit, but those that the machine needs', () => {
    const read = new Set(GATE_CHECKS.flatMap(({ limits }) => limits));
    const unread = LIMIT_NAMES.filter((_, limit) => !read.has(limit as Limit));
    expect(unread).toEqual(ofTheMachine.limits);
  });
});

const rowsOf = (title: string): string[][] =>
  page
    .slice(page.indexOf(`## ${title}`))
    .split('\n## ', 2)[0]
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) => line.slice(2, -2).split(' | '));

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ') || '–';

describe('docs/reference/gate-rules.md', () => {
  it('has every clause with the checks that answer it', () => {
    const clauses = new Set(GATE_CHECKS.flatMap((check) => check.clauses));
    const rows = rowsOf('By clause');
    expect(new Set(rows.map(([clause]) => clause))).toEqual(clauses);
    expect(rows.map(([clause, , checks]) => [clause, checks])).toEqual(
      rows.map(([clause]) => {
        const answering = GATE_CHECKS.filter((check) => check.clauses.includes(clause));
        return [clause, code(answering.map(({ reason }) => REASON_NAMES[reason]))];
      }),
    );
  });

  it('has every check with its limits and requirements', () => {
    const units = Object.keys(LimitUnit);
    expect(rowsOf('By check')).toEqual(
      GATE_CHECKS.map(({ reason, limits, requirements }) => [
        `\`${REASON_NAMES[reason]}\``,
        limits.map((limit) => `\`${LIMIT_NAMES[limit]}\` (${units[LIMIT_UNITS[limit]]})`).join(', ') || '–',
        requirements.join(' ') || '–',
      ]),
    );
  });

  it('names tests that are there', () => {
    const tests = [...page.matchAll(/`((?:src|test)\/[\w./-]+\.test\.ts)`/g)].map(([, path]) => path);
    expect(tests).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(root + path))).toEqual([]);
  });
});
