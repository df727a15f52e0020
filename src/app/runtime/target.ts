/** What commands are applied to: an engine, on its own or with a journal before it. */
import type { EngineDecision } from '../../core/engine/decision.ts';
import { Engine } from '../../core/engine/engine.ts';
import type { Command } from '../../core/schema/commands.ts';

export interface Target {
  readonly engine: Engine;
  /** Null when there is no room: nothing happened, `await ready()` and call again. The decision is reused by the next call. */
  apply(command: Command): EngineDecision | null;
  ready(): Promise<void>;
}

/** An engine that nobody remembers. */
export class PlainEngine implements Target {
  readonly engine: Engine;

  constructor(engine: Engine = new Engine()) {
    this.engine = engine;
  }

  apply(command: Command): EngineDecision {
    return this.engine.apply(command);
  }

  async ready(): Promise<void> {}
}

/** Applies one command however long there is no room. */
export async function applyWhenReady(target: Target, command: Command): Promise<EngineDecision> {
  for (;;) {
    const decision = target.apply(command);
    if (decision !== null) return decision;
    await target.ready();
  }
}
