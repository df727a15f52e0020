/**
 * Limits as people write them: of the firm, of groups and of accounts, each `each` (limits that hold for every account by itself) and, of the firm
 * and of groups, `total` (for the sum over the accounts), for all markets and by market.
 *
 *     { "firm":     { "each":  { "order_value_max": "250000", "collar_mark": "5%" },
 *                     "total": { "group_gross_value_max": { "hard": "50000000", "soft": "40000000" } },
 *                     "markets": { "BTC-PERP": { "each": { "position_max": "25.5" } } } },
 *       "groups":   { "desk-a": { … } },
 *       "accounts": { "alice": { "each": { … }, "markets": { … } } } }
 */
import type { Grid } from '../../../core/num/grid.ts';
import { lotsFromText } from '../../../core/num/grid.ts';
import { integer, mul, parseRational } from '../../../core/num/rational.ts';
import type { MarketRow } from '../../../core/num/units.ts';
import type { LimitSet, LimitValue } from '../../../core/schema/gate-commands.ts';
import {
  FIRM,
  FIRM_NAME,
  levelOfLimit,
  Limit,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitLevel,
  LimitUnit,
} from '../../../core/schema/gate-limits.ts';
import { NONE_TEXT, PPM_DECIMALS, type LimitMoney } from '../../gate/limit-text.ts';
import { excerpt } from '../problem.ts';
import { moneyOn, offGrid } from './decode-amounts.ts';
import { accountNamed, groupNamed, marketNamed } from './decode-names.ts';
import { BadCommand, Fields } from './fields.ts';
import type { Registry } from './registry.ts';

export const LIMIT_SCOPES = [FIRM_NAME, 'groups', 'accounts'] as const;
const LEVELS = { each: LimitLevel.account, total: LimitLevel.group } as const;
const GROUP_FIELDS = new Set(['each', 'total', 'markets']);
const MARKET_FIELDS = new Set(['each', 'total']);
const ACCOUNT_FIELDS = new Set(['each', 'markets']);
const ACCOUNT_MARKET_FIELDS = new Set(['each']);
const LIMITS: ReadonlySet<string> = new Set(LIMIT_NAMES);
const BOTH = new Set(['hard', 'soft']);

/** These refuse below. */
const LEAST: ReadonlySet<Limit> = new Set([Limit.order_size_min, Limit.order_value_min]);
/** Of these a span of nothing means nothing. */
const WINDOWS: ReadonlySet<Limit> = new Set([Limit.window_us, Limit.group_window_us]);

type Who = Pick<LimitSet, 'group' | 'account'>;

/** Throws a `BadCommand`. What says nothing makes no set. */
export function limitSetsOf(fields: Fields, registry: Registry): LimitSet[] {
  const sets: LimitSet[] = [];
  if (fields.has(FIRM_NAME)) addScope(sets, fields.value(FIRM_NAME), fields.at(FIRM_NAME), firm, registry);
  for (const { name, value, at } of entriesOf(fields, 'groups')) {
    const group = groupNamed(name, at, registry);
    if (group === FIRM)
      throw new BadCommand(
        'COMMAND_FIELD_INVALID',
        `the limits of the firm stand under "${FIRM_NAME}"`,
        at,
        name,
      );
    addScope(sets, value, at, { group, account: null }, registry);
  }
  for (const { name, value, at } of entriesOf(fields, 'accounts')) {
    const account = accountNamed(name, at, registry);
    addScope(sets, value, at, { group: null, account }, registry);
  }
  return sets;
}

const firm: Who = { group: FIRM, account: null };

function addScope(sets: LimitSet[], value: unknown, path: string, who: Who, registry: Registry): void {
  const isGroup = who.group !== null;
  const fields = new Fields(value, path, isGroup ? GROUP_FIELDS : ACCOUNT_FIELDS);
  addLevels(sets, fields, who, null, registry);
  for (const { name, value: limits, at } of entriesOf(fields, 'markets')) {
    const market = marketNamed(name, at, registry);
    const inMarket = new Fields(limits, at, isGroup ? MARKET_FIELDS : ACCOUNT_MARKET_FIELDS);
    addLevels(sets, inMarket, who, market.row, registry);
  }
}

function addLevels(
  sets: LimitSet[],
  fields: Fields,
  who: Who,
  market: MarketRow | null,
  registry: Registry,
): void {
  const money = { grid: market === null ? null : registry.gridAt(market), decimals: registry.decimals! };
  for (const name of ['each', 'total'] as const) {
    if (!fields.has(name)) continue;
    const limits = new Fields(fields.value(name), fields.at(name), LIMITS);
    const level = LEVELS[name];
    const values = LIMIT_NAMES.flatMap((limit, number) =>
      limits.has(limit) ? [valueOf(limits, limit, number as Limit, level, money)] : [],
    );
    if (values.length > 0) sets.push({ level, ...who, market, values });
  }
}

