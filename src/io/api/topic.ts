/**
 * What one channel and key has to say: its messages counted up by one, made once for all who listen, and the last of them kept for who comes back. A topic
 * that nobody listens to costs nothing and forgets.
 */
import type { Backend, Chronicle, Feed, Reader } from './backend.ts';
import { channels, type ChannelName, type Merge } from './contract/stream.ts';

/** Messages kept for who resumes, and their bytes at most. */
const KEPT = 100;
const KEPT_BYTES = 512 * 1024;

export interface Message {
  readonly seq: number;
  readonly bytes: Buffer;
}

type Fields = Record<string, unknown>;
type Source = Reader<unknown> | Feed<unknown> | Chronicle<{ readonly history: unknown }>;

/** The end of every message, cut and data, behind what says where it belongs. */
type Encode = (type: 'snapshot' | 'delta', seq: number, data: unknown) => Buffer;

export class Topic {
  readonly channel: ChannelName;
  readonly key: string | null;
  readonly everyMs: number;
  /** When it was looked at last. */
  lookedAt = -Infinity;
  seq = 0;
  readonly #merge: Merge;
  readonly #source: Source;
  readonly #encode: Encode;
  #kept: Message[] = [];
  #keptBytes = 0;
  /** Of a feed or a history, where it goes on. */
  #next = 0;
  /** Texts of fields or rows as they were told last. */
  #told = new Map<string, string>();
  #toldAll = '';
  #snapshot: Message | null = null;

  /** Throws an `ApiProblem` where there is no such key. */
  constructor(backend: Backend, channel: ChannelName, key: string | null) {
    this.channel = channel;
    this.key = key;
    const { rate, merge } = channels[channel];
    this.everyMs = 1000 / rate;
    this.#merge = merge;
    this.#source = backend.sources[channel] as Source;
    const where = `"channel":${JSON.stringify(channel)},"key":${JSON.stringify(key)}`;
    this.#encode = (type, seq, data) =>
      Buffer.from(
        `{"type":"${type}",${where},"seq":${seq},"cut":${JSON.stringify(backend.cut())},"data":${JSON.stringify(data)}}`,
      );
    this.#begin();
  }

  /** All there is now. Whoever gets it has everything up to `seq`. */
  snapshot(): Message {
    this.#snapshot ??= { seq: this.seq, bytes: this.#encode('snapshot', this.seq, this.#whole()) };
    return this.#snapshot;
  }

  /** Those after `since`; null where they are not kept any more. */
  after(since: number): readonly Message[] | null {
    if (since === this.seq) return [];
    if (since > this.seq || this.#kept.length === 0 || this.#kept[0].seq > since + 1) return null;
    return this.#kept.filter(({ seq }) => seq > since);
  }

  /** What is new; null where nothing is. */
  look(): Message | null {
    this.#snapshot = null;
    const delta = this.#delta();
    if (delta === undefined) return null;
    const message = { seq: ++this.seq, bytes: this.#encode('delta', this.seq, delta) };
    this.#kept.push(message);
    this.#keptBytes += message.bytes.length;
    while (this.#kept.length > KEPT || (this.#keptBytes > KEPT_BYTES && this.#kept.length > 1))
      this.#keptBytes -= this.#kept.shift()!.bytes.length;
    return message;
  }

  #begin(): void {
    if (typeof this.#source === 'function') this.#note(this.#source(this.key));
    else if ('newest' in this.#source) this.#next = this.#source.newest(this.key).next;
    else this.#longer(this.#source);
  }

  #whole(): unknown {
    if (typeof this.#source === 'function') return this.#source(this.key);
    if ('newest' in this.#source) return this.#source.newest(this.key).items;
    return { ...this.#source.fields(), history: this.#source.after(0) };
  }

  #delta(): unknown {
    if (typeof this.#source === 'function') return this.#note(this.#source(this.key));
    if (!('newest' in this.#source)) return this.#longer(this.#source);
    const { items, next } = this.#source.after(this.key, this.#next);
    this.#next = next;
    return items.length === 0 ? undefined : items;
  }

  #longer(source: Chronicle<{ readonly history: unknown }>): Fields | undefined {
    const changed = this.#changedFields(source.fields());
    const { length } = source;
    if (length === this.#next) return changed;
    const history = source.after(this.#next);
    this.#next = length;
    return { ...changed, history };
  }

  /** What of the data is other than it was; undefined where nothing is. */
  #note(data: unknown): unknown {
    switch (this.#merge) {
      case 'fields':
        return this.#changedFields(data as Fields);
      case 'keyed':
        return this.#changedRows(data as readonly Fields[]);
      default: {
        const text = JSON.stringify(data);
        if (text === this.#toldAll) return undefined;
        this.#toldAll = text;
        return data;
      }
    }
  }

  #changedFields(data: Fields): Fields | undefined {
    const changed: Fields = {};
    let count = 0;
    for (const [name, value] of Object.entries(data)) {
      const text = JSON.stringify(value);
      if (this.#told.get(name) === text) continue;
      this.#told.set(name, text);
      changed[name] = value;
      count++;
    }
    return count === 0 ? undefined : changed;
  }

  #changedRows(rows: readonly Fields[]): Fields[] | undefined {
    const changed = rows.filter((row) => {
      const key = String(row['market'] ?? row['id']);
      const text = JSON.stringify(row);
      if (this.#told.get(key) === text) return false;
      this.#told.set(key, text);
      return true;
    });
    return changed.length === 0 ? undefined : changed;
  }
}
