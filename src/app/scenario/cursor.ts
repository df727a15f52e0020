/** The words of a statement or a clause, read one after another, each as what it has to be. */
import { parseDecimal } from '../../core/num/decimal.ts';
import { parseRational } from '../../core/num/rational.ts';
import type { Rate } from '../../core/num/units.ts';
import { isName, NAME_BYTES_MAX } from '../../core/state/names.ts';
import type { OperationalError } from '../../io/operational-error.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';
import type { Scope } from './scope.ts';
import { quoted, scenarioError, type Place, type Word } from './words.ts';

const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/;
const UNIT_US = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86400e6 } as const;

export class Cursor {
  readonly scope: Scope;
  readonly #words: readonly Word[];
  readonly #place: Place;
  readonly #end: number;
  #at = 0;

  constructor(words: readonly Word[], place: Place, end: number, scope: Scope) {
    this.#words = words;
    this.#place = place;
    this.#end = end;
    this.scope = scope;
  }

  get isDone(): boolean {
    return this.#at === this.#words.length;
  }

  /** How many words are left. */
  get left(): number {
    return this.#words.length - this.#at;
  }

  /** The next word's text, or null at the end. */
  get ahead(): string | null {
    return this.#words[this.#at]?.text ?? null;
  }

  fail(word: Word | null, what: string): OperationalError {
    return scenarioError(this.#place, word?.column ?? this.#end, word?.text ?? null, what);
  }

  /** `what` names what is expected, with its article. */
  word(what: string): Word {
    const word = this.#words[this.#at];
    if (word === undefined) throw this.fail(null, `${what} is missing at the end of the line`);
    this.#at++;
    return word;
  }

  /** Takes the next word if it is this one. */
  take(text: string): boolean {
    if (this.ahead !== text) return false;
    this.#at++;
    return true;
  }

  expect(text: string, before: string): void {
    const word = this.word(`${quoted(text)} and ${before}`);
    if (word.text !== text)
      throw this.fail(word, `expected ${quoted(text)} before ${before}, got ${quoted(word.text)}`);
  }

  /** No more words. */
  end(): void {
    const word = this.#words[this.#at];
    if (word !== undefined) throw this.fail(word, `${quoted(word.text)} is one word too many here`);
  }

  choice<const Name extends string>(what: string, names: readonly Name[]): Name {
    const word = this.word(what);
    if ((names as readonly string[]).includes(word.text)) return word.text as Name;
    throw this.fail(
      word,
      `${quoted(word.text)} is not ${what}: it is one of ${names.join(', ')}${didYouMean(word.text, names)}`,
    );
  }

  /** Options in any order, each once: a word, and what its reader takes after it. */
  options(readers: Readonly<Record<string, () => void>>): void {
    const seen = new Set<string>();
    while (!this.isDone) {
      const word = this.word('an option');
      const read = Object.hasOwn(readers, word.text) ? readers[word.text] : undefined;
      if (read === undefined)
        throw this.fail(
          word,
          `unknown option ${quoted(word.text)}${didYouMean(word.text, Object.keys(readers)) || `; known are ${Object.keys(readers).join(', ')}`}`,
        );
      if (seen.has(word.text)) throw this.fail(word, `${word.text} was said already`);
      seen.add(word.text);
      read();
    }
  }

  /** Not yet on any grid. A sign of plus is allowed. */
  decimal(what: string): Word {
    const word = this.word(what);
    const text = word.text.replace(/^\+/, '');
    if (parseDecimal(text) === null)
      throw this.fail(word, `${quoted(word.text)} is not a decimal number: ${what} was expected`);
    return { text, column: word.column };
  }

  whole(what: string, least: number): number {
    const word = this.word(what);
    const number = /^-?\d{1,16}$/.test(word.text) ? Number(word.text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw this.fail(word, `${quoted(word.text)} is not ${what}: a whole number from ${least} was expected`);
  }

  /** `0.4%`, `0.004` or `1/250`. Of either sign: bounds are for the exchange to say. */
  rate(what: string): Rate {
    return this.rateOf(this.word(what), what);
  }

  rateOf(word: Word, what: string): Rate {
    const percent = word.text.endsWith('%');
    const text = (percent ? word.text.slice(0, -1) : word.text).replace(/^\+/, '');
    const rational = parseRational(text);
    const scaled =
      rational === null ? null : { num: rational.num, den: rational.den * (percent ? 100n : 1n) };
    if (scaled === null)
      throw this.fail(
        word,
        `${quoted(word.text)} is not a rate such as 0.4%, 0.004 or 1/250: ${what} was expected`,
      );
    const divisor = gcd(scaled.num < 0n ? -scaled.num : scaled.num, scaled.den);
    const [num, den] = [Number(scaled.num / divisor), Number(scaled.den / divisor)];
    if (!Number.isSafeInteger(num) || den > 1e9)
      throw this.fail(word, `${quoted(word.text)} has too many digits for ${what}: at most 9 decimals`);
    return { num, den };
  }

  /** Microseconds. */
  duration(what: string): number {
    const word = this.word(what);
    const match = DURATION.exec(word.text);
    const us =
      match === null ? Number.NaN : Math.round(Number(match[1]) * UNIT_US[match[2] as keyof typeof UNIT_US]);
    if (Number.isSafeInteger(us)) return us;
    throw this.fail(
      word,
      `${quoted(word.text)} is not a time span such as 30s, 5m, 1h or 250ms: ${what} was expected`,
    );
  }

  newName(what: string): Word {
    const word = this.word(what);
    if (!isName(word.text))
      throw this.fail(
        word,
        `${quoted(word.text)} must be 1 to ${NAME_BYTES_MAX} bytes without control characters`,
      );
    const taken = this.scope.whatIs(word.text);
    if (taken !== null)
      throw this.fail(word, `${quoted(word.text)} is ${taken} already: choose another name`);
    return word;
  }

  market(): Word {
    return this.#known('a market', this.scope.markets, 'define it above with "market"');
  }

  account(): Word {
    return this.#known('an account', this.scope.accounts, 'open it above with "account" or "deposit"');
  }

  order(): Word {
    return this.#known('an order', this.scope.orders, 'name it where it is placed, with "as NAME"');
  }

  asset(): Word {
    return this.#known('a collateral asset', this.scope.assets, 'define it above with "asset"');
  }

  #known(what: string, names: ReadonlySet<string>, otherwise: string): Word {
    const word = this.word(what);
    if (names.has(word.text)) return word;
    const is = this.scope.whatIs(word.text);
    throw this.fail(
      word,
      is === null
        ? `${quoted(word.text)} is not ${what}${didYouMean(word.text, names) || `: ${otherwise}`}`
        : `${quoted(word.text)} is ${is}: ${what} was expected here`,
    );
  }
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
