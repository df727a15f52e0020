/** What the doors of a gate (socket, HTTP) ask of whoever has it: `app/gate/desk.ts` does. */
import type { Decided } from '../publish/gate-lines.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { GateCommand } from '../../core/schema/gate-commands.ts';
import type { Reason } from '../../core/schema/reasons.ts';
import type { Registry } from '../ingest/file/registry.ts';

export interface GateDoor {
  readonly registry: Registry;
  /** Of the last command. */
  readonly sequence: number;
  /** All up to here survives a crash: answers to it may leave. */
  readonly acknowledged: number;
  /** Of the last `enter` or `replace`, until the next command. */
  readonly decision: Decided;
  /** Called after `acknowledged` rose. */
  onAcknowledged(listener: (sequence: number) => void): void;
  /** Called with lines that nobody asked for, when they are durable. */
  onNotices(listener: (lines: string) => void): void;
  /** Journals and applies; null where there is no room: await `ready` and call again. `arrivedMs` is when it came, by `performance.now()`. */
  apply(command: Command | GateCommand, arrivedMs: number): Reason | null;
  /** A line of NDJSON; answers with lines, or null where there is no room. `line` is where it stood in what its sender sent. */
  applyLine(text: string, from: string, line: number, arrivedMs: number): string | null;
  ready(): Promise<void>;
  /** Whose order it is while it works, -1 when it works no longer. */
  accountOf(order: number): number;
  /** Of a command that comes now. */
  nowUs(): number;
}
