/** How a venue is spoken to: what it takes from a client, and what it answers over HTTP. */
import type { HttpRequest } from '../../src/io/ingest/venues/live/world.ts';
import type { Spoiler } from './faults.ts';

export interface VenueProtocol {
  /** A client has connected at that address. */
  connect(url: string): ClientProtocol;
  /** What is at that address as of then; null: nothing. */
  answer(request: HttpRequest, atMs: number): string | null;
  /** What the request costs of the venue's allowance, as documented. */
  weightOf(request: HttpRequest): number;
  /** What it says to one who subscribes too often; null for what is no subscription, and where nobody is refused. */
  refusal(text: string): string | null;
  /** Frames of its own that are almost right. */
  readonly spoilers: readonly Spoiler[];
}

export interface ClientProtocol {
  /** Whether it is sent what is said on a stream. */
  hears(stream: string): boolean;
  /** It says something; what it is answered, in order, with the book as of then. */
  received(text: string, atMs: number): readonly string[];
  /** A frame as this client gets it. Each is asked for once and in order, whatever becomes of it on the way. */
  dress(text: string): string;
}

/** A client that names the streams that it is to hear: what most venues have. */
export abstract class Subscriber implements ClientProtocol {
  readonly #streams = new Set<string>();

  hears(stream: string): boolean {
    return this.#streams.has(stream);
  }

  dress(text: string): string {
    return text;
  }

  abstract received(text: string, atMs: number): readonly string[];

  protected subscribe(stream: string, isWanted: boolean): void {
    if (isWanted) this.#streams.add(stream);
    else this.#streams.delete(stream);
  }
}

/** Nothing over HTTP. */
export const NO_HTTP = { answer: () => null, weightOf: () => 0 };

/** The newest of what was said by then; null before the first. */
export function newestAt<T extends { readonly atMs: number }>(said: readonly T[], atMs: number): T | null {
  let low = 0;
  let high = said.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (said[middle].atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : said[low - 1];
}
