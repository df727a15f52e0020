/** Puts an explanation together: one pass for the facts, and on request the reference's for the proof. */
import type { Engine } from '../../core/engine/engine.ts';
import { bucketName, accountBuckets, bucketPositions } from './buckets.ts';
import { cutState, type CutFacts, type Explained } from './document.ts';
import { accountFacts } from './facts.ts';
import { Units } from './units.ts';
import { verifyExplanation, type Verification } from './verify.ts';
import { ordersMarginOf } from './orders-margin.ts';
import type { MarkOrigin } from './origins.ts';
import { EngineRecords } from './records.ts';
import { walkJournal, type CutPlace, type CutWish } from './walk.ts';
import { OperationalError } from '../../io/operational-error.ts';

export interface ExplainOptions {
  readonly account: string;
  readonly directory: string;
  readonly wish: CutWish;
  readonly verify: boolean;
  readonly onProgress: (what: string, done: number, total: number) => void;
}

export interface Explanation {
  readonly explained: Explained;
  readonly verification: Verification | null;
}

/** Reads the directory and takes no lock: a writer may be at work. */
export async function explainAccount({
  account,
  directory,
  wish,
  verify,
  onProgress,
}: ExplainOptions): Promise<Explanation> {
  const records = await EngineRecords.open(directory);
  try {
    const walk = await walkJournal(
      records,
      account,
      wish,
      (engine, row, place) => ({ applied: engine.sequence, facts: takeFacts(engine, row, place, records) }),
      (done, total) => onProgress('reading', done, total),
    );
    const { applied, facts } = walk.cut;
    const { engine } = facts;
    const names = { at: (row: number) => engine.specs[row]?.name ?? `market ${row}` };
    const explained: Explained = {
      row: walk.row,
      name: walk.name,
      cut: facts,
      episodes: walk.episodes,
      first: walk.first,
      last: walk.last,
      nameOf: ({ isolated, market, leg }) => bucketName({ markets: { names } }, isolated, market, leg),
    };
    if (!verify) return { explained, verification: null };
    if (records.start > 0)
      throw new OperationalError(
        'EXPLAIN_PRUNED',
        `${directory} has no records before ${records.start + 1}, and the reference must see all. Verify on a copy that keeps history`,
        { field: '--verify' },
      );
    const verification = await verifyExplanation(
      records,
      {
        account: walk.row,
        applied,
        timeUs: engine.timeUs,
        buckets: facts.buckets,
        episodes: walk.episodes,
        inclusive: engine.inclusive,
      },
      (done, total) => onProgress('verifying', done, total),
    );
    return { explained, verification };
  } finally {
    await records.close();
  }
}

function takeFacts(
  engine: Engine,
  row: number,
  { sequence, isWhole, marks }: CutPlace,
  { exchange, exemptions }: EngineRecords,
): CutFacts {
  const { book } = engine;
  const held = new Set(
    accountBuckets(book, row).flatMap((bucket) => bucketPositions(book, bucket).map(({ market }) => market)),
  );
  return {
    engine: { ...cutState(engine), sequence },
    units: new Units(book, engine.settings!),
    marks: marks.filter(
      (mark): mark is MarkOrigin => mark !== null && mark !== undefined && held.has(mark.market),
    ),
    buckets: accountFacts(engine, row),
    ...(exchange === null
      ? {}
      : {
          ordersMargin: isWhole ? ordersMarginOf(exchange, row) : null,
          exemption: exemptions.of(exchange, row),
        }),
  };
}
