/**
 * The exchange once more, in the API's thread: given the engine's commands it decides the same, so that everything about it can be read here, and the
 * engine is not asked. What it decided is compared with what the engine did, slice by slice (`DecisionHash`). Slices are applied a few milliseconds
 * at a time, so that no reader waits long.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import { restoreExchange } from '../../core/exchange/snapshot.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import { VenueCommandReader } from '../../core/schema/venue-codec-reader.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import { Registry } from '../../io/ingest/file/registry.ts';
import { registryOf } from '../runtime/registry-of.ts';
import { DecisionHash } from './decision-hash.ts';
import type { SliceMessage } from './messages.ts';
import { LENGTH_BYTES } from './slice-writer.ts';

const TURN_MS = 2;

/** Sees each command after it was applied, while its events are there; it is valid during the call only. */
export type Follower = (command: Command | OwnCommand, reason: Reason) => void;

export class Replica {
  exchange = new Exchange();
  registry = new Registry();
  /** Slices compared, and how many of them differed. */
  compared = 0;
  differing = 0;
  /** When the engine was last known to be where the replica is, ms since 1970. */
  knownAtMs = Date.now();
  /** Sequence of the last command that the engine has told of. */
  told = 0;
  readonly #follower: Follower;
  readonly #applied: (slices: number) => void;
  readonly #reader = new VenueCommandReader();
  readonly #hash = new DecisionHash();
  #queue: SliceMessage[] = [];
  /** In the first of the queue. */
  #at = 0;
  #isRunning = false;
  #waiting: { readonly sequence: number; readonly resolve: () => void }[] = [];

  constructor(follower: Follower, applied: (slices: number) => void) {
    this.#follower = follower;
    this.#applied = applied;
  }

  begin(snapshot: Uint8Array | null): void {
    if (snapshot === null) return;
    this.exchange = restoreExchange(snapshot);
    this.registry = registryOf(this.exchange.engine);
    this.told = this.exchange.sequence;
  }

  get sequence(): number {
    return this.exchange.sequence;
  }

  take(slice: SliceMessage): void {
    this.told = slice.sequence;
    this.#queue.push(slice);
    if (!this.#isRunning) this.#run();
  }

  /** Resolves when the replica has come to that sequence. */
  reached(sequence: number): Promise<void> {
    if (this.sequence >= sequence) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ sequence, resolve }));
  }

  readonly #run = (): void => {
    this.#isRunning = true;
    const until = performance.now() + TURN_MS;
    while (this.#queue.length > 0) {
      if (!this.#advance(this.#queue[0], until)) {
        setImmediate(this.#run);
        return;
      }
      this.#end(this.#queue.shift()!);
    }
    this.#isRunning = false;
  };

  /** Answers whether all of the slice is applied. */
  #advance({ bytes, length }: SliceMessage, until: number): boolean {
    const view = new DataView(bytes);
    while (this.#at < length) {
      const size = view.getUint32(this.#at, true);
      const command = this.#reader.decode(view, this.#at + LENGTH_BYTES, size);
      this.#at += LENGTH_BYTES + size;
      const reason = this.exchange.apply(command);
      this.#hash.note(this.exchange, reason);
      this.registry.learn(command, { reason, refusals: [] });
      this.#follower(command, reason);
      // After each: one that liquidates thousands takes longer than all others together.
      if (performance.now() > until) return this.#at === length;
    }
    return true;
  }

  #end({ hash, sequence, sentAtMs }: SliceMessage): void {
    this.#at = 0;
    this.compared++;
    if (this.#hash.take() !== hash || this.sequence !== sequence) this.differing++;
    this.knownAtMs = sentAtMs;
    this.#applied(1);
    if (this.#waiting.length === 0) return;
    const reached = this.#waiting.filter((one) => one.sequence <= this.sequence);
    this.#waiting = this.#waiting.filter((one) => one.sequence > this.sequence);
    for (const { resolve } of reached) resolve();
  }
}
