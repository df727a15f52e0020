/**
 * `plimsoll bench ingest`: everything a replica of a busy exchange is sent, through everything it has: bytes decoded, in
 * the journal, through the engine with its watch, durable at the end. Then the journal is read back into a second
 * engine, from its first record, and both must have the same state hash.
 */
import { Engine } from '../../core/engine/engine.ts';
import { Foresight, FORESIGHT_GROUP } from '../../core/engine/foresight.ts';
import type { SourceRow, TimeUs } from '../../core/num/units.ts';
import { CommandWriter } from '../../core/schema/codec.ts';
import { CommandReader } from '../../core/schema/codec-reader.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import type { EmbeddedJournal } from '../../io/journal/embedded-journal.ts';
import { SEQUENCE_NONE } from '../../io/journal/journal.ts';
import { openJournal } from '../../io/journal/open.ts';
import { describeBook } from '../../sim/book-description.ts';
import { MIX, MIX_KINDS, MIX_PER_SECOND, MixBook } from './ingest-mix.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { loadBook, nextTurn, type BookChoice, type OnProgress } from './load.ts';
import { collectGarbage } from './machine.ts';
import { Checks, report, rounded, type Report } from './report.ts';
import { inTemporaryDirectory } from './temporary.ts';

export interface IngestOptions extends BookChoice {
  /** How many seconds of the mix, at the multiple that is required. */
  readonly seconds: number;
  readonly directory: string | null;
  readonly quick: boolean;
}

export interface KindShare {
  readonly commands: number;
  /** Of all commands, and of all time spent on commands. */
  readonly share: number;
  readonly timeShare: number;
  readonly usMean: number;
  readonly latencyUs: LatencyReport;
}

export interface IngestResults {
  /** How many times the mix. */
  readonly multiple: number;
  readonly commandsPerSecond: number;
  readonly perSecond: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, KindShare>>;
  /** Decoding, appending and applying one command. */
  readonly latencyUs: LatencyReport;
  /** From the append to the acknowledgement, of the first command of each turn. */
  readonly acknowledgeUs: LatencyReport;
  /** Processor time of the whole process, the journal's threads included, by wall time. */
  readonly coresUsed: number;
  readonly commands: number;
  readonly bytes: number;
  readonly levelChanges: number;
  readonly refused: number;
  readonly stateHash: string;
  readonly replayHash: string;
  readonly replayCommandsPerSecond: number;
}

const MULTIPLE_MIN = 5;
/** Commands between two turns of the event loop, in which the journal's writes are started and acknowledged. */
const PER_TURN = 2000;

export function benchIngest(options: IngestOptions, onProgress: OnProgress): Promise<Report & IngestResults> {
  return inTemporaryDirectory(options.directory, (directory) => measure(directory, options, onProgress));
}

async function measure(
  directory: string,
  options: IngestOptions,
  onProgress: OnProgress,
): Promise<Report & IngestResults> {
  const { journal } = await openJournal(directory);
  const engine = new Engine();
  const book = new MixBook();
  const writer = new CommandWriter();
  const note = (command: Command): void | Promise<void> => {
    const length = writer.write(command);
    if (journal.append(writer.bytes, 0, length) !== SEQUENCE_NONE) return undefined;
    return journal.ready().then(() => void journal.append(writer.bytes, 0, length));
  };
  await loadBook(engine, options, {
    onProgress,
    onCommand: (command) => {
      book.see(command);
      return note(command);
    },
  });
  const begin: Command = { kind: Kind.source, timeUs: engine.timeUs as TimeUs, origin: null, name: 'bench' };
  await note(begin);
  engine.apply(begin);
  await journal.flush();

  onProgress('encoding commands', 0);
  await nextTurn();
  // The rate is measured without a clock in the loop, latencies over a second stretch of the same length with one.
  const half = Math.ceil((options.seconds * MIX_PER_SECOND * MULTIPLE_MIN) / 2);
  const count = 2 * half;
  const input = book.encode(count, options.seed, options.popularity, 0 as SourceRow, engine.timeUs);
  collectGarbage();
  const rate = await feed(engine, journal, input, 0, half, false, onProgress);
  const run = await feed(engine, journal, input, half, count, true, onProgress);
  const stateHash = engine.digest();
  await journal.close();
  const replay = await replayed(directory, onProgress);

  const commandsPerSecond = half / rate.seconds;
  const checks = new Checks(options.quick);
  checks.atLeast('multiple', commandsPerSecond / MIX_PER_SECOND, MULTIPLE_MIN);
  checks.equal('commands refused', rate.refused + run.refused, 0);
  checks.equal('state hash of the replayed journal', replay.hash, stateHash);
  const total = run.byKind.reduce((sum, { total }) => sum + total, 0);
  return report(
    'ingest',
    options.quick,
    checks,
    {
      ...describeBook(options).json,
      seconds: options.seconds,
      mixPerSecond: MIX,
      multipleRequired: MULTIPLE_MIN,
      commands: count,
      directory,
    },
    NOT_INCLUDED,
    {
      multiple: rounded(commandsPerSecond / MIX_PER_SECOND),
      commandsPerSecond: rounded(commandsPerSecond),
      perSecond: Object.fromEntries(
        MIX_KINDS.map((kind, at) => [kind, rounded((run.byKind[at].count / half) * commandsPerSecond)]),
      ),
      kinds: Object.fromEntries(MIX_KINDS.map((kind, at) => [kind, shareOf(run.byKind[at], half, total)])),
      latencyUs: run.latencies.report(),
      acknowledgeUs: run.acknowledgements.report(),
      coresUsed: rounded(rate.coresUsed),
      commands: count,
      bytes: input.offsets[count],
      levelChanges: rate.levelChanges + run.levelChanges,
      refused: rate.refused + run.refused,
      stateHash,
      replayHash: replay.hash,
      replayCommandsPerSecond: rounded(replay.commands / replay.seconds),
    },
  );
}

