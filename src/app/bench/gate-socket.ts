/**
 * `plimsoll bench gate-socket`: a gate in a process of its own, with a journal, asked over a Unix socket at a rate that does not wait for it. The latency of a
 * command runs from the moment at which it was meant to be sent, whether or not it could be sent then, to its durable answer: a gate that stalls
 * is charged for everything that should have come meanwhile. Beside it a process that only sends back what it is sent.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GateKind } from '../../core/schema/gate-commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import {
  ACCEPTED_BIT,
  FRAME_HEAD_BYTES,
  FrameSplitter,
  FrameType,
  FrameWriter,
  PROTOCOL_MAGIC,
  PROTOCOL_VERSION,
} from '../../io/gate/protocol.ts';
import { Random } from '../../sim/random.ts';
import { DurableGate } from '../gate/durable-gate.ts';
import { writeFrame } from './gate-frames.ts';
import { FLOW_MIX, makeFlow, type AnyCommand, type FlowOptions } from './gate-flow.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { stolenMs } from './machine.ts';
import { Checks, report, rounded, type Report } from './report.ts';
import { inTemporaryDirectory } from './temporary.ts';

export interface GateSocketOptions extends FlowOptions {
  /** Commands a second; when each comes is random, and does not depend on the answers. */
  readonly rate: number;
  /** A folder on the disk of the journal; null: the temporary one. */
  readonly directory: string | null;
  readonly quick: boolean;
}

export interface GateSocketResults {
  /** From the moment at which a command was meant to be sent to its durable answer. */
  readonly latencyUs: LatencyReport;
  /** Of orders and replaces alone. */
  readonly decisionUs: LatencyReport;
  /** The same arrivals, sent back by a process that does nothing else. */
  readonly echoUs: LatencyReport;
  /** How late commands were sent: what this process adds by itself, and is part of all latencies. */
  readonly sentLateUs: LatencyReport;
  readonly echoSentLateUs: LatencyReport;
  /** What the host took from this machine meanwhile: pauses that are in the latencies, and are nobody's here. Null: not told. */
  readonly stolenMs: { readonly echo: number | null; readonly gate: number | null };
  readonly seconds: number;
  readonly offeredPerSecond: number;
  readonly answeredPerSecond: number;
  readonly refusedShare: number;
}

/** Of the sources, or of a build. */
const isSource = import.meta.url.endsWith('.ts');
const ECHO = isSource
  ? new URL('./gate-echo.ts', import.meta.url)
  : new URL('./gate-echo.js', import.meta.url);
const CLI = isSource ? new URL('../cli.ts', import.meta.url) : new URL('../cli.js', import.meta.url);

const P99_US = 500;
const START_MS = 120_000;
const SLEEP = new Int32Array(new SharedArrayBuffer(4));
const SLEEP_MS = 0.05;
/** The first part of the commands is sent and not measured: a process that just started has compiled nothing and looked nothing up. */
const WARM_UP = 0.5;

export function benchGateSocket(
  options: GateSocketOptions,
  onProgress: OnProgress,
): Promise<Report & GateSocketResults> {
  return inTemporaryDirectory(options.directory, (directory) => measure(directory, options, onProgress));
}

async function measure(
  directory: string,
  options: GateSocketOptions,
  onProgress: OnProgress,
): Promise<Report & GateSocketResults> {
  const { rate, seed, quick } = options;
  onProgress('making commands', 0);
  await nextTurn();
  const { commands, before } = makeFlow(options);
  const data = join(directory, 'data');
  await prepare(data, before(), onProgress);
  const arrivals = arrivalsOf(commands.length, rate, new Random(seed, 7));

  onProgress('an echo', 0.6);
  const echo = await measured(
    ECHO,
    join(directory, 'echo.sock'),
    (path) => [path],
    (socket) => drive(socket, commands, arrivals, 'echo'),
  );
  onProgress('the gate', 0.8);
  const gate = await measured(
    CLI,
    join(directory, 'gate.sock'),
    (path) => ['gate', '--data', data, '--listen', `unix:${path}`],
    async (socket) => {
      await greet(socket);
      return drive(socket, commands, arrivals, 'gate');
    },
  );

  const latencyUs = gate.all.report();
  const checks = new Checks(quick);
  checks.equal('commands answered', gate.answered, commands.length);
  checks.atMost('p99, us', latencyUs.p99, P99_US, rate === 50_000);
  const { accounts, markets, working, popularity } = options;
  return report(
    'gate-socket',
    quick,
    checks,
    {
      accounts,
      markets,
      commands: commands.length,
      working,
      popularity,
      rate,
      arrivals: 'poisson',
      warmUp: WARM_UP,
      mixPercent: FLOW_MIX,
      directory: options.directory,
      seed,
      quick,
    },
    [
      'the network: both processes are on one machine, and share its cores with this one',
      'other clients: all commands come over one connection',
    ],
    {
      latencyUs,
      decisionUs: gate.decisions.report(),
      echoUs: echo.all.report(),
      sentLateUs: gate.late.report(),
      echoSentLateUs: echo.late.report(),
      stolenMs: { echo: echo.stolen, gate: gate.stolen },
      seconds: rounded(gate.seconds),
      offeredPerSecond: rounded((commands.length / arrivals[arrivals.length - 1]) * 1000),
      answeredPerSecond: rounded(commands.length / gate.seconds),
      refusedShare: rounded(gate.refused / commands.length),
    },
  );
}

