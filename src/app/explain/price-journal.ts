/**
 * What a journal says of one market's price at one moment: the mark in force, what it is good for, and which commands said
 * so. It holds no word of a venue; `price-again.ts` makes the mark again from the captures.
 */
import type { Engine } from '../../core/engine/engine.ts';
import type { Grid } from '../../core/num/grid.ts';
import type { MarketRow, MarkTicks, SourceRow } from '../../core/num/units.ts';
import { QUALITY_NAMES, VERDICT_NAMES, Verdict } from '../../core/schema/quality.ts';
import { useNames } from '../../core/price/quality.ts';
import { usageError } from '../cli/errors.ts';
import { marketOf } from '../prices/catalogue.ts';
import { qualityOf, type QualityFacts } from './document.ts';
import { PriceOrigins, type MarkOrigin, type Saying } from './origins.ts';
import type { PriceHistory } from './price-history.ts';
import { EngineRecords } from './records.ts';
import { timeText, Units } from './units.ts';
import { assertSequence, type CutWish } from './walk.ts';

export interface JournaledPrice {
  readonly market: string;
  readonly row: MarketRow;
  readonly grid: Grid;
  /** The asset's and the markets' precision. */
  readonly units: Units;
  readonly sequence: number;
  readonly timeUs: number;
  /** The records that the directory has. */
  readonly first: number;
  readonly last: number;
  readonly mark: MarkOrigin | null;
  readonly quality: QualityFacts;
  /** Null: nothing was said, so it is good for everything. */
  readonly qualityBy: Saying | null;
  readonly trippedBy: Saying | null;
  /** What the directory has been told by captures. */
  readonly captured: readonly CapturedSource[];
  /** Null where nobody asked for it. */
  readonly history: PriceHistory | null;
}

/** `prices:BTCUSDT`: made by a rule with an index; `binance-usdm:BTCUSDT`: the middle of that book alone. */
export interface CapturedSource {
  readonly stream: string;
  readonly market: MarketRow;
  readonly name: string;
  readonly grid: Grid;
  readonly source: SourceRow;
}

export type MomentWish = Exclude<CutWish, { readonly at: 'first' }> | { readonly at: 'end' };

export const PRICED = 'prices';
const STREAMS = [PRICED, 'binance-usdm', 'binance-spot'];

export const NOT_JOURNALED: readonly string[] = [
  'what each venue said, how old it was, and which of them had no say',
  'the parts of the mark before it was rounded: book, last trade, funding rate, samples of the basis',
  'how many sources were needed',
  'the names of the files that were played',
];

/** Reads the directory and takes no lock: a writer may be at work. */
export async function readJournaledPrice(
  directory: string,
  market: string,
  wish: MomentWish,
  history: PriceHistory | null,
  onProgress: (done: number, total: number) => void,
): Promise<JournaledPrice> {
  const records = await EngineRecords.open(directory);
  const { start, last } = records;
  try {
    const engine = await records.begin();
    const origins = new PriceOrigins();
    if (start > 0) origins.begin(engine);
    if (wish.at === 'sequence') assertSequence(wish.sequence, start, last);
    let seen = start;
    if (wish.at !== 'sequence' || start < wish.sequence)
      await records.read({
        visit: ({ sequence, command, kind, isLast }) => {
          if (wish.at === 'time' && command.timeUs > wish.timeUs) return false;
          seen = sequence;
          const decision = engine.apply(command);
          origins.note(engine, command, decision, { sequence, kind });
          history?.note(sequence, command, decision);
          if (sequence % 16_384 === 0) onProgress(sequence, last);
          return wish.at === 'sequence' && isLast && sequence === wish.sequence ? false : undefined;
        },
      });
    return takePrice(engine, origins, history, { directory, market, sequence: seen, first: start + 1, last });
  } finally {
    await records.close();
  }
}

function takePrice(
  engine: Engine,
  origins: PriceOrigins,
  history: PriceHistory | null,
  asked: { directory: string; market: string; sequence: number; first: number; last: number },
): JournaledPrice {
  const { book, settings, timeUs } = engine;
  const { sequence } = asked;
  const row = rowOf(engine, asked);
  const units = new Units(book, settings!);
  const { names } = book.sources;
  const captured = book.markets.specs.flatMap(({ name }, at) =>
    STREAMS.flatMap((stream): CapturedSource[] => {
      const source = names.find(`${stream}:${name}`);
      if (source < 0) return [];
      return [{ stream, market: at as MarketRow, name, grid: units.grid(at), source: source as SourceRow }];
    }),
  );
  return {
    market: units.market(row),
    row,
    grid: units.grid(row),
    units,
    sequence,
    timeUs,
    first: asked.first,
    last: asked.last,
    mark: origins.marks[row] ?? null,
    quality: qualityOf(book.markets, row),
    qualityBy: origins.qualities[row] ?? null,
    trippedBy: origins.trips[row] ?? null,
    captured,
    history,
  };
}

/** By its name in the journal, or as a venue writes it. */
function rowOf(
  { book }: Engine,
  { market: wanted, sequence, directory }: { market: string; sequence: number; directory: string },
): MarketRow {
  const names = book.markets.specs.map(({ name }) => name);
  const exact = names.findIndex((name) => name.toUpperCase() === wanted.toUpperCase());
  if (exact !== -1) return exact as MarketRow;
  const base = marketOf(wanted);
  const alike = names.flatMap((name, row) => (base !== null && marketOf(name) === base ? [row] : []));
  if (alike.length === 1) return alike[0] as MarketRow;
  const there = names.length === 0 ? 'none yet' : names.join(', ');
  throw usageError(
    `there is no market ${JSON.stringify(wanted)} at sequence ${sequence} of ${directory}: its markets are ${there}`,
    { field: 'market', value: wanted },
  );
}

export function journaledDocument(journaled: JournaledPrice): Record<string, unknown> {
  const { market, units, sequence, timeUs, first, last, mark, quality, qualityBy, trippedBy } = journaled;
  const ticks = (price: MarkTicks | null): string | null =>
    price === null ? null : units.mark(journaled.row, price);
  return {
    market,
    cut: { sequence, time: timeText(timeUs), timeUs, records: { first, last } },
    mark:
      mark === null
        ? null
        : { price: ticks(mark.price), before: ticks(mark.before), by: sayingDocument(mark) },
    quality: {
      quality: QUALITY_NAMES[quality.quality],
      allows: useNames(quality.uses),
      verdict: VERDICT_NAMES[quality.isHeld ? Verdict.held : Verdict.actionable],
      held: quality.isHeld,
      breaker: quality.isTripped,
      reference: ticks(quality.reference),
      by: qualityBy === null ? null : sayingDocument(qualityBy),
      breakerBy: trippedBy === null ? null : sayingDocument(trippedBy),
    },
    notJournaled: NOT_JOURNALED,
  };
}

function sayingDocument({ sequence, timeUs, kind, origin, text }: Saying): Record<string, unknown> {
  return {
    sequence: sequence === 0 ? null : sequence,
    time: timeText(timeUs),
    timeUs,
    kind: kind === '' ? null : kind,
    origin,
    text: text === '' ? null : text,
  };
}
