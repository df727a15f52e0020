/**
 * One line of NDJSON into a command: names become rows, decimal text becomes whole units, and everything that cannot is
 * refused with its field. docs/reference/commands.md has one example of every kind; a test runs them.
 *
 * What the engine decides from its state (gaps, margin modes, ranges of amounts) is left to it.
 */
import { parseDecimal } from '../../../core/num/decimal.ts';
import {
  gridOf,
  isGrid,
  lotsFromText,
  moneyFromText,
  priceFromText,
  type Grid,
} from '../../../core/num/grid.ts';
import type {
  AccountRow,
  FundingIndex,
  MarketRow,
  PriceTicks,
  QuoteMicros,
  Rate,
  SizeLots,
} from '../../../core/num/units.ts';
import {
  Kind,
  KIND_NAMES,
  LEG_NAMES,
  type Command,
  type Leg,
  type MarginBasis,
  type MarketCommand,
  type OrderMargin,
  type Origin,
  type SettingsCommand,
  type Tier,
} from '../../../core/schema/commands.ts';
import {
  DEFAULT_LEVELS,
  THRESHOLD_MAX,
  type Fraction,
  type LevelSettings,
} from '../../../core/schema/levels.ts';
import { isName } from '../../../core/state/names.ts';
import { didYouMean } from '../nearest.ts';
import { excerpt } from '../problem.ts';
import { moneyOn, offGrid } from './decode-amounts.ts';
import { accountOf, marketOf, nameRule, newName, sourceOf, type Around } from './decode-names.ts';
import { costBasisOf } from './decode-basis.ts';
import { contractOf } from './decode-contract.ts';
import { marksOf, qualityOf } from './decode-prices.ts';
import { BadCommand, Fields } from './fields.ts';
import type { Registry } from './registry.ts';

export const BASIS_NAMES = ['mark', 'entry'] as const;
export const ORDER_MARGIN_NAMES = ['none', 'worst', 'sum'] as const;
/** Decimals that a funding index has beyond those of the asset: those of FUNDING_SCALE. */
export const FUNDING_DECIMALS = 6;
const TIERS_MAX = 255;
const ZERO: Rate = { num: 0, den: 1 };

const HEAD = ['kind', 'time', 'origin'];
const BUCKET = [...HEAD, 'account', 'market', 'leg', 'isolated'];
const known = (...names: string[]): ReadonlySet<string> => new Set(names);
const KNOWN: Readonly<Record<(typeof KIND_NAMES)[number], ReadonlySet<string>>> = {
  '': known(),
  settings: known(...HEAD, 'rules', 'asset', 'decimals', 'inclusive', 'levels'),
  source: known(...HEAD, 'name'),
  resync: known(...HEAD, 'source', 'position'),
  market: known(
    ...HEAD,
    'name',
    'tick',
    'lot',
    'markTick',
    'tiers',
    'closeFee',
    'basis',
    'orderMargin',
    'orderRate',
  ),
  tiers: known(...HEAD, 'market', 'tiers', 'effective'),
  marks: known(...HEAD, 'marks', 'text'),
  funding: known(...HEAD, 'market', 'index'),
  account: known(...HEAD, 'name'),
  collateral: known(...BUCKET, 'amount'),
  transfer: known(...BUCKET, 'amount'),
  position: known(...BUCKET, 'size', 'costBasis', 'entryPrice', 'fundingIndex'),
  fill: known(...BUCKET, 'size', 'price', 'fee'),
  settle: known(...BUCKET),
  order: known(...BUCKET, 'id', 'size', 'price'),
  transaction: known(...HEAD, 'rows'),
  quality: known(...HEAD, 'market', 'quality', 'allows', 'mark', 'reference', 'text'),
  breaker: known(...HEAD, 'share', 'least'),
  lift: known(...HEAD, 'market'),
  contract: known(...HEAD, 'market', 'form', 'value', 'weight'),
};
const ORIGIN = known('source', 'position', 'previous');
const LEVELS = known('enter', 'exit', 'backstop');
const TIER = known('floor', 'mmr', 'imr');

/** Throws a `BadCommand`. The registry is read and not changed: tell it what became of the command. */
export function decodeCommand(line: string, registry: Registry): Command {
  return commandOf(parseLine(line), '', registry, null);
}

export function parseLine(line: string): unknown {
  if (line.includes('\ufffd')) throw new BadCommand('COMMAND_JSON', 'the line is not UTF-8', null, line);
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new BadCommand('COMMAND_JSON', `malformed JSON: ${(error as Error).message}`, null, line);
  }
}

