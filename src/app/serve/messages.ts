/** What the engine's thread and the API's say to each other. */
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { GateReason } from '../../io/api/contract/gate.ts';
import type { OperationalFields } from '../../io/operational-error.ts';
import type { GuardNews } from './guard/news.ts';

/** Simulated traders and a crowd, on an exchange of their own. */
export interface DemoChoice {
  readonly seed: number;
  readonly accounts: number;
  /** Prices a second. */
  readonly speed: number;
  readonly crash: boolean;
}

export interface EngineChoice {
  /** Null: nothing is kept. */
  readonly data: string | null;
  readonly version: string;
  readonly demo: DemoChoice | null;
  readonly marketFiles: readonly string[];
  /** A file of limits that a gate before the exchange holds; null: orders go to it unasked. The demo has its own. */
  readonly limits: string | null;
  /** Path of a Unix socket where clients send lines; null: none. */
  readonly listen: string | null;
  readonly snapshotEvery: number;
}

export interface LatencyNumbers {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface JournalError {
  readonly atMs: number;
  readonly text: string;
}

/** How the engine does, since the numbers before. */
export interface EngineNumbers {
  readonly seconds: number;
  readonly commands: number;
  readonly prices: number;
  readonly evaluations: number;
  readonly priceLatencyUs: LatencyNumbers;
  readonly commandLatencyUs: LatencyNumbers;
  readonly memoryBytes: number;
  readonly journal: {
    readonly acknowledged: number;
    readonly snapshot: number;
    /** Snapshots that could not be written: the exchange goes on, and starts more slowly next time. */
    readonly snapshotErrors: number;
    readonly lastError: JournalError | null;
  } | null;
  readonly crowd: { readonly wanted: number; readonly opened: number } | null;
}

/** Commands in the form of the journal, each after its length, and what they decided, in one number (`DecisionHash`). */
export interface SliceMessage {
  readonly kind: 'slice';
  readonly bytes: ArrayBuffer;
  readonly length: number;
  readonly count: number;
  /** Sequence of the last. */
  readonly sequence: number;
  readonly hash: number;
  readonly sentAtMs: number;
  /** About once a second. */
  readonly numbers: EngineNumbers | null;
  /** Some ten times a second, where there is a gate. */
  readonly gate: GuardNews | null;
}

export type FromEngine =
  /** What it began with: a state, or null for an empty one; commands follow. */
  | {
      readonly kind: 'begun';
      readonly snapshot: Uint8Array | null;
      readonly sequence: number;
      readonly recovered: { readonly snapshot: number; readonly records: number };
      readonly notes: readonly string[];
    }
  | { readonly kind: 'progress'; readonly what: string; readonly done: number; readonly total: number }
  | SliceMessage
  /** Of an asked command, once it is durable: its events, as rows. */
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly sequence: number;
      readonly timeUs: number;
      readonly reason: number;
      readonly rows: Float64Array;
      readonly count: number;
      /** Null: it came to the exchange. Else the gate refused it, and why. */
      readonly gate: readonly GateReason[] | null;
    }
  | { readonly kind: 'crashing'; readonly id: number; readonly before: number; readonly after: number }
  | { readonly kind: 'stopped'; readonly stateHash: string; readonly sequence: number }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly fields: OperationalFields;
      readonly stack: string;
    };

export type ToEngine =
  /** So many slices were applied: as many more may come. */
  | { readonly kind: 'applied'; readonly slices: number }
  | { readonly kind: 'ask'; readonly id: number; readonly command: Command | OwnCommand }
  | {
      readonly kind: 'crash';
      readonly id: number;
      readonly market: number;
      readonly share: number;
      readonly seconds: number;
    }
  | { readonly kind: 'stop' };
