/** Answers to lines, as lines: what became of a command, and what is wrong with a line that is none. */
import { REASON_NAMES, type Reason } from '../../core/schema/reasons.ts';
import { timeToText } from '../ingest/file/fields.ts';
import type { Problem } from '../ingest/problem.ts';

/**
 * Said before what follows from the command. `line` is where it stood in what its sender sent, null where nobody did; `text` is what a person gave as
 * the cause, left out where there is none.
 */
export function answerLine(
  kind: string,
  reason: Reason,
  sequence: number | null,
  timeUs: number,
  line: number | null,
  text = '',
): string {
  const more = text === '' ? {} : { text };
  return lineOf(kind, REASON_NAMES[reason], sequence, timeUs, line, more);
}

/** An answer with what was asked in it, as it was said: `text` is the line, a JSON object. */
export function withCommand(answer: string, text: string): string {
  return `${answer.slice(0, -1)},"command":${text.trim()}}`;
}

/** What a gate holds against an order. */
export interface Finding {
  readonly check: string;
  readonly kind: 'hard' | 'soft';
  readonly limit: string | null;
  readonly value: string | null;
}

/** Of an order that the gate before an exchange turned away: all that it found. */
export function turnedAwayLine(
  kind: string,
  reason: Reason,
  found: readonly Finding[],
  sequence: number | null,
  timeUs: number,
  line: number,
): string {
  return lineOf(kind, REASON_NAMES[reason], sequence, timeUs, line, { by: 'gate', found });
}

export function problemLine(problem: Problem, sequence: number | null, timeUs: number): string {
  const { code, message, line, field, value } = problem;
  return lineOf(null, code, sequence, timeUs, line, { message, field, value });
}

/** What all answers have, and then what this one has besides. */
function lineOf(
  kind: string | null,
  reason: string,
  sequence: number | null,
  timeUs: number,
  line: number | null,
  more: object,
): string {
  const time = timeToText(timeUs as never);
  return JSON.stringify({ sequence, time, event: 'command', kind, line, reason, ...more });
}