/** `path` is where it stands in the line, '' for all of it. */
export function commandOf(value: unknown, path: string, registry: Registry, around: Around | null): Command {
  const name = kindOf(value, path);
  const kind = Kind[name];
  const fields = new Fields(value, path, KNOWN[name]);
  if (kind !== Kind.settings && registry.decimals === null) {
    throw new BadCommand(
      'COMMAND_SETTINGS_MISSING',
      'the first command must be the settings, which say what amounts mean',
      fields.at('kind'),
      name,
    );
  }
  const decimals = registry.decimals ?? 0;
  const timeUs =
    around === null ? fields.time('time') : fields.has('time') ? fields.time('time') : around.timeUs;
  const origin = fields.has('origin') ? originOf(fields, registry) : null;
  const head = { timeUs, origin };
  const replayed = origin !== null || (around !== null && around.origin !== null);
  switch (kind) {
    case Kind.settings:
      return settingsOf(fields, head);
    case Kind.source:
      return { kind, ...head, name: newName(fields, registry.sources, 'source', replayed) };
    case Kind.account: {
      const opened = newName(fields, registry.accounts, 'account', replayed);
      if (around !== null && registry.accounts.find(opened) < 0) {
        if (around.opened.includes(opened))
          throw fields.bad(
            'COMMAND_NAME_TAKEN',
            'name',
            `account ${excerpt(opened)} is opened twice in this transaction`,
          );
        around.opened.push(opened);
      }
      return { kind, ...head, name: opened };
    }
    case Kind.resync:
      return { kind, ...head, source: sourceOf(fields, registry), position: fields.whole('position') };
    case Kind.market:
      return marketCommandOf(fields, head, registry, decimals, replayed);
    case Kind.tiers: {
      const { row } = marketOf(fields, registry);
      return {
        kind,
        ...head,
        market: row,
        tiers: tiersOf(fields, decimals),
        effectiveUs: fields.time('effective'),
      };
    }
    case Kind.marks:
      return { kind, ...head, ...marksOf(fields, registry) };
    case Kind.funding:
      return {
        kind,
        ...head,
        market: marketOf(fields, registry).row,
        index: fundingOf(fields, 'index', decimals),
      };
    case Kind.collateral:
      return {
        kind,
        ...head,
        ...bucketOf(fields, registry, around),
        amount: moneyOn(fields, 'amount', decimals),
      };
    case Kind.transfer:
      return {
        kind,
        ...head,
        ...bucketOf(fields, registry, around),
        amount: moneyOn(fields, 'amount', decimals),
      };
    case Kind.position: {
      const { grid, ...place } = placeOf(fields, registry, around);
      const size = sizeOf(fields, grid);
      const fundingIndex = fields.has('fundingIndex') ? fundingOf(fields, 'fundingIndex', decimals) : null;
      const market = { grid, contract: registry.contractAt(place.market) };
      const costBasis = costBasisOf(fields, size, market, decimals);
      return { kind, ...head, ...place, size, costBasis, fundingIndex };
    }
    case Kind.fill: {
      const { grid, ...place } = placeOf(fields, registry, around);
      const fee = fields.has('fee') ? moneyOn(fields, 'fee', decimals) : (0 as QuoteMicros);
      return { kind, ...head, ...place, size: sizeOf(fields, grid), price: priceOf(fields, grid), fee };
    }
    case Kind.settle: {
      const { grid: _, ...place } = placeOf(fields, registry, around);
      return { kind, ...head, ...place };
    }
    case Kind.order: {
      const { grid, ...place } = placeOf(fields, registry, around);
      const size = sizeOf(fields, grid);
      const price = size === 0 && !fields.has('price') ? (0 as PriceTicks) : priceOf(fields, grid);
      return { kind, ...head, ...place, id: fields.whole('id', 1), size, price };
    }
    case Kind.quality:
      return { kind, ...head, ...qualityOf(fields, registry) };
    case Kind.breaker: {
      const share = fields.rate('share');
      if (share.num > share.den) throw fields.bad('COMMAND_NUMBER', 'share', 'must be at most 1');
      return { kind, ...head, share, least: fields.whole('least', 1) };
    }
    case Kind.lift:
      return { kind, ...head, market: marketOf(fields, registry).row };
    case Kind.contract:
      return { kind, ...head, ...contractOf(fields, registry) };
    default: {
      const inner: Around = { timeUs, origin, opened: [] };
      const rows = fields.list('rows').map((row, index) => {
        const at = `${fields.at('rows')}[${index}]`;
        if (kindOf(row, at) === 'transaction')
          throw new BadCommand(
            'COMMAND_FIELD_INVALID',
            'a transaction holds no transactions',
            `${at}.kind`,
            'transaction',
          );
        return commandOf(row, at, registry, inner);
      });
      return { kind, ...head, rows };
    }
  }
}

