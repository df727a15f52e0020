/**
 * `plimsoll bench api`: the demo with its crowd, read by many and listened to by many, and what the engine's prices cost meanwhile. Server and engine
 * are threads, the load is a process, all on one machine: on two cores they share them.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Api } from '../../io/api/server.ts';
import type { EngineNumbers } from '../serve/messages.ts';
import { Service } from '../serve/service.ts';
import { Random } from '../../sim/random.ts';
import type { Load, Reads, Streamed } from './api-load.ts';
import type { OnProgress } from './load.ts';
import { Checks, median, report, rounded, type Report } from './report.ts';

export interface ApiBenchOptions {
  readonly accounts: number;
  readonly connections: number;
  readonly subscribers: number;
  readonly seconds: number;
  readonly seed: number;
  readonly quick: boolean;
}

export interface ApiResults {
  readonly reads: Omit<Reads, 'kind'> & {
    /** Of the API's thread for each read, µs, with all that it does besides; and its share of a core when nobody reads. */
    readonly apiCpuUs: number;
    readonly apiIdleShare: number;
  };
  readonly stream: Omit<Streamed, 'kind'> & { readonly bufferedBytesMax: number; readonly conflated: number };
  /** Medians of what each second's prices had as their p99. */
  readonly enginePriceP99Us: { readonly alone: number; readonly reads: number; readonly stream: number };
  readonly memoryBytes: { readonly before: number; readonly after: number };
  readonly missed: number;
}

const READS_PER_SECOND = 8000;
const READ_P99_MS = 15;
const UPDATES_PER_SECOND = 9;
const BUFFERED_MAX = 64 * 2 ** 20;
const ENGINE_RATIO = 2;
const PATHS = 1000;
const SPEED = 250;
/** After the crowd is in, before anything is measured: what was compiled for its coming is compiled again for its being there. */
const SETTLE_SECONDS = 3;
const LOAD = import.meta.url.endsWith('.ts')
  ? new URL('./api-load.ts', import.meta.url)
  : new URL('./api-load.js', import.meta.url);

