/**
 * A scenario file as words: one statement a line, `#` begins a comment, `|` an expectation, and a line that begins with `|` goes
 * on with the expectations of the line above. Words know their column, so that whoever cannot use one can point at it.
 */
import { OperationalError } from '../../io/operational-error.ts';
import { excerpt } from '../../io/ingest/problem.ts';

/** Columns count from 1. `text` is without the quotes of a quoted word. */
export interface Word {
  readonly text: string;
  readonly column: number;
}

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface WordLine extends Place {
  /** As written, without comment and expectations: what a failure shows. */
  readonly text: string;
  /** Just behind the last word. */
  readonly end: number;
  readonly statement: readonly Word[];
  readonly clauses: readonly Clause[];
}

/** The words between two bars, and the line they stand in. */
export interface Clause extends Place {
  readonly words: readonly Word[];
  readonly end: number;
}

export interface WordFile {
  readonly file: string;
  /** Of the first comment: the rule, and the sentence that is to hold. */
  readonly rule: string;
  readonly sentence: string;
  readonly lines: readonly WordLine[];
}

/** `word` is what could not be used; null where something is missing, which is at `column` then. */
export function scenarioError(
  { file, line }: Place,
  column: number,
  word: string | null,
  what: string,
): OperationalError {
  return new OperationalError('SCENARIO_SYNTAX', `${file}:${line}:${column}: ${what}`, {
    file,
    line,
    column,
    value: word,
  });
}

export function readWords(text: string, file: string): WordFile {
  const written = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const at = written.findIndex((line) => line.trim() !== '');
  const head = /^#\s*(\S+)\s+(\S.*?)\s*$/.exec(written[at] ?? '');
  if (head === null)
    throw scenarioError(
      { file, line: at + 1 || 1 },
      1,
      written[at] ?? null,
      'the first line must be a comment with the rule and its sentence, such as "# LIQ-004  A long is taken over when …"',
    );
  const lines: WordLine[] = [];
  for (let index = at + 1; index < written.length; index++) {
    const place = { file, line: index + 1 };
    const { parts, end, statementEnd } = split(written[index], place);
    const [statement, ...clauses] = parts;
    if (statement.length === 0 && clauses.length === 0) continue;
    const ended = clauses.map((words) => ({ ...place, words, end }));
    const above = lines.at(-1);
    if (statement.length > 0) {
      const said = written[index].slice(0, statementEnd).trim();
      lines.push({ ...place, text: said, end: statementEnd + 1, statement, clauses: ended });
    } else if (above === undefined)
      throw scenarioError(place, 1, '|', 'an expectation needs a statement before it');
    else lines[lines.length - 1] = { ...above, clauses: [...above.clauses, ...ended] };
  }
  return { file, rule: head[1], sentence: head[2], lines };
}

interface Split {
  /** What stands before, between and behind the bars. */
  readonly parts: Word[][];
  readonly end: number;
  readonly statementEnd: number;
}

function split(text: string, place: Place): Split {
  const parts: Word[][] = [[]];
  let statementEnd = -1;
  let end = 0;
  let at = 0;
  while (at < text.length) {
    const letter = text[at];
    if (letter === '#') break;
    if (letter === '|') {
      if (statementEnd === -1) statementEnd = end;
      parts.push([]);
      end = ++at;
    } else if (/\s/.test(letter)) at++;
    else {
      const column = at + 1;
      if (letter === '"') {
        const close = text.indexOf('"', at + 1);
        if (close === -1) throw scenarioError(place, column, text.slice(at), 'the quotes are not closed');
        parts.at(-1)!.push({ text: text.slice(at + 1, close), column });
        at = close + 1;
      } else {
        while (at < text.length && !/[\s|#]/.test(text[at])) at++;
        parts.at(-1)!.push({ text: text.slice(column - 1, at), column });
      }
      end = at;
    }
  }
  return { parts, end: end + 1, statementEnd: statementEnd === -1 ? end : statementEnd };
}

/** `"long-1"`, shortened where somebody wrote a novel. */
export function quoted(text: string): string {
  return JSON.stringify(excerpt(text));
}