const NOT_INCLUDED = [
  'the network: commands lie encoded in memory when the clock starts',
  'waiting: latencies are of the work on one command, at saturation; durability is in acknowledgeUs and in the rate',
  'publishing what was decided',
  'in the rate, a clock: latencies are taken of the second half of the commands, the rate of the first',
];

interface Run {
  readonly seconds: number;
  readonly coresUsed: number;
  readonly latencies: Latencies;
  readonly byKind: readonly Latencies[];
  readonly acknowledgements: Latencies;
  readonly refused: number;
  readonly levelChanges: number;
}

/** The clock runs from the first byte decoded until everything is acknowledged. */
async function feed(
  engine: Engine,
  journal: EmbeddedJournal,
  input: ReturnType<MixBook['encode']>,
  from: number,
  to: number,
  isTimed: boolean,
  onProgress: OnProgress,
): Promise<Run> {
  const { bytes, offsets, kinds } = input;
  const view = new DataView(bytes.buffer);
  const reader = new CommandReader({ texts: false });
  const foresight = new Foresight(engine.book);
  const acknowledgements = new Latencies();
  const byKind = MIX_KINDS.map(() => new Latencies());
  const waiting: { sequence: number; since: number }[] = [];
  journal.onAcknowledged = (sequence) => {
    const now = performance.now();
    while (waiting.length > 0 && waiting[0].sequence <= sequence)
      acknowledgements.add(now - waiting.shift()!.since);
  };
  let refused = 0;
  let levelChanges = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let done = from; done < to;) {
    let since = performance.now();
    waiting.push({ sequence: journal.appended + 1, since });
    for (const end = Math.min(to, done + PER_TURN); done < end; done++) {
      if (done % FORESIGHT_GROUP === 0) {
        const group = Math.min(to, done + FORESIGHT_GROUP);
        for (let at = done; at < group; at++)
          foresight.note(view, offsets[at], offsets[at + 1] - offsets[at]);
        foresight.look();
      }
      const offset = offsets[done];
      const length = offsets[done + 1] - offset;
      const command = reader.decode(view, offset, length);
      if (journal.append(bytes, offset, length) === SEQUENCE_NONE) break;
      const { reason, changes } = engine.apply(command);
      if (reason !== Reason.accepted) refused++;
      levelChanges += changes.count;
      if (isTimed) {
        const now = performance.now();
        byKind[kinds[done]].add(now - since);
        since = now;
      }
    }
    onProgress('ingesting', done / kinds.length);
    // At once unless its memory is full.
    await journal.ready();
    await nextTurn();
  }
  await journal.flush();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  journal.onAcknowledged = null;
  const latencies = new Latencies();
  for (const each of byKind) latencies.addAll(each);
  return {
    seconds,
    coresUsed: (user + system) / 1e6 / seconds,
    latencies,
    byKind,
    acknowledgements,
    refused,
    levelChanges,
  };
}

async function replayed(
  directory: string,
  onProgress: OnProgress,
): Promise<{ hash: string; commands: number; seconds: number }> {
  const { journal } = await openJournal(directory, { readOnly: true });
  const engine = new Engine();
  const reader = new CommandReader({ texts: false });
  const total = journal.acknowledged;
  const start = performance.now();
  const last = await journal.read(1, (sequence, bytes, offset, length) => {
    engine.apply(
      reader.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset, length),
    );
    if (sequence % 10_000 === 0) onProgress('replaying the journal', sequence / total);
  });
  const seconds = (performance.now() - start) / 1000;
  await journal.close();
  return { hash: engine.digest(), commands: last, seconds };
}

function shareOf(latencies: Latencies, commands: number, totalMs: number): KindShare {
  return {
    commands: latencies.count,
    share: rounded(latencies.count / commands),
    timeShare: rounded(latencies.total / totalMs),
    usMean: rounded((latencies.total * 1000) / Math.max(1, latencies.count)),
    latencyUs: latencies.report(),
  };
}
