/**
 * Files that prices are replayed from, told apart by their content: captures of Binance (`<time in ns> <JSON>`, as others
 * publish them) and recordings of our own. What they are about is read from their beginnings.
 */
import { stat } from 'node:fs/promises';
import { readLines, type LineBatch } from '../../io/ingest/lines.ts';
import { excerpt } from '../../io/ingest/problem.ts';
import { timeOfLine } from '../../io/ingest/venues/binance/capture-feed.ts';
import { parseLine } from '../../io/ingest/venues/record-line.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { usageError } from '../cli/errors.ts';
import { MARKETS, VENUES, type CatalogueMarket, type CatalogueVenue } from './catalogue.ts';

export interface PriceInput {
  readonly path: string;
  readonly kind: 'capture' | 'recording';
  readonly venue: CatalogueVenue;
  readonly markets: readonly CatalogueMarket[];
  /** Symbols in it that the catalogue does not have. */
  readonly unknown: readonly string[];
  readonly firstUs: number;
  readonly bytes: number;
}

/** How much of a file is looked at: a market that begins to be heard of after that has to be named. */
const SCAN_BATCHES = 16;
const STREAM = /^\d+ \{"stream":"([a-z0-9_]+)@/;
/** Spot and futures differ in what their best bid and ask and their depth updates carry. */
const OF_FUTURES = /"e":"bookTicker"|"pu":|"e":"markPriceUpdate"/;
const OF_SPOT = /@bookTicker","data":\{"u":|"e":"depthUpdate",(?!.*"pu":)/;

export async function openPriceInput(path: string): Promise<PriceInput> {
  if (path === '-')
    throw usageError('standard input cannot be replayed here: files are read twice. Name a file', {
      field: '--replay',
      value: path,
    });
  const scanned = await beginningOf(path);
  const lines = scanned.flatMap((batch) => batch.lines);
  const bytes = (await stat(path)).size;
  const first = lines.find((line) => line !== '');
  if (first === undefined)
    throw new OperationalError('INPUT_EMPTY', `${path} has no lines: there is nothing to replay`, {
      file: path,
    });
  const header = parseLine(first);
  if (header?.line.kind === 'recording') {
    const venue = VENUES.find(({ name }) => name === (header.line as { venue: string }).venue);
    if (venue === undefined) throw unknownContent(path, scanned[0], first);
    const { connection } = header.line;
    // Answers name every market of the venue.
    const markets = connection === null ? [] : marketsOf(venue, lines);
    return { path, kind: 'recording', venue, markets, unknown: [], firstUs: header.atUs, bytes };
  }
  const firstUs = lines.map(timeOfLine).find((time) => time !== null) ?? null;
  const venueName = binanceOf(lines);
  if (firstUs === null || venueName === null) throw unknownContent(path, scanned[0], first);
  const venue = VENUES.find(({ name }) => name === venueName)!;
  const symbols = [...new Set(lines.flatMap((line) => STREAM.exec(line)?.[1].toUpperCase() ?? []))];
  const marketFor = (symbol: string): CatalogueMarket | undefined =>
    MARKETS.find(({ base }) => venue.symbolOf(base) === symbol);
  return {
    path,
    kind: 'capture',
    venue,
    markets: symbols.flatMap((symbol) => marketFor(symbol) ?? []),
    unknown: symbols.filter((symbol) => marketFor(symbol) === undefined),
    firstUs,
    bytes,
  };
}

/** A file that ends too soon is played as far as it goes, and says so then. */
async function beginningOf(path: string): Promise<LineBatch[]> {
  const batches: LineBatch[] = [];
  try {
    for await (const batch of readLines(path)) {
      batches.push(batch);
      if (batches.length >= SCAN_BATCHES) break;
    }
  } catch (error) {
    if (batches.length === 0) throw error;
  }
  return batches;
}

function marketsOf(venue: CatalogueVenue, lines: readonly string[]): CatalogueMarket[] {
  return MARKETS.filter(({ base }) => {
    const marker = venue.markerOf(venue.symbolOf(base));
    return lines.some((line) => line.includes(marker));
  });
}

function binanceOf(lines: readonly string[]): 'binance' | 'binance-spot' | null {
  for (const line of lines) {
    if (OF_FUTURES.test(line)) return 'binance';
    if (OF_SPOT.test(line)) return 'binance-spot';
  }
  return null;
}

function unknownContent(path: string, batch: LineBatch, line: string): OperationalError {
  const value = excerpt(line);
  return new OperationalError(
    'INPUT_UNKNOWN',
    `${path}:${batch.first}: this is neither a capture of Binance (\`<time in ns> <JSON>\`) nor a recording (docs/reference/prices.md): ${value}`,
    { file: path, line: batch.first, value },
  );
}