export async function benchApi(
  options: ApiBenchOptions,
  onProgress: OnProgress,
): Promise<Report & ApiResults> {
  const { accounts, connections, subscribers, seconds, seed, quick } = options;
  const service = new Service(
    {
      data: null,
      version: 'bench',
      demo: { seed, accounts, speed: SPEED, crash: false },
      marketFiles: [],
      limits: null,
      listen: null,
      snapshotEvery: Number.MAX_SAFE_INTEGER,
    },
    { note: () => {}, progress: () => {} },
  );
  const api = await Api.create(
    {
      version: 'bench',
      address: { host: '127.0.0.1', port: 0 },
      keys: null,
      auditPath: null,
      rateLimit: 0,
      dashboard: null,
      onFault: (error) => {
        throw error;
      },
    },
    service.backend,
  );
  try {
    const url = await api.listen();
    await service.begun;
    const crowd = (): number => service.health.numbers?.crowd?.opened ?? 0;
    while (crowd() < accounts) {
      onProgress('the crowd comes in', crowd() / accounts);
      await sleep(0.2);
    }
    onProgress('settling', 1);
    await sleep(quick ? 0.5 : SETTLE_SECONDS);
    const meter = new EngineMeter(() => service.health.numbers);
    const before = process.memoryUsage.rss();
    onProgress('the engine alone', 0);
    await sleep(Math.max(2.5, seconds / 2));
    const alone = meter.take();
    onProgress('reading accounts', 0.3);
    const random = new Random(seed, 31);
    const paths = Array.from(
      { length: PATHS },
      () => `/api/v1/accounts/holder-${String(1 + random.below(accounts)).padStart(7, '0')}`,
    );
    const idle = await cpuOf(() => sleep(1));
    const read = await cpuOf(() => loadOf({ kind: 'reads', url, connections, seconds, paths }));
    const { result: reads } = read;
    const whileRead = meter.take();
    onProgress('the stream', 0.7);
    let bufferedBytesMax = 0;
    const watch = setInterval(() => {
      bufferedBytesMax = Math.max(bufferedBytesMax, api.streamNumbers.bufferedBytes);
    }, 50);
    const stream = await loadOf({ kind: 'stream', url, subscribers, seconds });
    clearInterval(watch);
    const whileStreamed = meter.take();
    meter.stop();
    const { conflated } = api.streamNumbers;
    const { differing: missed } = service.replica;

    const checks = new Checks(quick);
    checks.atLeast('account reads a second', reads.perSecond, READS_PER_SECOND);
    checks.atMost('read p99, ms', reads.p99, READ_P99_MS);
    checks.equal('reads that failed', reads.failed, 0);
    checks.atLeast('updates a second, of the subscriber with fewest', stream.least, UPDATES_PER_SECOND);
    checks.atMost('bytes that waited in sockets', bufferedBytesMax, BUFFERED_MAX);
    checks.atMost('engine p99 a price, read over alone', whileRead / alone, ENGINE_RATIO);
    checks.atMost('engine p99 a price, streamed over alone', whileStreamed / alone, ENGINE_RATIO);
    checks.equal('slices in which replica and engine differed', missed, 0);
    const { kind: _reads, ...readNumbers } = reads;
    const { kind: _stream, ...streamNumbers } = stream;
    return report(
      'api',
      quick,
      checks,
      {
        accounts,
        connections,
        subscribers,
        seconds,
        seed,
        pricesPerSecond: SPEED,
        channel: 'market',
        paths: PATHS,
        client: 'each connection asks again as soon as it is answered',
      },
      [
        'the network: all of it is on one machine',
        'the time that the crowd takes to come in',
        'what a client does with an answer: the load reads its status and its length',
      ],
      {
        reads: {
          ...readNumbers,
          perSecond: rounded(reads.perSecond),
          loadCpuUs: rounded(reads.loadCpuUs),
          apiCpuUs: rounded(read.cpuUs / Math.max(1, reads.total)),
          apiIdleShare: rounded(idle.cpuUs / 1e6 / idle.seconds),
        },
        stream: { ...streamNumbers, bufferedBytesMax, conflated },
        enginePriceP99Us: {
          alone: rounded(alone),
          reads: rounded(whileRead),
          stream: rounded(whileStreamed),
        },
        memoryBytes: { before, after: process.memoryUsage.rss() },
        missed,
      },
    );
  } finally {
    await api.close();
    await service.stop();
  }
}

/** The p99 of each second's prices, as the engine tells them. */
class EngineMeter {
  #values: number[] = [];
  #last: EngineNumbers | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(numbers: () => EngineNumbers | null) {
    this.#last = numbers();
    this.#timer = setInterval(() => {
      const now = numbers();
      if (now === null || now === this.#last) return;
      this.#last = now;
      this.#values.push(now.priceLatencyUs.p99);
    }, 100);
  }

  /** The median since the last call. */
  take(): number {
    const values = this.#values;
    this.#values = [];
    return values.length === 0 ? Number.NaN : median(values);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function loadOf<Kind extends Load['kind']>(
  load: Extract<Load, { kind: Kind }>,
): Promise<Extract<Reads | Streamed, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(LOAD));
    child.once('message', (result) => {
      resolve(result as Extract<Reads | Streamed, { kind: Kind }>);
      child.disconnect();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load ended with ${code} and no result`)));
    child.send(load);
  });
}

/** What this thread, which is the API's, takes meanwhile. */
async function cpuOf<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; cpuUs: number; seconds: number }> {
  const before = process.threadCpuUsage();
  const begun = performance.now();
  const result = await work();
  const { user, system } = process.threadCpuUsage(before);
  return { result, cpuUs: user + system, seconds: (performance.now() - begun) / 1000 };
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
