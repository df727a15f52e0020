/** Why a journaled mark is what it is: what the journal says, and where its captures are given, how they made it. */
import type { Problem } from '../../io/ingest/problem.ts';
import { contentHash } from './document.ts';
import { makeAgain, type MadeAgain } from './price-again.ts';
import { PriceHistory } from './price-history.ts';
import {
  journaledDocument,
  readJournaledPrice,
  type JournaledPrice,
  type MomentWish,
} from './price-journal.ts';
import { timeText } from './units.ts';

export interface JournalQuestion {
  /** As the journal names it, or BTC. */
  readonly market: string;
  readonly directory: string;
  readonly wish: MomentWish;
  /** The captures of the run; null: none are given. */
  readonly files: readonly string[] | null;
  readonly sourcesMin: number;
  readonly rule: string | null;
  readonly signal: AbortSignal;
  readonly problem: (problem: Problem) => void;
  readonly progress: (done: number) => void;
}

export interface JournalAnswer {
  readonly question: JournalQuestion;
  readonly journaled: JournaledPrice;
  readonly made: MadeAgain | null;
}

export async function explainJournaled(question: JournalQuestion): Promise<JournalAnswer> {
  const { directory, market, wish, files, progress } = question;
  const history = files === null ? null : new PriceHistory();
  const journaled = await readJournaledPrice(directory, market, wish, history, progress);
  const made = files === null ? null : await makeAgain(journaled, { ...question, files });
  return { question, journaled, made };
}

/** Without the directory: the same commands and files give the same hash everywhere. */
export function journaledPriceDocument({
  question,
  journaled,
  made,
}: JournalAnswer): Record<string, unknown> {
  const { wish } = question;
  const atUs = wish.at === 'time' ? wish.timeUs : journaled.timeUs;
  const document = { at: timeText(atUs), atUs, ...journaledDocument(journaled), made };
  return { ...document, hash: contentHash(document) };
}
