/**
 * `plimsoll bench matching`: what an order costs in a book of a thousand price levels, in a deep one and in a vast one, beside
 * other order books of the npm registry. Each rival and ours play the same commands in turns, in one run.
 */
import { DirectOrderBook } from '../../core/matching/direct-order-book.ts';
import { NaiveOrderBook } from '../../core/matching/naive-order-book.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { collectGarbage } from './machine.ts';
import { drawFlow, MIX, type Flow } from './matching-flow.ts';
import { GivenRows, NumberNames, TextNames } from './matching-names.ts';
import { OurBook, type Contender, type OnTrade, type ResizeRule } from './matching-ours.ts';
import { findRival, RIVAL_NAMES, type Rival } from './matching-rivals.ts';
import { Checks, median, report, rounded, type Report } from './report.ts';

export interface MatchingOptions {
  readonly seed: number;
  readonly quick: boolean;
}

export interface MatchingResults {
  readonly standard: VariantResult;
  readonly deep: VariantResult;
  readonly vast: VariantResult;
}

interface VariantResult {
  /** Ours by itself, orders called by number. */
  readonly commandsPerSecond: number;
  readonly nsPerCommand: number;
  /** Of that, what is left where the caller knows the row of each order. */
  readonly bookNsPerCommand: number;
  readonly tradesPerCommand: number;
  readonly rivals: readonly RivalResult[];
}

interface RivalResult {
  readonly name: string;
  readonly version: string;
  readonly ids: Rival['ids'];
  /** Both in the same rounds: what disturbs either counts against us. The ratio is of one to the other. */
  readonly nsPerCommand: number;
  readonly oursNsPerCommand: number;
  readonly ratio: number;
  readonly resizeRule: ResizeRule;
}

/** How many times faster than the fastest rival it must be. */
const RATIO_MIN = 5;
const VARIANTS = ['standard', 'deep', 'vast'] as const;
type Variant = (typeof VARIANTS)[number];
const SHAPES: Record<Variant, { readonly orders: number; readonly levels: number }> = {
  standard: { orders: 10_000, levels: 1000 },
  deep: { orders: 100_000, levels: 20_000 },
  vast: { orders: 1_000_000, levels: 20_000 },
};
const SHAPES_QUICK: typeof SHAPES = {
  standard: { orders: 500, levels: 50 },
  deep: { orders: 2000, levels: 400 },
  vast: { orders: 4000, levels: 400 },
};
/** Of 20,000 commands: the first warm up, and their trades are compared, as are those of the last; the others are timed. */
const ROUNDS_WARM = 3;
const ROUNDS_TIMED = 15;
const ROUND = 20_000;
const ROUND_QUICK = 300;

export async function benchMatching(
  { seed, quick }: MatchingOptions,
  onProgress: OnProgress,
): Promise<Report & MatchingResults> {
  const checks = new Checks(quick);
  const shapes = quick ? SHAPES_QUICK : SHAPES;
  const round = quick ? ROUND_QUICK : ROUND;
  const rivals = (await Promise.all(RIVAL_NAMES.map(findRival))).filter((rival) => rival !== null);
  const results = {} as Record<Variant, VariantResult>;
  for (const variant of VARIANTS) {
    const commands = round * (ROUNDS_WARM + ROUNDS_TIMED + 1);
    const flow = drawFlow({ ...shapes[variant], commands, seed });
    const tell = (name: string, share: number): void => onProgress(`${variant} book, ${name}`, share);
    const book = await playAlone(flow, round, new GivenRows(flow.ids), (share) => tell('rows given', share));
    const alone = await playAlone(flow, round, new NumberNames(), (share) => tell('by itself', share));
    const measured: RivalResult[] = [];
    let different = 0;
    for (const rival of rivals) {
      const { result, trades } = await playBoth(flow, round, rival, (share) => tell(rival.name, share));
      measured.push(result);
      if (!trades) different++;
    }
    results[variant] = {
      commandsPerSecond: rounded(1e9 / alone.ns),
      nsPerCommand: rounded(alone.ns),
      bookNsPerCommand: rounded(book.ns),
      tradesPerCommand: rounded(flow.trades / commands),
      rivals: measured,
    };
    const lotsWrong = Math.abs(alone.lots - flow.lots) + Math.abs(book.lots - flow.lots);
    checks.equal(`${variant}: lots that traded otherwise than drawn`, lotsWrong, 0);
    if (measured.length === 0) continue;
    checks.equal(`${variant}: rivals with other trades, under one rule for amendments`, different, 0);
    const least = Math.min(...measured.map(({ ratio }) => ratio));
    checks.atLeast(`${variant}: ratio to the fastest rival`, least, RATIO_MIN);
  }
  checks.equal('trades that differ from those of sorted lists', differFromNaive(seed), 0);

  const missing = RIVAL_NAMES.filter((name) => !rivals.some((rival) => rival.name === name));
  return report(
    'matching',
    quick,
    checks,
    {
      seed,
      ...shapes,
      mix: MIX,
      commandsPerRound: round,
      roundsTimed: ROUNDS_TIMED,
      rivalsNotInstalled:
        missing.length === 0 ? null : `${missing.join(' ')}: nothing is judged against them`,
    },
    NOT_INCLUDED,
    results,
  );
}

const NOT_INCLUDED = [
  'accounts, margin and journal: this is the book, the ids of its orders, and trades counted',
  'commands lie decoded in memory, and their ids exist before the clock starts',
  'rivals make objects of their results, and two of them read the clock for each order; ours tells each trade by a call',
  'rivals put an order whose size is amended last in its level (their own rule, or all that they have); ours keeps its place',
  'orderbook-match-engine counts in decimals and has no market orders or amendments: they are made of add and cancel',
];

