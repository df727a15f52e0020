/** Makes a failing gate history short, and a text of it that can be read and run again. */
import { inspect } from 'node:util';
import { GateKind } from '../../../src/core/schema/gate-commands.ts';
import { REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import { GateReference } from '../../../src/reference/gate/gate-reference.ts';
import type { AnyGateCommand } from './gate-stream.ts';
import { gateCommandName, replayGate, type GateFailure, type MakeGate } from './trial.ts';

/** Leaves out halves, quarters, … single commands, and then rows, sets and values, while something of the same kind differs. */
export function shrinkGate(failure: GateFailure, make: MakeGate, replaysMax = 3_000): GateFailure {
  let { commands, what } = failure;
  let left = replaysMax;
  const attempt = (shorter: readonly AnyGateCommand[]): boolean =>
    isAlike(shorter) || isAlike(renumbered(shorter));
  const isAlike = (shorter: readonly AnyGateCommand[]): boolean => {
    left--;
    const found = replayGate(shorter, make);
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
  const isSmaller = (at: number): boolean => {
    for (const smaller of smallerOf(commands[at]))
      if (left > 0 && attempt([...commands.slice(0, at), smaller, ...commands.slice(at + 1)])) return true;
    return false;
  };
  for (let at = commands.length - 1; at >= 0; at--) while (at < commands.length && isSmaller(at));
  return { ...failure, commands, what };
}

export function describeGateFailure({ seed, commands, what }: GateFailure): string {
  const reference = new GateReference();
  const lines = commands.map((command) => {
    const { reason } = reference.apply(command);
    const text = inspect(command, {
      depth: null,
      breakLength: Infinity,
      compact: true,
      maxArrayLength: null,
    });
    return `  ${text}, // ${gateCommandName(command)}: ${REASON_NAMES[reason]}`;
  });
  return [`seed ${seed}, ${commands.length} commands, at the last: ${what}`, '[', ...lines, ']'].join('\n');
}

/** Versions of limits follow each other. */
function renumbered(commands: readonly AnyGateCommand[]): AnyGateCommand[] {
  let version = 0;
  return commands.map((command) =>
    command.kind === GateKind.limits ? { ...command, version: ++version } : command,
  );
}

/** The command with one thing less in one of its lists. */
function* smallerOf(command: AnyGateCommand): Generator<AnyGateCommand> {
  for (const [name, list] of Object.entries(command) as [string, unknown][]) {
    if (!Array.isArray(list)) continue;
    for (let at = list.length - 1; at >= 0; at--) {
      yield { ...command, [name]: list.toSpliced(at, 1) };
      const { values } = list[at] as { values?: unknown[] };
      for (let place = (values?.length ?? 0) - 1; place >= 0; place--) {
        const smaller = { ...(list[at] as object), values: values!.toSpliced(place, 1) };
        yield { ...command, [name]: list.with(at, smaller) };
      }
    }
  }
}

/** What differs, without what it differs by. */
function kindOf(what: string): string {
  const [first] = what.split('\n');
  return first.startsWith('throws') ? first : first.split(':')[0];
}
