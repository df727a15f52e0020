/** Makes a failing list of commands short, and a report of it that can be read and replayed. */
import { inspect } from 'node:util';
import { REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { Reference } from '../../src/reference/reference.ts';
import { replay, type Failure, type Mismatch, type Step, type Subject } from './compare.ts';
import { kindName } from './stream.ts';

/**
 * Cuts after the failing command, then leaves out halves, quarters, … single commands while some difference remains.
 * Not the same difference necessarily: any will do.
 */
export function shrink(failure: Failure, makeSubject: () => Subject, replaysMax = 3_000): Failure {
  let { mismatch } = failure;
  let steps = failure.steps.slice(0, mismatch.at + 1);
  let left = replaysMax;
  const attempt = (shorter: readonly Step[]): boolean => {
    left--;
    const found = replay(shorter, makeSubject);
    if (found === null) return false;
    mismatch = found;
    steps = shorter.slice(0, found.at + 1);
    return true;
  };
  for (let size = steps.length >> 1; size >= 1 && left > 0; size = nextSize(size)) {
    let isShorter = false;
    for (let at = steps.length - size; at >= 0 && left > 0; at -= size) {
      if (attempt([...steps.slice(0, at), ...steps.slice(at + size)])) isShorter = true;
    }
    if (size === 1 && !isShorter) break;
  }
  return { ...failure, steps, mismatch };
}

/** Single commands are tried again and again until none can go. */
function nextSize(size: number): number {
  return size === 1 ? 1 : size >> 1;
}

export function describeFailure({ seed, style, steps, mismatch }: Failure): string {
  const reference = new Reference();
  const lines = steps.map(({ command, tidy }) => {
    const { reason, levels } = reference.apply(command);
    const outcome = `${REASON_NAMES[reason]}${levels.length > 0 ? `, ${levels.length} levels` : ''}`;
    const text = inspect(command, {
      depth: null,
      breakLength: Infinity,
      compact: true,
      maxArrayLength: null,
    });
    return `  { tidy: ${tidy}, command: ${text} }, // ${kindName(command)}: ${outcome}`;
  });
  return [
    `seed ${seed} (${style}), ${steps.length} commands, at the last: ${mismatch.what}`,
    '[',
    ...lines,
    ']',
    ...describeAccount(reference, mismatch),
  ].join('\n');
}

function describeAccount(reference: Reference, { account }: Mismatch): string[] {
  if (account === null) return [];
  return [inspect(reference.inspect(account), { depth: null, breakLength: 110, compact: 3 })];
}
