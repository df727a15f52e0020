/**
 * The accounts that a capture's prices meet. Captures have none, so a seeded book is made over their markets: its options
 * and the marks it starts from are part of the run, and stand in the text of its first marks, so that a data directory says
 * by itself which book it has.
 */
import { midFromTexts } from '../../core/num/grid.ts';
import type { MarkTicks, TimeUs } from '../../core/num/units.ts';
import { CommandReader } from '../../core/schema/codec-reader.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { BINANCE_MARKETS } from '../../io/ingest/venues/binance/markets.ts';
import { gridOfSpec } from '../../io/ingest/market-spec.ts';
import type { Journal } from '../../io/journal/journal.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { bookForMarkets, type BookOptions, type BookShape } from '../../sim/book.ts';
import { describeBook, type BookDescription } from '../../sim/book-description.ts';
import type { SimMarket } from '../../sim/markets.ts';
import type { Popularity } from '../../sim/popularity.ts';
import { usageError } from '../cli/errors.ts';
import { decodeRecord } from '../runtime/durable-engine.ts';
import type { FirstPrice, Input } from './inputs.ts';

/** What the command line can say about a book; null is not said. */
export interface BookWishes {
  readonly accounts: number | null;
  readonly seed: number | null;
  readonly book: BookShape | null;
}

export interface BookPlan {
  readonly options: BookOptions;
  readonly markets: readonly SimMarket[];
  /** How many commands the book is. */
  readonly commands: number;
  readonly description: BookDescription;
}

const DECIMALS = 6;
const DEFAULTS = { accounts: 1000, seed: 1, book: 'edge', popularity: 'zipf' } as const;
const TEXT = /^generated book: accounts (\d+), seed (\d+), (spread|edge), (zipf|uniform)$/;

export function bookText({ accounts, seed, book, popularity }: BookOptions): string {
  return `generated book: accounts ${accounts}, seed ${seed}, ${book}, ${popularity}`;
}

/** The book for the markets of these captures, at the first price of each. */
export function planBook(captures: readonly Input[], wishes: BookWishes): BookPlan {
  const first = firstPrices(captures);
  const markets = BINANCE_MARKETS.flatMap((spec): SimMarket[] => {
    const price = first.get(spec.name);
    if (price === undefined) return [];
    const grid = gridOfSpec(spec, DECIMALS);
    const mark = midFromTexts(price.bid, price.ask, grid);
    return mark === null ? [] : [{ spec, grid, mark }];
  });
  if (markets.length === 0) {
    const known = BINANCE_MARKETS.map(({ name }) => name).join(', ');
    const found = [...first.keys()].join(', ') || 'none';
    throw new OperationalError(
      'INPUT_MARKETS',
      `${captures.map(({ name }) => name).join(', ')}: no best bid and ask of a known market in the beginning (found: ${found}; known: ${known}). Accounts for other markets can come as a command file before the capture`,
      { file: captures[0].name, field: 's', value: found },
    );
  }
  const options = { ...DEFAULTS, ...said(wishes) };
  const commands = 2 + markets.length + options.accounts;
  // The accounts come before the prices: a microsecond each, and then to the full second before.
  const firstUs = Math.min(...[...first.values()].map(({ timeUs }) => timeUs));
  const startUs = Math.max(0, Math.floor((firstUs - commands) / 1e6 - 1) * 1e6) as TimeUs;
  return finish({ ...options, startUs }, markets);
}

/** The commands of the book. As with `bookForMarkets`, one is valid until the next is asked for. */
export function* bookCommands({ options, markets }: BookPlan): Generator<Command, void, undefined> {
  for (const command of bookForMarkets(markets, options)) {
    yield command.kind === Kind.marks ? { ...command, text: bookText(options) } : command;
  }
}

/** What the first records of a directory say about its accounts. */
export interface StoredBook {
  /** Null: its accounts came from command files. */
  readonly plan: BookPlan | null;
  readonly acknowledged: number;
}

/** Null where nothing was journaled yet. */
export async function readStoredBook(journal: Journal): Promise<StoredBook | null> {
  if (journal.acknowledged === 0) return null;
  const reader = new CommandReader();
  const markets: { name: string; mark: MarkTicks | null }[] = [];
  let startUs = 0 as TimeUs;
  let text: string | null = null;
  if (journal.first === 1) {
    await journal.read(1, (sequence, bytes, offset, length) => {
      const command = decodeRecord(reader, bytes, offset, length);
      if (sequence === 1) startUs = command.timeUs;
      if (command.kind === Kind.market) markets.push({ name: command.name, mark: null });
      if (command.kind === Kind.marks) {
        ({ text } = command);
        for (const { market, price } of command.marks)
          if (markets[market] !== undefined) markets[market].mark = price;
      }
      return command.kind === Kind.settings || command.kind === Kind.market ? undefined : false;
    });
  }
  return {
    plan: text === null ? null : storedPlan(text, startUs, markets),
    acknowledged: journal.acknowledged,
  };
}

/** Throws where the wishes are other than what is stored. */
export function assertSameBook(directory: string, { plan }: StoredBook, wishes: BookWishes): void {
  const asked = said(wishes);
  if (plan === null) {
    if (Object.keys(asked).length === 0) return;
    throw usageError(
      `${directory} has accounts of its own, from command files: leave out --accounts, --seed and --book, or give another directory`,
      { field: '--data', value: directory },
    );
  }
  for (const [field, value] of Object.entries(asked)) {
    const stored = plan.options[field as keyof BookWishes];
    if (stored === value) continue;
    throw usageError(
      `${directory} was made with ${bookText(plan.options)}: --${field} ${value} would be another book. Leave the option out to go on, or give another directory`,
      { field: `--${field}`, value },
    );
  }
}

function storedPlan(
  text: string,
  startUs: TimeUs,
  stored: readonly { name: string; mark: MarkTicks | null }[],
): BookPlan | null {
  const match = TEXT.exec(text);
  if (match === null) return null;
  const markets = stored.flatMap(({ name, mark }): SimMarket[] => {
    const spec = BINANCE_MARKETS.find((market) => market.name === name);
    return spec === undefined || mark === null ? [] : [{ spec, grid: gridOfSpec(spec, DECIMALS), mark }];
  });
  if (markets.length !== stored.length) return null;
  return finish(
    {
      accounts: Number(match[1]),
      seed: Number(match[2]),
      book: match[3] as BookShape,
      popularity: match[4] as Popularity,
      startUs,
    },
    markets,
  );
}

function finish(options: BookOptions, markets: readonly SimMarket[]): BookPlan {
  return {
    options,
    markets,
    commands: 2 + markets.length + options.accounts,
    description: describeBook({ ...options, markets }),
  };
}

function said({
  accounts,
  seed,
  book,
}: BookWishes): Partial<Pick<BookOptions, 'accounts' | 'seed' | 'book'>> {
  return {
    ...(accounts === null ? {} : { accounts }),
    ...(seed === null ? {} : { seed }),
    ...(book === null ? {} : { book }),
  };
}

/** Of each market in the captures: the perpetual's own, or where there is none that of its spot market. */
function firstPrices(captures: readonly Input[]): Map<string, FirstPrice> {
  const all = new Map<string, FirstPrice>();
  for (const { prices } of captures) {
    for (const [market, price] of prices) {
      const before = all.get(market);
      if (before === undefined || (before.stream === 'binance-spot' && price.stream !== before.stream))
        all.set(market, price);
    }
  }
  return all;
}
