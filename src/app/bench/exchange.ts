/**
 * `plimsoll bench exchange`: orders through everything an exchange does with them: checks, margin, matching, settlement, levels, events. Then the
 * same from bytes with a journal under it, which must come to the same state hash.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import { VENUE_FORESIGHT_GROUP, VenueForesight } from '../../core/exchange/venue-foresight.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VenueCommandReader } from '../../core/schema/venue-codec-reader.ts';
import { VenueCommandWriter } from '../../core/schema/venue-codec.ts';
import { SEQUENCE_NONE } from '../../io/journal/journal.ts';
import { openJournal } from '../../io/journal/open.ts';
import { FLOW_MIX, makeFlow, type AnyCommand, type Flow } from './exchange-flow.ts';
import { Latencies, type LatencyReport } from './latencies.ts';
import { nextTurn, type OnProgress } from './load.ts';
import { collectGarbage } from './machine.ts';
import { Checks, report, rounded, type Report } from './report.ts';
import { inTemporaryDirectory } from './temporary.ts';

export interface ExchangeOptions {
  readonly accounts: number;
  readonly markets: number;
  readonly commands: number;
  /** Orders that rest in each market. */
  readonly resting: number;
  readonly seed: number;
  readonly directory: string | null;
  readonly quick: boolean;
}

export interface ExchangeResults {
  readonly commandsPerSecond: number;
  readonly latencyUs: LatencyReport;
  readonly journaledPerSecond: number;
  readonly tradesPerSecond: number;
  readonly eventsPerCommand: number;
  readonly refusedShare: number;
  readonly restingOrders: number;
  readonly stateHash: string;
}

const PER_SECOND = 1_000_000;
const JOURNALED_PER_SECOND = 500_000;
const P99_US = 10;
const P999_US = 100;
const PER_TURN = 2000;

export function benchExchange(
  options: ExchangeOptions,
  onProgress: OnProgress,
): Promise<Report & ExchangeResults> {
  return inTemporaryDirectory(options.directory, (directory) => measure(directory, options, onProgress));
}

async function measure(
  directory: string,
  options: ExchangeOptions,
  onProgress: OnProgress,
): Promise<Report & ExchangeResults> {
  onProgress('making commands', 0);
  await nextTurn();
  const flow = makeFlow(options);
  onProgress('playing them', 0.2);
  await nextTurn();
  // The first stays to the end: compiled code is dropped with the last exchange that it was compiled for.
  const first = run(flow);
  collectGarbage();
  const plain = run(flow);
  onProgress('timing each', 0.5);
  await nextTurn();
  collectGarbage();
  const latencies = timed(flow);
  onProgress('with a journal', 0.7);
  await nextTurn();
  const kept = await journaled(directory, flow);

  const checks = new Checks(options.quick);
  checks.atLeast('commands a second', plain.perSecond, PER_SECOND);
  checks.atMost('p99, us', latencies.percentileUs(0.99), P99_US);
  checks.atMost('p999, us', latencies.percentileUs(0.999), P999_US);
  checks.atLeast('journaled commands a second', kept.perSecond, JOURNALED_PER_SECOND);
  const stateHash = plain.exchange.digest();
  checks.equal('state hash with a journal', kept.stateHash, stateHash);
  checks.equal('state hash of the first time', first.exchange.digest(), stateHash);
  return report(
    'exchange',
    options.quick,
    checks,
    { ...options, mixPercent: FLOW_MIX, levels: 1000, setupCommands: flow.setup.length },
    NOT_INCLUDED,
    {
      commandsPerSecond: rounded(plain.perSecond),
      latencyUs: latencies.report(),
      journaledPerSecond: rounded(kept.perSecond),
      tradesPerSecond: rounded(plain.trades / plain.seconds),
      eventsPerCommand: rounded(plain.events / flow.commands.length),
      refusedShare: rounded(plain.refused / flow.commands.length),
      restingOrders: plain.exchange.venue.orders.count,
      stateHash,
    },
  );
}

const NOT_INCLUDED = [
  'the network, and text: commands are in memory, as objects without a journal and as bytes with one',
  'sending events: they are made, and read by nobody',
  'waiting: latencies are of the work on one command, at saturation',
];

function prepared({ setup }: Flow): Exchange {
  const exchange = new Exchange();
  for (const command of setup) exchange.apply(command);
  return exchange;
}

interface Run {
  readonly exchange: Exchange;
  readonly seconds: number;
  readonly perSecond: number;
  readonly events: number;
  readonly trades: number;
  readonly refused: number;
}

/** Without a clock in the loop. */
function run(flow: Flow): Run {
  const exchange = prepared(flow);
  const { commands } = flow;
  let events = 0;
  let refused = 0;
  const tradesBefore = exchange.venue.trades;
  const foresight = new VenueForesight(exchange.venue);
  const start = performance.now();
  for (let at = 0; at < commands.length; at++) {
    if (at % VENUE_FORESIGHT_GROUP === 0) foresee(foresight, commands, at);
    if (exchange.apply(commands[at]) !== Reason.accepted) refused++;
    events += exchange.events.count;
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    exchange,
    seconds,
    perSecond: commands.length / seconds,
    events,
    trades: exchange.venue.trades - tradesBefore,
    refused,
  };
}

/** Commands come in groups, as they do from a journal or a socket. */
function foresee(foresight: VenueForesight, commands: readonly AnyCommand[], from: number): void {
  const end = Math.min(commands.length, from + VENUE_FORESIGHT_GROUP);
  for (let at = from; at < end; at++) foresight.note(commands[at]);
  foresight.look();
}

function timed(flow: Flow): Latencies {
  const exchange = prepared(flow);
  const latencies = new Latencies();
  let since = performance.now();
  for (const command of flow.commands) {
    exchange.apply(command);
    const now = performance.now();
    latencies.add(now - since);
    since = now;
  }
  return latencies;
}

/** From bytes, through the journal, acknowledged at the end. */
async function journaled(
  directory: string,
  flow: Flow,
): Promise<{ readonly perSecond: number; readonly stateHash: string }> {
  const exchange = prepared(flow);
  const { journal } = await openJournal(directory);
  const input = encoded(flow.commands);
  const reader = new VenueCommandReader({ texts: false });
  const view = new DataView(input.bytes.buffer);
  const count = flow.commands.length;
  const start = performance.now();
  for (let done = 0; done < count;) {
    for (const end = Math.min(count, done + PER_TURN); done < end; done++) {
      const offset = input.offsets[done];
      const length = input.offsets[done + 1] - offset;
      if (journal.append(input.bytes, offset, length) === SEQUENCE_NONE) break;
      exchange.apply(reader.decode(view, offset, length));
    }
    await journal.ready();
    await nextTurn();
  }
  await journal.flush();
  const seconds = (performance.now() - start) / 1000;
  await journal.close();
  return { perSecond: count / seconds, stateHash: exchange.digest() };
}

function encoded(commands: readonly AnyCommand[]): {
  readonly bytes: Uint8Array;
  readonly offsets: Float64Array;
} {
  const writer = new VenueCommandWriter();
  const offsets = new Float64Array(commands.length + 1);
  let bytes = new Uint8Array(commands.length * 128);
  for (const [at, command] of commands.entries()) {
    const length = writer.write(command);
    if (offsets[at] + length > bytes.length) {
      const wider = new Uint8Array(bytes.length * 2);
      wider.set(bytes);
      bytes = wider;
    }
    bytes.set(writer.bytes.subarray(0, length), offsets[at]);
    offsets[at + 1] = offsets[at] + length;
  }
  return { bytes, offsets };
}
