/** Commands that should be refused, or show that they should not have been: one number of a good one damaged, or of another's. */
import { SAFE_MAX } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import type { Random } from '../random.ts';
import type { Desk } from './desk.ts';
import { chance, pick } from './draw.ts';

type Path = readonly (string | number)[];

const BAD_NUMBERS = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  -1,
  0.5,
  1,
  2,
  3,
  1e9 + 1,
  SAFE_MAX,
  -SAFE_MAX,
  2 ** 53,
  2 ** 63,
  2 ** 30,
  2 ** 30 + 1,
];

/** `command` with one number or text replaced. */
export function damaged(random: Random, command: Command | OwnCommand): Command | OwnCommand {
  const copy = structuredClone(command) as unknown as Record<string, unknown>;
  const paths = leaves(copy, []).filter(([first]) => first !== 'kind');
  const path = pick(random, paths);
  let parent = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const key = path[path.length - 1];
  const value = parent[key];
  if (typeof value === 'boolean') parent[key] = !value;
  else if (typeof value === 'string')
    parent[key] = pick(random, ['', 'a\u0000b', 'x'.repeat(65), 'insurance']);
  // A time far ahead would end all that is timed: of times only nonsense.
  else parent[key] = key === 'timeUs' ? pick(random, [Number.NaN, -1, 0.5, 0]) : pick(random, BAD_NUMBERS);
  return copy as unknown as Command | OwnCommand;
}

/** Whole commands that have no business here, or not now. */
export function nonsense(desk: Desk): Command | OwnCommand {
  const { random, account } = desk;
  const head = { timeUs: desk.nowUs, origin: null };
  const place = {
    ...head,
    account,
    market: desk.market(),
    leg: random.below(4),
    isolated: chance(random, 0.5),
  };
  return pick<object>(random, [
    { kind: Kind.collateral, ...place, amount: 1e6 },
    { kind: Kind.transfer, ...place, amount: 1e6 },
    { kind: Kind.position, ...place, size: 1, costBasis: 1, fundingIndex: null },
    { kind: Kind.fill, ...place, size: 1, price: 1, fee: 0 },
    { kind: Kind.settle, ...place },
    { kind: Kind.order, ...place, id: 1, size: 1, price: 1 },
    { kind: Kind.transaction, ...head, rows: [{ kind: Kind.transfer, ...place, amount: 1 }] },
    {
      kind: Kind.settings,
      ...head,
      rules: 1,
      asset: 'USDT',
      decimals: 6,
      inclusive: false,
      levels: { enter: [], exit: [], backstop: [1, 2] },
    },
    { kind: Kind.source, ...head, name: `s${random.below(3)}` },
    { kind: Kind.resync, ...head, source: random.below(3), position: random.below(20) },
    {
      kind: Kind.lift,
      timeUs: desk.nowUs,
      origin: { source: random.below(3), position: random.below(20), previous: null },
      market: 0,
    },
    { kind: Kind.account, ...head, name: 'insurance' },
    { kind: Kind.quality, ...head, market: 0, quality: 5, allows: 0, mark: 7, reference: null, text: '' },
    { kind: Kind.funding, ...head, market: desk.view.markets.length - 1, index: 5 },
    { kind: VenueKind.deposit, ...head, account, asset: null, amount: SAFE_MAX },
    { ...desk.view.markets[0].listing, ...head, market: desk.view.markets.length - 1 },
    { ...desk.view.markets[0].listing, ...head, priceMax: 2 ** 30, positionMax: SAFE_MAX },
    { kind: VenueKind.withdraw, ...head, account, asset: null, amount: SAFE_MAX },
    { kind: VenueKind.settlement, ...head, market: desk.view.markets.length - 1, price: 0 },
    { ...desk.view.markets[0].definition, timeUs: desk.nowUs },
    {
      kind: Kind.contract,
      ...head,
      market: random.below(5),
      form: 1,
      value: { num: 5, den: 1 },
      weight: { num: 1, den: 1 },
    },
  ]) as Command;
}

function leaves(value: unknown, path: Path): Path[] {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}
