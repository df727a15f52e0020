/**
 * JSON with the line on which each value stands, for files that people write and that are refused with a line. It says of what is malformed where it is, and
 * refuses a name that stands twice in one object: JSON.parse takes the last in silence, which of a limit is one too many.
 */
export interface JsonWithLines {
  readonly value: unknown;
  /** By path, such as `groups.desk-a.each.collar_mark`; '' is the whole. Lines from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

export class MalformedJson extends Error {
  readonly line: number;
  /** The path of what is wrong, where it has one. */
  readonly field: string | null;
  constructor(what: string, line: number, field: string | null = null) {
    super(what);
    this.line = line;
    this.field = field;
  }
}

const DEPTH_MAX = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Throws a MalformedJson. */
export function parseJsonWithLines(text: string): JsonWithLines {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  parse(): JsonWithLines {
    const value = this.#value('', 0);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#malformed(`${this.#here()} is left over after the end`);
    return { value, lines: this.#lines };
  }

  #value(path: string, depth: number): unknown {
    this.#skip();
    this.#lines.set(path, this.#line);
    if (depth > DEPTH_MAX) throw this.#malformed(`values are nested more than ${DEPTH_MAX} deep`);
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(path, depth);
    if (first === '[') return this.#list(path, depth);
    if (first === '"') return this.#string();
    const number = this.#match(NUMBER);
    if (number !== null) return Number(number);
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    throw this.#malformed(`a value is missing before ${this.#here()}`);
  }

  #object(path: string, depth: number): Record<string, unknown> {
    // Without a prototype, a member may be called anything.
    const object = Object.create(null) as Record<string, unknown>;
    this.#at++;
    for (let isFirst = true; !this.#ends('}', isFirst); isFirst = false) {
      if (this.#text[this.#at] !== '"')
        throw this.#malformed(`a name in quotes is missing before ${this.#here()}`);
      const name = this.#string();
      const inner = path === '' ? name : `${path}.${name}`;
      if (name in object) {
        const before = this.#lines.get(inner);
        throw new MalformedJson(`stands twice, first on line ${before}: leave one out`, this.#line, inner);
      }
      this.#skip();
      if (this.#text[this.#at] !== ':') throw this.#malformed(`a colon is missing before ${this.#here()}`);
      this.#at++;
      object[name] = this.#value(inner, depth + 1);
    }
    return object;
  }

  #list(path: string, depth: number): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    while (!this.#ends(']', list.length === 0)) list.push(this.#value(`${path}[${list.length}]`, depth + 1));
    return list;
  }

  /** Whether the object or list ends here; otherwise the comma before what follows is passed. */
  #ends(end: string, isFirst: boolean): boolean {
    this.#skip();
    if (this.#text[this.#at] === end) {
      this.#at++;
      return true;
    }
    if (isFirst) return false;
    if (this.#text[this.#at] !== ',')
      throw this.#malformed(`a comma or ${end} is missing before ${this.#here()}`);
    this.#at++;
    this.#skip();
    if (this.#text[this.#at] === end) throw this.#malformed(`the comma before ${end} is one too many`);
    return false;
  }

  #string(): string {
    const text = this.#match(STRING);
    if (text === null) throw this.#malformed('a text in quotes does not end on its line');
    try {
      return JSON.parse(text) as string;
    } catch {
      throw this.#malformed(`${text} has an escape or a control character that is none`);
    }
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#at += match[0].length;
    return match[0];
  }

  #skip(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 10) this.#line++;
      else if (code !== 32 && code !== 9 && code !== 13) return;
      this.#at++;
    }
  }

  #here(): string {
    return this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end';
  }

  #malformed(what: string): MalformedJson {
    return new MalformedJson(`malformed JSON: ${what}`, this.#line);
  }
}
