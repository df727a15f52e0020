/**
 * Every rule of the exchange in its scenario, and every incident, by the runner that `plimsoll scenario` has. Scenarios are written from the
 * specification. Where the exchange does otherwise the scenario stands here as disputed, with what it does, and must go on failing
 * until that is settled.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { incidentNames, INCIDENT_PREFIX, readIncident } from '../../src/app/scenario/incidents.ts';
import { parseScenario } from '../../src/app/scenario/parse.ts';
import { runScenario, type ScenarioResult } from '../../src/app/scenario/run.ts';

const DISPUTED: Readonly<Record<string, string>> = {
  'LIQ-015': 'a liquidation that the book closed whole ends as healthy',
  'LIQ-016':
    'the liquidation fee is taken of what was closed at the bankruptcy price, not at the prices of the trades',
  'LIQ-017': 'what a market charges for open orders is no part of maintenance on an exchange',
  'LIQ-024': 'orders of an account that is being liquidated are refused where they only reduce, too',
  'ORD-026': 'of an order that reduces itself away by self-trade, what it gave up is said to be left',
};

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.scenario'))
  .sort();
const rules = files.map((file) => file.replace('.scenario', ''));

function run(text: string, name: string): ScenarioResult {
  return runScenario(parseScenario(text, name));
}

function failuresOf({ lines }: ScenarioResult): string[] {
  return lines.flatMap(({ failures }) =>
    failures.map(
      ({ line, subject, expected, got }) => `${line}: ${subject}: expected ${expected}, got ${got}`,
    ),
  );
}

function runRule(rule: string): ScenarioResult {
  const file = `${rule}.scenario`;
  return run(readFileSync(join(import.meta.dirname, file), 'utf8'), file);
}

describe('rules', () => {
  test.each(rules.filter((rule) => DISPUTED[rule] === undefined))('%s', (rule) => {
    const result = runRule(rule);
    expect(failuresOf(result)).toEqual([]);
    // A file per rule, and something is expected of it.
    expect(result.rule).toBe(rule);
    expect(result.expectations).toBeGreaterThan(0);
    expect(result.checksOfLaws).toBeGreaterThan(0);
  });

  test.each(Object.entries(DISPUTED))('%s is disputed: %s', (rule) => {
    const failures = failuresOf(runRule(rule));
    expect(failures.length).toBeGreaterThan(0);
    console.log(`disputed, ${rule}: ${failures.join('; ')}`);
  });
});

describe('incidents', () => {
  test.each(incidentNames())('%s', (name) => {
    const text = readIncident(name);
    const result = run(text, `${INCIDENT_PREFIX}${name}`);
    expect(failuresOf(result)).toEqual([]);
    // Whoever is drawn is drawn again, and goes the same way.
    expect(run(text, name).stateHash).toBe(result.stateHash);
  });
});