/** A directory in which a gate stands as the flow wants it. */
async function prepare(data: string, commands: Iterable<AnyCommand>, onProgress: OnProgress): Promise<void> {
  const durable = await DurableGate.open(data, { version: 'bench' });
  let count = 0;
  for (const command of commands) {
    while (durable.apply(command) === null) await durable.ready();
    if (++count % 65_536 !== 0) continue;
    onProgress('filling a gate', 0.3);
    await nextTurn();
  }
  await durable.snapshot();
  await durable.close();
}

/** When each command comes, ms from the start: a Poisson process. */
function arrivalsOf(count: number, rate: number, random: Random): Float64Array {
  const arrivals = new Float64Array(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    at -= (Math.log(1 - random.unit()) / rate) * 1000;
    arrivals[index] = at;
  }
  return arrivals;
}

interface Driven {
  readonly all: Latencies;
  readonly decisions: Latencies;
  readonly late: Latencies;
  readonly stolen: number | null;
  readonly seconds: number;
  readonly answered: number;
  readonly refused: number;
}

/** Sends every command at its time, whatever has come back by then, until all are answered. */
function drive(
  socket: Socket,
  commands: readonly AnyCommand[],
  arrivals: Float64Array,
  to: 'gate' | 'echo',
): Promise<Driven> {
  const all = new Latencies();
  const decisions = new Latencies();
  const late = new Latencies();
  const out = new FrameWriter();
  const splitter = new FrameSplitter(() => null);
  const first = Math.floor(commands.length * WARM_UP);
  let answered = 0;
  let refused = 0;
  let next = 0;
  const { promise, resolve, reject } = Promise.withResolvers<Driven>();
  const stolenBefore = stolenMs();
  const start = performance.now() + 5;
  socket.on('data', (chunk: Buffer) => {
    const nowMs = performance.now() - start;
    splitter.push(chunk);
    for (let at = splitter.next(); at >= 0; at = splitter.next()) {
      const { view } = splitter;
      const request = view.getUint32(at + 8, true);
      answered++;
      if (to === 'gate' && isRefused(view, at)) refused++;
      if (request < first) continue;
      const ms = nowMs - arrivals[request];
      all.add(ms);
      if (isDecision(commands[request])) decisions.add(ms);
    }
    if (answered < commands.length) return;
    const stolenAfter = stolenMs();
    const stolen = stolenBefore === null || stolenAfter === null ? null : stolenAfter - stolenBefore;
    resolve({ all, decisions, late, stolen, seconds: nowMs / 1000, answered, refused });
  });
  socket.once('close', () => reject(new Error('the other process ended the connection')));
  const send = (): void => {
    const nowMs = performance.now() - start;
    while (next < commands.length && arrivals[next] <= nowMs) {
      if (next >= first) late.add(nowMs - arrivals[next]);
      writeFrame(out, commands[next], next++);
    }
    if (out.used > 0) {
      socket.write(Buffer.from(out.bytes.subarray(0, out.used)));
      out.drop(out.used);
    }
    // Timers are a millisecond apart, and turning round and round would take one of two processors from the gate.
    Atomics.wait(SLEEP, 0, 0, SLEEP_MS);
    if (next < commands.length) setImmediate(send);
  };
  setImmediate(send);
  return promise;
}

function isDecision({ kind }: AnyCommand): boolean {
  return kind === GateKind.enter || kind === GateKind.replace;
}

function isRefused(view: DataView, at: number): boolean {
  return view.getUint8(at + 4) === FrameType.decision
    ? (view.getUint8(at + 5) & ACCEPTED_BIT) === 0
    : view.getUint8(at + FRAME_HEAD_BYTES) !== Reason.accepted;
}

async function greet(socket: Socket): Promise<void> {
  const out = new FrameWriter();
  const at = out.begin(20, FrameType.hello, 0, 0);
  out.view.setUint32(at, PROTOCOL_MAGIC, true);
  out.view.setUint32(at + 4, PROTOCOL_VERSION, true);
  socket.write(Buffer.from(out.bytes.subarray(0, out.used)));
  await new Promise<void>((resolve, reject) => {
    socket.once('data', () => resolve());
    socket.once('error', reject);
  });
}

/** A process that listens at `path`, for as long as `work` takes. */
async function measured<Result>(
  program: URL,
  path: string,
  argumentsOf: (path: string) => readonly string[],
  work: (socket: Socket) => Promise<Result>,
): Promise<Result> {
  const child = spawn(process.execPath, [fileURLToPath(program), ...argumentsOf(path)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: asStartedByHand(),
  });
  try {
    await listening(child);
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const result = await work(socket);
    socket.removeAllListeners('close');
    socket.destroy();
    return result;
  } finally {
    child.kill('SIGINT');
    if (child.exitCode === null) await new Promise((resolve) => child.once('close', resolve));
  }
}

/** Without what this process was given for itself, large pages above all: a gate does not ask for them. */
function asStartedByHand(): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: _own, ...env } = process.env;
  return env;
}

/** Both say when they listen. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`it did not start: ${said}`)), START_MS);
    child.stderr!.on('data', (text: Buffer) => {
      said += text.toString();
      if (!said.includes('Ctrl-C ends it')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`it ended: ${said}`));
    });
  });
}
