/** How the engine and its replica do, with what changes by the second kept for five minutes. */
import type { Overview, SeriesByLevel, Status } from '../../../io/api/contract/status.ts';
import { INSURANCE, TREASURY } from '../../../core/exchange/ledger.ts';
import { LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { timeText } from '../../explain/units.ts';
import { rankedAt, type Ranking } from '../background/ranking.ts';
import { OperationalError } from '../../../io/operational-error.ts';
import { History } from '../memory/history.ts';
import type { EngineNumbers, JournalError } from '../messages.ts';
import { countByLevel, houseEquity, totalsOf } from './aggregates.ts';
import { moneyByLevel } from './markets.ts';
import { fixed, rounded } from './numbers.ts';
import type { Served } from './served.ts';

const NO_LATENCY = { p50: 0, p99: 0, max: 0 };

interface Rates {
  commandsPerSecond: number;
  pricesPerSecond: number;
  tradesPerSecond: number;
  liquidationsPerSecond: number;
}

/** Histories that are one number a second; beside them there are two for each level. */
const PLAIN = [
  'accounts',
  'equityAtRisk',
  'openInterest',
  'insuranceFund',
  'commandsPerSecond',
  'pricesPerSecond',
  'liquidationsPerSecond',
  'touched',
  'missed',
  'priceLatencyUs',
] as const;
type Plain = (typeof PLAIN)[number];
type LevelName = (typeof LEVEL_NAMES)[number];
type HistoryName = Plain | `accounts ${LevelName}` | `notional ${LevelName}`;

export interface StreamNumbers {
  readonly clients: number;
  readonly subscriptions: number;
  readonly dropped: number;
  readonly conflated: number;
  readonly bufferedBytes: number;
}

export interface About {
  readonly version: string;
  readonly mode: Status['mode'];
  /** Engines that were started, each a thread. */
  readonly shards: number;
  readonly data: string | null;
}

export class Health {
  numbers: EngineNumbers | null = null;
  state: Status['state'] = 'starting';
  /** Of the hub of the stream, which comes later than this. */
  stream: () => StreamNumbers = () => ({
    clients: 0,
    subscriptions: 0,
    dropped: 0,
    conflated: 0,
    bufferedBytes: 0,
  });
  readonly #served: Served;
  readonly #ranking: Ranking;
  readonly #about: About;
  readonly #startedMs = Date.now();
  #rates: Rates = { commandsPerSecond: 0, pricesPerSecond: 0, tradesPerSecond: 0, liquidationsPerSecond: 0 };
  readonly #history = new History<HistoryName>([
    ...PLAIN,
    ...LEVEL_NAMES.flatMap((level) => [`accounts ${level}` as const, `notional ${level}` as const]),
  ]);
  #endsAtMs = Date.now();
  #appendError: JournalError | null = null;
  #before = { trades: 0, liquidations: 0 };

  constructor(served: Served, ranking: Ranking, about: About) {
    this.#served = served;
    this.#ranking = ranking;
    this.#about = about;
  }

  /** The engine ended by an error. The first that the journal has is its last: nothing is written after it. */
  failed(error: unknown): void {
    this.state = 'failed';
    if (error instanceof OperationalError && error.code.startsWith('JOURNAL_'))
      this.#appendError = { atMs: Date.now(), text: error.message };
  }

  /** About once a second. */
  note(numbers: EngineNumbers): void {
    const { memory } = this.#served;
    const { seconds, commands, prices } = numbers;
    const { count } = memory.liquidations;
    this.numbers = numbers;
    this.#rates = {
      commandsPerSecond: rounded(commands / seconds, 1),
      pricesPerSecond: rounded(prices / seconds, 1),
      tradesPerSecond: rounded((memory.tradeCount - this.#before.trades) / seconds, 1),
      liquidationsPerSecond: rounded((count - this.#before.liquidations) / seconds, 1),
    };
    this.#before = { trades: memory.tradeCount, liquidations: count };
    this.#endsAtMs = Date.now();
    if (this.#served.exchange.engine.settings !== null) this.#keep(numbers);
  }

  #keep(numbers: EngineNumbers): void {
    const { exchange, replica } = this.#served;
    const { book, settings } = exchange.engine;
    const scale = 10 ** settings!.decimals;
    const { openInterest, notionals } = totalsOf(this.#served);
    const values = {
      accounts: book.accounts.count,
      equityAtRisk: rounded((this.#ranking.sums?.equityAtRisk ?? NaN) / scale, 2),
      openInterest: rounded(Number(openInterest) / scale, 2),
      insuranceFund: rounded(houseEquity(this.#served, INSURANCE) / scale, 2),
      commandsPerSecond: this.#rates.commandsPerSecond,
      pricesPerSecond: this.#rates.pricesPerSecond,
      liquidationsPerSecond: this.#rates.liquidationsPerSecond,
      touched: numbers.evaluations,
      missed: replica.differing,
      priceLatencyUs: numbers.priceLatencyUs.p99,
    } as Record<HistoryName, number>;
    for (const [level, name] of LEVEL_NAMES.entries()) {
      values[`accounts ${name}`] = book.aggregates.buckets[level];
      values[`notional ${name}`] = rounded(Number(notionals[level]) / scale, 2);
    }
    this.#history.add(values);
  }

  overview(): Overview {
    return { ...this.figures(), history: this.history(0) };
  }

  /** Seconds that history was kept for, also those that are gone. */
  get seconds(): number {
    return this.#history.seconds;
  }

  /** The seconds after so many. */
  history(seconds: number): Overview['history'] {
    const after = (name: HistoryName): number[] => this.#history.after(name, seconds);
    const byLevel = (what: 'accounts' | 'notional'): SeriesByLevel =>
      Object.fromEntries(LEVEL_NAMES.map((name) => [name, after(`${what} ${name}`)])) as SeriesByLevel;
    const plain = Object.fromEntries(PLAIN.map((name) => [name, after(name)])) as Record<Plain, number[]>;
    return {
      endsAt: timeText(this.#endsAtMs * 1000),
      ...plain,
      equityAtRisk: plain.equityAtRisk.map((value) => (Number.isNaN(value) ? null : value)),
      accountsByLevel: byLevel('accounts'),
      notionalByLevel: byLevel('notional'),
    };
  }

  /** The overview but for its history. */
  figures(): Omit<Overview, 'history'> {
    const served = this.#served;
    const { exchange, memory, alerts, units, replica } = served;
    const { book } = exchange.engine;
    const { notionals, openInterest } = totalsOf(served);
    const { sums } = this.#ranking;
    const { liquidations } = memory;
    return {
      accounts: book.accounts.count,
      accountsByLevel: countByLevel(book.aggregates.buckets),
      notionalByLevel: moneyByLevel(units, notionals),
      equityAtRisk: sums === null ? null : units.amount(sums.equityAtRisk),
      rankedAt: sums === null ? null : rankedAt(sums),
      openInterest: units.amount(openInterest),
      insuranceFund: units.amount(houseEquity(served, INSURANCE)),
      treasury: units.amount(houseEquity(served, TREASURY)),
      ...this.#rates,
      touched: this.numbers?.evaluations ?? 0,
      touchedOf: book.buckets.count,
      missed: replica.differing,
      priceLatencyUs: this.numbers?.priceLatencyUs ?? NO_LATENCY,
      fundingPercent: memory.funding.flatMap((each, market) =>
        each === null || each === undefined
          ? []
          : [
              {
                market: units.market(market),
                percent: fixed(each.share * 100, 6),
                intervals: each.shares.map((share) => rounded(share * 100, 6)),
              },
            ],
      ),
      liquidations: liquidations.count,
      takeovers: liquidations.takeovers,
      adls: liquidations.adls,
      alerts: alerts.count,
    };
  }

  status(): Status {
    const { exchange, replica } = this.#served;
    const { engine, venue, sequence } = exchange;
    const { numbers } = this;
    const { version, mode, data } = this.#about;
    const lastError = this.#appendError ?? numbers?.journal?.lastError ?? null;
    return {
      name: 'plimsoll',
      version,
      node: process.version,
      mode,
      state: this.state,
      startedAt: timeText(this.#startedMs * 1000),
      uptimeSeconds: rounded((Date.now() - this.#startedMs) / 1000, 1),
      asset: { name: engine.settings?.asset ?? '', decimals: engine.settings?.decimals ?? 0 },
      accounts: engine.book.accounts.count,
      positions: engine.book.positions.count,
      orders: venue.orders.count,
      engine: {
        shards: this.#about.shards,
        commands: replica.told,
        commandsPerSecond: this.#rates.commandsPerSecond,
        pricesPerSecond: this.#rates.pricesPerSecond,
        priceLatencyUs: numbers?.priceLatencyUs ?? NO_LATENCY,
        commandLatencyUs: numbers?.commandLatencyUs ?? NO_LATENCY,
        memoryBytes: numbers?.memoryBytes ?? 0,
      },
      replica: {
        sequence,
        behind: Math.max(0, replica.told - sequence),
        lagMs: Math.max(0, Date.now() - replica.knownAtMs),
        memoryBytes: process.memoryUsage.rss(),
      },
      checker: {
        verdict: replica.differing === 0 ? 'agrees' : 'disagrees',
        compared: replica.compared,
        missed: replica.differing,
        sequence,
      },
      journal:
        data === null
          ? null
          : {
              directory: data,
              sequence: replica.told,
              acknowledged: numbers?.journal?.acknowledged ?? 0,
              snapshot: numbers?.journal?.snapshot ?? 0,
              appendErrors: this.#appendError === null ? 0 : 1,
              snapshotErrors: numbers?.journal?.snapshotErrors ?? 0,
              lastError: lastError?.text ?? null,
              lastErrorAgeSeconds:
                lastError === null ? null : rounded(Math.max(0, Date.now() - lastError.atMs) / 1000, 1),
            },
      stream: this.stream(),
      crowd:
        numbers === null || numbers.crowd === null
          ? null
          : { ...numbers.crowd, isDone: numbers.crowd.opened >= numbers.crowd.wanted },
    };
  }
}