async function playAlone(
  flow: Flow,
  round: number,
  names: NumberNames | GivenRows,
  onShare: (share: number) => void,
): Promise<{ ns: number; lots: number }> {
  const ids = numbersOf(flow);
  const ours = new OurBook(new DirectOrderBook(), names);
  ours.play(flow, ids, 0, flow.opening, null);
  collectGarbage();
  const ns: number[] = [];
  for (let from = flow.opening; from < flow.length; from += round) {
    ns.push(timed(ours, flow, ids, from, round));
    onShare((from - flow.opening) / (flow.length - flow.opening));
    await nextTurn();
  }
  return { ns: median(ns.slice(ROUNDS_WARM)), lots: ours.lots };
}

function playBoth(
  flow: Flow,
  round: number,
  rival: Rival,
  onShare: (share: number) => void,
): Promise<{ result: RivalResult; trades: boolean }> {
  // Each has ids of its own: what a text costs when it is first looked up is paid by either.
  if (rival.ids === 'number')
    return contest(flow, round, rival, () => new NumberNames(), numbersOf, rival.make(), onShare);
  return contest(flow, round, rival, () => new TextNames(), textsOf, rival.make(), onShare);
}

async function contest<Id extends string | number>(
  flow: Flow,
  round: number,
  { name, version, ids: idsAs, resizeRule }: Rival,
  makeNames: () => TextNames | NumberNames,
  idsOf: (flow: Flow) => Id[],
  theirs: Contender<Id>,
  onShare: (share: number) => void,
): Promise<{ result: RivalResult; trades: boolean }> {
  const makeOurs = (rule: ResizeRule): OurBook<Id> =>
    new OurBook<Id>(new DirectOrderBook(), makeNames() as never, rule);
  const ours = makeOurs('keeps its place');
  const judge = makeOurs(resizeRule);
  const [idsOurs, idsTheirs, idsJudge] = [idsOf(flow), idsOf(flow), idsOf(flow)];
  const heard = new Heard();
  const right = new Heard();

  judge.play(flow, idsJudge, 0, flow.opening, right.hear);
  ours.play(flow, idsOurs, 0, flow.opening, null);
  theirs.play(flow, idsTheirs, 0, flow.opening, heard.hear);
  collectGarbage();
  await nextTurn();
  const ns: number[] = [];
  const oursNs: number[] = [];
  const rounds = (flow.length - flow.opening) / round;
  for (let at = 0; at < rounds; at++) {
    const from = flow.opening + at * round;
    if (at < ROUNDS_WARM || at === rounds - 1) {
      ours.play(flow, idsOurs, from, from + round, null);
      theirs.play(flow, idsTheirs, from, from + round, heard.hear);
      judge.play(flow, idsJudge, from, from + round, right.hear);
    } else {
      // In turns, so that neither is always the one that comes after the other.
      if (at % 2 === 0) oursNs.push(timed(ours, flow, idsOurs, from, round));
      ns.push(timed(theirs, flow, idsTheirs, from, round));
      if (at % 2 === 1) oursNs.push(timed(ours, flow, idsOurs, from, round));
      judge.play(flow, idsJudge, from, from + round, null);
    }
    onShare((at + 1) / rounds);
    await nextTurn();
  }
  const best = median(ns.toSorted((a, b) => a - b).slice(0, Math.ceil(ns.length / 2)));
  const result = {
    name,
    version,
    ids: idsAs,
    nsPerCommand: rounded(best),
    oursNsPerCommand: rounded(median(oursNs)),
    ratio: rounded(best / median(oursNs)),
    resizeRule,
  };
  return { result, trades: heard.isSame(right) && ours.lots === flow.lots };
}

/** Nanoseconds a command of one round. */
function timed<Id>(
  contender: Contender<Id>,
  flow: Flow,
  ids: readonly Id[],
  from: number,
  count: number,
): number {
  const start = performance.now();
  contender.play(flow, ids, from, from + count, null);
  return ((performance.now() - start) * 1e6) / count;
}

/** All trades that were heard of, in their order, in one number. */
class Heard {
  #count = 0;
  #hash = 0;

  readonly hear: OnTrade = (maker, price, size) => {
    const id = typeof maker === 'number' ? maker : Number(maker.slice(1));
    for (const field of [id, price, size]) this.#hash = Math.imul(this.#hash ^ field, 0x9e3779b1) + 1;
    this.#count++;
  };

  isSame(other: Heard): boolean {
    return this.#count === other.#count && this.#hash === other.#hash;
  }
}

/** Both of our books play a flow that is small enough for sorted lists. */
function differFromNaive(seed: number): number {
  const flow = drawFlow({ orders: 1000, levels: 100, commands: 5000, seed });
  const ids = numbersOf(flow);
  const told = [new DirectOrderBook(), new NaiveOrderBook()].map((book) => {
    const trades: string[] = [];
    const ours = new OurBook(book, new NumberNames());
    ours.play(flow, ids, 0, flow.length, (...trade) => void trades.push(trade.join(' ')));
    return trades;
  });
  return (
    told[0].filter((trade, at) => trade !== told[1][at]).length + Math.abs(told[0].length - told[1].length)
  );
}

function numbersOf(flow: Flow): number[] {
  return Array.from({ length: flow.ids }, (_, id) => id);
}

/** A letter before the digits: without it, objects with such keys were slower. */
function textsOf(flow: Flow): string[] {
  return Array.from({ length: flow.ids }, (_, id) => `o${id}`);
}