function kindOf(value: unknown, path: string): Exclude<(typeof KIND_NAMES)[number], ''> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadCommand(
      'COMMAND_JSON',
      `a command is a JSON object, not ${excerpt(value)}`,
      path === '' ? null : path,
      value,
    );
  }
  const field = path === '' ? 'kind' : `${path}.kind`;
  const name = (value as Record<string, unknown>)['kind'];
  if (name === undefined) throw new BadCommand('COMMAND_FIELD_MISSING', 'is missing', field);
  if (typeof name === 'string' && name !== '' && (KIND_NAMES as readonly string[]).includes(name))
    return name as keyof typeof Kind;
  const kinds = KIND_NAMES.slice(1);
  throw new BadCommand(
    'COMMAND_KIND_UNKNOWN',
    `unknown kind ${excerpt(name)}${typeof name === 'string' ? didYouMean(name, kinds) || `; known are ${kinds.join(', ')}` : ''}`,
    field,
    name,
  );
}

type Head = Pick<Command, 'timeUs' | 'origin'>;

export function originOf(fields: Fields, registry: Registry): Origin {
  const origin = new Fields(fields.value('origin'), fields.at('origin'), ORIGIN);
  return {
    source: sourceOf(origin, registry),
    position: origin.whole('position'),
    previous: origin.has('previous') ? origin.whole('previous') : null,
  };
}

function settingsOf(fields: Fields, head: Head): SettingsCommand {
  const asset = fields.text('asset');
  if (!isName(asset)) throw fields.bad('COMMAND_FIELD_INVALID', 'asset', nameRule(asset));
  const decimals = fields.whole('decimals');
  if (decimals > 12) throw fields.bad('COMMAND_NUMBER', 'decimals', `must be at most 12, not ${decimals}`);
  const rules = fields.has('rules') ? fields.whole('rules', 1) : 1;
  return {
    kind: Kind.settings,
    ...head,
    rules,
    asset,
    decimals,
    inclusive: fields.flag('inclusive', false),
    levels: levelsOf(fields),
  };
}

function levelsOf(fields: Fields): LevelSettings {
  if (!fields.has('levels')) return DEFAULT_LEVELS;
  const levels = new Fields(fields.value('levels'), fields.at('levels'), LEVELS);
  const fractionOf = (text: unknown, at: string): Fraction => {
    const { num, den } = new Fields({ value: text }, '', known('value')).rate('value');
    if (num < 1 || num > THRESHOLD_MAX || den > THRESHOLD_MAX) {
      throw new BadCommand(
        'COMMAND_NUMBER',
        `${excerpt(text)} must be a fraction above 0 of whole numbers up to ${THRESHOLD_MAX}, such as "6/5"`,
        at,
        text,
      );
    }
    return [num, den];
  };
  const three = (name: string): [Fraction, Fraction, Fraction] => {
    const list = levels.list(name);
    if (list.length !== 3)
      throw levels.bad(
        'COMMAND_FIELD_INVALID',
        name,
        `must have three fractions, for warning, danger and critical, not ${list.length}`,
      );
    return [0, 1, 2].map((index) => fractionOf(list[index], `${levels.at(name)}[${index}]`)) as [
      Fraction,
      Fraction,
      Fraction,
    ];
  };
  return {
    enter: three('enter'),
    exit: three('exit'),
    backstop: fractionOf(levels.value('backstop'), levels.at('backstop')),
  };
}

function marketCommandOf(
  fields: Fields,
  head: Head,
  registry: Registry,
  decimals: number,
  replayed: boolean,
): MarketCommand {
  const name = newName(fields, registry.markets, 'market', replayed);
  const markTick = fields.has('markTick') ? fields.decimal('markTick') : undefined;
  const grid = gridOf({ tick: fields.decimal('tick'), lot: fields.decimal('lot'), markTick, decimals });
  if (!isGrid(grid)) throw fields.bad('COMMAND_GRID', grid.field, grid.problem);
  const closeFee = fields.rate('closeFee', ZERO);
  const orderRate = fields.rate('orderRate', ZERO);
  for (const [field, rate] of [
    ['closeFee', closeFee],
    ['orderRate', orderRate],
  ] as const) {
    if (rate.num > rate.den) throw fields.bad('COMMAND_NUMBER', field, 'must be at most 1');
  }
  return {
    kind: Kind.market,
    ...head,
    name,
    tick: grid.tick,
    lot: grid.lot,
    markTick: grid.markTick,
    markUnit: grid.markUnit,
    tickUnit: grid.tickUnit,
    tiers: tiersOf(fields, decimals),
    closeFee,
    basis: fields.choice('basis', BASIS_NAMES, 0) as MarginBasis,
    orderMargin: fields.choice('orderMargin', ORDER_MARGIN_NAMES, 0) as OrderMargin,
    orderRate,
  };
}