function valueOf(
  limits: Fields,
  name: string,
  limit: Limit,
  level: LimitLevel,
  money: LimitMoney,
): LimitValue {
  if (levelOfLimit(limit) !== level) {
    const [is, other] =
      level === LimitLevel.account ? ['a limit of a group', 'total'] : ['a limit of an account', 'each'];
    throw limits.bad('COMMAND_FIELD_INVALID', name, `is ${is}: state it under "${other}"`);
  }
  if (WINDOWS.has(limit) && money.grid !== null)
    throw limits.bad(
      'COMMAND_FIELD_INVALID',
      name,
      'is one for all markets: what is counted in it is counted over all. State it outside of "markets"',
    );
  const value = limits.value(name);
  if (typeof value !== 'object' || value === null)
    return { limit, hard: limitOf(limits, name, limit, money), soft: null };
  const both = new Fields(value, limits.at(name), BOTH);
  const hard = limitOf(both, 'hard', limit, money);
  const soft = both.has('soft') ? limitOf(both, 'soft', limit, money) : null;
  if (hard !== null && soft !== null && (LEAST.has(limit) ? soft <= hard : soft >= hard))
    throw both.bad(
      'COMMAND_FIELD_INVALID',
      'soft',
      `would never warn: it must be ${LEAST.has(limit) ? 'above' : 'under'} hard, ${excerpt(both.value('hard'))}`,
    );
  return { limit, hard, soft };
}

/** One value as docs/reference/gate.md says; null where it says `"none"`. */
export function limitOf(fields: Fields, name: string, limit: Limit, money: LimitMoney): number | null {
  const value = fields.value(name);
  if (value === NONE_TEXT) return null;
  switch (LIMIT_UNITS[limit]) {
    case LimitUnit.lots:
      return lotsOf(fields, name, money.grid);
    case LimitUnit.money:
      return notNegative(fields, name, moneyOn(fields, name, money.decimals));
    case LimitUnit.ppm:
      return ppmOf(fields, name);
    case LimitUnit.us: {
      const span = fields.duration(name);
      if (span === 0 && WINDOWS.has(limit)) throw fields.bad('COMMAND_NUMBER', name, 'must be above 0');
      return span;
    }
    case LimitUnit.count:
      return fields.whole(name);
    default:
      if (typeof value !== 'boolean')
        throw fields.bad(
          'COMMAND_FIELD_INVALID',
          name,
          `must be true, false or "${NONE_TEXT}", not ${excerpt(value)}`,
        );
      return value ? 1 : 0;
  }
}

function lotsOf(fields: Fields, name: string, grid: Grid | null): number {
  const value = fields.value(name);
  const plain = typeof value === 'string' ? /^(\d{1,16}) lots$/.exec(value) : null;
  if (plain !== null && Number.isSafeInteger(Number(plain[1]))) return Number(plain[1]);
  if (grid === null)
    throw fields.bad(
      'COMMAND_NUMBER',
      name,
      `${excerpt(value)} is of no market, and lots differ from market to market: state it under "markets", or as a count such as "1000 lots"`,
    );
  const text = fields.decimal(name);
  const lots = lotsFromText(text, grid);
  if (lots === null) throw offGrid(fields, name, text, grid.lot, `is not a multiple of the lot, ${grid.lot}`);
  return notNegative(fields, name, lots);
}

/** `"0.05"`, `"5%"`, `20`: whole millionths. */
function ppmOf(fields: Fields, name: string): number {
  const value = fields.value(name);
  const isPercent = typeof value === 'string' && value.endsWith('%');
  const number = isPercent ? parseRational(value.slice(0, -1)) : parseRational(fields.decimal(name));
  const ppm =
    number === null ? null : mul(number, integer(10n ** BigInt(isPercent ? PPM_DECIMALS - 2 : PPM_DECIMALS)));
  if (ppm === null || ppm.den !== 1n || ppm.num > BigInt(Number.MAX_SAFE_INTEGER))
    throw fields.bad(
      'COMMAND_NUMBER',
      name,
      `must be a share such as "0.05" or "5%", in whole millionths, not ${excerpt(value)}`,
    );
  return notNegative(fields, name, Number(ppm.num));
}

function notNegative(fields: Fields, name: string, value: number): number {
  if (value >= 0) return value;
  throw fields.bad('COMMAND_NUMBER', name, `${excerpt(fields.value(name))} is below zero`);
}

interface Entry {
  readonly name: string;
  readonly value: unknown;
  readonly at: string;
}

/** The members of an object whose names are of the user's choice. */
function entriesOf(fields: Fields, name: string): Entry[] {
  if (!fields.has(name)) return [];
  const value = fields.value(name);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fields.bad('COMMAND_FIELD_INVALID', name, `must be an object of names, not ${excerpt(value)}`);
  return Object.entries(value).map(([key, each]) => ({
    name: key,
    value: each,
    at: `${fields.at(name)}.${key}`,
  }));
}
