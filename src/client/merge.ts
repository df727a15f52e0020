/**
 * What a delta makes of what a subscriber has. The contract says per channel how they go together; the compiler holds this table against it.
 * Nothing is changed in place, so that who was given the state before still has it.
 */
import type { ChannelName, channels, DataOf, DeltaOf } from '../io/api/contract/stream.ts';

export type { ChannelName, DataOf };

const MERGES: { readonly [Name in ChannelName]: (typeof channels)[Name]['merge'] } = {
  overview: 'fields',
  markets: 'keyed',
  market: 'fields',
  book: 'replace',
  trades: 'prepend',
  account: 'replace',
  nearest: 'replace',
  alerts: 'prepend',
  liquidations: 'keyed',
  events: 'append',
  gate: 'fields',
  system: 'fields',
};

/** Lists that grow are kept this long. */
const LIST_MAX = 500;
const HISTORY_SECONDS = 300;

type Rows = readonly Readonly<Record<string, unknown>>[];
type Fields = Readonly<Record<string, unknown>>;

export function merged<Name extends ChannelName>(
  channel: Name,
  before: DataOf<Name>,
  delta: DeltaOf<Name>,
): DataOf<Name> {
  return mergedAny(channel, before, delta) as DataOf<Name>;
}

function mergedAny(channel: ChannelName, before: unknown, delta: unknown): unknown {
  switch (MERGES[channel]) {
    case 'replace':
      return delta;
    case 'prepend':
      return [...(delta as Rows), ...(before as Rows)].slice(0, LIST_MAX);
    case 'append':
      return [...(before as Rows), ...(delta as Rows)].slice(-LIST_MAX);
    case 'keyed':
      return keyed(before as Rows, delta as Rows, channel === 'markets' ? 'market' : 'id');
    case 'fields':
      return fields(before as Fields, delta as Fields, channel);
  }
}

/** Rows that are there keep their place; new ones are the newest, and go first where the newest do. */
function keyed(before: Rows, delta: Rows, key: string): Rows {
  const changed = new Map(delta.map((row) => [row[key], row]));
  const kept = before.map((row) => {
    const next = changed.get(row[key]) ?? row;
    changed.delete(row[key]);
    return next;
  });
  const added = [...changed.values()];
  return (key === 'id' ? [...added, ...kept] : [...kept, ...added]).slice(0, LIST_MAX);
}

function fields(before: Fields, delta: Fields, channel: ChannelName): Fields {
  const { history } = delta;
  if (channel !== 'overview' || history === undefined) return { ...before, ...delta };
  return { ...before, ...delta, history: longer(before['history'] as Fields, history as Fields) };
}

/** A delta has the newest seconds of each series. Some may be there already, and come again with what they came to. */
function longer(before: Fields, newest: Fields): Fields {
  return lengthened(before, newest, Math.round((endOf(newest) - endOf(before)) / 1000));
}

/** Series may stand in records: one for each level. */
function lengthened(before: Fields, newest: Fields, passed: number): Fields {
  const series = Object.entries(before).map(([name, values]) => {
    const added = newest[name];
    if (isFields(values) && isFields(added)) return [name, lengthened(values, added, passed)];
    if (!Array.isArray(values) || !Array.isArray(added)) return [name, added ?? values];
    const again = Math.min(values.length, Math.max(0, added.length - passed));
    return [name, [...values.slice(0, values.length - again), ...added].slice(-HISTORY_SECONDS)];
  });
  return Object.fromEntries(series) as Fields;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const endOf = (history: Fields): number => Date.parse(String(history['endsAt']));
