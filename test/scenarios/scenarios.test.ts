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
  test.each(rules)('%s', (rule) => {
    const result = runRule(rule);
    expect(failuresOf(result)).toEqual([]);
    // A file per rule, and something is expected of it.
    expect(result.rule).toBe(rule);
    expect(result.expectations).toBeGreaterThan(0);
    expect(result.checksOfLaws).toBeGreaterThan(0);
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
