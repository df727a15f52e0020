/**
 * A file of NDJSON commands, gzipped or not, into commands. A line that is none is reported and left out, and the stream
 * goes on; with `stopAtFirst` as the sink it ends there instead.
 *
 *   for await (const batch of readLines(path)) {
 *     for (const { command } of batch) registry.learn(command, engine.apply(command));
 *   }
 *
 * Each line is decoded only when it is asked for, so that names which the line before defined are known. `learn` before
 * the next one is what makes them known.
 */
import type { Command } from '../../../core/schema/commands.ts';
import { OperationalError } from '../../operational-error.ts';
import type { LineBatch } from '../lines.ts';
import { problemAt, type Problem, type ProblemSink } from '../problem.ts';
import { decodeCommand } from './decode.ts';
import { BadCommand } from './fields.ts';
import type { Registry } from './registry.ts';

export interface CommandLine {
  readonly command: Command;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface CommandCounts {
  lines: number;
  commands: number;
  /** Lines left out, each of which was reported. Blank lines are neither. */
  quarantined: number;
}

export class CommandDecoder {
  readonly counts: CommandCounts = { lines: 0, commands: 0, quarantined: 0 };
  readonly #registry: Registry;
  readonly #report: ProblemSink;

  constructor(registry: Registry, report: ProblemSink) {
    this.#registry = registry;
    this.#report = report;
  }

  /** Null: the line is blank, or it was reported. */
  decode(text: string, file: string, line: number): Command | null {
    this.counts.lines++;
    if (text.length === 0 || text.trim() === '') return null;
    try {
      const command = decodeCommand(text, this.#registry);
      this.counts.commands++;
      return command;
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      this.counts.quarantined++;
      this.#report(problemAt(error.code, file, line, error.message, error.field, error.value));
      return null;
    }
  }
}

export function* commandsOf(
  { first, lines }: LineBatch,
  file: string,
  decoder: CommandDecoder,
): Generator<CommandLine, void, undefined> {
  for (let index = 0; index < lines.length; index++) {
    const line = first + index;
    const command = decoder.decode(lines[index], file, line);
    if (command !== null) yield { command, file, line };
  }
}

/** A sink for those who want nothing left out: the first problem is thrown, and ends the stream. */
export function stopAtFirst(problem: Problem): never {
  const { code, message, file, line, field, value } = problem;
  throw new OperationalError(code, message, {
    file,
    line,
    ...(field === null ? {} : { field }),
    ...(value === null ? {} : { value }),
  });
}
