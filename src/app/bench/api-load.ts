/** The other side of `plimsoll bench api`, in a process of its own: readers of accounts, and subscribers of the stream. */
import { Readers } from './readers.ts';
import { rounded } from './report.ts';

export type Load =
  | {
      readonly kind: 'reads';
      readonly url: string;
      readonly connections: number;
      readonly seconds: number;
      readonly paths: readonly string[];
    }
  | { readonly kind: 'stream'; readonly url: string; readonly subscribers: number; readonly seconds: number };

export interface Reads {
  readonly kind: 'reads';
  readonly perSecond: number;
  readonly total: number;
  /** Ms. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly failed: number;
  /** What the load itself took for each, µs. */
  readonly loadCpuUs: number;
}

export interface Streamed {
  readonly kind: 'stream';
  /** Of the subscriber that got fewest, and all of them in the mean. */
  readonly least: number;
  readonly mean: number;
  readonly gaps: number;
}

process.once('message', (load: Load) => {
  void (load.kind === 'reads' ? read(load) : listen(load)).then((result) => {
    process.once('disconnect', () => process.exit());
    process.send!(result);
  });
});

async function read({ url, connections, seconds, paths }: Extract<Load, { kind: 'reads' }>): Promise<Reads> {
  const readers = new Readers({ url, connections, paths });
  const { latencies } = readers;
  const cpu = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const { user, system } = process.cpuUsage(cpu);
  const { count: total } = latencies;
  const { p50, p99, max } = latencies.report();
  const { failed } = readers;
  readers.stop();
  return {
    kind: 'reads',
    perSecond: total / seconds,
    total,
    p50: rounded(p50 / 1000),
    p99: rounded(p99 / 1000),
    max: rounded(max / 1000),
    failed,
    loadCpuUs: (user + system) / Math.max(1, total),
  };
}

async function listen({ url, subscribers, seconds }: Extract<Load, { kind: 'stream' }>): Promise<Streamed> {
  const { WebSocket } = await import('ws');
  const counts = new Float64Array(subscribers);
  const seqs = new Float64Array(subscribers).fill(-1);
  let gaps = 0;
  const seqOf = (data: Buffer): number => {
    const at = data.indexOf('"seq":');
    return at < 0 || at > 120 ? -1 : Number.parseInt(data.toString('latin1', at + 6, at + 18), 10);
  };
  const sockets = Array.from({ length: subscribers }, (_, at) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream`, { perMessageDeflate: false });
    socket.on('open', () => socket.send('{"op":"subscribe","channel":"market","key":"BTC-PERP"}'));
    socket.on('message', (data: Buffer) => {
      const seq = seqOf(data);
      if (seq < 0) return;
      if (seqs[at] >= 0 && seq !== seqs[at] + 1) gaps++;
      seqs[at] = seq;
      counts[at]++;
    });
    socket.on('error', () => {});
    return socket;
  });
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (!counts.includes(0)) {
        clearInterval(timer);
        resolve();
      }
    }, 50);
  });
  counts.fill(0);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const least = Math.min(...counts) / seconds;
  const mean = counts.reduce((sum, count) => sum + count, 0) / subscribers / seconds;
  for (const socket of sockets) socket.terminate();
  return { kind: 'stream', least, mean, gaps };
}
