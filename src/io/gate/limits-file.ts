/**
 * A file of limits, which docs/reference/gate.md describes: read into what a `LimitsCommand` says, and written back. What is wrong with it is refused with file,
 * line, field and value, all at once before anything is changed.
 */
import { readFileSync } from 'node:fs';
import type { TimeUs } from '../../core/num/units.ts';
import type { LimitsCommand, LimitSet, LimitValue } from '../../core/schema/gate-commands.ts';
import { FIRM, FIRM_NAME, LIMIT_NAMES, LimitLevel } from '../../core/schema/gate-limits.ts';
import { BadCommand, Fields, timeToText } from '../ingest/file/fields.ts';
import { LIMITS_FIELDS, limitsOf } from '../ingest/file/gate-decode.ts';
import type { Registry } from '../ingest/file/registry.ts';
import { excerpt, problemAt } from '../ingest/problem.ts';
import { errnoOf, OperationalError } from '../operational-error.ts';
import { MalformedJson, parseJsonWithLines } from './json-lines.ts';
import { limitToText } from './limit-text.ts';

export type LimitsBody = Omit<LimitsCommand, 'kind' | 'timeUs' | 'origin'>;

const KNOWN = new Set(LIMITS_FIELDS);

/** Throws LIMITS_UNREADABLE or LIMITS_FILE. A version without `effective` holds from `nowUs`. */
export function readLimitsFile(file: string, registry: Registry, nowUs: TimeUs): LimitsBody {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OperationalError(
      'LIMITS_UNREADABLE',
      `${file} cannot be read (${errnoOf(cause)}). Give a file of limits, such as examples/gate-limits.json`,
      { file, errno: errnoOf(cause) },
      cause,
    );
  }
  return parseLimits(text, file, registry, nowUs);
}

export function parseLimits(text: string, file: string, registry: Registry, nowUs: TimeUs): LimitsBody {
  let lines: ReadonlyMap<string, number> = new Map();
  try {
    const parsed = parseJsonWithLines(text);
    ({ lines } = parsed);
    return limitsOf(new Fields(parsed.value, '', KNOWN), registry, nowUs);
  } catch (error) {
    if (error instanceof MalformedJson) throw limitsError(file, error.line, error.message, error.field);
    if (!(error instanceof BadCommand)) throw error;
    throw limitsError(file, lineOf(lines, error.field), error.message, error.field, error.value);
  }
}

/** The limits as a document that reads back as the same. */
export function limitsDocument(
  { version, author, why, effectiveUs, sets }: LimitsBody,
  registry: Registry,
): Record<string, unknown> {
  const firm: Scope = {};
  // Without a prototype: an account may be called anything.
  const groups = Object.create(null) as Record<string, Scope>;
  const accounts = Object.create(null) as Record<string, Scope>;
  for (const set of sets) {
    const scope =
      set.account !== null
        ? (accounts[registry.accountAt(set.account)] ??= {})
        : set.group === FIRM
          ? firm
          : (groups[registry.groupAt(set.group!)] ??= {});
    const inMarket =
      set.market === null ? scope : ((scope.markets ??= {})[registry.marketAt(set.market)] ??= {});
    const name = set.level === LimitLevel.account ? 'each' : 'total';
    inMarket[name] = { ...inMarket[name], ...valuesDocument(set, registry) };
  }
  return {
    version,
    author,
    why,
    effective: timeToText(effectiveUs),
    [FIRM_NAME]: firm,
    ...(Object.keys(groups).length === 0 ? {} : { groups }),
    ...(Object.keys(accounts).length === 0 ? {} : { accounts }),
  };
}

interface Scope {
  each?: Record<string, unknown>;
  total?: Record<string, unknown>;
  markets?: Record<string, Scope>;
}

function valuesDocument({ market, values }: LimitSet, registry: Registry): Record<string, unknown> {
  return Object.fromEntries(
    values.map((value) => [LIMIT_NAMES[value.limit], valueDocument(value, market, registry)]),
  );
}

/** A value as it stands in a file. */
export function valueDocument(
  { limit, hard, soft }: LimitValue,
  market: LimitSet['market'],
  registry: Registry,
): unknown {
  const money = { grid: market === null ? null : registry.gridAt(market), decimals: registry.decimals! };
  const text = (value: number | null): unknown => limitToText(limit, value, money);
  return soft === null ? text(hard) : { hard: text(hard), soft: text(soft) };
}

/** Of a field that is missing, the line of what it is missing in. */
function lineOf(lines: ReadonlyMap<string, number>, field: string | null): number {
  for (let path = field ?? ''; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
    const line = lines.get(path);
    if (line !== undefined) return line;
  }
  return lines.get('') ?? 1;
}

function limitsError(
  file: string,
  line: number,
  what: string,
  field: string | null,
  value?: unknown,
): OperationalError {
  const { message } = problemAt('LIMITS_FILE', file, line, what, field, value);
  return new OperationalError('LIMITS_FILE', message, {
    file,
    line,
    ...(field === null ? {} : { field }),
    ...(value === undefined ? {} : { value: excerpt(value) }),
  });
}
