/** Makes a failing history short, and a text of it that can be read and run again. */
import { inspect } from 'node:util';
import { REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import { KIND_NAMES } from '../../../src/core/schema/commands.ts';
import { VENUE_KIND_FIRST, VENUE_KIND_NAMES } from '../../../src/core/schema/venue-commands.ts';
import type { AnyCommand } from '../../../src/sim/traders/simulation.ts';
import { replay, Trial, type Failure, type MakeExchange } from './trial.ts';

/** Leaves out halves, quarters, … single commands while the same still goes wrong, with whatever numbers. */
export function shrink(failure: Failure, make: MakeExchange, replaysMax = 2_000): Failure {
  let { commands, what } = failure;
  let left = replaysMax;
  const attempt = (shorter: readonly AnyCommand[]): boolean => {
    left--;
    const found = replay(shorter, make);
    if (found === null || kindOf(found.what) !== kindOf(failure.what)) return false;
    commands = shorter.slice(0, found.at + 1);
    what = found.what;
    return true;
  };
  for (let size = commands.length >> 1; size >= 1 && left > 0; size = size === 1 ? 1 : size >> 1) {
    let isShorter = false;
    for (let at = commands.length - size; at >= 0 && left > 0; at -= size)
      if (attempt([...commands.slice(0, at), ...commands.slice(at + size)])) isShorter = true;
    if (size === 1 && !isShorter) break;
  }
  return { ...failure, commands, what };
}

/** What went wrong without its numbers and its stack. */
export function kindOf(what: string): string {
  return what.split('\n')[0].replaceAll(/-?\d+/g, '#');
}

export function describeFailure({ seed, commands, what }: Failure, make: MakeExchange): string {
  const trial = new Trial(make);
  const lines = commands.map((command, at) => {
    let outcome = '';
    try {
      outcome = at < commands.length - 1 ? REASON_NAMES[trial.step(command)] : 'here';
    } catch {
      outcome = 'throws';
    }
    const text = inspect(command, {
      depth: null,
      breakLength: Infinity,
      compact: true,
      maxArrayLength: null,
    });
    return `  ${text}, // ${commandName(command)}: ${outcome}`;
  });
  return [`seed ${seed}, ${commands.length} commands, at the last: ${what}`, '[', ...lines, ']'].join('\n');
}

function commandName({ kind }: AnyCommand): string {
  const names: readonly string[] = kind >= VENUE_KIND_FIRST ? VENUE_KIND_NAMES : KIND_NAMES;
  return names[kind >= VENUE_KIND_FIRST ? kind - VENUE_KIND_FIRST : kind] ?? String(kind);
}
