/** Options that several commands have, and readers of option values that say what would have been right. */
import { InvalidArgumentError, Option } from 'commander';
import { timeFromText } from '../../io/ingest/file/fields.ts';
import type { BookShape } from '../../sim/book.ts';

export function jsonOption(): Option {
  return new Option('--json', 'one JSON document on stdout, errors as JSON on stderr');
}

/** How leverage is spread in a generated book. */
export function bookOption(usual: BookShape): Option {
  return new Option(
    '--book <shape>',
    'spread: leverage to 30x within initial margin; edge: to 125x and a little past maintenance',
  )
    .choices(['spread', 'edge'])
    .default(usual);
}

export function popularityOption(): Option {
  return new Option(
    '--popularity <law>',
    'which markets are held and move: all alike, or the k-th with weight 1/k',
  )
    .choices(['uniform', 'zipf'])
    .default('uniform');
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(
      `It must be a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}.`,
    );
  };
}

/** ISO 8601 in UTC, or whole microseconds since 1970. */
export function timeUs(text: string): number {
  const time = timeFromText(text);
  if (time !== null) return time;
  throw new InvalidArgumentError(
    'It must be a UTC time such as 2024-08-08T23:54:15.030314Z, or whole microseconds since 1970.',
  );
}

/** `127.0.0.1:8080`, `[::1]:8080`, or a port alone for this machine. */
export function hostPort(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text);
  const port = match === null ? Number.NaN : Number(match[2]);
  if (match === null || port > 65_535)
    throw new InvalidArgumentError(
      'It must be an address and a port, such as 127.0.0.1:8080, or a port alone.',
    );
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}
