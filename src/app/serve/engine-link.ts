/** The API's end of the engine's thread: starts it, hands its slices on, and asks it things. */
import { Worker } from 'node:worker_threads';
import type { Command } from '../../core/schema/commands.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import type { GateReason } from '../../io/api/contract/gate.ts';
import { OperationalError } from '../../io/operational-error.ts';
import type { EngineChoice, FromEngine, SliceMessage, ToEngine } from './messages.ts';

/** The module beside this one, in the sources and in a build alike. */
const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('./engine-worker.ts', import.meta.url)
  : new URL('./engine-worker.js', import.meta.url);
/** Commands that may be asked and not answered: more are refused at once. */
const ASKED_MAX = 10_000;

export interface Asked {
  readonly sequence: number;
  readonly timeUs: number;
  readonly reason: Reason;
  /** Its events, as rows. */
  readonly rows: Float64Array;
  readonly count: number;
  /** Null: it came to the exchange. Else the gate refused it, and why. */
  readonly gate: readonly GateReason[] | null;
}

export interface Crashing {
  readonly before: number;
  readonly after: number;
}

export interface EngineHooks {
  readonly begun: (message: Extract<FromEngine, { kind: 'begun' }>) => void;
  readonly progress: (what: string, done: number, total: number) => void;
  readonly slice: (slice: SliceMessage) => void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class EngineLink {
  /** Resolves when the engine has ended as it was told to; rejects when it failed. */
  readonly ended: Promise<{ readonly stateHash: string; readonly sequence: number }>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isOver = false;

  constructor(choice: EngineChoice, hooks: EngineHooks) {
    this.#worker = new Worker(WORKER, { workerData: choice });
    this.ended = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#giveUp(error);
        reject(error);
      };
      this.#worker.on('message', (message: FromEngine) => {
        switch (message.kind) {
          case 'begun':
            return hooks.begun(message);
          case 'progress':
            return hooks.progress(message.what, message.done, message.total);
          case 'slice':
            return hooks.slice(message);
          case 'answer':
          case 'crashing':
            return this.#settle(message.id, message);
          case 'stopped':
            this.#giveUp(stopped());
            return resolve(message);
          case 'failed':
            return fail(
              message.code === 'INTERNAL'
                ? Object.assign(new Error(message.message), { stack: message.stack })
                : new OperationalError(message.code, message.message, message.fields),
            );
        }
      });
      this.#worker.on('error', (error: unknown) =>
        fail(error instanceof Error ? error : new Error(String(error))),
      );
      this.#worker.on('exit', () => fail(stopped()));
    });
    // Whoever awaits it hears of it; until then it is no unhandled rejection.
    this.ended.catch(() => {});
  }

  /** So many slices were applied. */
  applied(slices: number): void {
    this.#send({ kind: 'applied', slices });
  }

  /** Resolves when the command is durable. */
  ask(command: Command | OwnCommand): Promise<Asked> {
    return this.#request((id) => ({ kind: 'ask', id, command }));
  }

  crash(market: number, share: number, seconds: number): Promise<Crashing> {
    return this.#request((id) => ({ kind: 'crash', id, market, share, seconds }));
  }

  stop(): void {
    this.#send({ kind: 'stop' });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isBusy(): boolean {
    return this.#waiting.size >= ASKED_MAX;
  }

  #request<Answer>(make: (id: number) => ToEngine): Promise<Answer> {
    if (this.#isOver) return Promise.reject(stopped());
    const id = ++this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(make(id));
    });
  }

  #settle(id: number, answer: unknown): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve(answer as never);
  }

  #giveUp(error: Error): void {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #send(message: ToEngine): void {
    if (!this.#isOver) this.#worker.postMessage(message, []);
  }
}

function stopped(): OperationalError {
  return new OperationalError(
    'ENGINE_STOPPED',
    'The engine has stopped: nothing can be asked of it any more',
  );
}
