/**
 * `plimsoll bench gate`: orders, replaces, cancels and what comes of them through a gate with every check on, in process and without a journal. Beside it Redis with
 * a script of Lua, asked about the same orders.
 */
import { GATE_FORESIGHT_GROUP, GateForesight } from '../../core/admission/gate-foresight.ts';
import type { Gate } from '../../core/admission/gate.ts';
import { GATE_KIND_FIRST, GateKind } from '../../core/schema/gate-commands.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { FLOW_MIX, makeFlow, type AnyCommand, type Flow, type FlowOptions } from './gate-flow.ts';
import { measureRedis, type RedisResults } from './gate-redis.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { collectGarbage } from './machine.ts';
import { Checks, report, rounded, type Report } from './report.ts';
import { inTemporaryDirectory } from './temporary.ts';

export interface GateOptions extends FlowOptions {
  readonly quick: boolean;
}

export interface GateResults {
  readonly decisionsPerSecond: number;
  /** Decisions, what venues answer, executions and marks. */
  readonly commandsPerSecond: number;
  /** Of decisions alone. */
  readonly latencyUs: LatencyReport;
  readonly refusedShare: number;
  /** What the heap grew by over all of them; garbage collected before and after. */
  readonly heapBytesPerCommand: number;
  readonly redis: RedisResults | null;
  /** Decisions a second against Redis, one order at a time, and with a hundred under way. */
  readonly timesRedis: number | null;
  readonly timesRedisPipelined: number | null;
  readonly stateHash: string;
}

const PER_SECOND = 3_000_000;
const P99_US = 1;
const P999_US = 5;
const HEAP_MAX = 1;
const TIMES_REDIS = 100;
/** Accounts, and orders that work, to warm up with. */
const WARM = 20_000;

export function benchGate(options: GateOptions, onProgress: OnProgress): Promise<Report & GateResults> {
  return inTemporaryDirectory(null, (directory) => measure(directory, options, onProgress));
}

async function measure(
  directory: string,
  options: GateOptions,
  onProgress: OnProgress,
): Promise<Report & GateResults> {
  onProgress('making commands', 0);
  await nextTurn();
  const flow = makeFlow(options);
  onProgress('warming up', 0.3);
  await nextTurn();
  // This one stays to the end: compiled code is dropped with the last gate that it was compiled for. Another million accounts would be too many.
  const small = makeFlow({
    ...options,
    accounts: Math.min(options.accounts, WARM),
    working: Math.min(options.working, WARM),
  });
  const warm = small.prepared();
  for (const command of small.commands) warm.apply(command);
  onProgress('playing them', 0.4);
  await nextTurn();
  const plain = run(flow);
  onProgress('timing each', 0.6);
  await nextTurn();
  const { latencies, stateHash } = timed(flow);
  onProgress('asking Redis', 0.9);
  await nextTurn();
  const redis = await measureRedis(directory, flow.commands, options.quick);

  const timesRedis = redis === null ? null : plain.decisionsPerSecond / redis.oneByOnePerSecond;
  const checks = new Checks(options.quick);
  checks.atLeast('decisions a second', plain.decisionsPerSecond, PER_SECOND);
  checks.atMost('p99, us', latencies.percentileUs(0.99), P99_US);
  checks.atMost('p999, us', latencies.percentileUs(0.999), P999_US);
  checks.atMost('heap growth, bytes a command', plain.heapBytesPerCommand, HEAP_MAX);
  if (timesRedis === null) checks.equal('Redis is not installed: it was not compared', 'skipped', 'skipped');
  else checks.atLeast('times Redis', timesRedis, TIMES_REDIS);
  checks.equal('state hash, played again', stateHash, plain.stateHash);
  return report(
    'gate',
    options.quick,
    checks,
    { ...options, mixPercent: FLOW_MIX, warmUpCommands: warm.sequence },
    NOT_INCLUDED,
    {
      decisionsPerSecond: rounded(plain.decisionsPerSecond),
      commandsPerSecond: rounded(plain.commandsPerSecond),
      latencyUs: latencies.report(),
      refusedShare: rounded(plain.refusedShare),
      heapBytesPerCommand: rounded(plain.heapBytesPerCommand),
      redis,
      timesRedis: timesRedis === null ? null : rounded(timesRedis),
      timesRedisPipelined:
        redis === null ? null : rounded(plain.decisionsPerSecond / redis.pipelinedPerSecond),
      stateHash: plain.stateHash,
    },
  );
}

const NOT_INCLUDED = [
  'the journal, the network and text: commands are in memory, as objects',
  'waiting: latencies are of the work on one decision, at saturation',
  'of Redis: limits by group, margin, exposure, losses, collars; it is asked for one position limit and one window',
];

interface Run {
  readonly decisionsPerSecond: number;
  readonly commandsPerSecond: number;
  readonly refusedShare: number;
  readonly heapBytesPerCommand: number;
  readonly stateHash: string;
}

/** Without a clock in the loop. */
function run(flow: Flow): Run {
  const gate = flow.prepared();
  const { commands } = flow;
  const decisions = commands.filter(isDecision).length;
  const foresight = new GateForesight(gate.state);
  let refused = 0;
  collectGarbage();
  const heap = process.memoryUsage().heapUsed;
  const start = performance.now();
  for (let at = 0; at < commands.length; at++) {
    if (at % GATE_FORESIGHT_GROUP === 0) foresee(foresight, commands, at);
    if (gate.apply(commands[at]) !== Reason.accepted) refused++;
  }
  const seconds = (performance.now() - start) / 1000;
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - heap;
  return {
    decisionsPerSecond: decisions / seconds,
    commandsPerSecond: commands.length / seconds,
    refusedShare: refused / decisions,
    heapBytesPerCommand: Math.max(0, grown) / commands.length,
    stateHash: gate.digest(),
  };
}

function timed(flow: Flow): { readonly latencies: Latencies; readonly stateHash: string } {
  const gate: Gate = flow.prepared();
  const latencies = new Latencies();
  collectGarbage();
  for (const command of flow.commands) {
    if (!isDecision(command)) {
      gate.apply(command);
      continue;
    }
    const since = performance.now();
    gate.apply(command);
    latencies.add(performance.now() - since);
  }
  return { latencies, stateHash: gate.digest() };
}

/** Commands come in groups, as they do from a journal or a socket. */
function foresee(foresight: GateForesight, commands: readonly AnyCommand[], from: number): void {
  const to = Math.min(from + GATE_FORESIGHT_GROUP, commands.length);
  for (let at = from; at < to; at++) foresight.note(commands[at]);
  foresight.look();
}

function isDecision({ kind }: { readonly kind: number }): boolean {
  return (
    kind >= GATE_KIND_FIRST &&
    (kind === GateKind.enter || kind === GateKind.replace || kind === GateKind.cancel)
  );
}
