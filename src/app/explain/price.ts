/** Why a market's mark was what it was at one moment: the recording is played up to there, and then asked. */
import { MARKETS, marketOf, type CatalogueMarket } from '../prices/catalogue.ts';
import { openReplay, playReplay } from '../prices/replay.ts';
import type { PriceExplanation } from '../../core/price/explain-price.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';
import type { Problem } from '../../io/ingest/problem.ts';
import { timeToText } from '../../io/ingest/file/fields.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { usageError } from '../cli/errors.ts';
import { contentHash } from './document.ts';

export interface PriceQuestion {
  /** BTC, BTCUSDT, or BTC@hyperliquid where several venues have it. */
  readonly market: string;
  /** Null: at the end of the recording. */
  readonly atUs: number | null;
  readonly files: readonly string[];
  readonly sourcesMin: number;
  readonly rule: string | null;
  readonly signal: AbortSignal;
  readonly problem: (problem: Problem) => void;
  readonly progress: (lines: number) => void;
}

export interface PriceAnswer {
  readonly question: PriceQuestion;
  /** What was asked for; without it, the newest time in the files. */
  readonly atUs: number;
  /** Events of all markets up to there. */
  readonly events: number;
  readonly explanation: PriceExplanation;
}

export async function explainPriceAt(question: PriceQuestion): Promise<PriceAnswer> {
  const { files, sourcesMin, rule, atUs, signal, problem } = question;
  const base = baseOf(question.market);
  const replay = await openReplay({ files, sourcesMin, rule, markets: [base] });
  const row = rowOf(
    question.market,
    replay.plan.markets.map(({ name }) => name),
  );
  const firstUs = Math.min(...replay.inputs.map((input) => input.firstUs));
  if (atUs !== null && atUs < firstUs) throw outside(atUs, 'begin', firstUs);
  let lines = 0;
  const { station, isPast } = await playReplay(
    replay,
    { problem },
    {
      untilUs: atUs ?? Infinity,
      everyUs: null,
      signal,
      pause: (_, more) => {
        lines += more;
        question.progress(lines);
      },
    },
  );
  const { now } = station.router;
  if (atUs !== null && !isPast && atUs > now && !signal.aborted) throw outside(atUs, 'end', now);
  return {
    question,
    atUs: atUs ?? now,
    events: station.router.counts.events,
    explanation: station.explain(row),
  };
}

export function priceExplanationDocument({
  question,
  atUs,
  events,
  explanation,
}: PriceAnswer): Record<string, unknown> {
  const document = {
    at: timeToText(atUs as TimeUs),
    atUs,
    files: question.files,
    sourcesMin: question.sourcesMin,
    events,
    ...explanation,
  };
  return { ...document, hash: contentHash(document) };
}

function baseOf(name: string): CatalogueMarket {
  const base = marketOf(name.split('@', 1)[0]);
  if (base !== null) return base;
  const names = MARKETS.map((market) => market.base);
  const hint = didYouMean(name.toUpperCase(), names) || `; there are ${names.join(', ')}`;
  throw usageError(`unknown market ${name}${hint}`, { field: 'market', value: name });
}

function rowOf(wanted: string, names: readonly string[]): number {
  const [, venue] = wanted.split('@');
  const row = names.findIndex((name) => name.toUpperCase() === wanted.toUpperCase());
  if (row !== -1) return row;
  if (names.length === 1 && venue === undefined) return 0;
  throw usageError(`${wanted} is not one market of the files: they have ${names.join(' and ')}`, {
    field: 'market',
    value: wanted,
  });
}

function outside(atUs: number, edge: 'begin' | 'end', edgeUs: number): Error {
  const [at, of] = [atUs, edgeUs].map((time) => timeToText(time as TimeUs));
  return usageError(`nothing was recorded at ${at}: the files ${edge} at ${of}`, {
    field: '--at',
    value: at,
  });
}