function tiersOf(fields: Fields, decimals: number): Tier[] {
  const list = fields.list('tiers');
  if (list.length < 1 || list.length > TIERS_MAX)
    throw fields.bad('COMMAND_TIERS', 'tiers', `must have 1 to ${TIERS_MAX} tiers, not ${list.length}`);
  const tiers: Tier[] = [];
  for (let index = 0; index < list.length; index++) {
    const row = new Fields(list[index], `${fields.at('tiers')}[${index}]`, TIER);
    const tier: Tier = { floor: moneyOn(row, 'floor', decimals), mmr: row.rate('mmr'), imr: row.rate('imr') };
    const before = tiers[index - 1];
    if (before === undefined && tier.floor !== 0)
      throw row.bad('COMMAND_TIERS', 'floor', 'the first tier must start at 0');
    if (before !== undefined && tier.floor <= before.floor)
      throw row.bad('COMMAND_TIERS', 'floor', 'floors must rise from tier to tier: sort the tiers');
    if (compareRates(tier.imr, { num: 1, den: 1 }) > 0)
      throw row.bad('COMMAND_TIERS', 'imr', 'must be at most 1');
    if (compareRates(tier.mmr, tier.imr) > 0)
      throw row.bad('COMMAND_TIERS', 'mmr', `must not be above the tier's imr`);
    for (const rate of ['mmr', 'imr'] as const) {
      if (before !== undefined && compareRates(tier[rate], before[rate]) < 0)
        throw row.bad('COMMAND_TIERS', rate, 'must not be below that of the tier before');
    }
    tiers.push(tier);
  }
  return tiers;
}

function compareRates(a: Rate, b: Rate): number {
  const difference = BigInt(a.num) * BigInt(b.den) - BigInt(b.num) * BigInt(a.den);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Where an amount goes: the cross bucket, or the isolated one of a market and leg. */
function bucketOf(
  fields: Fields,
  registry: Registry,
  around: Around | null,
): { account: AccountRow; market: MarketRow; leg: Leg; isolated: boolean } {
  const account = accountOf(fields, registry, around);
  const isolated = fields.flag('isolated', false);
  if (isolated)
    return {
      account,
      market: marketOf(fields, registry).row,
      leg: fields.choice('leg', LEG_NAMES, 0) as Leg,
      isolated,
    };
  for (const name of ['market', 'leg']) {
    if (fields.has(name))
      throw fields.bad(
        'COMMAND_FIELD_INVALID',
        name,
        'belongs to an isolated bucket: add "isolated": true, or leave it out for the cross bucket',
      );
  }
  return { account, market: 0 as MarketRow, leg: 0, isolated };
}

/** Which position or order, in which bucket. */
function placeOf(
  fields: Fields,
  registry: Registry,
  around: Around | null,
): { account: AccountRow; market: MarketRow; leg: Leg; isolated: boolean; grid: Grid } {
  const account = accountOf(fields, registry, around);
  const { row, grid } = marketOf(fields, registry);
  return {
    account,
    market: row,
    leg: fields.choice('leg', LEG_NAMES, 0) as Leg,
    isolated: fields.flag('isolated', false),
    grid,
  };
}

function sizeOf(fields: Fields, grid: Grid): SizeLots {
  const text = fields.decimal('size');
  const lots = lotsFromText(text, grid);
  if (lots === null)
    throw offGrid(fields, 'size', text, grid.lot, `is not a multiple of the lot, ${grid.lot}`);
  return lots;
}

function priceOf(fields: Fields, grid: Grid): PriceTicks {
  const text = fields.decimal('price');
  if (parseDecimal(text)!.digits <= 0n)
    throw fields.bad('COMMAND_NUMBER', 'price', `${excerpt(text)} is not above zero`);
  const ticks = priceFromText(text, grid);
  if (ticks === null)
    throw offGrid(fields, 'price', text, grid.tick, `is not a multiple of the tick, ${grid.tick}`);
  return ticks;
}

function fundingOf(fields: Fields, name: string, decimals: number): FundingIndex {
  const text = fields.decimal(name);
  const index = moneyFromText(text, decimals + FUNDING_DECIMALS);
  if (index === null)
    throw offGrid(
      fields,
      name,
      text,
      `1e-${decimals + FUNDING_DECIMALS}`,
      `has more than ${decimals + FUNDING_DECIMALS} decimals`,
    );
  return index as number as FundingIndex;
}
