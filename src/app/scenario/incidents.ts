/** The incidents that come with the package: real ones, replayed from what was reported of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '../../io/ingest/nearest.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { readWords } from './words.ts';

const FOLDER = fileURLToPath(new URL('./incidents/', import.meta.url));
const ENDING = '.scenario';
export const INCIDENT_PREFIX = 'incident:';

export interface Incident {
  readonly name: string;
  readonly rule: string;
  readonly sentence: string;
}

export function incidentNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

export function listIncidents(): Incident[] {
  return incidentNames().map((name) => {
    const { rule, sentence } = readWords(readIncident(name), `${INCIDENT_PREFIX}${name}`);
    return { name, rule, sentence };
  });
}

/** By its name, or by its number: what stands before the first hyphen. */
export function findIncident(text: string): string | null {
  const wanted = text.toLowerCase();
  return incidentNames().find((name) => name === wanted || name.split('-', 1)[0] === wanted) ?? null;
}

export function readIncident(text: string): string {
  const name = findIncident(text);
  if (name !== null) return readFileSync(`${FOLDER}${name}${ENDING}`, 'utf8');
  const names = incidentNames();
  throw new OperationalError(
    'SCENARIO_UNKNOWN',
    `there is no incident ${text}${didYouMean(text, names) || `; there are ${names.join(', ')}`}`,
    { field: 'incident', value: text },
  );
}
